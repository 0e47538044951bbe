"""Asks what has become due: a promise past its time, a reminder before it, and what is to be done at a time; each once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from triage.case import Case, CaseStatus, Deadline
from triage.errors import TriageError
from triage.logs import get_logger
from triage.people import People
from triage.policy.overdue import overdue
from triage.policy.reminding import reminders
from triage.policy.scheduled import SCHEDULED, Occasion, scheduled
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.records import MessageRecord
from triage.reply import ReplyKind
from triage.stages.loop import Bell
from triage.stages.recall import recall
from triage.stages.record import Recorder
from triage.stages.remind import Reminding
from triage.stages.survey import MonthlySurvey
from triage.topic import Clocks

_BATCH = 50
_HOUR = timedelta(hours=1)
_log = get_logger("tend")


class Tend:
    """Watches the clocks of all cases."""

    name = "tend"

    def __init__(
        self, *, store: Store, policy: Policy, people: People, due: Clocks, recorder: Recorder, reminding: Reminding,
        survey: MonthlySurvey, now: Now, to_send: Bell, came_due: Bell, tick: timedelta,
    ) -> None:  # fmt: skip
        self._store = store
        self._policy = policy
        self._people = people
        self._due = due
        self._recorder = recorder
        self._reminding = reminding
        self._survey = survey
        self._survey_at: datetime | None = None
        self._now = now
        self._to_send = to_send
        self._came_due = came_due
        self._tick = tick

    async def work(self) -> int:
        """Deal with what has become due; how much there was."""
        now = self._now()
        near = await self._store.query(lambda tx: tx.deadlines.to_warn(now, _BATCH))
        for deadline in near:
            await self._each(deadline, partial(self._remind, deadline=deadline, now=now), lambda tx, it: tx.deadlines.warned(it, None))
        past = await self._store.query(lambda tx: tx.deadlines.due(now, _BATCH))
        for deadline in past:
            await self._each(deadline, partial(self._come, deadline=deadline, now=now), lambda tx, it: tx.deadlines.miss(it, now))
        done = len(near) + len(past)
        # Only once all that is due is known, so that it is told together.
        told = 0 if done else await self._told(now) + await self._asked(now)
        if done or told:
            self._to_send.ring()
        return done + told

    async def _each(
        self, deadline: Deadline, work: Callable[[Transaction], None], set_aside: Callable[[Transaction, Deadline], None]
    ) -> None:
        try:
            await self._store.transact(work)
        except TriageError:
            raise
        # A defect of ours that this case meets: it is set aside, so that the clocks of all the others go on.
        except Exception:
            _log.exception("due_failed", case=deadline.case_id, what=deadline.kind)
            await self._store.transact(lambda tx: set_aside(tx, deadline))

    async def idle(self) -> None:
        """Wait for the next promise to fall due, or for the next tick."""
        next_due = await self._store.query(lambda tx: tx.deadlines.next_due())
        ahead = next_due - self._now() if next_due else self._tick
        # Rung where a case was answered and is to be solved; new promises are hours away, so a tick is soon enough to see them.
        await self._came_due.wait(min(ahead, self._tick))

    async def _told(self, now: datetime) -> int:
        # Looking takes no lock, and mostly there is nothing to tell.
        keys = await self._store.query(lambda tx: self._reminding.ready(tx, now))
        return sum([await self._tell(key, now) for key in keys])

    async def _tell(self, key: str, now: datetime) -> int:
        try:
            return await self._store.transact(lambda tx: self._reminding.tell(tx, key, now))
        except TriageError:
            raise
        # A case whose letter cannot be written must not keep the others from being told: a list names it all the same.
        except Exception:
            _log.exception("reminder_failed", colleague=key)
            return await self._store.transact(lambda tx: self._reminding.tell(tx, key, now, listed=True))

    async def _asked(self, now: datetime) -> int:
        # A month is long: looked at once an hour, and as often as there is something to do.
        if self._survey_at is not None and now - self._survey_at < _HOUR:
            return 0
        if not await self._store.query(lambda tx: self._survey.waits(tx, now)):
            self._survey_at = now
            return 0
        return await self._store.transact(lambda tx: self._survey.ask(tx, now))

    def _remind(self, tx: Transaction, deadline: Deadline, now: datetime) -> None:
        case = tx.cases.get(deadline.case_id)
        for reminder in reminders(deadline, case, self._people, self._policy) if case else ():
            tx.reminders.add(reminder, now)
        self._recorder.clockwork.warned(tx, deadline)

    def _come(self, tx: Transaction, deadline: Deadline, now: datetime) -> None:
        case = tx.cases.get(deadline.case_id)
        if deadline.kind in SCHEDULED:
            tx.deadlines.keep(deadline.case_id, deadline.kind, now, deadline.bound)
            if case:
                self._do(tx, case, deadline, now)
            return
        tx.deadlines.miss(deadline, now)
        if case:
            self._miss(tx, case, deadline, now)

    def _do(self, tx: Transaction, case: Case, deadline: Deadline, now: datetime) -> None:
        messages = tx.messages.of_case(case.id)
        since = now - self._policy.feedback.again
        occasion = Occasion(
            deadline=deadline,
            # Its status is open again already; its clocks stand as they did while it waited for the customer.
            case=replace(case, status=CaseStatus.PENDING) if deadline.kind == "resume" else case,
            log=tx.cases.events(case.id),
            people=self._people,
            policy=self._policy,
            now=now,
            due=self._due,
            thread=_thread(case, messages),
            states=tx.deadlines.of_case(case.id),
            asked=case.requester is not None and tx.surveys.asked_since(case.requester.addr_spec, since),
        )
        decision = scheduled(occasion)
        self._recorder.follow(tx, occasion.case, decision, recall(case, messages[:1]), now)
        if any(order.kind is ReplyKind.SURVEY for order in decision.replies):
            tx.surveys.add(case, deadline.kind, now)
        _log.info("due", case=case.id, what=deadline.kind, came=decision.reason)

    def _miss(self, tx: Transaction, case: Case, deadline: Deadline, now: datetime) -> None:
        log = tx.cases.events(case.id)
        decision = overdue(deadline, case, people=self._people, policy=self._policy, now=now, due=self._due, log=log)
        if decision.events:
            _log.warning("promise_missed", case=case.id, promise=deadline.kind, due=deadline.due_at.isoformat(), bound=deadline.bound)
            self._recorder.follow(tx, case, decision, None, now)


def _thread(case: Case, messages: list[MessageRecord]) -> tuple[str, ...]:
    theirs = case.requester.addr_spec if case.requester else ""
    return tuple(record.message_id for record in messages if record.message_id and record.author == theirs)
