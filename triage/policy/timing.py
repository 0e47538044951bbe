"""The clocks of a case: which begin with it, when people are reminded of them, and what becomes of them when its status changes."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.case import DONE, Case, CaseStatus, Deadline
from triage.policy.promises import STAFFED
from triage.policy.table import Policy
from triage.topic import StaffedTime

#: What ends with the case; what departments and machines owe is settled by themselves.
_ENDS = frozenset({"answer", "resolve", "solve", "update", "assign", "remind", "promised", "check", "silence", "escalate", "dispute"})
_AFTERWARDS = frozenset({"closing"})

#: Deadlines with "open", "paused", "kept" or "missed".
States = Sequence[tuple[Deadline, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What a change of status means for the clocks of a case."""

    begin: tuple[Deadline, ...] = ()
    #: Kind and whom it binds.
    keep: tuple[tuple[str, str], ...] = ()
    pause: tuple[Deadline, ...] = ()


def opened(case: Case, policy: Policy, time: StaffedTime) -> Iterator[Deadline]:
    """The clocks that begin with a case besides what its decision promises: staffed time, and word of progress."""
    promises, arrived = policy.promises, case.received_at
    staffed = {"solve": promises.solve} | ({"answer": promises.answer} if case.requester else {})
    for kind, span in staffed.items():
        if isinstance(span, timedelta):
            yield Deadline(case_id=case.id, kind=kind, due_at=time.staffed(arrived, span), since=arrived)
    if case.requester and isinstance(promises.update, timedelta):
        yield Deadline(case_id=case.id, kind="update", due_at=arrived + promises.update)


def aged(case: Case, policy: Policy, now: datetime) -> Iterator[Deadline]:
    """When triggers by age look at the case, each under its name; never at once, because nobody can have acted by then."""
    category = "" if case.abstained else case.category
    for trigger in policy.trigger:
        if trigger.age is not None and trigger.concerns(category, case.issue):
            due_at = max(case.received_at + trigger.age, now + policy.promises.assign)
            yield Deadline(case_id=case.id, kind="escalate", due_at=due_at, bound=trigger.name)


def begun(deadline: Deadline, policy: Policy, time: StaffedTime, now: datetime, around_the_clock: Collection[str] = ()) -> Deadline:
    """The same with the time at which somebody is to be reminded of it first, where anybody is to be.

    Promises of the parties in `around_the_clock` run on the clock.
    """
    shares = _shares(policy)[deadline.step :]
    if deadline.kind not in policy.reminders.of or deadline.warn_at or not shares:
        return deadline
    since = deadline.since or now
    return replace(deadline, since=since, warn_at=_share(deadline, since, shares[0] / 100, time, around_the_clock))


def reminded_next(deadline: Deadline, policy: Policy, time: StaffedTime, around_the_clock: Collection[str] = ()) -> datetime | None:
    """When somebody is to be reminded once more after this time; None where nobody is."""
    shares = _shares(policy)[deadline.step :]
    if len(shares) < 2 or deadline.warn_at is None:
        return None
    # Of the time that is left, so that it does not matter how often the clock stood still before.
    return _share(deadline, deadline.warn_at, (shares[1] - shares[0]) / (100 - shares[0]), time, around_the_clock)


def _shares(policy: Policy) -> tuple[int, int]:
    return policy.reminders.person, policy.reminders.department


def _share(deadline: Deadline, since: datetime, share: float, time: StaffedTime, around_the_clock: Collection[str]) -> datetime:
    # What a department owes is staffed time, as what people owe is; where the customer's time is up before anybody is there, it is not.
    owed = deadline.kind == "reply" and deadline.bound not in around_the_clock
    staffed = deadline.kind in STAFFED or (owed and time.staffed_between(since, deadline.due_at) > timedelta())
    return _moved(since, (since, deadline.due_at), time if staffed else None, share)


def _moved(to: datetime, stretch: tuple[datetime, datetime], time: StaffedTime | None, share: float = 1.0) -> datetime:
    """As long after `to` as the stretch takes, on staffed time or, without it, around the clock."""
    since, until = stretch
    if time:
        return time.staffed(to, time.staffed_between(since, until) * share)
    return to + max(until - since, timedelta()) * share


def turned(case: Case, after: CaseStatus, states: States, *, policy: Policy, time: StaffedTime, now: datetime) -> Turn:
    """What follows for the clocks where the case's status becomes another."""
    if after is case.status:
        return Turn()
    if after in DONE:
        return Turn() if case.status in DONE else _ended(case, states, policy, now)
    if after is CaseStatus.PENDING:
        return _paused(case, states, policy, now)
    return _taken_up(case, states, policy, time, now) if case.status in DONE | {CaseStatus.PENDING} else Turn()


def _ended(case: Case, states: States, policy: Policy, now: datetime) -> Turn:
    span = policy.feedback.closing
    closing = Deadline(case_id=case.id, kind="closing", due_at=now + span) if isinstance(span, timedelta) and case.requester else None
    return Turn(keep=_running(states, _ENDS), begin=(closing,) if closing else ())


def _paused(case: Case, states: States, policy: Policy, now: datetime) -> Turn:
    paused = tuple(deadline for deadline, state in states if state == "open" and deadline.kind in policy.promises.paused)
    span = policy.feedback.silence
    silence = (Deadline(case_id=case.id, kind="silence", due_at=now + span),) if isinstance(span, timedelta) else ()
    return Turn(pause=paused, begin=silence, keep=_running(states, _AFTERWARDS))


def _taken_up(case: Case, states: States, policy: Policy, time: StaffedTime, now: datetime) -> Turn:
    """What stood still goes on with what was left of it; who comes back after the end gets a clock of their own."""
    resumed = [_resumed(deadline, time, now) for deadline, state in states if state == "paused"]
    running = {deadline.kind for deadline, state in states if state == "open"} | {deadline.kind for deadline in resumed}
    anew: Mapping[str, timedelta | str] = {"solve": policy.promises.solve, "update": policy.promises.update}
    for kind, span in anew.items():
        # A promise that was missed is not made good by taking the case up again.
        missed = any(deadline.kind == kind and state == "missed" for deadline, state in states) and case.status not in DONE
        if kind not in running and not missed and isinstance(span, timedelta):
            due_at = time.staffed(now, span) if kind in STAFFED else now + span
            resumed.append(Deadline(case_id=case.id, kind=kind, due_at=due_at, since=now))
    return Turn(begin=tuple(resumed), keep=_running(states, _AFTERWARDS | {"silence"}))


def _resumed(deadline: Deadline, time: StaffedTime, now: datetime) -> Deadline:
    paused_at, warn_at = deadline.paused_at or now, deadline.warn_at
    its = time if deadline.kind in STAFFED else None
    return replace(
        deadline,
        due_at=_moved(now, (paused_at, deadline.due_at), its),
        warn_at=_moved(now, (paused_at, warn_at), its) if warn_at else None,
        paused_at=None,
    )


def _running(states: States, kinds: frozenset[str]) -> tuple[tuple[str, str], ...]:
    return tuple((deadline.kind, deadline.bound) for deadline, state in states if state in ("open", "paused") and deadline.kind in kinds)
