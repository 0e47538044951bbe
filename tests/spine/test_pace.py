"""The provider's limits, and two lanes that take turns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.transport.making import DELIVERY
from triage.outbox import Lane
from triage.reply import Delivery
from triage.stages.pace import DAY, Pace, Turns

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACKS, OTHERS = Lane.ACKNOWLEDGMENTS, Lane.OTHERS


def after(**units: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(**units)


def pace(*, minute: int = 0, day: int = 0, recipients: int = 0, copies: bool = False) -> Pace:
    """Limits; 0 for none."""
    return Pace(per_minute=minute, per_day=day, recipients_per_day=recipients, copies=copies)


def test_without_limits_there_is_always_room() -> None:
    """No limit configured: as many as are asked for, and nothing is counted."""
    free = pace()
    for _ in range(1000):
        free.took(NOON)
    assert (free.room(NOON, 64), free.next_at(NOON)) == (64, None)


def test_how_fast_mail_can_leave() -> None:
    """No faster than it was measured nor than a minute allows; of a day's limits the narrower counts, copies included."""
    free = pace().capacity(5.0, None, NOON)
    assert (free.per_second, free.per_day, free.left) == (5.0, 0, ())
    limited = pace(minute=6, day=100, recipients=50, copies=True)
    limited.took(NOON)
    now = limited.capacity(5.0, NOON, NOON)
    assert (now.per_second, now.per_day, now.left, now.begins_at) == (0.1, 25, (NOON,), NOON)
    assert limited.capacity(0.01, None, NOON).per_second == 0.01


def test_a_minute_takes_so_many() -> None:
    """Within any sixty seconds no more than the limit; the next may leave when the oldest is a minute old."""
    limited = pace(minute=3)
    for second in (0, 10, 20):
        assert limited.room(after(seconds=second), 64) == 3 - second // 10
        limited.took(after(seconds=second))
    assert (limited.room(after(seconds=59), 64), limited.next_at(after(seconds=59))) == (0, after(seconds=60))
    assert (limited.room(after(seconds=60), 64), limited.next_at(after(seconds=60))) == (1, None)


def test_a_day_takes_so_many_messages_and_recipients() -> None:
    """Receipt copies count as recipients, not as messages."""
    by_messages, by_recipients = pace(day=3), pace(recipients=4, copies=True)
    for limited, most in ((by_messages, 3), (by_recipients, 2)):
        assert limited.room(NOON, 64) == most
        for _ in range(most):
            limited.took(NOON)
        assert limited.room(after(hours=23), 64) == 0
        assert limited.next_at(after(hours=23)) == after(hours=23, minutes=1)
        assert limited.room(NOON + DAY, 64) == most


def test_limits_outlive_a_restart() -> None:
    """What the outbox remembers of the last day counts as if nothing had happened."""
    limited = pace(minute=2, day=10, recipients=12)
    limited.remember([(after(hours=-23), 2), (after(hours=-1), 2), (after(seconds=-30), 1)])
    assert limited.room(NOON, 64) == 1
    assert limited.room(after(seconds=31), 64) == 2
    assert pace(recipients=6).room(NOON, 64) == 6


@given(spans=st.lists(st.floats(0, 400), max_size=80), minute=st.integers(0, 4), day=st.integers(0, 30), recipients=st.integers(0, 30))
def test_no_window_ever_holds_more_than_its_limit(spans: list[float], minute: int, day: int, recipients: int) -> None:
    """However time passes, whoever asks first never breaks a limit, and is told a time at which asking again has sense."""
    limited, now, left = pace(minute=minute, day=day, recipients=recipients), NOON, []
    for span in spans:
        now += timedelta(seconds=span)
        if limited.room(now, 5):
            limited.took(now)
            left.append(now)
        else:
            at = limited.next_at(now)
            assert at is None or at > now
    for at in left:
        assert not minute or sum(at - timedelta(minutes=1) < it <= at for it in left) <= minute
        assert not day or sum(at - DAY < it <= at for it in left) <= day
        assert not recipients or sum(at - DAY < it <= at for it in left) <= recipients


def waiting(acks: int, others: int) -> dict[Lane, list[Delivery]]:
    """So many in each lane."""
    return {ACKS: [DELIVERY] * acks, OTHERS: [DELIVERY] * others}


def test_neither_lane_waits_for_the_other() -> None:
    """Of many in both lanes one in four is of the second, also when they leave one by one."""
    acks, others = [DELIVERY] * 100, [_other(number) for number in range(100)]
    for at_most in (1, 8, 40):
        turns, taken = Turns(), []
        while len(taken) < 40:
            taken += turns.take({ACKS: acks, OTHERS: others}, at_most)
        assert sum(it.id >= 1000 for it in taken) == 10


def test_a_lane_alone_is_not_held_up() -> None:
    """Where one lane is empty the other takes every turn, and no more than there are."""
    for acks, others in ((5, 0), (0, 5), (1, 4), (0, 0)):
        taken = Turns().take(waiting(acks, others), 64)
        assert len(taken) == acks + others
    assert len(Turns().take(waiting(9, 9), 7)) == 7


def _other(number: int) -> Delivery:
    return replace(DELIVERY, id=1000 + number)
