"""The submission server is away for most of a day, in simulated time."""

from datetime import timedelta
from pathlib import Path

from tests.proof.outage import outage


async def test_an_outage_of_23_hours_in_small(tmp_path: Path) -> None:
    """More wait than can leave in the hour that is left: the alarm came while all could be saved, many are saved, each late one says so."""
    found = await outage(tmp_path, 150, timedelta(hours=1))
    assert found.problems == []
    assert 0 < found.late < found.waiting
    assert found.breaches == found.late
