"""Each month asks those who had a dispute in the month before how we did, unless they were asked of late or have said so already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.case import Case, CaseEvent
from triage.decision import Decision, Outcome, ReplyOrder
from triage.logs import get_logger
from triage.policy.table import Policy
from triage.policy.telling import may_write
from triage.ports import Transaction
from triage.reply import ReplyKind
from triage.stages.recall import recall
from triage.stages.record import Recorder

#: Asked in one commit; the next ones follow at once.
_AT_ONCE = 50
#: People read their mail in the morning.
_FROM = time(9)
_DAY = timedelta(days=1)
_log = get_logger("survey")


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySurvey:
    """Goes through the disputes of the last month, once, and remembers how far it has come."""

    policy: Policy
    recorder: Recorder
    where: ZoneInfo

    def waits(self, tx: Transaction, now: datetime) -> bool:
        """Whether somebody of the last month is still to be thought of."""
        return bool(self._next(tx, now))

    def ask(self, tx: Transaction, now: datetime) -> int:
        """Ask the next ones; how many disputes were dealt with."""
        cases, asked = self._next(tx, now), 0
        for case in cases:
            asked += self._asked(tx, case, now)
        if cases:
            tx.history.set_mark(_mark(self._month(now)[0]), cases[-1].id)
            _log.info("survey", disputes=len(cases), asked=asked)
        return len(cases)

    def _next(self, tx: Transaction, now: datetime) -> Sequence[Case]:
        if not self.policy.feedback.monthly or now.astimezone(self.where).time() < _FROM:
            return ()
        first, last = self._month(now)
        since, until = (datetime.combine(day, time(), self.where).astimezone(UTC) for day in (first, last))
        return tx.surveys.disputed(since, until, tx.history.mark(_mark(first)) or 0, _AT_ONCE)

    def _month(self, now: datetime) -> tuple[date, date]:
        """The first day of the month before, and of this one."""
        this = now.astimezone(self.where).date().replace(day=1)
        return (this - _DAY).replace(day=1), this

    def _asked(self, tx: Transaction, case: Case, now: datetime) -> bool:
        requester, log = case.requester, tx.cases.events(case.id)
        if requester is None or case.rating is not None or not may_write(case, log):
            return False
        if tx.surveys.asked_since(requester.addr_spec, now - self.policy.feedback.again):
            return False
        order = ReplyOrder(kind=ReplyKind.SURVEY, recipient=requester.addr_spec, deadline=now + _DAY)
        asked = CaseEvent(at=now, kind="asked", provenance="clock", detail={"asks": "how we did, as each month"})
        decision = Decision(outcome=Outcome.NOTED, reason="the monthly survey", case_id=case.id, events=(asked,), replies=(order,))
        self.recorder.follow(tx, case, decision, recall(case, ()), now)
        tx.surveys.add(case, "month", now)
        return True


def _mark(month: date) -> str:
    return f"survey:{month:%Y-%m}"
