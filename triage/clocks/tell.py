"""A moment in words, as it is told to people in mail."""

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from triage.errors import SettingsError

_ENGLISH_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_GERMAN_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip
_GERMAN_ZONES = {"CET": "MEZ", "CEST": "MESZ"}


def zone(name: str) -> ZoneInfo:
    """The time zone of that name; SettingsError where the system knows none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise SettingsError([f"identity.time_zone = {name!r}: expected a time zone such as Europe/Berlin"]) from error


def tell(moment: datetime, where: ZoneInfo, language: str = "en") -> str:
    """Like "Friday, 27 November 2026, 10:00 (CET)", in German where the language is "de"; the minute is the one that has begun."""
    # Written out here rather than by the locale, which differs from one machine to the next and is not safe to change in a daemon.
    local = moment.astimezone(where)
    abbreviation = local.tzname() or "UTC"
    time = f"{local.hour:02}:{local.minute:02}"
    if language == "de":
        day = f"{_GERMAN_DAYS[local.weekday()]}, {local.day}. {_GERMAN_MONTHS[local.month - 1]} {local.year}"
        return f"{day}, {time} Uhr ({_GERMAN_ZONES.get(abbreviation, abbreviation)})"
    return f"{_ENGLISH_DAYS[local.weekday()]}, {local.day} {_ENGLISH_MONTHS[local.month - 1]} {local.year}, {time} ({abbreviation})"
