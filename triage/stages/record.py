"""Writes a decision down: case, events, deadlines, replies and filing order, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from triage.case import Case, CaseEvent
from triage.decision import Decision, ReplyOrder
from triage.message import RawMessage, StoredMessage
from triage.ports import Transaction
from triage.reading import Reading
from triage.reply import Reply


class Writes(Protocol):
    """Whoever turns an order into a reply."""

    def write(
        self,
        order: ReplyOrder,
        case: Case,
        *,
        log: Sequence[CaseEvent],
        reading: Reading | None,
        raw: RawMessage | None,
        now: datetime,
    ) -> Reply:
        """The reply, ready to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Records decisions. In shadow mode replies are withheld and nothing is ordered to be filed."""

    writer: Writes
    live: bool
    keep_raw: bool

    def record(self, tx: Transaction, stored: StoredMessage, reading: Reading, decision: Decision, now: datetime) -> Case | None:
        """Everything that follows from a message; the case it belongs to."""
        case = self._case(tx, decision)
        if case:
            self.follow(tx, case, decision, reading, now, stored=stored)
        case_id = case.id if case else None
        tx.messages.settle(stored.id, decision.outcome, case_id, reading, reason=decision.reason, keep_raw=self.keep_raw)
        if decision.folder and self.live:
            tx.filings.order(stored.id, decision.folder, now)
        return case

    def follow(
        self, tx: Transaction, case: Case, decision: Decision, reading: Reading, now: datetime, *, stored: StoredMessage | None = None
    ) -> None:
        """What a decision means for its case; `stored` is the message that led to it, where one did."""
        tx.cases.record(case.id, (*decision.events, *self._shadow_events(decision, now)))
        if decision.status is not None:
            tx.cases.set_status(case.id, decision.status, now)
        if decision.unreachable:
            tx.cases.set_unreachable(case.id)
        for kind, bound in decision.kept:
            tx.deadlines.keep(case.id, kind, now, bound)
        for deadline in decision.deadlines:
            tx.deadlines.set(replace(deadline, case_id=case.id))
        # A new case's history is the decision's own events; asking the store for what was just written there costs a tenth of deciding.
        log = decision.events if decision.new_case else tx.cases.events(case.id) if decision.replies else ()
        raw = stored.raw if stored else None
        for order in decision.replies:
            reply = self.writer.write(order, case, log=log, reading=reading, raw=raw, now=now)
            self._queue(tx, case, reply, stored.id if stored else None, now)

    def _case(self, tx: Transaction, decision: Decision) -> Case | None:
        if decision.new_case:
            return tx.cases.open(decision.new_case)
        return tx.cases.get(decision.case_id) if decision.case_id is not None else None

    def _queue(self, tx: Transaction, case: Case, reply: Reply, message_id: int | None, now: datetime) -> None:
        tx.deliveries.queue(case.id, message_id, reply, now, withheld=not self.live)
        if reply.fallback:
            detail = {"reply": reply.kind.value, "why": reply.fallback}
            tx.cases.record(case.id, [CaseEvent(at=now, kind="fallback", provenance="policy", detail=detail)])

    def _shadow_events(self, decision: Decision, now: datetime) -> tuple[CaseEvent, ...]:
        if self.live or not decision.folder:
            return ()
        detail = {"folder": decision.folder, "why": "shadow mode: would have been filed here"}
        return (CaseEvent(at=now, kind="filing", provenance="policy", detail=detail),)
