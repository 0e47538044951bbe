"""How much may leave now: the provider's limits per minute and per day, and the order in which two lanes take turns."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from triage.clocks.forecast import Capacity
from triage.outbox import Lane
from triage.reply import Delivery

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
#: One of four is of the second lane while both wait: few and urgent, it is never behind many acknowledgments, nor they behind it.
_TURNS = (Lane.OTHERS, Lane.ACKNOWLEDGMENTS, Lane.ACKNOWLEDGMENTS, Lane.ACKNOWLEDGMENTS)


class Pace:
    """Counts what left within the last day. A limit of 0 is none."""

    def __init__(self, *, per_minute: int, per_day: int, recipients_per_day: int, copies: bool) -> None:
        self._limits = ((MINUTE, per_minute), (DAY, per_day))
        self._recipients_per_day = recipients_per_day
        self._each = 2 if copies else 1
        self._counts = bool(per_minute or per_day or recipients_per_day)
        self._times: list[datetime] = []
        self._recipients: list[int] = []

    def remember(self, begun: Iterable[tuple[datetime, int]]) -> None:
        """What left before this start, earliest first."""
        for at, recipients in begun if self._counts else ():
            self._times.append(at)
            self._recipients.append(recipients)

    def took(self, now: datetime) -> None:
        """One more leaves."""
        if self._counts:
            self._forget(now)
            self.remember([(now, self._each)])

    def room(self, now: datetime, at_most: int) -> int:
        """How many may leave now, up to a number."""
        if not self._counts:
            return at_most
        self._forget(now)
        rooms = [limit - self._within(span, now) for span, limit in self._limits if limit]
        if self._recipients_per_day:
            rooms.append((self._recipients_per_day - sum(self._recipients)) // self._each)
        return max(0, min(at_most, *rooms))

    def next_at(self, now: datetime) -> datetime | None:
        """When the next one may leave; None when one may leave now."""
        if self.room(now, 1) or not self._times:
            return None
        spans = [(span, limit) for span, limit in self._limits if limit and self._within(span, now) >= limit]
        # One leaves the window when the oldest does that fills it; a day's limits are looked at again each minute.
        times = [self._times[len(self._times) - limit] + span for span, limit in spans]
        return min(max(times, default=now + MINUTE), now + MINUTE)

    def capacity(self, measured: float, begins_at: datetime | None, now: datetime) -> Capacity:
        """How fast mail can leave at a rate that was measured, within the limits."""
        (_, per_minute), (_, per_day) = self._limits
        limits = [limit for limit in (per_day, self._recipients_per_day // self._each) if limit]
        self._forget(now)
        return Capacity(
            per_second=min(measured, per_minute / MINUTE.total_seconds()) if per_minute else measured,
            begins_at=begins_at,
            per_day=min(limits, default=0),
            left=tuple(self._times) if limits else (),
        )

    def _within(self, span: timedelta, now: datetime) -> int:
        return len(self._times) - bisect_right(self._times, now - span)

    def _forget(self, now: datetime) -> None:
        old = bisect_right(self._times, now - DAY)
        # In bulk: moving a list for each message would be slow.
        if old and (old > len(self._times) // 4 or self._recipients_per_day):
            del self._times[:old], self._recipients[:old]


class Turns:
    """Whose turn it is, remembered from one batch to the next, so that also single messages are shared out."""

    def __init__(self) -> None:
        self._turn = 0

    def take(self, waiting: dict[Lane, Sequence[Delivery]], at_most: int) -> list[Delivery]:
        """So many of both lanes, by turns, each in its own order; where one is empty the other goes on."""
        lanes = {lane: iter(its) for lane, its in waiting.items()}
        taken: list[Delivery] = []
        while lanes and len(taken) < at_most:
            lane = _TURNS[self._turn % len(_TURNS)]
            self._turn += 1
            found = next(lanes[lane], None) if lane in lanes else None
            if found:
                taken.append(found)
            else:
                lanes.pop(lane, None)
        return taken
