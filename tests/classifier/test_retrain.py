"""A lesson from end to end, in this process: what it starts from, when it stops, and what it leaves behind."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.classifier.samples import small_corpus
from triage.classifier import train
from triage.classifier.corpus import read_all
from triage.classifier.model import Model
from triage.classifier.shelf import SHIPPED, Shelf
from triage.correction import Correction, Provenance
from triage.retrain import Job, retrain

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FLOWERS = ("rose", "tulip", "fern", "ivy", "moss", "lily", "aster", "daisy", "lotus", "orchid", "poppy", "peony")


def workshops(category: str = "invoice", issue: str = "invoice_request") -> list[Correction]:
    """People's word on messages such as no corpus has."""
    return [
        Correction(
            at=NOON, author="Jane", provenance=Provenance.CLI, category=category, issue=issue, subject="workshop",
            body=f"the {flower} workshop on sunday, may i bring my brother along to it",
        )
        for flower in FLOWERS
    ]  # fmt: skip


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus that is taught in a moment."""
    path = tmp_path_factory.mktemp("corpus") / "small.jsonl"
    rows = [{"subject": it.subject, "body": it.body, "label_category": it.category, "label_issue": it.issue} for it in small_corpus()]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.fixture(scope="module")
def shipped(corpus: Path) -> Path:
    """A model that was taught it."""
    path = corpus.with_name("shipped.npz")
    train.train([corpus], target=path)
    return path


def job(tmp_path: Path, corpus: Path, shipped: Path, corrections: list[Correction], latest: int = 12) -> Job:
    """A lesson on an own shelf."""
    return Job(shelf=Shelf(tmp_path / "models", shipped), corpus=[corpus], corrections=corrections, latest=latest)


def test_what_was_measured_once_is_not_measured_again(tmp_path: Path, corpus: Path, shipped: Path) -> None:
    """The accepted model's card keeps its benchmark, which the next lesson on the same corpus starts from."""
    first = retrain(job(tmp_path, corpus, shipped, workshops()), NOON)
    assert first.accepted, first.reason
    [_, kept] = Shelf(tmp_path / "models", shipped).kept()
    assert kept.in_use
    card = json.loads(kept.path.with_suffix(".json").read_text())
    card["benchmark"] = 0.999
    kept.path.with_suffix(".json").write_text(json.dumps(card))
    # Words that the model in use gets wrong now, so that only the benchmark can speak against the next.
    second = retrain(job(tmp_path, corpus, shipped, workshops("dispute", "quality"), 24), NOON)
    assert not second.accepted
    assert "worse on the benchmark" in second.reason
    assert "0.999" in second.reason
    assert Shelf(tmp_path / "models", shipped).chosen() == first.version


def test_a_broken_model_in_use_is_judged_by_the_shipped_one(tmp_path: Path, corpus: Path, shipped: Path) -> None:
    """A lesson does not stop at a damaged file: the candidate has to beat what really answers."""
    shelf = Shelf(tmp_path / "models", shipped)
    lesson = retrain(job(tmp_path, corpus, shipped, workshops()), NOON)
    shelf.in_use().write_bytes(b"damaged")
    again = retrain(job(tmp_path, corpus, shipped, workshops(), 13), NOON)
    assert again.accepted, again.reason
    assert again.version == lesson.version
    assert Model.load(shelf.in_use()).version == lesson.version


@pytest.mark.parametrize("corrections", [[], workshops("", "")[:3], workshops()[:2]])
def test_too_little_leaves_no_trace(tmp_path: Path, corpus: Path, shipped: Path, corrections: list[Correction]) -> None:
    """Without anything to teach, or to judge by, nothing is trained and no folder made."""
    lesson = retrain(job(tmp_path, corpus, shipped, corrections), NOON)
    assert not lesson.accepted
    assert "to teach" in lesson.reason
    assert not (tmp_path / "models").exists()
    assert Shelf(tmp_path / "models", shipped).chosen() == SHIPPED


def test_the_corpus_of_the_test_is_whole(corpus: Path) -> None:
    """Every issue is in it, so that a lesson here is like one in earnest."""
    assert len({each.label for each in read_all([corpus])}) >= 30
