"""When a promise falls due."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


def due_at(start: datetime, promise: timedelta) -> datetime:
    """The moment in UTC that lies that much elapsed time after `start`, whatever a clock on a wall does in between."""
    if start.tzinfo is None:
        raise ValueError("expected a moment with a time zone")
    # Adding to a local time would add on the wall clock, which gains or loses an hour when summer time begins or ends.
    return start.astimezone(UTC) + promise


@dataclass(frozen=True, slots=True)
class BothClocks:
    """Called, it says when a promise falls due around the clock; `staffed` says so on staffed time."""

    staffed: Callable[[datetime, timedelta], datetime]

    def __call__(self, start: datetime, promise: timedelta, /) -> datetime:
        """When a promise falls due that runs around the clock."""
        return due_at(start, promise)
