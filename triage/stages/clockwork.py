"""Begins, stops and resumes the clocks of cases, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.case import Case, CaseEvent, CaseStatus, Deadline
from triage.extraction.pledges import Pledge, Unit, pledges
from triage.policy.table import Policy
from triage.policy.timing import aged, begun, opened, reminded_next, turned
from triage.ports import Transaction
from triage.topic import StaffedTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Knows when people are at work, and what the policy says of time."""

    time: StaffedTime
    policy: Policy
    #: Departments in which somebody is there at any hour.
    around_the_clock: frozenset[str] = frozenset()

    def begin(self, tx: Transaction, deadline: Deadline, now: datetime) -> None:
        """A promise, with the time at which somebody is reminded of it."""
        tx.deadlines.set(begun(deadline, self.policy, self.time, now, self.around_the_clock))

    def warned(self, tx: Transaction, deadline: Deadline) -> None:
        """Somebody was reminded of the promise; somebody else may be, later."""
        tx.deadlines.warned(deadline, reminded_next(deadline, self.policy, self.time, self.around_the_clock))

    def opened(self, tx: Transaction, case: Case, now: datetime) -> None:
        """The clocks that every case has."""
        for deadline in opened(case, self.policy, self.time):
            self.begin(tx, deadline, now)
        self.grown(tx, case, now)

    def grown(self, tx: Transaction, case: Case, now: datetime) -> None:
        """What the policy asks of such matters when they grow old."""
        for deadline in aged(case, self.policy, now):
            self.begin(tx, deadline, now)

    def heard(self, tx: Transaction, case: Case, events: Sequence[CaseEvent], now: datetime) -> None:
        """What follows later from what was said: a person's promise is looked after, and so is what a department has answered."""
        for event in events:
            if event.kind == "replied":
                self._promised(tx, case, event.detail.get("text", ""), now)
            elif event.kind == "answered" and isinstance(self.policy.promises.check, timedelta):
                due_at = self.time.staffed(now, self.policy.promises.check)
                self.begin(tx, Deadline(case_id=case.id, kind="check", due_at=due_at, bound=event.detail.get("department", "")), now)

    def _promised(self, tx: Transaction, case: Case, text: str, now: datetime) -> None:
        found = max(((self._until(pledge, now), pledge.words) for pledge in pledges(text)), default=None)
        if found is None:
            return
        due_at, words = found
        self.begin(tx, Deadline(case_id=case.id, kind="promised", due_at=due_at), now)
        detail = {"words": words, "until": due_at.isoformat()}
        tx.cases.record(case.id, [CaseEvent(at=now, kind="promised", provenance="rule", detail=detail)])

    def _until(self, pledge: Pledge, now: datetime) -> datetime:
        if pledge.unit is Unit.WORKING_DAYS:
            return self.time.working_days(now, pledge.count)
        if pledge.unit is Unit.WEEKDAY:
            return now + timedelta(days=(pledge.count - now.weekday() - 1) % 7 + 1)
        return now + timedelta(hours=pledge.count) * (1 if pledge.unit is Unit.HOURS else 24)

    def turn(self, tx: Transaction, case: Case, after: CaseStatus, now: datetime) -> None:
        """The case is about to take that status: its clocks stop, go on, or end."""
        if after is case.status:
            return
        turn = turned(case, after, tx.deadlines.of_case(case.id), policy=self.policy, time=self.time, now=now)
        for kind, bound in turn.keep:
            tx.deadlines.keep(case.id, kind, now, bound)
        for deadline in turn.pause:
            tx.deadlines.pause(deadline, now)
        for deadline in turn.begin:
            self.begin(tx, deadline, now)
        resumed = [deadline.kind for deadline in turn.begin if deadline.since and after is not CaseStatus.PENDING]
        told = {"paused": [deadline.kind for deadline in turn.pause], "resumed": resumed if case.status is CaseStatus.PENDING else []}
        # On record, so that what was measured can be measured again.
        events = [
            CaseEvent(at=now, kind=kind, provenance="clock", detail={"clocks": ", ".join(kinds)}) for kind, kinds in told.items() if kinds
        ]
        tx.cases.record(case.id, events)
