"""An independent count of staffed time: minute by minute, by what the clock on the wall shows."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from triage.clocks.calendar import Calendar, Shift

MINUTE = timedelta(minutes=1)
#: From when to when, in minutes after midnight.
Hours = Mapping[int, Sequence[tuple[int, int]]]
Stretches = Sequence[tuple[datetime, datetime]]


def calendar(hours: Hours, zone: str, closed: Sequence[date] = (), shut: Stretches = ()) -> Calendar:
    """The calendar that is put to the test."""
    shifts = {day: [Shift(start=_time(start), end=_time(end)) for start, end in these] for day, these in hours.items()}
    return Calendar(shifts, ZoneInfo(zone), holiday=lambda day: day in closed, closed=lambda _day: shut)


def _time(minutes: int) -> time:
    return time(minutes // 60 % 24, minutes % 60)


def at_work(hours: Hours, zone: str, closed: Sequence[date], shut: Stretches) -> Callable[[datetime], bool]:
    """Whether people are at work in the minute that begins then."""
    where = ZoneInfo(zone)

    def holds(minute: datetime) -> bool:
        local = minute.astimezone(where)
        shown = local.hour * 60 + local.minute
        open_ = any(start <= shown < end for start, end in hours.get(local.weekday(), ()))
        return open_ and local.date() not in closed and not any(from_ <= minute < to for from_, to in shut)

    return holds


def due(start: datetime, minutes: int, holds: Callable[[datetime], bool], paused: Stretches = ()) -> datetime:
    """The first minute by which people have been at work for so many minutes, those left out that are paused."""
    moment = start.astimezone(UTC)
    while minutes > 0:
        if holds(moment) and not any(from_ <= moment < to for from_, to in paused):
            minutes -= 1
        moment += MINUTE
    return moment


def between(start: datetime, end: datetime, holds: Callable[[datetime], bool]) -> int:
    """How many minutes people are at work between the two."""
    moment, count = start.astimezone(UTC), 0
    while moment < end:
        count += holds(moment)
        moment += MINUTE
    return count
