"""The order of a backlog, and patience with messages that do not come, as pure functions."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as some

from triage.message import NO_ARRIVAL
from triage.stages.backlog import PROMISE, urgent
from triage.stages.withheld import Withheld

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


def hours(number: float) -> timedelta:
    """So many hours."""
    return timedelta(hours=number)


def test_old_and_new_by_turns() -> None:
    """The one that must be answered soonest, then the newest, and so on towards the middle."""
    arrivals = {uid: NOW - hours(uid) for uid in range(1, 8)}
    assert urgent(arrivals, NOW, 7) == [7, 1, 6, 2, 5, 3, 4]


def test_late_ones_come_in_between() -> None:
    """One place in eight goes to those that are late already, the least late first; they come at last when nothing else waits."""
    arrivals = {uid: NOW - hours(1) for uid in range(1, 15)} | {100 + late: NOW - hours(24 + late) for late in range(1, 5)}
    chosen = urgent(arrivals, NOW, 18)
    assert [chosen.index(uid) for uid in (101, 102, 103, 104)] == [7, 15, 16, 17]


def test_without_an_arrival_it_counts_as_new() -> None:
    """A message whose arrival the server does not tell is as new as can be."""
    assert urgent({1: NO_ARRIVAL, 2: NOW - hours(3), 3: NOW - hours(1)}, NOW, 2) == [2, 1]


@given(some.dictionaries(some.integers(1, 10_000), some.integers(-60, 60 * 72), max_size=60), some.integers(1, 70))
def test_everyone_has_a_turn(minutes: dict[int, int], count: int) -> None:
    """As many as asked for while there are so many, none twice; and whoever waits for ever gets nearer with each turn."""
    arrivals = {uid: NOW - timedelta(minutes=age) for uid, age in minutes.items()}
    chosen = urgent(arrivals, NOW, count)
    assert len(chosen) == len(set(chosen)) == min(count, len(arrivals))
    assert set(chosen) <= set(arrivals)
    savable = {uid for uid, at in arrivals.items() if at > NOW - PROMISE}
    if savable:
        assert min(savable, key=lambda uid: (arrivals[uid], uid)) == chosen[0]


def test_a_message_is_given_up_after_three_polls() -> None:
    """Two polls in vain are not enough, and one that comes in between is forgotten."""
    withheld = Withheld(timedelta(seconds=30))
    for turn in range(3):
        withheld.in_vain([5, 6], NOW + timedelta(minutes=turn), listed=True)
        assert (5 in withheld.hopeless()) is (turn == 2)
        if turn == 1:
            withheld.came([6])
    assert 6 in withheld
    assert list(withheld.hopeless()) == [5]


def test_a_clock_that_is_turned_back_does_not_delay() -> None:
    """A message rests for its pause, and not until a clock that was wrong is reached again."""
    withheld = Withheld(timedelta(seconds=30))
    withheld.in_vain([5], NOW, listed=True)
    assert withheld.resting(NOW + timedelta(seconds=29)) == {5}
    assert withheld.resting(NOW + timedelta(seconds=30)) == set()
    assert withheld.resting(NOW - timedelta(days=1)) == set()


def test_those_no_longer_listed_are_looked_for() -> None:
    """A message that was asked for and is listed no more is counted once its pause is over."""
    withheld = Withheld(timedelta(seconds=30))
    withheld.in_vain([5, 6], NOW, listed=True)
    assert withheld.unlisted({6}, NOW) == []
    assert withheld.unlisted({6}, NOW + timedelta(minutes=1)) == [5]
