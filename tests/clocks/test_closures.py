"""Closed days: public holidays by country, and entries of iCalendar files."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from triage.clocks.calendar import Calendar, Shift
from triage.clocks.closures import IcalendarFiles, closed_days, public_holidays

BERLIN = ZoneInfo("Europe/Berlin")
_HEAD = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//shop//closed//EN\r\n"


def ical(*entries: str) -> IcalendarFiles:
    """A file with these entries."""
    whole = "".join(
        f"BEGIN:VEVENT\r\nUID:{place}@shop.example\r\nDTSTAMP:20260101T000000Z\r\n{entry}END:VEVENT\r\n"
        for place, entry in enumerate(entries)
    )
    return IcalendarFiles([f"{_HEAD}{whole}END:VCALENDAR\r\n"], BERLIN)


def utc(day: int, hour: int, month: int = 6) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "region", "day", "closed"),
    [
        ("DE", "", "2026-12-25", True),
        ("DE", "", "2026-03-08", False),
        ("DE", "BE", "2026-03-08", True),
        ("US", "", "2026-11-26", True),
        ("US", "", "2026-12-26", False),
        ("GB", "SCT", "2026-11-30", True),
    ],
)
def test_public_holidays_by_country_and_region(country: str, region: str, day: str, closed: bool) -> None:
    """A country's holidays are closed, a region's own only where the region is named; each has its name."""
    assert bool(public_holidays(country, region)(date.fromisoformat(day))) is closed


@pytest.mark.parametrize(("country", "region"), [("XX", ""), ("DE", "ZZ")])
def test_unknown_places_are_refused(country: str, region: str) -> None:
    """A country or region that nobody knows is a mistake, not a calendar without holidays."""
    with pytest.raises(ValueError, match=r"available|subdivision"):
        public_holidays(country, region)


def test_an_all_day_entry_closes_the_day_where_we_are() -> None:
    """From midnight to midnight on our own clock; the end is the day after (RFC 5545 §3.6.1)."""
    files = ical("DTSTART;VALUE=DATE:20260610\r\nDTEND;VALUE=DATE:20260612\r\nSUMMARY:Moving house\r\n")
    assert files(date(2026, 6, 10)) == files(date(2026, 6, 11)) == [(utc(9, 22), utc(11, 22))]
    assert files(date(2026, 6, 12)) == []


def test_a_meeting_closes_its_hours_in_whatever_zone() -> None:
    """UTC, a named zone and no zone at all are told apart; without one it is our own time."""
    files = ical(
        "DTSTART:20260610T080000Z\r\nDTEND:20260610T090000Z\r\n",
        "DTSTART;TZID=America/New_York:20260611T080000\r\nDTEND;TZID=America/New_York:20260611T090000\r\n",
        "DTSTART:20260612T080000\r\nDTEND:20260612T090000\r\n",
    )
    assert [files(date(2026, 6, day)) for day in (10, 11, 12)] == [
        [(utc(10, 8), utc(10, 9))], [(utc(11, 12), utc(11, 13))], [(utc(12, 6), utc(12, 7))],
    ]  # fmt: skip


def test_recurrences_are_worked_out() -> None:
    """Every second Friday but one; a calendar without an end can be asked about any year."""
    files = ical(
        "DTSTART;VALUE=DATE:20260605\r\nDTEND;VALUE=DATE:20260606\r\nRRULE:FREQ=WEEKLY;INTERVAL=2\r\nEXDATE;VALUE=DATE:20260619\r\n"
    )
    closed = [day for day in range(1, 31) if files(date(2026, 6, day))]
    assert closed == [5]
    assert files(date(2026, 7, 3))
    assert not files(date(2031, 6, 5))
    assert files(date(2031, 6, 6)) or files(date(2031, 6, 13))


def test_an_entry_over_the_turn_of_the_year_closes_both_sides() -> None:
    """From December to January each day is closed, whichever year is asked about."""
    files = ical("DTSTART;VALUE=DATE:20261224\r\nDTEND;VALUE=DATE:20270102\r\n")
    assert files(date(2026, 12, 31))
    assert files(date(2027, 1, 1))
    assert not files(date(2027, 1, 2))


@pytest.mark.parametrize("line", ["TRANSP:TRANSPARENT", "STATUS:CANCELLED"])
def test_what_takes_no_time_closes_nothing(line: str) -> None:
    """A birthday in the calendar, or a day off that was called off, leaves people at work."""
    assert not ical(f"DTSTART;VALUE=DATE:20260610\r\nDTEND;VALUE=DATE:20260611\r\n{line}\r\n")(date(2026, 6, 10))


def test_what_is_no_calendar_is_refused() -> None:
    """Another file under that name is a mistake that is told."""
    with pytest.raises(ValueError):
        IcalendarFiles(["hello"], BERLIN)


def test_closed_days_include_their_last() -> None:
    """From the first to the last day, both included."""
    closed = closed_days([(date(2026, 12, 24), date(2026, 12, 26))])
    assert [closed(date(2026, 12, day)) for day in (23, 24, 26, 27)] == [False, True, True, False]


@pytest.mark.parametrize(
    ("entry", "closed"),
    [
        ("DTSTART;VALUE=DATE:20260610\r\n", ["2026-06-10"]),
        ("DTSTART;VALUE=DATE:20260610\r\nDURATION:P2D\r\n", ["2026-06-10", "2026-06-11"]),
        ("DTSTART;VALUE=DATE:20260630\r\nDTEND;VALUE=DATE:20260702\r\n", ["2026-06-30", "2026-07-01"]),
        (
            "DTSTART;VALUE=DATE:20260608\r\nDTEND;VALUE=DATE:20260609\r\nRRULE:FREQ=DAILY;COUNT=3\r\n",
            ["2026-06-08", "2026-06-09", "2026-06-10"],
        ),
        ("DTSTART;VALUE=DATE:20260601\r\nDTEND;VALUE=DATE:20260602\r\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;UNTIL=20260731\r\n", ["2026-06-26"]),
        ("DTSTART;VALUE=DATE:20260610\r\nDTEND;VALUE=DATE:20260611\r\nRDATE;VALUE=DATE:20260615\r\n", ["2026-06-10", "2026-06-15"]),
        ("DTSTART;VALUE=DATE:20200615\r\nDTEND;VALUE=DATE:20200616\r\nRRULE:FREQ=YEARLY\r\n", ["2026-06-15"]),
    ],
    ids=["no end", "duration", "over the month", "three days", "last friday", "further date", "every year"],
)
def test_entries_as_programs_write_them(entry: str, closed: list[str]) -> None:
    """Ends may be missing or a duration, and recurrences may be counted, bounded, by weekday, added to, or without end."""
    files = ical(entry)
    days = [date(2026, 6, day) for day in range(1, 31)] + [date(2026, 7, day) for day in range(1, 3)]
    found = [str(day) for day in days if any(to - from_ >= timedelta(hours=20) for from_, to in files(day))]
    # The first of a monthly rule is where it begins, whether it fits the rule or not (RFC 5545 §3.8.5.3).
    assert [day for day in found if day != "2026-06-01" or "2026-06-01" in closed] == closed


def test_several_files_are_closed_together() -> None:
    """Two calendars, one of which is closed on either day."""
    texts = []
    for place, day in enumerate(("20260610", "20260612")):
        entry = f"BEGIN:VEVENT\r\nUID:{place}@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:{day}\r\nEND:VEVENT\r\n"
        texts.append(f"{_HEAD}{entry}END:VCALENDAR\r\n")
    files = IcalendarFiles(texts, BERLIN)
    assert [bool(files(date(2026, 6, day))) for day in (10, 11, 12)] == [True, False, True]


@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Auckland", "UTC"])
def test_a_day_is_a_day_in_every_zone(zone: str) -> None:
    """An all-day entry is closed from midnight to midnight of the shop's own clock, wherever the shop is."""
    where = ZoneInfo(zone)
    text = f"{_HEAD}BEGIN:VEVENT\r\nUID:1@x\r\nDTSTAMP:20260101T000000Z\r\nDTSTART;VALUE=DATE:20260610\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    ((began, ended),) = IcalendarFiles([text], where)(date(2026, 6, 10))
    assert began.astimezone(where) == datetime(2026, 6, 10, tzinfo=where)
    assert ended - began == timedelta(days=1)


