"""The forecast: what becomes of the acknowledgments that wait, against a simulation that sends them one by one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.clocks.forecast import Capacity, Forecast, forecast, order_of_work

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_nothing_waits() -> None:
    """With nothing to send every promise holds and there is no slack to speak of."""
    assert forecast([], NOON, Capacity(per_second=1)) == Forecast(waiting=0, late=0, will_miss=0, slack=None, done_at=None)
    assert forecast([], NOON, Capacity(per_second=1)).holds


def test_the_last_hour_of_a_slow_provider() -> None:
    """At 30 a minute an hour saves 1,800: of 2,000 due in an hour 200 will miss, and all are gone after 67 minutes."""
    found = forecast([NOON + HOUR] * 2000, NOON, Capacity(per_second=0.5))
    assert (found.waiting, found.late, found.will_miss, found.holds) == (2000, 0, 200, False)
    assert found.slack == timedelta(seconds=-400)
    assert found.done_at == NOON + timedelta(seconds=4000)


def test_the_margin_is_part_of_the_promise() -> None:
    """What would leave within the margin before its deadline counts as missed, so that the alarm comes that much earlier."""
    deadlines = [NOON + HOUR] * 1800
    assert forecast(deadlines, NOON, Capacity(per_second=0.5)).slack == timedelta()
    assert forecast(deadlines, NOON, Capacity(per_second=0.5), margin=HOUR / 6).will_miss == 300


def test_what_is_late_already_does_not_make_others_late() -> None:
    """Broken promises are sent after those that can be kept; they are counted apart and spoil no slack."""
    found = forecast([NOON - HOUR] * 5000 + [NOON + HOUR] * 100, NOON, Capacity(per_second=1))
    assert (found.waiting, found.late, found.will_miss) == (5100, 5000, 0)
    assert found.slack == HOUR - timedelta(seconds=100)
    assert found.done_at == NOON + timedelta(seconds=5100)


def test_only_late_ones_leave_no_slack_to_speak_of() -> None:
    """Where every promise is broken already none will be."""
    found = forecast([NOON - HOUR], NOON, Capacity(per_second=1))
    assert (found.slack, found.holds, found.late) == (None, True, 1)


@pytest.mark.parametrize("rate", [0, -1.0])
def test_no_rate_is_no_forecast(rate: float) -> None:
    """A rate of nothing is refused by name."""
    with pytest.raises(ValueError, match=r"a rate of .* per second: expected more than none"):
        forecast([NOON], NOON, Capacity(per_second=rate))


def test_a_rate_of_nearly_nothing_stays_in_the_calendar() -> None:
    """However slow, the answer is a date."""
    found = forecast([NOON + HOUR], NOON, Capacity(per_second=1e-300))
    assert found.done_at
    assert found.will_miss == 1


@given(
    st.lists(st.integers(min_value=-7200, max_value=7200), max_size=60),
    st.integers(min_value=1, max_value=300),
    st.integers(min_value=0, max_value=600),
)
def test_it_agrees_with_sending_them_one_by_one(offsets: list[int], seconds_each: int, margin: int) -> None:
    """For any deadlines, rate and margin the counts equal those of a server that takes them in the order of work."""
    deadlines = [NOON + timedelta(seconds=offset) for offset in offsets]
    clock, late, missed = NOON, 0, 0
    for deadline in sorted(deadlines, key=lambda each: order_of_work(each, NOON)):
        clock += timedelta(seconds=seconds_each)
        late += deadline < NOON
        missed += deadline >= NOON and clock > deadline - timedelta(seconds=margin)
    found = forecast(deadlines, NOON, Capacity(per_second=1 / seconds_each), margin=timedelta(seconds=margin))
    assert (found.late, found.will_miss) == (late, missed)
    assert found.done_at is None or abs(found.done_at - clock) < timedelta(seconds=1)


@given(st.lists(st.integers(min_value=0, max_value=100), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_no_other_order_keeps_more(offsets: list[int], random: object) -> None:
    """Where the earliest deadline first misses a promise, no other order keeps them all."""
    deadlines = [NOON + timedelta(seconds=offset) for offset in offsets]
    if forecast(deadlines, NOON, Capacity(per_second=0.1)).holds:
        return
    random.shuffle(deadlines)  # type: ignore[attr-defined]
    leaving = [NOON + timedelta(seconds=10 * place) for place in range(1, len(deadlines) + 1)]
    assert any(left > deadline for left, deadline in zip(leaving, deadlines, strict=True))


def test_nothing_leaves_before_a_server_is_there() -> None:
    """While servers are left alone the first one leaves that much later; a time that has passed delays nothing."""
    deadlines = [NOON + HOUR] * 10
    later = forecast(deadlines, NOON, Capacity(per_second=1, begins_at=NOON + HOUR / 2))
    assert later.slack == HOUR / 2 - timedelta(seconds=10)
    assert forecast(deadlines, NOON, Capacity(per_second=1, begins_at=NOON - HOUR)).slack == HOUR - timedelta(seconds=10)


def test_the_limit_of_a_day_is_foreseen() -> None:
    """Of 25 with ten a day, six of them used up, four leave now, six as the used ones grow old, and ten on each day that follows."""
    used = tuple(NOON - HOUR * hours for hours in (6, 5, 4, 3, 2, 1))
    capacity = Capacity(per_second=1, per_day=10, left=used)
    found = forecast([NOON + 23 * HOUR] * 25, NOON, capacity)
    # Four at once, six as places become free 18 to 23 hours from now, ten a day later, and five after two days.
    assert (found.will_miss, found.slack) == (15, timedelta(hours=23 - 66))
    assert found.done_at == NOON + timedelta(hours=66)


@given(st.integers(1, 40), st.integers(1, 10), st.lists(st.integers(0, 86_399), max_size=12), st.integers(0, 5000))
def test_no_day_carries_more_than_its_limit(count: int, per_day: int, used: list[int], begins: int) -> None:
    """The last of any number leaves when a simulation with that limit, second by second of need, lets it leave."""
    left = sorted(NOON - timedelta(seconds=ago) for ago in used)[:per_day]
    sent, clock = list(left), NOON + timedelta(seconds=begins)
    for _ in range(count):
        clock += timedelta(seconds=1)
        if len(sent) >= per_day:
            clock = max(clock, sent[-per_day] + timedelta(days=1))
        sent.append(clock)
    capacity = Capacity(per_second=1, begins_at=NOON + timedelta(seconds=begins), per_day=per_day, left=tuple(left))
    assert forecast([NOON] * count, NOON, capacity).done_at == sent[-1]
