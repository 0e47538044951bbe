"""How sure to say we are: chosen on scores of messages that the judged model has not seen."""

import numpy as np
import pytest

from triage.classifier.calibrate import Calibration, blend, calibrate, membership, sharpened, softmax
from triage.classifier.sealed import MeaningHeader

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


def blended(words: np.ndarray, meaning: np.ndarray, labels: list[str], broken: np.ndarray | None = None) -> MeaningHeader | None:
    """Blended over messages that count alike, all in a language that is known unless said otherwise."""
    share = np.zeros(len(labels)) if broken is None else broken
    return blend(words, meaning, share, labels=labels, classes=CLASSES, weights=np.ones(len(labels)))


LABELS = ["order/late", "other/other"] * 60


def test_meaning_that_knows_more_is_heard() -> None:
    """Where meaning is right and words are often wrong, both are heard, and meaning the louder."""
    found = blended(scored(LABELS, 2, 3), scored(LABELS, 2, 50), LABELS)
    assert found is not None
    assert found["meaning"] > found["words"]


@pytest.mark.parametrize(("share", "limit"), [(0.0, 0.05), (0.3, 0.35), (0.9, 1.0)])
def test_no_more_is_heard_than_was_proven(share: float, limit: float) -> None:
    """What no message showed is not assumed: the limit lies just above the share of broken words up to which meaning was right."""
    found = blended(scored(LABELS, 2, 3), scored(LABELS, 2, 50), LABELS, np.full(len(LABELS), share))
    assert found is not None
    assert found["broken"] == limit


def test_meaning_that_knows_less_is_heard_softly() -> None:
    """The worse of the two speaks more softly than the better one."""
    found = blended(scored(LABELS, 2, 20), scored(LABELS, 2, 4), LABELS)
    assert found is None or found["meaning"] < found["words"]


@pytest.mark.parametrize("says", [0.0, -100.0])
def test_meaning_that_knows_nothing_is_left_out(says: float) -> None:
    """One that says the same of everything only blurs words that are calibrated, and there is no blend."""
    labels, words = LABELS, scored(LABELS, 3, 1000)
    assert blended(words, np.full_like(words, says), labels) is None


def test_meaning_is_not_heard_where_words_are_broken() -> None:
    """It knows one language and guesses in the other: the limit lies between the two, wherever that is."""
    labels, foreign = LABELS, np.arange(len(LABELS)) % 4 > 1
    words, meaning = scored(labels, 2, 5), scored(labels, 4, 1000)
    meaning[foreign] = np.roll(meaning[foreign], 2, axis=1)
    found = blended(words, meaning, labels, np.where(foreign, 0.6, 0.12))
    assert found is not None
    assert 0.12 <= found["broken"] < 0.6


def test_the_bars_are_of_what_is_said_together() -> None:
    """Where both together are surer and right, the bar to answer lies no higher than that of words alone."""
    labels, words = LABELS, scored(LABELS, 1.5, 4)
    found = blended(words, scored(labels, 3, 1000), labels)
    assert found is not None
    assert found["threshold"] <= calibrated(words, labels).threshold


def test_messages_that_count_more_decide_on_the_blend() -> None:
    """Meaning that is right on the heavy messages is heard, and left out where it is right on the light ones only."""
    labels, good = LABELS, np.arange(len(LABELS)) < 60
    words, meaning = scored(labels, 3, 1000), scored(labels, 3, 1000)
    words[good], meaning[~good] = 0, np.roll(meaning[~good], 2, axis=1) * 3
    heavy = [
        blend(words, meaning, good * 0.0, labels=labels, classes=CLASSES, weights=np.where(good == side, 50.0, 0.02))
        for side in (True, False)
    ]
    assert heavy[0] is not None
    assert heavy[1] is None
