"""More than one matter in a message: the further ones are named with a confidence of their own, and single ones stay single."""

import re
from pathlib import Path

import pytest

from triage.classifier.features import document
from triage.classifier.model import Model

#: From this confidence on a further matter is taken for one.
SURE = 0.5


def several() -> list[tuple[set[str], str]]:
    """The two matters of each message, and the message."""
    lines = Path(__file__).with_name("several.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split(" | ", 1) for line in lines if not line.startswith("#")]
    return [(set(labels.split()), text) for labels, text in rows]


def named(model: Model, text: str) -> set[str]:
    """The matter of a message and those further ones that the model is sure of."""
    answer = model.classify("", text)
    further = {f"{matter.category}/{matter.issue}" for matter in answer.alternatives if matter.confidence >= SURE}
    return {f"{answer.category}/{answer.issue}", *further}


def test_both_matters_are_named(shipped: Model) -> None:
    """Of messages that ask for two things, the answer is nearly always one of the two, and mostly both are named surely."""
    found = [(matters, named(shipped, text)) for matters, text in several()]
    assert sum(bool(matters & said) for matters, said in found) >= 0.95 * len(found)
    assert sum(matters <= said for matters, said in found) >= 0.6 * len(found)


def test_each_half_alone_has_one_matter(shipped: Model) -> None:
    """A message of a single sentence names no further matter surely."""
    single = [re.split(r"[.?!] ", text)[0] for _, text in several()]
    assert sum(len(named(shipped, text)) > 1 for text in single) <= 0.05 * len(single)


def test_a_greeting_is_no_further_matter(shipped: Model) -> None:
    """Politeness around a request adds nothing."""
    text = "Good morning! I hope that you are well. My card is declined when I try to pay. Thank you so much for your great work!"
    assert named(shipped, text) == {"payment/payment_failed"}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", []),
        ("where is my order", []),
        ("where is my order? thanks.", ["where is my order ? . thanks ."]),
        ("hi. where is my order", ["hi .", "where is my order"]),
        ("where is my order today? and the invoice is wrong", ["where is my order today ? .", "and the invoice is wrong"]),
    ],
)
def test_a_message_falls_into_sentences(body: str, expected: list[str]) -> None:
    """Sentences stand by themselves, scraps with what precedes them, and a single one is none."""
    found = [" ".join(sentence.body) for sentence in document("", body).sentences()]
    assert found == (expected if len(expected) > 1 else [])
