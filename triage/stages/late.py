"""Acknowledgments that leave after their deadline say so: as long as none of their bytes can have been seen, they are written anew."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from triage.case import Case
from triage.decision import Outcome, ReplyOrder
from triage.logs import get_logger
from triage.ports import Store, Transaction
from triage.records import MessageRecord
from triage.reply import Delivery, ReplyKind
from triage.stages.recall import recall
from triage.stages.record import Writes

_log = get_logger("late")


class Late:
    """Writes late acknowledgments anew; a changed message gets a new Message-ID (RFC 5322 §3.6.4)."""

    def __init__(self, *, store: Store, writer: Writes) -> None:
        self._store = store
        self._writer = writer

    async def renewed(self, deliveries: Sequence[Delivery], now: datetime) -> list[Delivery]:
        """The deliveries, the late ones among them in the words for that."""
        if not any(_needs_it(delivery, now) for delivery in deliveries):
            return list(deliveries)
        return await self._store.transact(lambda tx: [self._renewed(tx, delivery, now) for delivery in deliveries])

    def _renewed(self, tx: Transaction, delivery: Delivery, now: datetime) -> Delivery:
        case = tx.cases.get(delivery.case_id)
        if case is None or not _needs_it(delivery, now):
            return delivery
        messages = tx.messages.of_case(case.id)
        order = ReplyOrder(kind=delivery.kind, recipient=delivery.recipient, deadline=delivery.deadline, text=_text(case, messages[:1]))
        log = tx.cases.events(case.id)
        reply = self._writer.write(order, case, log=log, reading=recall(case, messages[:1]), raw=None, now=now)
        if not tx.deliveries.rewrite(delivery.id, reply, now):
            return delivery
        _log.warning("late", delivery=delivery.id, case=case.id, deadline=delivery.deadline.isoformat())
        return next(iter(tx.deliveries.find(message_id=reply.message_id)), delivery)


def _needs_it(delivery: Delivery, now: datetime) -> bool:
    written = delivery.written_at or delivery.created_at
    late = delivery.kind is ReplyKind.ACKNOWLEDGMENT and now > delivery.deadline
    return late and written <= delivery.deadline and delivery.begun_at is None


def _text(case: Case, first: Iterable[MessageRecord]) -> str:
    """The text that the policy chose when the case was opened."""
    if any(record.outcome is Outcome.UNREADABLE for record in first):
        return "unreadable"
    return "unsorted" if case.abstained else ""
