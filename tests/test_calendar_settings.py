"""The calendar in the configuration: hours, holidays, closed days and files, and what is refused."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.test_settings import RIGHT
from triage.clocks.calendar import Calendar
from triage.errors import SettingsError
from triage.installation import load_calendar, public_holiday
from triage.settings import load

_CLOSED = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\nBEGIN:VEVENT\nUID:1\nDTSTAMP:20260101T000000Z\nDTSTART;VALUE=DATE:20261126\nEND:VEVENT\nEND:VCALENDAR\n"


def calendar(tmp_path: Path, *lines: str) -> Calendar:
    """The calendar of a configuration with these lines at its end."""
    path = tmp_path / "config" / "triage.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join((RIGHT, *lines)))
    return load_calendar(load(path))


def hours(of: Calendar, first: str, days: int = 1, zone: str = "Europe/Berlin") -> float:
    start = datetime.fromisoformat(first).replace(tzinfo=ZoneInfo(zone))
    return of.staffed_between(start, start + timedelta(days=days)) / timedelta(hours=1)


def test_office_hours_are_the_default(tmp_path: Path) -> None:
    """Without a word about it people work from nine to five, Monday to Friday, and no holidays are known."""
    found = calendar(tmp_path)
    assert hours(found, "2026-11-23", 7) == 40
    assert hours(found, "2026-12-25") == 8


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    """Breaks, night shifts, another zone, holidays of a region, closed days and stretches, and a file beside the configuration."""
    (tmp_path / "closed.ics").write_text(_CLOSED)
    found = calendar(
        tmp_path, "[calendar]", 'time_zone = "America/New_York"', 'country = "DE"', 'region = "BE"', 'files = ["closed.ics"]',
        "closed = [2026-11-24, {from = 2026-12-28, to = 2026-12-30}]", "[calendar.hours]", 'monday = ["08:00-12:00", "13:00-17:00"]',
        'tuesday = ["08:00-17:00"]', 'wednesday = ["22:00-06:00"]', 'thursday = ["00:00-24:00"]', 'friday = ["09:00 – 10:00"]', 'sunday = ["09:00-10:00"]',
    )  # fmt: skip
    by_day = [
        sum(((to - from_) for from_, to in found.shifts(date(2026, 11, day))), timedelta()) / timedelta(hours=1) for day in range(23, 30)
    ]
    assert by_day == [8, 0, 2, 0, 1, 0, 1]
    assert [bool(found.shifts(date(2026, 12, day))) for day in (21, 25, 28, 31)] == [True, False, False, True]
    assert not found.shifts(date(2027, 3, 8))
    assert hours(found, "2026-11-23T08:00", zone="America/New_York") == 8


def test_a_holiday_has_a_name(tmp_path: Path) -> None:
    """What is told of a closed day is how people call it."""
    calendar(tmp_path, "[calendar]", 'country = "US"')
    named = public_holiday(load(tmp_path / "config" / "triage.toml"))
    assert (named(date(2026, 11, 26)), named(date(2026, 11, 25))) == ("Thanksgiving Day", "")


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["[calendar.hours]", 'monday = ["9-17"]'], "expected hours such as 09:00-17:00"),
        (["[calendar.hours]", 'monday = ["09:00-24:30"]'], "expected hours such as 09:00-17:00"),
        (["[calendar.hours]", 'monday = ["09:00-25:00"]'], "expected hours such as 09:00-17:00"),
        (["[calendar.hours]", "monday = [9]"], "expected hours such as 09:00-17:00"),
        (["[calendar.hours]", 'mon = ["09:00-17:00"]'], "calendar.hours.mon"),
        (["[calendar.hours]", "monday = []"], "expected at least one day with hours"),
        (["[calendar]", 'time_zone = "Berlin"'], "calendar.time_zone"),
        (["[calendar]", 'closed = ["soon"]'], "calendar.closed.0.from"),
        (["[calendar]", "closed = [{from = 2026-12-30, to = 2026-12-28}]"], "expected the last day"),
        (["[calendar]", 'country = "XX"'], "calendar.country = 'XX'"),
        (["[calendar]", 'country = "DE"', 'region = "XX"'], "calendar.country = 'DE', region = 'XX'"),
        (["[calendar]", 'files = ["none.ics"]'], "none.ics: No such file or directory: expected an iCalendar file"),
        (["[calendar]", 'files = ["config/triage.toml"]'], "triage.toml: .*expected an iCalendar file"),
    ],
)
def test_mistakes_are_told(tmp_path: Path, lines: list[str], said: str) -> None:
    """Key, value and what was expected, before anything is counted by a wrong calendar."""
    with pytest.raises(SettingsError, match=said):
        calendar(tmp_path, *lines)
