"""Whether more people write than ever do: then acknowledgments wait, because most of their addresses may be forged."""

from datetime import datetime, timedelta
from statistics import median

from triage.ports import Transaction

HOUR, WEEK = timedelta(hours=1), timedelta(days=7)
#: Counting again so often is nothing, and with every message it would be the more the busier the hour.
_SOON = timedelta(minutes=1)
#: So many times the usual is a flood.
_TIMES = 5
#: Like messages of so many cases are one matter, which a person decides on.
GROUP = 5


class Floodgate:
    """Compares the last hour with the usual one."""

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._usual = 0
        self._learned_at: datetime | None = None
        #: So many more may be asked about, for a minute, before it is worth counting again: the hour only ever loses what was counted.
        self._spare = 0
        self._counted_at: datetime | None = None

    def limit(self, tx: Transaction, now: datetime) -> int:
        """More acknowledgments than this in an hour are a flood."""
        if self._learned_at is None or not timedelta() <= now - self._learned_at < HOUR:
            hours = tx.flood.hours(now - WEEK)
            # Nights count, and so do the hours of a flood: the median forgives both. The week may touch 169 hours of the clock.
            self._usual = int(median([*hours, *[0] * max(0, WEEK // HOUR - len(hours))]))
            self._learned_at = now
        return max(self._per_hour, _TIMES * self._usual)

    def rises(self, tx: Transaction, now: datetime) -> bool:
        """Whether one more is too many."""
        if self._spare > 0 and self._counted_at and timedelta() <= now - self._counted_at < _SOON:
            self._spare -= 1
            return False
        limit = self.limit(tx, now)
        wanted = tx.flood.wanted(now - HOUR, limit)
        # Each one asked about is at most one more that is wanted; the rest is a margin.
        self._spare, self._counted_at = (limit - wanted) // 4, now
        return wanted >= limit
