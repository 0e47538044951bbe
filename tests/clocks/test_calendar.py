"""Staffed time by the working calendar equals a count minute by minute, whatever zones, clocks set forth and back, and holidays do."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.clocks import oracle
from triage.clocks.calendar import Calendar, united

BERLIN = "Europe/Berlin"
OFFICE = {day: [(9 * 60, 17 * 60)] for day in range(5)}
#: A day on which the clock is set in each of these zones lies within the fortnight that begins then.
CHANGES = [
    (BERLIN, date(2026, 3, 22)), (BERLIN, date(2026, 10, 18)), ("America/New_York", date(2026, 3, 1)), ("America/New_York", date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 3, 29)), ("Africa/Cairo", date(2026, 4, 19)), ("Pacific/Chatham", date(2026, 9, 20)),
    ("Asia/Kolkata", date(2026, 2, 22)), ("UTC", date(2026, 12, 27)),
]  # fmt: skip
#: Hours that begin or end while a clock is set are told apart below; here they end before and begin after.
_QUARTERS = st.sampled_from([0, *range(4 * 60, 24 * 60 + 1, 15)])
_SHIFT = st.tuples(_QUARTERS, _QUARTERS).filter(lambda it: it[0] < it[1])


def at(text: str, zone: str = BERLIN) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


@st.composite
def situations(draw: st.DrawFn) -> tuple[dict[int, list[tuple[int, int]]], str, datetime, list[date], list[tuple[datetime, datetime]]]:
    """Hours, a zone, a moment, closed days and closed stretches."""
    zone, first = draw(st.sampled_from(CHANGES))
    hours = draw(st.dictionaries(st.integers(0, 6), st.lists(_SHIFT, min_size=1, max_size=2), min_size=3))
    start = datetime.combine(first, datetime.min.time(), UTC) + timedelta(minutes=draw(st.integers(0, 10 * 24 * 60)))
    closed = [first + timedelta(days=day) for day in draw(st.lists(st.integers(0, 13), max_size=3))]
    began = [start + timedelta(minutes=draw(st.integers(-600, 3000))) for _ in range(draw(st.integers(0, 2)))]
    shut = [(it, it + timedelta(minutes=draw(st.integers(1, 2000)))) for it in began]
    return hours, zone, start, closed, shut


@settings(max_examples=60)
@given(situations(), st.integers(0, 2000), st.integers(0, 6 * 24 * 60))
def test_it_equals_a_count_by_minutes(situation, minutes: int, ahead: int) -> None:
    """Due times and staffed time between two moments are those that counting every minute gives."""
    hours, zone, start, closed, shut = situation
    calendar, holds = oracle.calendar(hours, zone, closed, shut), oracle.at_work(hours, zone, closed, shut)
    assert calendar.staffed(start, timedelta(minutes=minutes)) == oracle.due(start, minutes, holds)
    end = start + timedelta(minutes=ahead)
    assert calendar.staffed_between(start, end) == timedelta(minutes=oracle.between(start, end, holds))


@settings(max_examples=60)
@given(situations(), st.integers(0, 2000), st.integers(0, 2000))
def test_time_adds_up(situation, one: int, other: int) -> None:
    """Waiting for one span and then for another is waiting for both; the time until something is due is the span."""
    hours, zone, start, closed, shut = situation
    calendar = oracle.calendar(hours, zone, closed, shut)
    first = calendar.staffed(start, timedelta(minutes=one))
    both = calendar.staffed(start, timedelta(minutes=one + other))
    assert calendar.staffed(first, timedelta(minutes=other)) == both
    assert calendar.staffed_between(start, both) == timedelta(minutes=one + other)


@pytest.mark.parametrize(
    ("start", "hours", "due"),
    [
        ("2026-11-25T10:00", 4, "2026-11-25T14:00"),
        ("2026-11-25T10:00", 7, "2026-11-25T17:00"),
        ("2026-11-25T10:00", 8, "2026-11-26T10:00"),
        ("2026-11-25T18:00", 1, "2026-11-26T10:00"),
        ("2026-11-27T16:00", 2, "2026-11-30T10:00"),
        ("2026-11-28T12:00", 0.5, "2026-11-30T09:30"),
        ("2026-11-25T10:00", 40, "2026-12-02T10:00"),
        ("2026-11-25T10:00", 0, "2026-11-25T10:00"),
    ],
)
def test_office_hours(start: str, hours: float, due: str) -> None:
    """Within the day, over the evening, over the weekend; what takes no time is due at once."""
    calendar = oracle.calendar(OFFICE, BERLIN)
    assert calendar.staffed(at(start), timedelta(hours=hours)) == at(due)


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 23), ("2026-10-25", 25), ("2026-11-29", 24)],
)
def test_a_whole_day_is_as_long_as_it_is(day: str, hours: int) -> None:
    """Around the clock on the days on which it is set: 23 or 25 hours, as people are there."""
    calendar = oracle.calendar({6: [(0, 24 * 60)]}, BERLIN)
    (shift,) = calendar.shifts(date.fromisoformat(day))
    assert shift[1] - shift[0] == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("day", "start", "end", "minutes"),
    [
        ("2026-03-29", 150, 240, 30),  # begins at a time that the clock never shows: an hour later
        ("2026-03-29", 60, 150, 90),  # ends at one: an hour and a half after the start, as planned
        ("2026-03-29", 130, 170, 40),  # both: as long as it would be
        ("2026-10-25", 60, 150, 90),  # ends the first time that the clock shows it
        ("2026-10-25", 150, 300, 210),  # begins the first time
    ],
)
def test_hours_that_begin_or_end_while_the_clock_is_set(day: str, start: int, end: int, minutes: int) -> None:
    """A time that is skipped is taken as the moment that stands for it, one that is shown twice as the first of the two."""
    calendar = oracle.calendar({6: [(start, end)]}, BERLIN)
    assert sum((to - from_ for from_, to in calendar.shifts(date.fromisoformat(day))), timedelta()) == timedelta(minutes=minutes)


def test_a_night_shift_ends_on_the_next_day() -> None:
    """From ten to six belongs to the evening's day, also over the end of the week, and overlaps are counted once."""
    calendar = oracle.calendar({6: [(22 * 60, 6 * 60)], 0: [(5 * 60, 9 * 60)]}, BERLIN)
    assert calendar.staffed(at("2026-11-29T21:00"), timedelta(hours=10)) == at("2026-11-30T08:00")
    assert calendar.staffed_between(at("2026-11-30T02:00"), at("2026-11-30T12:00")) == timedelta(hours=7)


