"""Asks an order system again that gave no answer when a message was decided: the facts follow to whoever looks after the case."""

from datetime import datetime, timedelta
from functools import partial

from triage.case import DONE, Case, CaseEvent
from triage.inquiry import Known, Question
from triage.logs import get_logger
from triage.policy.informed import checked_detail
from triage.ports import Now, Store, Transaction
from triage.reading import Reading
from triage.staff import Notice, NoticeKind
from triage.stages.inquire import Inquiry
from triage.stages.loop import Bell
from triage.stages.recall import recall

#: Asked for at a time: an order system that comes back is not overrun.
_BATCH = 20
_TICK = timedelta(seconds=10)
_LONGEST = timedelta(hours=1)
#: After some days of asking, people have found out by themselves.
_ATTEMPTS = 80
_log = get_logger("catch_up")


class CatchUp:
    """Fills in what the order system left open."""

    name = "facts"

    def __init__(self, inquiry: Inquiry, *, store: Store, now: Now) -> None:
        self._inquiry = inquiry
        self._store = store
        self._now = now

    async def work(self) -> int:
        """Ask again about the cases whose time has come; how many were settled."""
        due = await self._store.query(lambda tx: tx.orders.unanswered(self._now(), _BATCH))
        for settled, question in enumerate(due):
            if not await self._ask(question):
                # The order system is still away: the others wait as well.
                waiting = due[settled:]
                await self._store.transact(partial(self._put_off, questions=waiting))
                return settled
        return len(due)

    async def idle(self) -> None:
        """Rest."""
        await Bell().wait(_TICK)

    async def _ask(self, question: Question) -> bool:
        case, reading = await self._store.query(lambda tx: self._recalled(tx, question))
        known = await self._inquiry.ask(reading) if case and reading else Known()
        if known.failed and question.attempts < _ATTEMPTS:
            return False
        await self._store.transact(lambda tx: self._settle(tx, question, case, known))
        return True

    def _recalled(self, tx: Transaction, question: Question) -> tuple[Case | None, Reading | None]:
        case, record = tx.cases.get(question.case_id), tx.messages.get(question.message_row)
        if case is None or record is None:
            return None, None
        read = recall(case, [record])
        # What was kept of a message does not say how its author was verified; the question does.
        return case, Reading(message=question.message, findings=read.findings, facts=read.facts, classification=read.classification)

    def _settle(self, tx: Transaction, question: Question, case: Case | None, known: Known) -> None:
        tx.orders.answered(question.case_id)
        if case is None or not known.checked:
            return
        now = self._now()
        tx.orders.keep(case.id, known.checked)
        events = [
            CaseEvent(at=now, kind="order_checked", provenance="orders", detail=_filled(checked_detail(one))) for one in known.checked
        ]
        tx.cases.record(case.id, events)
        if case.assignee and case.status not in DONE:
            tx.notices.add(Notice(kind=NoticeKind.FACTS, case_id=case.id, colleague=case.assignee, message_row=question.message_row), now)
        _log.info("facts_followed", case=case.id, orders=len(known.checked))

    def _put_off(self, tx: Transaction, questions: list[Question]) -> None:
        for question in questions:
            tx.orders.put_off(question.case_id, _next(question, self._now()))


def _next(question: Question, now: datetime) -> datetime:
    return now + min(timedelta(minutes=1 << min(question.attempts, 10)), _LONGEST)


def _filled(detail: dict[str, str]) -> dict[str, str]:
    return {key: text for key, text in detail.items() if text}
