"""The figures of `triage evaluate` are what they say."""

from collections.abc import Sequence

import pytest

from tests.classifier.samples import example
from triage.classifier.corpus import Example
from triage.classifier.evaluate import Judged, calibration_error, evaluate, figures, scores, surest
from triage.reading import Classification, Matter


class Table:
    """Answers from a table: body → (category, issue, confidence)."""

    def __init__(self, answers: dict[str, tuple[str, str, float]]) -> None:
        self.answers = answers

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[Classification]:
        """What the table says; below one half it abstains."""
        return [answer(*self.answers[body]) for _, body in messages]


def answer(category: str, issue: str, confidence: float, *alternatives: tuple[str, str]) -> Classification:
    """A classification."""
    others = tuple(Matter(category=name, issue=other, confidence=0.1) for name, other in alternatives)
    return Classification(category=category, issue=issue, confidence=confidence, abstained=confidence < 0.5, alternatives=others)


def judged(truth: Example, said: Classification) -> Judged:
    """A message beside its answer."""
    return Judged(example=truth, answer=said)


def test_the_contract_is_kept() -> None:
    """Every key of the contract is there, with the right figures."""
    table = Table({"a": ("order", "late", 0.9), "b": ("order", "late", 0.8), "c": ("other", "spam", 0.4), "d": ("invoice", "tax", 0.9)})
    examples = [
        example("a", "order", "late"),
        example("b", "order", "lost"),
        example("c", "other"),
        example("d", "order", "late", also=("invoice",)),
    ]
    found = evaluate(table, examples)
    assert found["n"] == 4
    assert found["accuracy"] == 0.75
    assert found["lenient_accuracy"] == 1.0
    assert found["abstain_rate"] == 0.25
    assert found["selective"] == {
        "coverage": 0.75,
        "accuracy": pytest.approx(0.6667),
        "accuracy_at_80": pytest.approx(0.6667),
        "accuracy_at_90": pytest.approx(0.6667),
    }
    assert found["per_category"]["order"] == {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "n": 3}
    assert found["macro_f1"] == 0.9
    assert set(found["per_issue"]) == {"order/late", "order/lost"}
    assert found["messages_per_second"] > 0
    assert 0 <= found["ece"] <= 1


def test_an_empty_file_has_figures_too() -> None:
    """Nothing to judge is no error."""
    found = evaluate(Table({}), [])
    assert found["n"] == 0
    assert found["accuracy"] == found["macro_f1"] == found["ece"] == 0.0


def test_f1_goes_by_the_labels_that_occur() -> None:
    """A label nobody has does not pull the mean down, but what is taken for it counts as missed."""
    table = scores([("order", "order"), ("order", "receipt")])
    assert set(table) == {"order"}
    assert table["order"]["recall"] == 0.5


def test_a_label_never_hit_has_no_f1() -> None:
    """Nothing is divided by nothing."""
    assert scores([("order", "other")])["order"] == {"precision": 0.0, "recall": 0.0, "f1": 0.0, "n": 1}


def test_the_surest_are_judged_first() -> None:
    """At 50 % coverage only the more confident half counts."""
    rows = [judged(example("x", "order"), answer("order", "", 0.9)), judged(example("y", "order"), answer("other", "", 0.3))]
    assert surest(rows, 0.5) == 1.0
    assert surest(rows, 1.0) == 0.5


def test_calibration_error_is_the_gap() -> None:
    """Sure at 80 % and right in 8 of 10 is no error; right in none of them is one of 0.8."""
    right = [judged(example("x", "order"), answer("order", "", 0.8))] * 8
    wrong = [judged(example("x", "other"), answer("order", "", 0.8))] * 2
    assert calibration_error(right + wrong) == pytest.approx(0.0, abs=1e-6)
    assert calibration_error(wrong) == pytest.approx(0.8)
    assert calibration_error([judged(example("x", "order"), answer("order", "", 1.0))]) == 0.0


@pytest.mark.parametrize(
    ("alternatives", "expected"),
    [
        ([("order", "lost")], 1.0),
        ([("other", "spam"), ("order", "lost")], 1.0),
        ([("other", "spam"), ("other", "x"), ("order", "lost")], 0.0),
    ],
)
def test_top_three_counts_the_answer_and_two_more(alternatives: list[tuple[str, str]], expected: float) -> None:
    """The labelled issue must be among the three likeliest."""
    rows = [judged(example("x", "order", "lost"), answer("order", "late", 0.9, *alternatives))]
    assert figures(rows)["issue_top_3"] == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [(("order", "late", 0.9), 1.0), (("order", "late", 0.4), 0.0), (("other", "spam", 0.9), 0.0), (("other", "other", 0.9), 0.0)],
)
def test_spam_taken_for_an_inquiry_counts_only_when_sure(said: tuple[str, str, float], expected: float) -> None:
    """Abstaining on spam is right; only a sure wrong answer is counted."""
    assert figures([judged(example("x", "other", "spam"), answer(*said))])["spam_taken_for_inquiry"] == expected
