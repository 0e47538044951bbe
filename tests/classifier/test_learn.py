"""A person's correction answers the same message at once, and teaches a candidate that must prove itself."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.classifier.samples import example
from triage.classifier import train
from triage.classifier.corpus import Example
from triage.classifier.learn import Correction, Memory, accuracy, adopt, compare, roll_back, settled, split
from triage.classifier.model import Model
from triage.reading import Classification

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "Hello, please change the colour of the garden bench I reserved last week. Regards, Ann"
ANSWER = Classification(category="other", issue="presales", confidence=0.6, abstained=True, reasons=("“colour” points to other/presales",))


def correction(body: str = TEXT, category: str = "order", issue: str = "order_change", minutes: int = 0) -> Correction:
    """A correction by an agent."""
    return Correction(
        subject="", body=body, category=category, issue=issue, author="ann@shop.example", at=NOON + timedelta(minutes=minutes)
    )


SAME = [
    TEXT,
    TEXT.upper(),
    TEXT + "!!",
    "Hello, please change the colour of the garden bench I reserved last week.\nRegards, Bob",
    "Hello please change the color of the garden benches I reserved last week. Regards Ann",
]


@pytest.mark.parametrize("body", SAME)
def test_one_correction_answers_near_identical_messages(body: str) -> None:
    """The next message of that kind gets the person's answer, with the person named."""
    answer = Memory([correction()]).apply("", body, ANSWER)
    assert (answer.category, answer.issue, answer.confidence, answer.abstained) == ("order", "order_change", 1.0, False)
    assert "ann@shop.example" in answer.reasons[0]
    assert answer.reasons[1:] == ANSWER.reasons


@pytest.mark.parametrize(
    "body", ["", "thanks", "Where is my garden bench?", "Please cancel the garden bench I reserved, I am moving abroad and do not need one"]
)
def test_other_messages_are_left_alone(body: str) -> None:
    """A correction does not spread to what merely shares some words."""
    assert Memory([correction(), correction(body="thanks", category="order")]).apply("", body, ANSWER) == ANSWER


def test_numbers_do_not_matter() -> None:
    """The same words about another order are the same message."""
    first, second = correction("my order 12345 arrived without the lid again"), correction("my order 77777 arrived without the lid again")
    assert first.fingerprint == second.fingerprint


@pytest.mark.parametrize(("category", "issue"), [("other", "presales"), ("order", "")])
def test_a_category_alone_keeps_the_issue_where_it_fits(category: str, issue: str) -> None:
    """Moving a message to a folder says nothing of the issue: kept when of that category, else left open."""
    assert Memory([correction(category=category, issue="")]).apply("", TEXT, ANSWER).issue == issue


def test_the_latest_word_counts() -> None:
    """Who corrects a correction wins, whatever the order they come in."""
    later, earlier = correction(category="invoice", minutes=5), correction(category="dispute")
    assert [each.category for each in settled([later, earlier])] == ["invoice"]
    found = Memory([later, earlier]).find("", TEXT)
    assert found is not None
    assert found.category == "invoice"


def test_without_corrections_nothing_changes() -> None:
    """An empty memory answers nothing."""
    assert Memory([]).apply("", TEXT, ANSWER) == ANSWER


def test_the_most_alike_correction_counts() -> None:
    """Of two that are near, the nearer."""
    near = correction(TEXT.replace("Ann", "Bob"), category="invoice")
    found = Memory([near, correction(category="dispute")]).find("", TEXT)
    assert found is not None
    assert found.category == "dispute"


def test_corrections_keep_their_side() -> None:
    """About a fifth is held back, and a message that was taught never judges later."""
    many = [correction(f"message about thing {chr(97 + number % 26) * 4} and {chr(97 + number // 26) * 5} please") for number in range(200)]
    teach, held_back = split(many)
    assert len(teach) + len(held_back) == 200
    assert 20 <= len(held_back) <= 60
    again, _ = split(many[:100])
    assert set(again) <= set(teach)


def test_a_correction_counts_more_than_a_message_of_the_corpus() -> None:
    """The user's own mail weighs more."""
    assert correction().example().weight > example("x", "order").weight
    assert correction().example().label == "order/order_change"


class Fixed:
    """Always says the same."""

    def __init__(self, *categories: str) -> None:
        self.categories = categories

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[Classification]:
        """One answer after the other, from the beginning again when they run out."""
        return [
            Classification(category=self.categories[row % len(self.categories)], issue="", confidence=1.0) for row, _ in enumerate(messages)
        ]


BENCHMARK = [example("x", "other")] * 10


@pytest.mark.parametrize(
    ("candidate", "current", "held_back", "accepted", "why"),
    [
        (Fixed("order"), Fixed("other"), [], False, "no correction is held back"),
        (Fixed("other"), Fixed("other"), [correction()], False, "not better"),
        (Fixed("order"), Fixed("other"), [correction()], False, "worse on the benchmark"),
        (Fixed("order"), Fixed("invoice"), [correction()], True, "0.000 to 1.000"),
    ],
)
def test_a_candidate_must_prove_itself(candidate: Fixed, current: Fixed, held_back: list[Correction], accepted: bool, why: str) -> None:
    """Better on held-back corrections and not worse on the benchmark, or it stays out; the verdict says why."""
    verdict = compare(candidate, current, held_back, BENCHMARK)
    assert verdict.accepted is accepted
    assert why in verdict.reason


def test_accuracy_of_nothing_is_whole() -> None:
    """An empty benchmark stops no candidate."""
    assert accuracy(Fixed("order"), []) == 1.0


def test_the_old_model_is_kept_and_comes_back(tmp_path: Path) -> None:
    """Adopting keeps the old file; rolling back restores it once."""
    current, candidate = tmp_path / "triage.npz", tmp_path / "candidate.npz"
    current.write_text("old")
    candidate.write_text("new")
    kept = adopt(candidate, current)
    assert (current.read_text(), kept.read_text(), candidate.exists()) == ("new", "old", False)
    assert roll_back(current)
    assert current.read_text() == "old"
    assert not roll_back(current)


def test_a_first_model_replaces_none(tmp_path: Path) -> None:
    """Where there was no model, the candidate becomes the first."""
    candidate = tmp_path / "candidate.npz"
    candidate.write_text("new")
    kept = adopt(candidate, tmp_path / "triage.npz")
    assert not kept.exists()
    assert (tmp_path / "triage.npz").read_text() == "new"


def test_corrections_teach(few: list[Example], tmp_path: Path) -> None:
    """A model taught with corrections follows them on messages of that kind, where the old one did not."""
    names = ("rose", "tulip", "fern", "ivy", "moss", "lily")
    corrections = [correction(f"the {name} workshop on sunday, may i bring my brother", "invoice", "invoice_request") for name in names]
    teach, held_back = corrections[:4], corrections[4:]
    train.train_on(few, target=tmp_path / "current.npz")
    train.train_on([*few, *(each.example() for each in teach)], target=tmp_path / "candidate.npz")
    verdict = compare(Model.load(tmp_path / "candidate.npz"), Model.load(tmp_path / "current.npz"), held_back, [])
    assert verdict.accepted, verdict.reason
