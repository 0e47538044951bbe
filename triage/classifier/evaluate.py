"""How good a model is on labelled messages, as figures."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from triage.classifier.corpus import Example
from triage.reading import Classification, Matter

#: Width of the confidence bins for the expected calibration error.
_BINS = 10


class Judge(Protocol):
    """Whatever classifies."""

    def classify_many(self, messages: Sequence[tuple[str, str]]) -> list[Classification]:
        """One classification per (subject, body)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A message beside what was said of it."""

    example: Example
    answer: Classification

    @property
    def right(self) -> bool:
        """The category is the labelled one."""
        return self.answer.category == self.example.category

    @property
    def acceptable(self) -> bool:
        """The category is one of those that would be right."""
        return self.right or self.answer.category in self.example.also

    @property
    def top_three(self) -> bool:
        """The labelled issue is among the three likeliest."""
        first = Matter(category=self.answer.category, issue=self.answer.issue, confidence=self.answer.confidence)
        named = [f"{matter.category}/{matter.issue}" for matter in (first, *self.answer.alternatives)[:3]]
        return self.example.label in named


def judge(model: Judge, examples: Sequence[Example]) -> tuple[list[Judged], float]:
    """Every message with its answer, and messages per second."""
    start = time.perf_counter()
    answers = model.classify_many([(example.subject, example.body) for example in examples])
    elapsed = time.perf_counter() - start
    judged = [Judged(example=example, answer=answer) for example, answer in zip(examples, answers, strict=True)]
    return judged, len(examples) / max(elapsed, 1e-9)


def evaluate(model: Judge, examples: Sequence[Example]) -> dict[str, object]:
    """Figures of a model on these messages: the contract of `triage evaluate --json`."""
    judged, speed = judge(model, examples)
    return {**figures(judged), "messages_per_second": round(speed, 1)}


def figures(judged: Sequence[Judged]) -> dict[str, object]:
    """The figures, as far as they do not depend on the clock."""
    issues = [each for each in judged if each.example.issue]
    per_category = scores([(each.example.category, each.answer.category) for each in judged])
    per_issue = scores([(each.example.label, f"{each.answer.category}/{each.answer.issue}") for each in issues])
    answered = [each for each in judged if not each.answer.abstained]
    unwanted = [each for each in judged if each.example.issue == "spam"]
    lured = [each for each in unwanted if not each.answer.abstained and each.answer.category != "other"]
    return {
        "n": len(judged),
        "accuracy": _share(judged, lambda each: each.right),
        "lenient_accuracy": _share(judged, lambda each: each.acceptable),
        "macro_f1": _mean([row["f1"] for row in per_category.values()]),
        "abstain_rate": _share(judged, lambda each: each.answer.abstained),
        "selective": {
            "coverage": round(len(answered) / len(judged), 4) if judged else 0.0,
            "accuracy": _share(answered, lambda each: each.right),
            "accuracy_at_80": surest(judged, 0.8),
            "accuracy_at_90": surest(judged, 0.9),
        },
        "ece": calibration_error(judged),
        "issue_macro_f1": _mean([row["f1"] for row in per_issue.values()]),
        "issue_top_3": _share(issues, lambda each: each.top_three),
        "spam_taken_for_inquiry": round(len(lured) / len(unwanted), 4) if unwanted else 0.0,
        "per_category": per_category,
        "per_issue": per_issue,
    }


def scores(pairs: Sequence[tuple[str, str]]) -> dict[str, dict[str, float]]:
    """Precision, recall, F1 and number by label that occurs, from (true, said)."""
    table: dict[str, dict[str, float]] = {}
    for label in sorted({truth for truth, _ in pairs}):
        hits = sum(truth == said == label for truth, said in pairs)
        said_so = sum(said == label for _, said in pairs)
        there = sum(truth == label for truth, _ in pairs)
        precision, recall = hits / said_so if said_so else 0.0, hits / there
        f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
        table[label] = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4), "n": there}
    return table


def surest(judged: Sequence[Judged], coverage: float) -> float:
    """Share of right answers among that share of messages it is surest of."""
    ordered = sorted(judged, key=lambda each: -each.answer.confidence)
    return _share(ordered[: max(1, int(len(ordered) * coverage))], lambda each: each.right)


def calibration_error(judged: Sequence[Judged]) -> float:
    """Expected calibration error: how far confidence and accuracy lie apart, over ten bins."""
    bins: dict[int, list[Judged]] = {}
    for each in judged:
        bins.setdefault(min(int(each.answer.confidence * _BINS), _BINS - 1), []).append(each)
    gaps = (abs(sum(each.answer.confidence - each.right for each in members)) for members in bins.values())
    return round(sum(gaps) / len(judged), 4) if judged else 0.0


def _share(judged: Sequence[Judged], test: Callable[[Judged], bool]) -> float:
    return round(sum(map(test, judged)) / len(judged), 4) if judged else 0.0


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
