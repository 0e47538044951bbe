"""When deliveries and servers are tried again, and how long a receipt copy may take."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.clocks.retry import absent_from, probe_after, retry_after
from triage.reply import Cause

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
WAIT = timedelta(minutes=15)


def minutes(*numbers: float) -> list[timedelta]:
    """So many spans."""
    return [timedelta(minutes=number) for number in numbers]


@pytest.mark.parametrize(
    ("cause", "expected"),
    [
        (Cause.NONE, minutes(1, 2, 5, 10, 20, 30, 30)),
        (Cause.RECEIPT, minutes(1, 2, 5, 10, 20, 30, 30)),
        (Cause.RECIPIENT, minutes(5, 5, 5, 10, 15, 15, 15)),
        (Cause.CONTENT, minutes(30, 30, 30, 30, 30, 30, 30)),
    ],
)
def test_a_message_is_tried_again_by_what_it_failed_of(cause: Cause, expected: list[timedelta]) -> None:
    """Soon at first and then rarely; greylisting gets five to fifteen minutes, a content filter half an hour."""
    assert [retry_after(attempts, cause) for attempts in range(7)] == expected


def test_a_server_is_looked_at_less_and_less_often() -> None:
    """Each failure doubles the time that a server is left alone, up to five minutes; a refused password takes five at once."""
    seconds = [probe_after(failures, Cause.HOST).total_seconds() for failures in (1, 2, 3, 4, 5, 6, 7, 8, 1000)]
    assert seconds == [5, 10, 20, 40, 80, 160, 300, 300, 300]
    assert [probe_after(failures, Cause.LOGIN) for failures in (1, 2)] == minutes(5, 5)


@pytest.mark.parametrize(
    ("hours_left", "waits"),
    [(24, WAIT), (1, WAIT), (0.6, timedelta(minutes=6)), (0.5, timedelta(minutes=1)), (0.1, timedelta(minutes=1)), (0, WAIT), (-5, WAIT)],
)
def test_a_copy_is_waited_for_no_longer_than_the_promise_allows(hours_left: float, waits: timedelta) -> None:
    """A quarter of an hour, shorter where half an hour before the deadline comes first, never under a minute; what is late has time."""
    assert absent_from(NOON, NOON + timedelta(hours=hours_left), WAIT) == NOON + waits


@given(left=st.timedeltas(timedelta(days=-2), timedelta(days=2)), wait=st.timedeltas(timedelta(minutes=1), timedelta(hours=3)))
def test_the_wait_is_bounded(left: timedelta, wait: timedelta) -> None:
    """Whatever the deadline, absence counts after a minute at the earliest and after the configured wait at the latest."""
    assert timedelta(minutes=1) <= absent_from(NOON, NOON + left, wait) - NOON <= wait
