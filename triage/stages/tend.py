"""Asks what has become due: a promise past its time is recorded, told to whoever must know, and told once."""

from datetime import datetime, timedelta
from functools import partial

from triage.case import Case, Deadline
from triage.logs import get_logger
from triage.people import People
from triage.policy.overdue import overdue
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.stages.loop import Bell
from triage.stages.recall import recall
from triage.stages.record import Recorder
from triage.topic import Due

_BATCH = 50
_log = get_logger("tend")


class Tend:
    """Watches the clocks of all cases."""

    name = "tend"

    def __init__(
        self, *, store: Store, policy: Policy, people: People, due: Due, recorder: Recorder, now: Now, to_send: Bell, tick: timedelta
    ) -> None:
        self._store = store
        self._policy = policy
        self._people = people
        self._due = due
        self._recorder = recorder
        self._now = now
        self._to_send = to_send
        self._tick = tick

    async def work(self) -> int:
        """Deal with the promises that are past their time; how many there were."""
        now = self._now()
        missed = await self._store.query(lambda tx: tx.deadlines.due(now, _BATCH))
        for deadline in missed:
            await self._store.transact(partial(self._miss, deadline=deadline, now=now))
        if missed:
            self._to_send.ring()
        return len(missed)

    async def idle(self) -> None:
        """Wait for the next promise to fall due, or for the next tick."""
        next_due = await self._store.query(lambda tx: tx.deadlines.next_due())
        ahead = next_due - self._now() if next_due else self._tick
        # Rung by nobody: new promises are hours away, so a tick is soon enough to see them.
        await Bell().wait(min(ahead, self._tick))

    def _miss(self, tx: Transaction, deadline: Deadline, now: datetime) -> None:
        tx.deadlines.miss(deadline, now)
        case = tx.cases.get(deadline.case_id)
        if case:
            self._escalate(tx, case, deadline, now)

    def _escalate(self, tx: Transaction, case: Case, deadline: Deadline, now: datetime) -> None:
        log = tx.cases.events(case.id)
        decision = overdue(deadline, case, people=self._people, policy=self._policy, now=now, due=self._due, log=log)
        messages = tx.messages.of_case(case.id)
        if decision.events:
            _log.warning("promise_missed", case=case.id, promise=deadline.kind, due=deadline.due_at.isoformat(), bound=deadline.bound)
            self._recorder.follow(tx, case, decision, recall(case, messages[:1]), now)
