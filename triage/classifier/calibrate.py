"""How sure to say we are, and from where on to say so: chosen on messages that the judged model has not seen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.classifier.sealed import MeaningHeader

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]
Ints = NDArray[np.int64]

#: Of those answered, at least so many are to be right. Ordinary mail is easier: every message of the corpus was written to be
#: unlike the others, many to be mistaken, and each is judged by a model that was not taught its kind.
_RIGHT = 0.88
#: Of unwanted mail, at most so much may be taken for a customer's matter.
_LURED = 0.005
_TEMPERATURES = np.arange(0.40, 2.01, 0.05)
_DILUTIONS = np.arange(0.0, 0.41, 0.05)
#: Half of all messages have fewer known features; what lies above makes a message diluted.
_USUAL = 100
#: How loud words and meaning may speak beside each other, and up to which share of broken words meaning is heard.
_WORDS, _MEANING = (0.3, 0.4, 0.5, 0.6, 0.8, 1.0), (0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.2)
_BROKEN = (0.05, 0.1, 0.15, 0.2, 0.25, 0.35, 1.0)
_THRESHOLDS = np.arange(0.30, 0.96, 0.05)
_GUARDS = (0.5, 0.3, 0.2, 0.15, 0.1, 0.07, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """The figures that turn scores into an answer or an abstention."""

    temperature: float
    #: How much plainer the scores of long messages are made to speak.
    dilution: float
    threshold: float
    spam_guard: float


def softmax(scores: Floats) -> Floats:
    """Probabilities by row."""
    odds: Floats = np.exp(scores - scores.max(axis=1, keepdims=True))
    shares: Floats = odds / odds.sum(axis=1, keepdims=True)
    return shares


def sharpened(scores: Floats, features: Ints | int, dilution: float) -> Floats:
    """Scores as if all messages were of usual length: a vector of fixed length spread over more features says each more quietly."""
    plainer: Floats = scores * np.maximum(np.asarray(features) / _USUAL, 1.0)[..., None] ** dilution
    return plainer


def membership(classes: Sequence[str]) -> tuple[list[str], Floats]:
    """Categories, and a matrix that sums classes to categories."""
    owners = [name.partition("/")[0] for name in classes]
    categories = sorted(set(owners))
    return categories, np.array([[owner == category for category in categories] for owner in owners], dtype=np.float64)


def calibrate(scores: Floats, features: Ints, labels: Sequence[str], classes: Sequence[str], weights: Floats) -> Calibration:
    """The dilution and temperature that make the labels likeliest, then the lowest threshold and guard that keep the promises."""
    categories, members = membership(classes)
    truth = np.array([categories.index(label.partition("/")[0]) for label in labels])
    rows = np.arange(len(truth))

    def loss(setting: tuple[float, float]) -> float:
        dilution, temperature = setting
        likelihood = (softmax(sharpened(scores, features, dilution) / temperature) @ members)[rows, truth]
        return float(np.average(-np.log(np.maximum(likelihood, 1e-12)), weights=weights))

    # By turns, from middling temperatures on: every pair would take four times as long, and comes to the same.
    dilution = min(_DILUTIONS.tolist(), key=lambda each: min(loss((each, temperature)) for temperature in _TEMPERATURES[3:13:3]))
    temperature = min(_TEMPERATURES.tolist(), key=lambda each: loss((dilution, each)))
    dilution = min(_DILUTIONS.tolist(), key=lambda each: loss((each, temperature)))
    probabilities = softmax(sharpened(scores, features, dilution) / temperature)
    threshold, guard = _bars(probabilities, labels, classes, weights)
    return Calibration(temperature=round(temperature, 2), dilution=round(dilution, 2), threshold=threshold, spam_guard=guard)


def blend(
    words: Floats, meaning: Floats, broken: Floats, *, labels: Sequence[str], classes: Sequence[str], weights: Floats
) -> MeaningHeader | None:
    """The loudness of calibrated words and of meaning that makes the labels likeliest; None where words alone do."""
    categories, members = membership(classes)
    truth = np.array([categories.index(label.partition("/")[0]) for label in labels])

    def losses(scores: Floats) -> Floats:
        likelihood = (softmax(scores) @ members)[np.arange(len(truth)), truth]
        found: Floats = -np.log(np.maximum(likelihood, 1e-12)) * weights
        return found

    alone = losses(words)
    together = {(loud, soft): losses(loud * words + soft * meaning) for loud in _WORDS for soft in _MEANING}
    heard = {limit: broken <= limit for limit in _BROKEN}
    totals = {(*pair, limit): float(np.where(heard[limit], loss, alone).sum()) for pair, loss in together.items() for limit in _BROKEN}
    best = min(totals, key=totals.__getitem__)
    if totals[best] >= alone.sum():
        return None
    loud, soft, limit = best
    threshold, guard = _bars(softmax(np.where(heard[limit][:, None], loud * words + soft * meaning, words)), labels, classes, weights)
    return MeaningHeader(words=loud, meaning=soft, broken=limit, threshold=threshold, spam_guard=guard)


def _bars(probabilities: Floats, labels: Sequence[str], classes: Sequence[str], weights: Floats) -> tuple[float, float]:
    """The lowest threshold and the highest guard that keep the promises."""
    categories, members = membership(classes)
    truth = np.array([categories.index(label.partition("/")[0]) for label in labels])
    by_category = probabilities @ members
    right, confidence = by_category.argmax(axis=1) == truth, by_category.max(axis=1)
    threshold = next((float(bar) for bar in _THRESHOLDS if _share(right, confidence >= bar, weights) >= _RIGHT), float(_THRESHOLDS[-1]))
    matter = np.array([name != "other" for name in categories])[by_category.argmax(axis=1)]
    return round(threshold, 2), _guard(probabilities, matter & (confidence >= threshold), labels, classes)


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
