"""How sure to say we are, and from where on to say so: chosen on messages that the judged model has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

#: Of those answered, at least so many are to be right. Ordinary mail is easier: every message of the corpus was written to be
#: unlike the others, and each is judged by a model that was not taught its kind.
_RIGHT = 0.90
#: Of unwanted mail, at most so much may be taken for a customer's matter.
_LURED = 0.005
_TEMPERATURES = np.arange(0.40, 2.01, 0.05)
_THRESHOLDS = np.arange(0.30, 0.96, 0.05)
_GUARDS = (0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The figures that turn scores into an answer or an abstention."""

    temperature: float
    threshold: float
    spam_guard: float


def softmax(scores: Floats) -> Floats:
    """Probabilities by row."""
    odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def membership(classes: Sequence[str]) -> tuple[list[str], Floats]:
    """Categories, and a matrix that sums classes to categories."""
    owners = [name.partition("/")[0] for name in classes]
    categories = sorted(set(owners))
    return categories, np.array([[owner == category for category in categories] for owner in owners], dtype=np.float64)


def calibrate(scores: Floats, labels: Sequence[str], classes: Sequence[str], weights: Floats) -> Calibration:
    """The temperature under which the labels are likeliest, then the lowest threshold and guard that keep the promises."""
    categories, members = membership(classes)
    truth = np.array([categories.index(label.partition("/")[0]) for label in labels])
    rows = np.arange(len(truth))

    def loss(temperature: float) -> float:
        likelihood = (softmax(scores / temperature) @ members)[rows, truth]
        return float(np.average(-np.log(np.maximum(likelihood, 1e-12)), weights=weights))

    temperature = float(min(_TEMPERATURES, key=loss))
    probabilities = softmax(scores / temperature)
    by_category = probabilities @ members
    right, confidence = by_category.argmax(axis=1) == truth, by_category.max(axis=1)
    threshold = next((float(bar) for bar in _THRESHOLDS if _share(right, confidence >= bar, weights) >= _RIGHT), float(_THRESHOLDS[-1]))
    matter = np.array([name != "other" for name in categories])[by_category.argmax(axis=1)]
    guard = _guard(probabilities, matter & (confidence >= threshold), labels, classes)
    return Calibration(temperature=round(temperature, 2), threshold=round(threshold, 2), spam_guard=guard)


def _share(right: Truths, answered: Truths, weights: Floats) -> float:
    return float(np.average(right[answered], weights=weights[answered])) if answered.any() else 1.0


def _guard(probabilities: Floats, taken: Truths, labels: Sequence[str], classes: Sequence[str]) -> float:
    """The highest probability of spam at which unwanted mail still passes rarely enough."""
    if "other/spam" not in classes:
        return 1.0
    spam = np.array([label == "other/spam" for label in labels])
    suspicion = probabilities[:, list(classes).index("other/spam")]
    passing = taken & spam
    return next((guard for guard in _GUARDS if (passing & (suspicion < guard)).sum() <= _LURED * spam.sum()), _GUARDS[-1])
