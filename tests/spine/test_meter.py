"""The rate at which mail leaves, as it is measured: on a simulated server, and on the stage that sends."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.smtp_sink import Sink
from tests.spine.outbox import submission, way_out
from tests.spine.world import Clock
from triage.clocks.forecast import Capacity
from triage.stages.meter import UNMEASURED, Meter
from triage.stages.pace import Pace

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So long after noon."""
    return NOON + timedelta(seconds=seconds)


def measured(*, connections: int, each: float, hand: int, messages: int, pause: float = 0.0) -> Meter:
    """A meter on a server that takes `each` seconds for a message on each connection, given `hand` messages at a time."""
    meter, now = Meter(connections), 0.0
    while messages > 0:
        meter.in_hand(hand, after(now))
        for left in range(hand - 1, -1, -1):
            now += each / min(connections, left + 1)
            meter.ended(left, after(now), served=True)
        messages -= hand
        now += pause
    return meter


def test_little_is_no_measure() -> None:
    """Before ten messages were answered one a second is taken."""
    assert Meter(4).per_second == UNMEASURED
    assert measured(connections=4, each=0.1, hand=1, messages=9).per_second == UNMEASURED


@pytest.mark.parametrize("pause", [0.0, 300.0])
def test_a_quiet_hour_is_no_slow_server(pause: float) -> None:
    """One message in five minutes, taken in a tenth of a second, says ten a second on each connection."""
    assert measured(connections=4, each=0.1, hand=1, messages=20, pause=pause).per_second == pytest.approx(40)


@given(st.integers(1, 8), st.floats(0.01, 20), st.integers(1, 64))
def test_it_finds_the_speed_of_the_server(connections: int, each: float, hand: int) -> None:
    """However many are in hand, the rate is that of a server with every connection in use."""
    meter = measured(connections=connections, each=each, hand=hand, messages=200)
    assert meter.per_second == pytest.approx(connections / each, rel=0.01)


def test_a_change_is_learned() -> None:
    """A server that becomes ten times slower is measured anew within a few hundred messages."""
    meter = measured(connections=1, each=0.1, hand=1, messages=500)
    for number in range(500):
        meter.in_hand(1, after(1000 + number))
        meter.ended(0, after(1001 + number), served=True)
    assert meter.per_second == pytest.approx(1, rel=0.1)


def test_a_server_that_is_away_leaves_the_last_measure() -> None:
    """Minutes spent on a server that does not answer change nothing, and neither does a clock that is turned."""
    meter = measured(connections=2, each=0.5, hand=2, messages=100)
    before = meter.per_second
    for start in (1000, 2000, 900_000, 5):
        meter.in_hand(1, after(start))
        meter.ended(0, after(start + 300), served=False)
    meter.in_hand(1, after(500_000))
    meter.ended(0, after(100), served=True)
    assert meter.per_second == pytest.approx(before, rel=0.02)


def test_a_clock_that_stands_still_measures_nothing() -> None:
    """No time, no rate: rather one a second than infinitely many."""
    assert measured(connections=4, each=0.0, hand=8, messages=100).per_second == UNMEASURED


def test_the_provider_caps_what_was_measured() -> None:
    """A minute's limit bounds the rate; a day's limit and what has left of it go along, copies counted."""
    plain = Pace(per_minute=0, per_day=0, recipients_per_day=0, copies=False)
    assert plain.capacity(7.0, None, NOON) == Capacity(per_second=7.0)
    limited = Pace(per_minute=30, per_day=500, recipients_per_day=600, copies=True)
    for hours in (-30, -2, -1):
        limited.took(NOON + timedelta(hours=hours))
    found = limited.capacity(7.0, after(9), NOON)
    assert (found.per_second, found.begins_at, found.per_day) == (0.5, after(9), 300)
    assert found.left == (NOON - timedelta(hours=2), NOON - timedelta(hours=1))
    assert limited.capacity(0.1, None, NOON).per_second == 0.1


async def test_the_way_out_says_what_it_can_carry(tmp_path: Path, sink: Sink) -> None:
    """After twenty messages the stage knows its rate; with the server away it still does, and when it will look again."""

    class Running(Clock):
        def __call__(self) -> datetime:
            self.at += timedelta(milliseconds=1)
            return self.at

    async with way_out(tmp_path, submission(sink.port), clock=Running(NOON), per_day=25) as out:
        assert out.deliver.capacity() == Capacity(per_second=UNMEASURED, per_day=25)
        for number in range(20):
            await out.queue(name=f"c{number}")
        assert await out.send()
        found = out.deliver.capacity()
        assert found.per_second > UNMEASURED
        assert (found.begins_at, found.per_day, len(found.left)) == (None, 25, 20)
        sink.always["mail"] = "421 4.3.2 closing"
        await out.queue(name="late")
        assert not await out.send()
        away = out.deliver.capacity()
        assert away.per_second == pytest.approx(found.per_second)
        assert away.begins_at is not None
        assert away.begins_at > out.clock.at
