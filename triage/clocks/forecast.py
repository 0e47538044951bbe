"""Whether every acknowledgment that waits will leave in time at the rate at which they leave: the alarm comes before the promise breaks."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: As far as a forecast looks: a rate of nearly nothing must not leave the calendar.
_HORIZON = timedelta(days=3650).total_seconds()


_DAY = timedelta(days=1).total_seconds()


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """How fast mail can leave from now on."""

    #: Messages per second while any may leave; above zero.
    per_second: float
    #: Until then servers are left alone, or a limit is used up; None where some may leave at once.
    begins_at: datetime | None = None
    #: So many may leave within any day; 0 for no limit.
    per_day: int = 0
    #: When those of the last day left, earliest first.
    left: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What becomes of the acknowledgments that wait, if nothing changes."""

    #: How many wait, the late ones included.
    waiting: int
    #: How many are past their deadline already.
    late: int
    #: How many more will be, the margin taken as part of the promise.
    will_miss: int
    #: The least time that any of them has to spare, not counting those that are late already; None when none waits.
    slack: timedelta | None
    #: When the last one leaves; None when none waits.
    done_at: datetime | None

    @property
    def holds(self) -> bool:
        """True while every promise that can still be kept will be."""
        return self.will_miss == 0


def forecast(deadlines: Sequence[datetime], now: datetime, capacity: Capacity, margin: timedelta = timedelta()) -> Forecast:
    """What becomes of acknowledgments with these deadlines, sent in the order of `order_of_work` at this capacity.

    Earliest deadline first keeps every promise whenever any order does (Jackson's rule), so a miss found here is a miss for certain.
    """
    if capacity.per_second <= 0:
        raise ValueError(f"a rate of {capacity.per_second} per second: expected more than none")
    if not deadlines:
        return Forecast(waiting=0, late=0, will_miss=0, slack=None, done_at=None)
    leave = list(_departures(len(deadlines), now, capacity))
    ahead = sorted(deadline for deadline in deadlines if deadline >= now)
    latest = now + margin
    # To the microsecond, as times are told: what leaves at the last moment is in time.
    slacks = [round((deadline - latest).total_seconds() - at, 6) for deadline, at in zip(ahead, leave, strict=False)]
    return Forecast(
        waiting=len(deadlines),
        late=len(deadlines) - len(ahead),
        will_miss=sum(slack < 0 for slack in slacks),
        slack=timedelta(seconds=min(slacks)) if slacks else None,
        done_at=now + timedelta(seconds=leave[-1]),
    )


def order_of_work(deadline: datetime, now: datetime) -> tuple[bool, datetime]:
    """Sorts what waits: promises that can still be kept come first, the most urgent before the others; those broken already come after."""
    return deadline < now, deadline


def _departures(count: int, now: datetime, capacity: Capacity) -> Iterator[float]:
    """Seconds from now at which one after the other leaves."""
    start, since = max(0.0, (capacity.begins_at - now).total_seconds()) if capacity.begins_at else 0.0, 0
    window = deque(((at - now).total_seconds() for at in capacity.left), maxlen=capacity.per_day or 1)
    for place in range(1, count + 1):
        at = start + (place - since) / capacity.per_second
        if capacity.per_day:
            free = window[0] + _DAY if len(window) == capacity.per_day else at
            if free > at:
                # The day's limit is used up: the rest goes on from here, at the same rate.
                start, since, at = free, place, free
            window.append(at)
        yield min(_HORIZON, at)