#: Working days of each month of 2026, counted on a wall calendar.
MONTHS = [
    (1, 21, 20),
    (2, 20, 19),
    (3, 22, 22),
    (4, 20, 22),
    (5, 18, 20),
    (6, 22, 21),
    (7, 23, 22),
    (8, 21, 21),
    (9, 22, 21),
    (10, 22, 21),
    (11, 21, 19),
    (12, 22, 22),
]


@pytest.mark.parametrize(("month", "berlin", "new_york"), MONTHS)
def test_a_year_of_working_days(month: int, berlin: int, new_york: int) -> None:
    """Month by month the days without a public holiday, in Berlin and in New York, as offices there have them on the wall."""
    for (country, region, name), expected in ((("DE", "BE", "Europe/Berlin"), berlin), (("US", "", "America/New_York"), new_york)):
        where, named = ZoneInfo(name), public_holidays(country, region)
        hours = {day: [Shift(start=time(9), end=time(17))] for day in range(5)}
        calendar = Calendar(hours, where, holiday=lambda day, named=named: bool(named(day)))
        first = datetime(2026, month, 1, tzinfo=where)
        last = datetime(2026 + month // 12, month % 12 + 1, 1, tzinfo=where)
        assert calendar.staffed_between(first, last) == timedelta(hours=8) * expected, name
        assert calendar.working_days(first - timedelta(days=1), expected) < last.astimezone(UTC)
        assert calendar.working_days(first - timedelta(days=1), expected + 1) > last.astimezone(UTC)
