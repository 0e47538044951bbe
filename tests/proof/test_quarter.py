"""A quarter in small, counted twice: by the reports and from the raw events."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.proof import quarter
from tests.proof.kept import Kept


def test_every_figure_equals_the_raw_events() -> None:
    """Each figure of every week, month and the quarter, of all cases and of each group, is what an independent count of the events gives."""
    verdict = quarter.run(45, seed=1)
    assert verdict.details() == []
    assert verdict.clean
    assert verdict.reports == 18
    assert verdict.compared > 3000


class Broken(Kept):
    """Kept twice, and then the machine is gone."""

    def keep(self, state: Any) -> None:
        """Keep it, and break off where something was kept before."""
        again = (self.folder / "kept.db").exists()
        super().keep(state)
        if again:
            raise SystemExit("gone")


def test_a_quarter_that_was_broken_off_goes_on(tmp_path: Path) -> None:
    """What was kept last is enough to play to the end and to count twice; of another quarter it is not taken."""
    whole = quarter.kept_in(tmp_path, 12, 3, every=8)
    with pytest.raises(SystemExit, match="gone"):
        asyncio.run(quarter.played(tmp_path, 12, 3, Broken(whole.folder, whole.store, whole.name, whole.every)))
    with pytest.raises(SystemExit, match="12 cases, seed 3: expected 12 cases, seed 4, or an empty folder"):
        quarter.run(12, 4, keep=str(tmp_path))
    verdict = quarter.run(12, 3, keep=str(tmp_path))
    assert verdict.details() == []
    assert verdict.clean
    assert verdict.cases >= 10
