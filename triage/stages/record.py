"""Writes a decision down: case, events, deadlines, replies and filing order, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Protocol

from triage.alarm import AlarmBoard
from triage.case import Case, CaseEvent, CaseStatus, NewCase
from triage.decision import CaseChange, Decision, HeldAnswers, ReplyOrder
from triage.inquiry import Checked
from triage.message import RawMessage, StoredMessage
from triage.payment import settle_at
from triage.ports import Transaction
from triage.reading import Reading
from triage.reply import TO_CUSTOMER, Reply
from triage.stages.clockwork import Clockwork
from triage.stages.recall import recall

#: An order system that gave no answer is asked again after so long.
_ASK_AGAIN = timedelta(minutes=1)


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
        orders: Sequence[Checked] = (),
    ) -> Reply:
        """The reply, ready to leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorder:
    """Records decisions. In shadow mode replies are withheld and nothing is ordered to be filed."""

    writer: Writes
    live: bool
    keep_raw: bool
    board: AlarmBoard
    clockwork: Clockwork
    #: An order system is configured: what it said goes along to colleagues.
    has_orders: bool = False
    #: How long a failed payment waits for its second try.
    payment_wait: timedelta = timedelta()

    def record(self, tx: Transaction, stored: StoredMessage, reading: Reading, decision: Decision, now: datetime) -> Case | None:
        """Everything that follows from a message; the case it belongs to."""
        case = self._case(tx, decision)
        if case:
            self.follow(tx, case, decision, reading, now, stored=stored)
        case_id = case.id if case else None
        tx.messages.settle(stored.id, decision.outcome, case_id, reading, reason=decision.reason, keep_raw=self.keep_raw)
        if decision.payment:
            tx.payments.add(decision.payment, now, settle_at(decision.payment, now, self.payment_wait))
        if decision.folder and self.live:
            tx.filings.order(stored.id, decision.folder, now)
        return case

    def follow(
        self,
        tx: Transaction,
        case: Case,
        decision: Decision,
        reading: Reading | None,
        now: datetime,
        *,
        stored: StoredMessage | None = None,
    ) -> None:
        """What a decision means for its case; `stored` is the message that led to it, where one did."""
        tx.cases.record(case.id, (*decision.events, *self._shadow_events(decision, now)))
        if decision.new_case:
            self.clockwork.opened(tx, case, now)
        if decision.status is not None:
            self.clockwork.turn(tx, case, decision.status, now)
            tx.cases.set_status(case.id, decision.status, now)
        if decision.unreachable:
            tx.cases.set_unreachable(case.id)
        if decision.assignee is not None:
            tx.assignments.assign(case.id, decision.assignee)
        if decision.change:
            self._change(tx, case, decision.change, now)
        for notice in decision.notices:
            tx.notices.add(replace(notice, case_id=case.id, message_row=stored.id if stored else notice.message_row), now)
        self._time(tx, case, decision, now)
        if decision.known:
            tx.orders.keep(case.id, decision.known.checked)
            if decision.known.failed and stored and reading:
                tx.orders.ask_later(case.id, stored.id, reading.message, now + _ASK_AGAIN)
        # A new case's history is the decision's own events; asking the store for what was just written there costs a tenth of deciding.
        log = decision.events if decision.new_case else tx.cases.events(case.id) if decision.replies else ()
        raw = stored.raw if stored else None
        orders = self._orders(tx, case, decision)
        for order in decision.replies:
            about = (recall(case, tx.messages.of_case(case.id)[:1]), None) if order.of_case else (reading, raw)
            reply = self.writer.write(order, case, log=log, reading=about[0], raw=about[1], now=now, orders=orders)
            self._queue(tx, case, reply, order, message_id=stored.id if stored else None, now=now)

    def _time(self, tx: Transaction, case: Case, decision: Decision, now: datetime) -> None:
        """What was promised and kept, and who is reminded of it."""
        for kind, bound in decision.kept:
            tx.deadlines.keep(case.id, kind, now, bound)
        for deadline in decision.deadlines:
            self.clockwork.begin(tx, replace(deadline, case_id=case.id), now)
        for reminder in decision.reminders:
            tx.reminders.add(replace(reminder, case_id=case.id), now)
        if not decision.new_case:
            self.clockwork.heard(tx, case, decision.events, now)

    def _orders(self, tx: Transaction, case: Case, decision: Decision) -> Sequence[Checked]:
        """What is known of the case's orders, for letters to colleagues."""
        if not self.has_orders or all(order.kind in TO_CUSTOMER for order in decision.replies):
            return ()
        return decision.known.checked if decision.new_case and decision.known else tx.orders.of_case(case.id)

    def _change(self, tx: Transaction, case: Case, change: CaseChange, now: datetime) -> None:
        tx.cases.set_details(case.id, priority=change.priority, order_numbers=change.order_numbers)
        if change.rating is not None:
            tx.cases.set_rating(case.id, change.rating, now)
        if change.merged_into is not None:
            tx.cases.merge(case.id, change.merged_into)
            joined = CaseEvent(at=now, kind="joined", provenance="mail", detail={"case": case.number})
            tx.cases.record(change.merged_into, [joined])
        if change.split_off is not None:
            self._split(tx, case, change.split_off, now)
        if change.answers is not None:
            release_at = now if change.answers is HeldAnswers.RELEASED else None
            many = tx.deliveries.hold_answers(case.id, change.authors, release_at=release_at, reason="taken back")
            detail = {"what": change.answers.value, "answers": str(many)}
            tx.cases.record(case.id, [CaseEvent(at=now, kind="answers", provenance="mail", detail=detail)])

    def _split(self, tx: Transaction, case: Case, row: int, now: datetime) -> None:
        new = {field.name: getattr(case, field.name) for field in fields(NewCase)}
        other = tx.cases.open(NewCase(**{**new, "opened_at": now, "linked_case": case.id, "status": CaseStatus.OPEN, "departments": ()}))
        tx.messages.move(row, other.id)
        for one, kind, about in ((case, "split", other), (other, "opened", case)):
            tx.cases.record(one.id, [CaseEvent(at=now, kind=kind, provenance="mail", detail={"case": about.number, "message": str(row)})])

    def _case(self, tx: Transaction, decision: Decision) -> Case | None:
        if decision.new_case:
            return tx.cases.open(decision.new_case)
        return tx.cases.get(decision.case_id) if decision.case_id is not None else None

    def _queue(self, tx: Transaction, case: Case, reply: Reply, order: ReplyOrder, *, message_id: int | None, now: datetime) -> None:
        tx.deliveries.queue(case.id, message_id, reply, now, withheld=not self.live, held=order.held, crowd=order.crowd)
        if reply.fallback:
            detail = {"reply": reply.kind.value, "why": reply.fallback}
            tx.cases.record(case.id, [CaseEvent(at=now, kind="fallback", provenance="policy", detail=detail)])
            self.board.note("template", f"a built-in text stands in for a template: {reply.fallback}", now)

    def _shadow_events(self, decision: Decision, now: datetime) -> tuple[CaseEvent, ...]:
        if self.live or not decision.folder:
            return ()
        detail = {"folder": decision.folder, "why": "shadow mode: would have been filed here"}
        return (CaseEvent(at=now, kind="filing", provenance="policy", detail=detail),)
