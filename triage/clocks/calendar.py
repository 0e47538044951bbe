"""When people are at work: a moment so much staffed time after another one, and how much staffed time lies between two."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: A stretch of time in UTC, its end left out.
Stretch = tuple[datetime, datetime]
_DAY = timedelta(days=1)
#: A calendar without any hours for so long has none at all.
_HORIZON = 3660
_REMEMBERED = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """From when to when people are at work; an end that is not after the start is on the next day."""

    start: time
    end: time


class Calendar:
    """Hours of each weekday (0 is Monday) in a time zone, without the days and stretches that are closed."""

    def __init__(
        self,
        hours: Mapping[int, Sequence[Shift]],
        where: ZoneInfo,
        *,
        holiday: Callable[[date], bool] = lambda _day: False,
        closed: Callable[[date], Iterable[Stretch]] = lambda _day: (),
    ) -> None:
        self._hours = hours
        self._where = where
        self._holiday = holiday
        self._closed = closed
        self._known: dict[date, tuple[Stretch, ...]] = {}

    def staffed(self, start: datetime, span: timedelta) -> datetime:
        """The first moment, in UTC, by which people have been at work for that long since `start`."""
        left, moment = span, start.astimezone(UTC)
        if left <= timedelta():
            return moment
        for began, ended in self._from(moment):
            if began + left <= ended:
                return began + left
            left -= ended - began
        return moment + _DAY * _HORIZON

    def staffed_between(self, start: datetime, end: datetime) -> timedelta:
        """How long people are at work between the two."""
        total, until = timedelta(), end.astimezone(UTC)
        for began, ended in self._from(start.astimezone(UTC)):
            if began >= until:
                break
            total += min(ended, until) - began
        return total

    def working_days(self, start: datetime, days: int) -> datetime:
        """When people leave on the so manieth working day after the day of `start`; days without any hours do not count."""
        day, ended = start.astimezone(self._where).date(), start.astimezone(UTC)
        for _ in range(_HORIZON):
            if days <= 0:
                return ended
            day += _DAY
            if shifts := self.shifts(day):
                days, ended = days - 1, shifts[-1][1]
        return ended

    def shifts(self, day: date) -> tuple[Stretch, ...]:
        """When people are at work who begin on that day, earliest first."""
        found = self._known.get(day)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[day] = tuple(self._made(day))
        return found

    def _made(self, day: date) -> Iterator[Stretch]:
        if self._holiday(day):
            return
        open_ = [self._stretch(day, shift) for shift in self._hours.get(day.weekday(), ())]
        shut = sorted((*self._closed(day), *self._closed(day + _DAY)))
        for began, ended in united(open_):
            for from_, to in shut:
                if from_ < ended and to > began:
                    if from_ > began:
                        yield began, from_
                    began = max(began, to)  # noqa: PLW2901 - what is left of it
            if began < ended:
                yield began, ended

    def _stretch(self, day: date, shift: Shift) -> Stretch:
        last = day if shift.end > shift.start else day + _DAY
        # Compared and added in UTC: where the clock was set in between, a shift is an hour longer or shorter, as it is for people.
        began, ended = (datetime.combine(on, at, self._where).astimezone(UTC) for on, at in ((day, shift.start), (last, shift.end)))
        return began, ended

    def _from(self, moment: datetime) -> Iterator[Stretch]:
        """Staffed stretches from that moment on."""
        # A night shift of the day before may still last, and is never counted twice where the next day's begins before it ends.
        day, reached = moment.astimezone(self._where).date() - _DAY, moment
        for _ in range(_HORIZON):
            for began, ended in self.shifts(day):
                if ended > reached:
                    yield max(began, reached), ended
                    reached = ended
            day += _DAY


def united(stretches: Iterable[Stretch]) -> list[Stretch]:
    """The same without overlaps, earliest first; what has no length is left out."""
    whole: list[Stretch] = []
    for began, ended in sorted(stretches):
        if began >= ended:
            continue
        if whole and began <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], ended))
        else:
            whole.append((began, ended))
    return whole
