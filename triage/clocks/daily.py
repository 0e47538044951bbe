"""What is due once a day, at a time of day as the wall clock shows it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def latest(now: datetime, at: time, where: ZoneInfo) -> datetime:
    """The last moment, up to now, when the clock there showed that time, in UTC; where it was skipped, the moment that stands for it."""
    day = now.astimezone(where).date()
    # Compared in UTC: within one zone Python compares what the clock shows, whatever was skipped or repeated.
    today = datetime.combine(day, at, where).astimezone(UTC)
    return today if today <= now else datetime.combine(day - timedelta(days=1), at, where).astimezone(UTC)
