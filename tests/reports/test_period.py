"""Weeks, months and quarters on the calendar of the house, across years and changes of the clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.figures import Period, Span
from triage.reports.period import before, latest_over, period_of

BERLIN, AUCKLAND = ZoneInfo("Europe/Berlin"), ZoneInfo("Pacific/Auckland")
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 12, 31))


@pytest.mark.parametrize(
    ("span", "day", "first", "last", "title"),
    [
        ("week", "2026-11-22", "2026-11-16", "2026-11-22", "week 47 of 2026 (16–22 November 2026)"),
        ("week", "2026-11-16", "2026-11-16", "2026-11-22", "week 47 of 2026 (16–22 November 2026)"),
        ("week", "2026-12-01", "2026-11-30", "2026-12-06", "week 49 of 2026 (30 November–6 December 2026)"),
        ("week", "2027-01-01", "2026-12-28", "2027-01-03", "week 53 of 2026 (28 December 2026–3 January 2027)"),
        ("week", "2024-12-30", "2024-12-30", "2025-01-05", "week 1 of 2025 (30 December 2024–5 January 2025)"),
        ("week", "2024-02-29", "2024-02-26", "2024-03-03", "week 9 of 2024 (26 February–3 March 2024)"),
        ("month", "2026-11-22", "2026-11-01", "2026-11-30", "November 2026"),
        ("month", "2026-12-31", "2026-12-01", "2026-12-31", "December 2026"),
        ("month", "2024-02-10", "2024-02-01", "2024-02-29", "February 2024"),
        ("month", "2023-02-10", "2023-02-01", "2023-02-28", "February 2023"),
        ("quarter", "2026-01-01", "2026-01-01", "2026-03-31", "quarter 1 of 2026"),
        ("quarter", "2026-06-30", "2026-04-01", "2026-06-30", "quarter 2 of 2026"),
        ("quarter", "2026-08-15", "2026-07-01", "2026-09-30", "quarter 3 of 2026"),
        ("quarter", "2026-12-31", "2026-10-01", "2026-12-31", "quarter 4 of 2026"),
    ],
)
def test_the_period_of_a_day(span: str, day: str, first: str, last: str, title: str) -> None:
    """The first and the last day, and what people call it."""
    found = period_of(Span(span), date.fromisoformat(day), BERLIN)
    assert (found.first.isoformat(), found.last.isoformat(), found.title) == (first, last, title)


@pytest.mark.parametrize(
    ("span", "now", "where", "title"),
    [
        ("week", "2026-11-23T00:30+01:00", BERLIN, "week 47 of 2026 (16–22 November 2026)"),
        ("week", "2026-11-22T23:30+01:00", BERLIN, "week 46 of 2026 (9–15 November 2026)"),
        ("week", "2026-11-22T23:30+01:00", AUCKLAND, "week 47 of 2026 (16–22 November 2026)"),
        ("month", "2026-12-01T00:00+01:00", BERLIN, "November 2026"),
        ("month", "2026-11-30T23:59+01:00", BERLIN, "October 2026"),
        ("month", "2026-01-15T12:00+01:00", BERLIN, "December 2025"),
        ("quarter", "2026-01-01T00:00+01:00", BERLIN, "quarter 4 of 2025"),
        ("quarter", "2026-11-22T12:00+01:00", BERLIN, "quarter 3 of 2026"),
    ],
)
def test_the_latest_that_is_over(span: str, now: str, where: ZoneInfo, title: str) -> None:
    """What is over is said by the clock of the house."""
    assert latest_over(Span(span), datetime.fromisoformat(now), where).title == title


def test_days_on_which_the_clock_is_changed() -> None:
    """A week with such a day is an hour longer or shorter, and begins and ends at midnight."""
    autumn, spring = (period_of(Span.WEEK, day, BERLIN) for day in (date(2026, 10, 25), date(2026, 3, 29)))
    assert autumn.end.astimezone(UTC) - autumn.start.astimezone(UTC) == timedelta(days=7, hours=1)
    assert spring.end.astimezone(UTC) - spring.start.astimezone(UTC) == timedelta(days=7, hours=-1)
    for period in (autumn, spring):
        assert {(at.hour, at.minute) for at in (period.start, period.end)} == {(0, 0)}


def whole(period: Period) -> None:
    """What must hold of every period."""
    assert period.start.date() == period.first
    assert period.end.date() == period.last + timedelta(days=1)


@given(DAYS, st.sampled_from(Span), st.sampled_from((BERLIN, AUCKLAND, UTC)))
def test_periods_meet(day: date, span: Span, where: ZoneInfo) -> None:
    """Each day is in one period, and where one ends the next begins."""
    period = period_of(span, day, where)
    whole(period)
    assert period.first <= day <= period.last
    assert period_of(span, period.first, where) == period_of(span, period.last, where) == period
    earlier = before(period, where)
    whole(earlier)
    assert earlier.end == period.start
    assert before(period_of(span, period.last + timedelta(days=1), where), where) == period
