"""Gives every case a representative, and gives it to another one where that person is away, disabled or out of reach."""

from datetime import datetime, timedelta, tzinfo

from triage.case import Case
from triage.logs import get_logger
from triage.people import People
from triage.policy.assignment import Bench, assign, bench
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.sections.people import PeopleSettings
from triage.stages.loop import Bell
from triage.stages.record import Recorder
from triage.topic import Due

#: Cases given out in one commit.
_BATCH = 100
_log = get_logger("assign")


class Assign:
    """Looks after who looks after what. It works beside the way in and out, which never waits for it."""

    name = "assign"

    def __init__(
        self, settings: PeopleSettings, *, store: Store, people: People, policy: Policy, due: Due, recorder: Recorder, now: Now,
        where: tzinfo, tick: timedelta,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._store = store
        self._people = people
        self._policy = policy
        self._due = due
        self._recorder = recorder
        self._now = now
        self._where = where
        self._tick = tick

    async def work(self) -> int:
        """Give out the cases that nobody looks after; how many found somebody."""
        now = self._now()
        # Looking takes no lock, and mostly there is nothing to do.
        if not await self._store.query(lambda tx: self._waiting(tx, now)):
            return 0
        given = await self._store.transact(lambda tx: self._give_out(tx, now))
        if given:
            _log.info("assigned", cases=given)
        return given

    async def idle(self) -> None:
        """Wait for the next tick: an assignment is promised within the hour."""
        await Bell().wait(self._tick)

    def _waiting(self, tx: Transaction, now: datetime) -> list[Case]:
        kept = {one.key for one in self._bench(tx, now).there} | set(self._people.departments)
        return tx.assignments.unassigned(_BATCH) or tx.assignments.of_others(kept, _BATCH)

    def _bench(self, tx: Transaction, now: datetime) -> Bench:
        today = now.astimezone(self._where).date()
        in_turn = self._settings.assign == "round_robin"
        return bench(self._people, tx.assignments.workloads(), tx.colleagues.unreachable(), today, in_turn=in_turn)

    def _give_out(self, tx: Transaction, now: datetime) -> int:
        there, given = self._bench(tx, now), 0
        for case in self._waiting(tx, now):
            decision = assign(case, there, people=self._people, policy=self._policy, now=now, due=self._due)
            if decision.assignee:
                there, given = there.after(decision.assignee, case.id), given + 1
            elif any(deadline.kind == "assign" for deadline, _state in tx.deadlines.of_case(case.id)):
                # The promise to find somebody stands already, and the clock watches it.
                continue
            self._recorder.follow(tx, case, decision, None, now)
        return given
