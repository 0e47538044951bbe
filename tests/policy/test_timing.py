"""The clocks of a case: two of them, reminded at their shares, standing still while the customer must act; equal to a count by minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clocks import oracle
from tests.making import OFFICE_HOURS, SHIPPED, case
from triage.case import Case, CaseStatus, Deadline
from triage.policy.promises import Feedback, Promises, Reminders
from triage.policy.table import Policy
from triage.policy.timing import Turn, begun, opened, reminded_next, turned

#: A Monday morning, nine o'clock in Berlin.
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
HOURS = {day: [(9 * 60, 17 * 60)] for day in range(5)}
ARRIVED = case(received_at=MONDAY, opened_at=MONDAY)


def policy(**promises: object) -> Policy:
    """The shipped policy with other promises."""
    return SHIPPED.model_copy(update={"promises": Promises(**promises)})  # type: ignore[arg-type]


def turn(of: Case, after: CaseStatus, *states: tuple[Deadline, str], by: Policy = SHIPPED, now: datetime = MONDAY) -> Turn:
    return turned(of, after, states, policy=by, time=OFFICE_HOURS, now=now)


def promise(kind: str, **given: object) -> Deadline:
    return Deadline(**{"case_id": 42, "kind": kind, "due_at": MONDAY + timedelta(hours=8), "since": MONDAY, **given})  # type: ignore[arg-type]


def test_a_case_has_two_clocks() -> None:
    """On a Friday afternoon staffed promises reach into the next week, and word of progress comes around the clock."""
    friday = datetime(2026, 11, 27, 14, tzinfo=UTC)
    found = {one.kind: one.due_at for one in opened(replace(ARRIVED, received_at=friday), SHIPPED, OFFICE_HOURS)}
    assert found == {
        "answer": datetime(2026, 11, 30, 14, tzinfo=UTC),
        "solve": datetime(2026, 12, 1, 14, tzinfo=UTC),
        "update": friday + timedelta(hours=46),
    }


def test_what_is_off_is_not_promised() -> None:
    """A policy may do without each of them, and nobody is answered where there is nobody to answer."""
    assert list(opened(ARRIVED, policy(answer="off", solve="off", update="off"), OFFICE_HOURS)) == []
    assert [one.kind for one in opened(replace(ARRIVED, requester=None), SHIPPED, OFFICE_HOURS)] == ["solve"]


@pytest.mark.parametrize(
    ("kind", "hours", "first", "second"),
    [("answer", 8, 4, 6.4), ("resolve", 48, 24, 38.4), ("reply", 5, 2.5, 4)],
)
def test_people_are_reminded_at_set_shares(kind: str, hours: float, first: float, second: float) -> None:
    """Half of the time and four fifths of it, each on the promise's own clock."""
    due = OFFICE_HOURS.staffed(MONDAY, timedelta(hours=hours)) if kind == "answer" else MONDAY + timedelta(hours=hours)
    one = begun(promise(kind, due_at=due), SHIPPED, OFFICE_HOURS, MONDAY)
    assert one.warn_at == MONDAY + timedelta(hours=first)
    assert reminded_next(one, SHIPPED, OFFICE_HOURS) == MONDAY + timedelta(hours=second)
    assert reminded_next(replace(one, step=1), SHIPPED, OFFICE_HOURS) is None


@pytest.mark.parametrize(
    ("since", "due", "around_the_clock", "first", "second"),
    [
        # Friday at three to Monday at two are seven hours: half of them and four fifths are over on Monday.
        ("27T14:00", "30T13:00", (), "30T09:30", "30T11:36"),
        ("27T14:00", "30T13:00", ("carrier",), "30T09:30", "30T11:36"),
        ("27T14:00", "30T13:00", ("finance",), "29T01:30", "29T22:48"),
        # Capped by the customer's time on Sunday: what staffed time there is lies on Friday.
        ("27T14:00", "29T14:00", (), "27T15:00", "27T15:36"),
        # Called upon at the weekend, and due before anybody comes: the clock is all there is.
        ("28T10:00", "29T10:00", (), "28T22:00", "29T05:12"),
    ],
)
def test_a_department_is_reminded_while_it_is_there(
    since: str, due: str, around_the_clock: tuple[str, ...], first: str, second: str
) -> None:
    """Reminders follow the clock of what a department owes: staffed time, unless somebody is there at any hour."""

    def at(text: str) -> datetime:
        return datetime.fromisoformat(f"2026-11-{text}+00:00")

    its = promise("reply", bound="finance", since=at(since), due_at=at(due))
    one = begun(its, SHIPPED, OFFICE_HOURS, at(since), around_the_clock)
    assert one.warn_at == at(first)
    assert reminded_next(one, SHIPPED, OFFICE_HOURS, around_the_clock) == at(second)


