"""What stands in JSON that others send, looked at without surprise: whatever is not as expected says nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TypeAlias

Fields: TypeAlias = Mapping[str, object]


def part(fields: Fields, *names: str) -> Fields:
    """What lies below these names, one within the other; empty where there is nothing."""
    found: object = fields
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def moment(written: str) -> datetime | None:
    """A time in ISO 8601, in UTC where it names no zone; None for anything else."""
    try:
        at = datetime.fromisoformat(written)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
