"""Sends the outbox: `sending` is committed before DATA, the outcome after the server's answer; silence between is `uncertain`."""

import asyncio
from datetime import datetime, timedelta

from triage.case import CaseEvent
from triage.errors import ConnectionLostError
from triage.logs import get_logger
from triage.ports import Now, Store, Transaction, Transport
from triage.reply import Delivery, DeliveryStatus, Receipt, ReplyKind
from triage.stages.loop import Bell

#: Deliveries taken at a time; the transport bounds how many are on the wire at once.
_BATCH = 64
#: The submission server is ours and the promise is a day, so the first retries come soon (an MTA would wait 30 min, RFC 5321 §4.5.4.1).
_RETRY_MINUTES = (1, 2, 5, 10, 20, 30)
#: Five days, as RFC 5321 §4.5.4.1 asks of a sender before it gives up.
_GIVE_UP_AFTER = timedelta(days=5)
_log = get_logger("deliver")


class Deliver:
    """The way out. It knows SMTP, through its port, and the outbox."""

    name = "deliver"

    def __init__(self, *, store: Store, transport: Transport, now: Now, to_send: Bell) -> None:
        self._store = store
        self._transport = transport
        self._now = now
        self._to_send = to_send

    async def recover(self) -> int:
        """At start: mark as uncertain what was on the wire when the last run ended; how many there are."""
        now = self._now()
        interrupted = await self._store.transact(lambda tx: _interrupted(tx, now))
        for delivery in interrupted:
            _log.warning("uncertain", delivery=delivery.id, case=delivery.case_id, kind=delivery.kind, reason="stopped after DATA")
        return len(interrupted)

    async def work(self) -> int:
        """Send what is due, earliest deadline first; how many were attempted. ConnectionLostError when the server is at fault."""
        now = self._now()
        due = await self._store.query(lambda tx: tx.deliveries.due(now, _BATCH))
        receipts = await asyncio.gather(*map(self._send, due))
        if any(receipt.host_fault for receipt in receipts):
            # The server, not the messages: everything waits together, and the loop's patience decides how long.
            raise ConnectionLostError(f"SMTP: {next(receipt.text for receipt in receipts if receipt.host_fault)}")
        if due:
            _log.info("delivered", sent=sum(receipt.status is DeliveryStatus.SENT for receipt in receipts), attempted=len(due))
        return len(due)

    async def idle(self) -> None:
        """Wait until something is queued, or the next retry is due."""
        next_due = await self._store.query(lambda tx: tx.deliveries.next_due())
        ahead = next_due - self._now() if next_due else timedelta(minutes=1)
        await self._to_send.wait(min(ahead, timedelta(minutes=1)))

    async def _send(self, delivery: Delivery) -> Receipt:
        begun: bool | None = None

        async def before_data() -> bool:
            nonlocal begun
            begun = await self._store.transact(lambda tx: tx.deliveries.begin_data(delivery.id, self._now()))
            return begun

        receipt = await self._transport.send(delivery, before_data)
        untouched = begun is None and receipt.host_fault and receipt.status is DeliveryStatus.DEFERRED
        if begun is False or untouched:
            # Another has it, or the server was never spoken to about it: its row stays as it is.
            return receipt
        # Shielded: a stop between the server's 250 and this commit would make a certain delivery uncertain.
        await asyncio.shield(self._settle(delivery, receipt))
        return receipt

    async def _settle(self, delivery: Delivery, receipt: Receipt) -> None:
        now = self._now()
        if receipt.status is DeliveryStatus.DEFERRED and now - delivery.created_at > _GIVE_UP_AFTER:
            receipt = Receipt(status=DeliveryStatus.FAILED, code=receipt.code, text=f"given up after five days: {receipt.text}")
        next_attempt_at = now + _retry_after(delivery.attempts) if receipt.status is DeliveryStatus.DEFERRED else None

        def settle(tx: Transaction) -> None:
            tx.deliveries.settle(delivery.id, receipt, now, next_attempt_at)
            _tell(tx, delivery, receipt, now)

        await self._store.transact(settle)
        level = _log.debug if receipt.status is DeliveryStatus.SENT else _log.warning
        level(receipt.status.value, delivery=delivery.id, case=delivery.case_id, kind=delivery.kind, code=receipt.code, reason=receipt.text)


def _interrupted(tx: Transaction, now: datetime) -> list[Delivery]:
    found = tx.deliveries.interrupted(now)
    for delivery in found:
        _tell(tx, delivery, Receipt(status=DeliveryStatus.UNCERTAIN, text="the daemon stopped after DATA"), now)
    return found


def _retry_after(attempts: int) -> timedelta:
    return timedelta(minutes=_RETRY_MINUTES[min(attempts, len(_RETRY_MINUTES) - 1)])


def _tell(tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """Let the case know what became of its delivery."""
    to_customer = delivery.kind is ReplyKind.ACKNOWLEDGMENT
    if receipt.status is DeliveryStatus.SENT and to_customer:
        tx.cases.set_acknowledged(delivery.case_id, now)
        if now <= delivery.deadline:
            # A late acknowledgment keeps no promise: the clock's stage then says so to whoever must know.
            tx.deadlines.keep(delivery.case_id, "acknowledge", now)
    if receipt.status is DeliveryStatus.FAILED and to_customer:
        tx.cases.set_unreachable(delivery.case_id)
    detail = {"delivery": delivery.kind.value, "status": receipt.status.value, "to": delivery.recipient}
    if receipt.text:
        detail["reply"] = f"{receipt.code} {receipt.text}".strip() if receipt.code else receipt.text
    tx.cases.record(delivery.case_id, [CaseEvent(at=now, kind="delivery", provenance="smtp", detail=detail)])
