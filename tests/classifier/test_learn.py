"""People's corrections teach a candidate, which must prove itself before it answers anybody."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.classifier.samples import example
from triage.classifier import train
from triage.classifier.corpus import Example
from triage.classifier.learn import accuracy, apart, compare, split
from triage.classifier.learn import example as taught
from triage.classifier.model import Model
from triage.correction import Correction, Provenance
from triage.reading import Classification

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "Hello, please change the colour of the garden bench I reserved last week. Regards, Ann"


def correction(body: str = TEXT, category: str = "order", issue: str = "order_change", minutes: int = 0) -> Correction:
    """A correction by an agent."""
    return Correction(
        subject="",
        body=body,
        category=category,
        issue=issue,
        author="ann@shop.example",
        at=NOON + timedelta(minutes=minutes),
        provenance=Provenance.CLI,
    )


def test_corrections_keep_their_side() -> None:
    """About a fifth is held back, and a message that was taught never judges later."""
    many = [correction(f"message about thing {chr(97 + number % 26) * 4} and {chr(97 + number // 26) * 5} please") for number in range(200)]
    teach, held_back = split(many)
    assert len(teach) + len(held_back) == 200
    assert 20 <= len(held_back) <= 60
    again, _ = split(many[:100])
    assert set(again) <= set(teach)


def test_what_says_nothing_teaches_nothing() -> None:
    """Put aside to be sorted, or erased: neither taught nor judged by."""
    assert split([correction(category="", issue=""), correction(body="")]) == ([], [])


def test_the_benchmark_keeps_its_side() -> None:
    """About a fifth of a corpus is held out, the same messages in every run, whatever else is in it."""
    corpus = [
        example(f"question about thing {chr(97 + number % 26) * 4} and {chr(97 + number // 26) * 5}", "order") for number in range(200)
    ]
    teach, benchmark = apart(corpus)
    assert len(teach) + len(benchmark) == 200
    assert 20 <= len(benchmark) <= 60
    again, _ = apart(corpus[:100])
    assert [each for each in again if each in benchmark] == []


def test_a_correction_counts_more_than_a_message_of_the_corpus() -> None:
    """The user's own mail weighs more."""
    assert taught(correction()).weight > example("x", "order").weight
    assert taught(correction()).label == "order/order_change"


class Fixed:
    """Always says the same."""

    def __init__(self, *categories: str) -> None:
        self.categories = categories

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[Classification]:
        """One answer after the other, from the beginning again when they run out."""
        return [
            Classification(category=self.categories[row % len(self.categories)], issue="", confidence=1.0) for row, _ in enumerate(messages)
        ]


@pytest.mark.parametrize(
    ("candidate", "current", "held_back", "benchmark", "accepted", "why"),
    [
        (Fixed("order"), Fixed("other"), [], 0.9, False, "no correction is held back"),
        (Fixed("other"), Fixed("other"), [correction()], 0.9, False, "not better"),
        (Fixed("order"), Fixed("other"), [correction()], 0.897, False, "worse on the benchmark"),
        (Fixed("order"), Fixed("invoice"), [correction()], 0.899, True, "0.000 to 1.000"),
    ],
)
def test_a_candidate_must_prove_itself(
    candidate: Fixed, current: Fixed, held_back: list[Correction], benchmark: float, accepted: bool, why: str
) -> None:
    """Better on held-back corrections and not worse on the benchmark, or it stays out; the verdict says why."""
    verdict = compare(candidate, current, held_back, benchmark=benchmark, before=0.9)
    assert verdict.accepted is accepted
    assert why in verdict.reason


def test_accuracy_of_nothing_is_whole() -> None:
    """An empty benchmark stops no candidate."""
    assert accuracy(Fixed("order"), []) == 1.0


def test_corrections_teach(few: list[Example], tmp_path: Path) -> None:
    """A model taught with corrections follows them on messages of that kind, where the old one did not."""
    names = ("rose", "tulip", "fern", "ivy", "moss", "lily")
    corrections = [correction(f"the {name} workshop on sunday, may i bring my brother", "invoice", "invoice_request") for name in names]
    teach, held_back = corrections[:4], corrections[4:]
    train.train_on(few, target=tmp_path / "current.npz")
    train.train_on([*few, *(taught(each) for each in teach)], target=tmp_path / "candidate.npz")
    verdict = compare(Model.load(tmp_path / "candidate.npz"), Model.load(tmp_path / "current.npz"), held_back, benchmark=1.0, before=1.0)
    assert verdict.accepted, verdict.reason
