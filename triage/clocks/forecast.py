"""Whether every acknowledgment that waits will leave in time at the rate at which they leave: the alarm comes before the promise breaks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

#: As far as a forecast looks: a rate of nearly nothing must not leave the calendar.
_HORIZON = timedelta(days=3650)


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


def forecast(deadlines: Sequence[datetime], now: datetime, *, per_second: float, margin: timedelta = timedelta()) -> Forecast:
    """What becomes of acknowledgments with these deadlines, sent in the order of `order_of_work` at `per_second`, which is above zero.

    Earliest deadline first keeps every promise whenever any order does (Jackson's rule), so a miss found here is a miss for certain.
    """
    if per_second <= 0:
        raise ValueError(f"a rate of {per_second} per second: expected more than none")
    if not deadlines:
        return Forecast(waiting=0, late=0, will_miss=0, slack=None, done_at=None)
    ahead = sorted(deadline for deadline in deadlines if deadline >= now)
    slacks = [deadline - margin - _leaves(now, place, per_second) for place, deadline in enumerate(ahead, start=1)]
    return Forecast(
        waiting=len(deadlines),
        late=len(deadlines) - len(ahead),
        will_miss=sum(slack < timedelta() for slack in slacks),
        slack=min(slacks, default=None),
        done_at=_leaves(now, len(deadlines), per_second),
    )


def order_of_work(deadline: datetime, now: datetime) -> tuple[bool, datetime]:
    """Sorts what waits: promises that can still be kept come first, the most urgent before the others; those broken already come after."""
    return deadline < now, deadline


def _leaves(now: datetime, place: int, per_second: float) -> datetime:
    return now + min(_HORIZON, timedelta(seconds=min(place / per_second, _HORIZON.total_seconds())))