def test_nobody_is_reminded_of_other_things() -> None:
    """What the policy does not name has no reminders, and what counts from now on counts from now."""
    assert begun(promise("update"), SHIPPED, OFFICE_HOURS, MONDAY).warn_at is None
    assert begun(promise("answer", step=2), SHIPPED, OFFICE_HOURS, MONDAY).warn_at is None
    later = MONDAY + timedelta(hours=4)
    assert begun(promise("reply", since=None), SHIPPED, OFFICE_HOURS, later).warn_at == MONDAY + timedelta(hours=6)


def test_staffed_time_stands_still_while_the_customer_must_act() -> None:
    """With two of eight hours used on Monday and an answer from the customer on Thursday, six are left; the reminder moves along."""
    running = promise("solve", warn_at=MONDAY + timedelta(hours=4))
    stopped = turn(ARRIVED, CaseStatus.PENDING, (running, "open"), now=MONDAY + timedelta(hours=2))
    assert stopped.pause == (running,)
    thursday = MONDAY + timedelta(days=3)
    waiting = replace(running, paused_at=MONDAY + timedelta(hours=2))
    gone_on = turn(replace(ARRIVED, status=CaseStatus.PENDING), CaseStatus.OPEN, (waiting, "paused"), now=thursday)
    (solve, update) = gone_on.begin
    assert (solve.due_at, solve.warn_at, solve.paused_at) == (thursday + timedelta(hours=6), thursday + timedelta(hours=2), None)
    assert (update.kind, update.due_at) == ("update", thursday + timedelta(hours=46))


@pytest.mark.parametrize(
    ("pause", "paused"),
    [([], []), (["staffed"], ["solve"]), (["promise"], ["resolve", "update"]), (["staffed", "promise"], ["solve", "resolve", "update"])],
)
def test_the_policy_says_which_clocks_stand_still(pause: list[str], paused: list[str]) -> None:
    """Staffed time, the promise to the customer, both, or never."""
    states = [(promise(kind), "open") for kind in ("solve", "resolve", "update", "acknowledge", "reply")]
    assert [one.kind for one in turn(ARRIVED, CaseStatus.PENDING, *states, by=policy(pause=pause)).pause] == paused


def test_a_promise_around_the_clock_goes_on_with_what_was_left() -> None:
    """A promise with an hour left when the case stopped has an hour left when it goes on; one that was past its time is due at once."""
    asleep = replace(ARRIVED, status=CaseStatus.PENDING)
    for left, expected in ((1, 1), (-1, 0)):
        waiting = promise("resolve", due_at=MONDAY + timedelta(hours=left), paused_at=MONDAY)
        later = MONDAY + timedelta(days=9)
        resumed = next(one for one in turn(asleep, CaseStatus.OPEN, (waiting, "paused"), now=later).begin if one.kind == "resolve")
        assert resumed.due_at == later + timedelta(hours=expected)


@pytest.mark.parametrize("done", [CaseStatus.SOLVED, CaseStatus.CLOSED])
def test_the_end_ends_what_was_promised(done: CaseStatus) -> None:
    """Clocks that run or stand still are kept; what a department owes stays as it is, and the closing letter is written in an hour."""
    states = [
        (promise("solve"), "paused"),
        (promise("resolve"), "open"),
        (promise("update"), "kept"),
        (promise("reply", bound="finance"), "open"),
    ]
    ended = turn(ARRIVED, done, *states)
    assert ended.keep == (("solve", ""), ("resolve", ""))
    assert [(one.kind, one.due_at) for one in ended.begin] == [("closing", MONDAY + timedelta(hours=1))]
    without = SHIPPED.model_copy(update={"feedback": Feedback(closing="off")})
    assert turn(ARRIVED, done, *states, by=without).begin == ()
    assert turn(replace(ARRIVED, status=CaseStatus.SOLVED), CaseStatus.CLOSED, *states) == Turn()


