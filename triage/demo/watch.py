"""Looks into the store for what has become of messages, and reports each once, when nothing about it is under way any more."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypedDict, cast

from triage.case import Case
from triage.decision import Outcome
from triage.inquiry import Checked
from triage.ports import Store, Transaction
from triage.records import MessageRecord
from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.stages.advise import MARK

#: Deliveries that are still on their way.
MOVING = frozenset({DeliveryStatus.QUEUED, DeliveryStatus.SENDING, DeliveryStatus.DEFERRED})
_ALWAYS = datetime.max.replace(tzinfo=UTC)
_EVERYTHING = 1_000_000


class Said(TypedDict):
    """What the store keeps of a reading, as far as the demo shows it."""

    category: str
    issue: str
    confidence: float
    abstained: bool
    #: [kind, value, source, confidence] each.
    facts: list[tuple[str, str, str, float]]
    findings: list[tuple[str, str, str]]
    masked: int


_NOTHING_SAID = Said(category="", issue="", confidence=0.0, abstained=True, facts=[], findings=[], masked=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How things stand with one message."""

    record: MessageRecord
    case: Case | None
    #: Sent because of it.
    deliveries: tuple[Delivery, ...] = ()
    #: What the order system said of its orders, where it opened the case.
    checked: tuple[Checked, ...] = ()
    #: What its author was told of the order: an AnswerKind, or "".
    told: str = ""

    @property
    def said(self) -> Said:
        """What was read in it."""
        return cast(Said, json.loads(self.record.reading_json)) if self.record.reading_json else _NOTHING_SAID

    @property
    def order_numbers(self) -> tuple[str, ...]:
        """Distinct order numbers it names."""
        return tuple(dict.fromkeys(value for kind, value, *_rest in self.said["facts"] if kind == "order_number"))

    def of_kind(self, kind: ReplyKind) -> tuple[Delivery, ...]:
        """Those of its deliveries."""
        return tuple(delivery for delivery in self.deliveries if delivery.kind is kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A customer was told of a change to an order before asking."""

    case: Case
    delivery: Delivery
    checked: Checked


@dataclass(slots=True)
class Watch:
    """Remembers what was already reported."""

    store: Store
    account: str
    #: Settled messages by UID.
    settled: dict[int, Standing] = field(default_factory=dict)
    #: Message row by delivery: the first message of a case to be seen after a delivery was queued is what it was queued for.
    _claims: dict[int, int] = field(default_factory=dict)

    async def look(self) -> Sequence[Standing]:
        """The messages that have settled since the last look, in the order of their arrival."""
        fresh = await self.store.query(self._fresh)
        self.settled.update((standing.record.key.uid, standing) for standing in fresh)
        return fresh

    async def notice(self, number: str) -> Notice | None:
        """The notice about a change of that order; None as long as it has not left."""
        return await self.store.query(lambda tx: _notice(tx, number))

    async def follows_changes(self) -> bool:
        """Whether the daemon has begun to follow the changes of orders: what changes earlier is not told."""
        return await self.store.query(lambda tx: tx.orders.mark(MARK)) is not None

    def _fresh(self, tx: Transaction) -> Sequence[Standing]:
        records = [record for record in tx.messages.all(self.account) if record.outcome and record.key.uid not in self.settled]
        unfiled = {filing.message_row for filing in tx.filings.due(self.account, _ALWAYS, _EVERYTHING)} if records else set()
        standings = [self._standing(tx, record) for record in sorted(records, key=lambda record: record.id)]
        return [it for it in standings if it.record.id not in unfiled and not any(mail.status in MOVING for mail in it.deliveries)]

    def _standing(self, tx: Transaction, record: MessageRecord) -> Standing:
        case = tx.cases.get(record.case_id) if record.case_id is not None else None
        if case is None:
            return Standing(record=record, case=None)
        deliveries = tx.deliveries.of_case(case.id)
        mine = tuple(delivery for delivery in deliveries if self._claims.setdefault(delivery.id, record.id) == record.id)
        if record.outcome is not Outcome.OPENED:
            return Standing(record=record, case=case, deliveries=mine)
        told = [event.detail["what"] for event in tx.cases.events(case.id) if event.kind == "first_contact" and "what" in event.detail]
        return Standing(record=record, case=case, deliveries=mine, checked=tuple(tx.orders.of_case(case.id)), told="".join(told))


def _notice(tx: Transaction, number: str) -> Notice | None:
    for case in tx.cases.find():
        mails = tx.deliveries.of_case(case.id) if number in case.order_numbers else []
        for mail in mails:
            if mail.kind is ReplyKind.ADVICE and mail.status not in MOVING:
                return Notice(case=case, delivery=mail, checked=tx.orders.of_case(case.id)[0])
    return None


def by_number(arrivals: Mapping[str, int], settled: Mapping[int, Standing]) -> dict[str, Standing]:
    """Standing by the number of the sample message, for those that have settled; `arrivals` has the UID of each."""
    return {number: settled[uid] for number, uid in arrivals.items() if uid in settled}
