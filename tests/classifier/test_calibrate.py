"""How sure to say we are: chosen on scores of messages that the judged model has not seen."""

import numpy as np
import pytest

from triage.classifier.calibrate import Calibration, calibrate, membership, sharpened, softmax

CLASSES = ["order/late", "order/lost", "other/other", "other/spam"]


def scored(labels: list[str], sharpness: float, wrong_every: int) -> np.ndarray:
    """Scores that favour the label, except for every so many."""
    scores = np.zeros((len(labels), len(CLASSES)))
    for row, label in enumerate(labels):
        column = CLASSES.index(label)
        scores[row, (column + 2) % 4 if row % wrong_every == wrong_every - 1 else column] = sharpness
    return scores


def calibrated(scores: np.ndarray, labels: list[str], classes: list[str] = CLASSES, features: int = 40) -> Calibration:
    """Calibrated on messages of one length that count alike."""
    return calibrate(scores, np.full(len(labels), features), labels, classes, np.ones(len(labels)))


def test_softmax_makes_probabilities() -> None:
    """Rows add up to one, and large scores do not overflow."""
    probabilities = softmax(np.array([[1000.0, 1000.0, 0.0], [0.0, 0.0, 0.0]]))
    assert probabilities.sum(axis=1) == pytest.approx([1, 1])
    assert probabilities[0] == pytest.approx([0.5, 0.5, 0])


def test_classes_belong_to_categories() -> None:
    """The matrix sums the classes of each category."""
    categories, members = membership(CLASSES)
    assert categories == ["order", "other"]
    assert (np.array([0.1, 0.2, 0.3, 0.4]) @ members).tolist() == pytest.approx([0.3, 0.7])


def test_an_overconfident_model_is_cooled() -> None:
    """Sharp scores that are often wrong get a higher temperature than those that are seldom wrong."""
    labels = ["order/late", "order/lost", "other/other"] * 40
    often = calibrated(scored(labels, 4, 3), labels)
    seldom = calibrated(scored(labels, 4, 40), labels)
    assert often.temperature > seldom.temperature


def test_a_model_that_is_often_wrong_abstains_more() -> None:
    """The bar lies where those above it are right often enough."""
    labels = ["order/late", "order/lost", "other/other"] * 40
    often = calibrated(scored(labels, 4, 3), labels)
    seldom = calibrated(scored(labels, 4, 40), labels)
    assert often.threshold > seldom.threshold


def test_spam_that_passes_lowers_the_guard() -> None:
    """When spam is taken for a matter, less suspicion is enough to leave it to a person."""
    labels = ["other/spam", "order/late"] * 60
    scores = scored(labels, 6, 1000)
    safe = calibrated(scores, labels)
    # Some spam now looks like an order, with a trace of suspicion left.
    scores[:120:40] = [6.0, 0.0, 0.0, 4.5]
    lured = calibrated(scores, labels)
    assert lured.spam_guard < safe.spam_guard


def test_without_spam_there_is_no_guard() -> None:
    """A taxonomy without spam is never suspicious."""
    classes = ["order/late", "invoice/missing", "other/other"]
    labels = classes * 10
    scores = np.eye(3)[[classes.index(label) for label in labels]] * 5
    assert calibrated(scores, labels, classes).spam_guard == 1.0


def test_hopeless_scores_give_the_highest_bar() -> None:
    """Where no bar keeps the promise, the highest is taken."""
    labels = ["order/late"] * 30 + ["other/other"] * 30
    scores = np.tile([9.0, 0, 0, 0], (60, 1))
    assert calibrated(scores, labels).threshold == pytest.approx(0.95)


def test_long_messages_speak_more_plainly() -> None:
    """The scores of a message of four times the usual length grow, those of usual and shorter ones stay as they are."""
    scores = np.ones((3, 2))
    assert sharpened(scores, np.array([400, 100, 3]), 0.5).tolist() == [[2, 2], [1, 1], [1, 1]]
    assert sharpened(scores[0], 400, 0.5).tolist() == [2, 2]
    assert sharpened(scores, np.array([400, 100, 3]), 0.0).tolist() == scores.tolist()


@pytest.mark.parametrize(("sharpness_of_long", "diluted"), [(1.5, True), (3.0, False)])
def test_dilution_is_what_the_messages_show(sharpness_of_long: float, diluted: bool) -> None:
    """Where long messages are right as often as short ones though their scores are lower, the scores are raised; else they are not."""
    labels = ["order/late", "other/other"] * 60
    scores = np.vstack([scored(labels, 3.0, 12), scored(labels, sharpness_of_long, 12)])
    features = np.repeat([50, 1600], len(labels))
    assert (calibrate(scores, features, labels * 2, CLASSES, np.ones(2 * len(labels))).dilution > 0.1) is diluted
