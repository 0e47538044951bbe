"""Begins, stops and resumes the clocks of cases, in the transaction it is given."""

from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseEvent, CaseStatus, Deadline
from triage.policy.table import Policy
from triage.policy.timing import begun, opened, turned
from triage.ports import Transaction
from triage.topic import StaffedTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Clockwork:
    """Knows when people are at work, and what the policy says of time."""

    time: StaffedTime
    policy: Policy

    def begin(self, tx: Transaction, deadline: Deadline, now: datetime) -> None:
        """A promise, with the time at which somebody is reminded of it."""
        tx.deadlines.set(begun(deadline, self.policy, self.time, now))

    def opened(self, tx: Transaction, case: Case, now: datetime) -> None:
        """The clocks that every case has."""
        for deadline in opened(case, self.policy, self.time):
            self.begin(tx, deadline, now)

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
