"""Days and hours on which nobody is at work: public holidays, and what an iCalendar file says."""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.clocks.calendar import Stretch

_DAY = timedelta(days=1)
#: Entries that take nobody's time (RFC 5545 §3.8.2.7), or that were called off (§3.8.1.11).
_IDLE = {("TRANSP", "TRANSPARENT"), ("STATUS", "CANCELLED")}


def public_holidays(country: str, region: str) -> Callable[[date], str]:
    """The name of the public holiday on a day, "" where there is none; ValueError for a country or region that is not known."""
    # Imported where it is used: it knows the whole world and takes its time.
    import holidays

    try:
        known = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        raise ValueError(str(error)) from error
    return lambda day: known.get(day) or ""


class IcalendarFiles:
    """The entries of iCalendar files (RFC 5545), recurrences worked out, as stretches that are closed."""

    def __init__(self, texts: Iterable[str], where: ZoneInfo) -> None:
        """ValueError where a text is no calendar."""
        # Imported where they are used: most installations have no such file.
        import icalendar
        import recurring_ical_events

        # A calendar without an end is asked year by year.
        self._queries = [recurring_ical_events.of(icalendar.Calendar.from_ical(text)) for text in texts]
        self._where = where
        self._years: dict[int, list[Stretch]] = {}

    def __call__(self, day: date) -> list[Stretch]:
        """What is closed and touches that day."""
        began, ended = self._midnight(day), self._midnight(day + _DAY)
        return [(from_, to) for from_, to in self._of(day.year) if from_ < ended and to > began]

    def _of(self, year: int) -> list[Stretch]:
        if year not in self._years:
            self._years[year] = sorted(self._found(year))
        return self._years[year]

    def _found(self, year: int) -> Iterator[Stretch]:
        # A day on either side, because midnight is elsewhere in other zones.
        first, last = date(year, 1, 1) - _DAY, date(year + 1, 1, 1) + _DAY
        for query in self._queries:
            for entry in query.between(first, last):
                said = {(name, str(entry.get(name, "")).upper()) for name in ("TRANSP", "STATUS")}
                if not said & _IDLE:
                    yield self._moment(entry.start), self._moment(entry.end)

    def _moment(self, at: date) -> datetime:
        if not isinstance(at, datetime):
            return self._midnight(at)
        # A floating time (§3.3.5) is that of our own clock on the wall.
        return (at if at.tzinfo else at.replace(tzinfo=self._where)).astimezone(UTC)

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self._where).astimezone(UTC)


def closed_days(days: Collection[tuple[date, date]]) -> Callable[[date], bool]:
    """Whether a day lies between the first and the last day of any of these."""
    return lambda day: any(first <= day <= last for first, last in days)
