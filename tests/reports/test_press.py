"""What the process that makes reports does with its job."""

import base64
import json
from datetime import date
from pathlib import Path

import pytest

from tests.bench import reports as generator
from tests.reports.making import empty, full
from triage.figures import Span
from triage.press import counted, printed

JOB = {
    "names": {"agent1": "Jane Adams", "finance": "Finance"}, "zone": "Europe/Berlin", "title": "SayPro Support", "span": "week",
    "first": "2026-12-14", "now": "2027-01-01T06:00:00+00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two years of cases."""
    path = tmp_path_factory.mktemp("store") / "triage.db"
    generator.filled(path, 800)
    return path


async def test_a_job_is_counted(store: Path) -> None:
    """The period that the job names, under the names that it gives, from the store it points to."""
    report = await counted({**JOB, "store": str(store)})
    assert (report.period.span, report.period.first) == (Span.WEEK, date(2026, 12, 14))
    assert report.total.counts.received > 0
    names = {group.name for group in report.by["representative"]}
    assert names
    assert "agent1" not in names


async def test_names_may_be_missing(store: Path) -> None:
    """Whoever is not named keeps the key."""
    report = await counted({**JOB, "store": str(store), "names": None})
    assert all(group.name.startswith("agent") for group in report.by["representative"])


def test_what_is_printed() -> None:
    """Title, text, html and pictures as JSON can carry them; each picture is named in the html."""
    said = json.loads(json.dumps(printed(full(), "SayPro Support", "Europe/Berlin")))
    assert said["title"] == "SayPro Support: report for November 2026"
    assert said["text"].startswith(said["title"])
    assert said["html"].count('src="cid:') == len(said["images"]) == 6
    for key, content in said["images"].items():
        assert f'src="cid:{key}"' in said["html"]
        assert base64.b64decode(content).startswith(b"\x89PNG")


def test_a_month_in_which_nothing_happened() -> None:
    """There is a report without pictures."""
    assert printed(empty(), "SayPro Support", "UTC")["images"] == {}