def test_a_closed_stretch_is_cut_out() -> None:
    """A meeting from eleven to one leaves the morning and the afternoon; one around the night before leaves nothing of it open."""
    meeting = (at("2026-11-25T11:00").astimezone(UTC), at("2026-11-25T13:00").astimezone(UTC))
    calendar = oracle.calendar(OFFICE, BERLIN, shut=[meeting])
    assert calendar.staffed(at("2026-11-25T10:00"), timedelta(hours=2)) == at("2026-11-25T14:00")
    assert len(calendar.shifts(date(2026, 11, 25))) == 2


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-11-25T10:00", 5, "2026-12-02T17:00"),
        ("2026-11-27T16:00", 1, "2026-11-30T17:00"),
        ("2026-11-28T10:00", 1, "2026-11-30T17:00"),
        ("2026-12-23T10:00", 2, "2026-12-28T17:00"),
    ],
)
def test_working_days(start: str, days: int, due: str) -> None:
    """So many working days after the day it was said, until people leave; weekends and closed days do not count."""
    calendar = oracle.calendar(OFFICE, BERLIN, closed=[date(2026, 12, 25)])
    assert calendar.working_days(at(start), days) == at(due)


def test_a_calendar_that_is_always_closed_comes_to_an_end() -> None:
    """Where nobody ever works, something is due in ten years rather than never, and the search for it ends."""
    calendar = Calendar({}, ZoneInfo(BERLIN))
    start = at("2026-11-25T10:00")
    assert calendar.staffed(start, timedelta(minutes=1)) - start > timedelta(days=3000)
    assert calendar.staffed_between(start, start + timedelta(days=5000)) == timedelta()
    assert calendar.working_days(start, 1) == start


def test_days_are_forgotten_in_time() -> None:
    """A daemon that runs for years does not keep every day it was asked about, and counts the same afterwards."""
    calendar = oracle.calendar({day: [(0, 24 * 60)] for day in range(7)}, "UTC")
    start = datetime(2026, 1, 1, tzinfo=UTC)
    assert calendar.staffed_between(start, start + timedelta(days=9000)) <= timedelta(days=9000)
    assert calendar.staffed(start, timedelta(hours=5)) == start + timedelta(hours=5)


def test_stretches_are_united() -> None:
    """What touches or overlaps becomes one, what is empty goes."""
    one, two, three = (datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3))
    assert united([(two, three), (one, two), (three, three)]) == [(one, three)]
