"""The keys of an installation: one signs, retired ones are named after their last day, and anything else is a mistake that is told."""

from datetime import date
from pathlib import Path

import pytest

from triage.errors import SettingsError
from triage.installation import key_ring


def test_an_installation_begins_with_one_key(tmp_path: Path) -> None:
    """Made at first use, the same ever after."""
    ring = key_ring(tmp_path)
    assert len(ring.current) == 32
    assert ring.retired == ()
    assert key_ring(tmp_path) == ring


def test_a_retired_key_is_known_by_its_day(tmp_path: Path) -> None:
    """Renamed after the day on which it was retired, the old key still verifies; a new one is made and signs."""
    old = key_ring(tmp_path).current
    (tmp_path / "secret.key").rename(tmp_path / "secret.2026-11-22.key")
    ring = key_ring(tmp_path)
    assert ring.current != old
    assert [(retired.key, retired.on) for retired in ring.retired] == [(old, date(2026, 11, 22))]


def test_the_latest_retired_key_is_asked_first(tmp_path: Path) -> None:
    """Several old keys are kept in the order in which they are most likely needed."""
    for day in ("2026-01-01", "2026-06-01"):
        (tmp_path / f"secret.{day}.key").write_bytes(day.encode().ljust(32, b"x"))
    assert [retired.on for retired in key_ring(tmp_path).retired] == [date(2026, 6, 1), date(2026, 1, 1)]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("secret.old.key", b"x" * 32, "named after a day"),
        ("secret.2026-13-01.key", b"x" * 32, "named after a day"),
        ("secret.2026-11-22.key", b"x" * 31, "expected the 32 of a key"),
        ("secret.2026-11-22.key", b"", "expected the 32 of a key"),
    ],
)
def test_a_file_that_is_no_retired_key_is_told(tmp_path: Path, name: str, content: bytes, expected: str) -> None:
    """A name without a day and a file of another length are mistakes."""
    (tmp_path / name).write_bytes(content)
    with pytest.raises(SettingsError, match=expected):
        key_ring(tmp_path)
