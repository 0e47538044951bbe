"""Promises fall due after so much elapsed time, also where the clocks change."""

# ruff: noqa: DTZ001 - Hypothesis makes naive times, and the zone under test is put on afterwards.

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.clocks.due import due_at

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Sao_Paulo", "Pacific/Apia"]
BERLIN = ZoneInfo("Europe/Berlin")
SPRING = datetime(2026, 3, 28, 12, 0)
AUTUMN = datetime(2026, 10, 24, 12, 0)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)),
    st.sampled_from(ZONES),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
@example(SPRING, "Europe/Berlin", timedelta(hours=24))
@example(AUTUMN, "Europe/Berlin", timedelta(hours=24))
@example(datetime(2011, 12, 29, 12), "Pacific/Apia", timedelta(hours=48))
def test_a_promise_is_elapsed_time(start: datetime, zone: str, promise: timedelta) -> None:
    """In any zone, at any time of the year, exactly the promised seconds pass between start and due time."""
    begun = start.replace(tzinfo=ZoneInfo(zone))
    due = due_at(begun, promise)
    assert due.timestamp() - begun.timestamp() == pytest.approx(promise.total_seconds(), abs=1e-3)
    assert due.tzinfo is UTC


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)), st.sampled_from(ZONES))
def test_a_promise_does_not_depend_on_the_zone_it_is_counted_in(moment: datetime, zone: str) -> None:
    """The same moment named in two zones is due at the same moment."""
    utc = moment.replace(tzinfo=UTC)
    assert due_at(utc.astimezone(ZoneInfo(zone)), timedelta(hours=24)) == due_at(utc, timedelta(hours=24))


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),
    st.timedeltas(timedelta(0), timedelta(9)),
    st.timedeltas(timedelta(0), timedelta(9)),
)
def test_longer_promises_fall_due_later(moment: datetime, one: timedelta, other: timedelta) -> None:
    """Promises keep their order."""
    start = moment.replace(tzinfo=BERLIN)
    assert (due_at(start, one) < due_at(start, other)) == (one < other)


@pytest.mark.parametrize(
    ("start", "local"),
    [(SPRING, datetime(2026, 3, 29, 13)), (AUTUMN, datetime(2026, 10, 25, 11)), (datetime(2026, 6, 1, 12), datetime(2026, 6, 2, 12))],
)
def test_a_day_is_24_hours_where_the_clocks_change(start: datetime, local: datetime) -> None:
    """Over the beginning and end of summer time the clock on the wall shows an hour more or less."""
    due = due_at(start.replace(tzinfo=BERLIN), timedelta(hours=24))
    assert due.astimezone(BERLIN).replace(tzinfo=None) == local


def test_a_time_without_zone_is_refused() -> None:
    """A naive time could be any moment of a day."""
    with pytest.raises(ValueError, match="time zone"):
        due_at(datetime(2026, 1, 1), timedelta(hours=1))