def test_who_comes_back_after_the_end_gets_clocks_of_their_own() -> None:
    """A solved case that is taken up again is to be solved again, its customer hears of it, and no closing letter leaves."""
    states = [(promise("solve"), "kept"), (promise("closing"), "open")]
    again = turn(replace(ARRIVED, status=CaseStatus.SOLVED), CaseStatus.OPEN, *states)
    assert [one.kind for one in again.begin] == ["solve", "update"]
    assert again.keep == (("closing", ""),)


def test_a_missed_promise_stays_missed() -> None:
    """Waiting for the customer in between does not make good what was broken before."""
    asleep = replace(ARRIVED, status=CaseStatus.PENDING)
    assert [one.kind for one in turn(asleep, CaseStatus.OPEN, (promise("solve"), "missed")).begin] == ["update"]


@pytest.mark.parametrize(
    ("before", "after"), [(CaseStatus.NEW, CaseStatus.OPEN), (CaseStatus.OPEN, CaseStatus.ON_HOLD), (CaseStatus.OPEN, CaseStatus.OPEN)]
)
def test_our_own_waiting_stops_no_clock(before: CaseStatus, after: CaseStatus) -> None:
    """Whether a case is new, open or with a department is no concern of the customer's."""
    assert turn(replace(ARRIVED, status=before), after, (promise("solve"), "open")) == Turn()


def test_a_case_that_waits_is_looked_at_after_a_while() -> None:
    """After a week of silence it is taken as solved, unless the customer writes before."""
    assert [(one.kind, one.due_at - MONDAY) for one in turn(ARRIVED, CaseStatus.PENDING).begin] == [("silence", timedelta(days=7))]
    asleep = replace(ARRIVED, status=CaseStatus.PENDING)
    assert ("silence", "") in turn(asleep, CaseStatus.OPEN, (promise("silence"), "open")).keep
    assert turn(ARRIVED, CaseStatus.PENDING, by=SHIPPED.model_copy(update={"feedback": Feedback(silence="off")})).begin == ()


_GAPS = st.lists(st.integers(1, 4000), max_size=5)


@settings(max_examples=60)
@given(st.sampled_from(["solve", "resolve"]), st.integers(0, 7 * 24 * 60), st.integers(1, 3000), _GAPS)
def test_any_pauses_equal_a_count_by_minutes(kind: str, start: int, span: int, gaps: list[int]) -> None:
    """However often a case waits for its customer, what is promised falls due when every minute that counted is counted."""
    by = policy(pause=["staffed", "promise"])
    # Over the end of summer time.
    moment = arrived = datetime(2026, 10, 19, tzinfo=UTC) + timedelta(minutes=start)
    holds = oracle.at_work(HOURS, "Europe/Berlin", (), ()) if kind == "solve" else lambda _minute: True
    due = OFFICE_HOURS.staffed(arrived, timedelta(minutes=span)) if kind == "solve" else arrived + timedelta(minutes=span)
    deadline, paused = promise(kind, since=arrived, due_at=due), []
    status, of = CaseStatus.OPEN, replace(ARRIVED, received_at=arrived)
    for gap in gaps:
        moment += timedelta(minutes=gap)
        # Once it is past its time it was missed, and no pause changes that.
        if status is CaseStatus.OPEN and moment >= deadline.due_at:
            break
        after = CaseStatus.PENDING if status is CaseStatus.OPEN else CaseStatus.OPEN
        state = "open" if status is CaseStatus.OPEN else "paused"
        found = turn(replace(of, status=status), after, (deadline, state), by=by, now=moment)
        if after is CaseStatus.PENDING:
            deadline, stopped = replace(found.pause[0], paused_at=moment), moment
        else:
            deadline = next(one for one in found.begin if one.kind == kind)
            paused.append((stopped, moment))
        status = after
    if status is CaseStatus.OPEN:
        assert deadline.due_at == oracle.due(arrived, span, holds, paused)


def test_reminders_come_in_their_order() -> None:
    """The department is not reminded before the person is."""
    with pytest.raises(ValueError, match="expected more than person = 80"):
        Reminders(person=80, department=50)
