"""Makers of the words that the store keeps, and a short way to its tables."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from triage.case import Case, CaseEvent, NewCase
from triage.message import Address, Message, MessageKey, RawMessage
from triage.ports import Store
from triage.reading import Classification, Reading
from triage.reply import DeliveryStatus, Receipt, Reply, ReplyKind

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ANN = Address(name="Ann Smith", addr_spec="ann@customer.example")

SENT = Receipt(status=DeliveryStatus.SENT, code=250, text="queued")
DEFERRED = Receipt(status=DeliveryStatus.DEFERRED, code=451, text="try later")
FAILED = Receipt(status=DeliveryStatus.FAILED, code=550, text="no such user")
UNCERTAIN = Receipt(status=DeliveryStatus.UNCERTAIN, text="connection lost after DATA")


def later(**units: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**units)


def key(uid: int, uid_validity: int = 7, account: str = "support", mailbox: str = "INBOX") -> MessageKey:
    """Where a message lies."""
    return MessageKey(account=account, mailbox=mailbox, uid_validity=uid_validity, uid=uid)


def raw(uid: int, content: bytes = b"From: ann@customer.example\r\n\r\nHello", at: datetime = NOON, **where: Any) -> RawMessage:
    """A message as fetched."""
    return RawMessage(key=key(uid, **where), received_at=at, content=content, size=len(content))


def reading(**fields: Any) -> Reading:
    """What a message says."""
    given = {"message_id": "m1@customer.example", "from_": (ANN,), "subject": "Order", "text": "Where?", "full_text": "Where? > quoted"}
    classification = Classification(category="order", issue="order_status", confidence=0.9)
    return Reading(message=Message(**{**given, "fingerprint": "f1", **fields}), classification=classification)


def new_case(**fields: Any) -> NewCase:
    """A case about to be opened."""
    given = {"category": "order", "issue": "order_status", "confidence": 0.9, "abstained": False, "requester": ANN, "subject": "Order"}
    return NewCase(**{**given, "opened_at": NOON, "received_at": NOON, **fields})


def event(kind: str = "note", at: datetime = NOON, **detail: str) -> CaseEvent:
    """A line of a case's history."""
    return CaseEvent(at=at, kind=kind, provenance="rule", detail=detail)


def reply(name: str, kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT, **fields: Any) -> Reply:
    """A reply with this Message-ID."""
    given = {"recipient": ANN.addr_spec, "reverse_path": f"ack+{name}@shop.example", "subject": "We have your message"}
    content = f"Message-ID: <{name}@shop.example>\r\n\r\nHello\r\n".encode()
    return Reply(kind=kind, **{**given, "message_id": f"{name}@shop.example", "content": content, "deadline": later(hours=24), **fields})


class Each:
    """The tables of a store; every call is a transaction of its own."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getattr__(self, table: str) -> "_Table":
        return _Table(self._store, table)

    async def queued(self, name: str, **fields: Any) -> int:
        """A delivery that waits in a new case."""

        def work(tx: Any) -> int:
            case: Case = tx.cases.open(new_case())
            delivery_id: int = tx.deliveries.queue(case.id, None, reply(name, **fields), NOON)
            return delivery_id

        return await self._store.transact(work)


class _Table:
    def __init__(self, store: Store, table: str) -> None:
        self._store = store
        self._table = table

    def __getattr__(self, method: str) -> Callable[..., Any]:
        async def call(*arguments: Any, **named: Any) -> Any:
            def work(tx: Any) -> Any:
                result = getattr(getattr(tx, self._table), method)(*arguments, **named)
                return list(result) if isinstance(result, Iterator) else result

            return await self._store.transact(work)

        return call
