"""Training: what enters the vocabulary, what weight does, and how long it may take."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.classifier.samples import example
from tests.effort import effort
from triage.classifier import artefact, train
from triage.classifier.corpus import Example
from triage.classifier.model import Model
from triage.classifier.text import levelled, tokens


def test_a_word_of_one_message_is_not_worth_knowing(few: list[Example], tmp_path: Path) -> None:
    """Though its message is taught in several forms, a word that only one of them has is left out; a word of two is in."""
    letters = [
        example("The zeppelin has not come. We wait for it since May. Please look into it.", "order", "delivery_lost", subject="Zeppelin"),
        example("A bathysphere was lost by the courier. It cannot be found. I am sad.", "order", "delivery_lost", subject="Lost"),
        example("Your driver lost my bathysphere in the sea. It was new. Please help.", "order", "delivery_lost", subject="Lost"),
    ]
    train.train_on([*few, *letters], target=tmp_path / "m.npz")
    stored, _ = artefact.load(tmp_path / "m.npz")
    assert "bathyspher" in {name[:10] for name in stored.vocabulary["words"]}
    assert "zeppelin" not in stored.vocabulary["words"]


def test_what_counts_more_decides(few: list[Example], tmp_path: Path) -> None:
    """The same sentence under two labels is answered as the heavier one says."""
    text = "the quokka situation is not resolved at all"
    light = [example(f"{text} {word}", "order", "order_cancel") for word in ("yet", "now", "sir")]
    heavy = [replace(each, category="invoice", issue="invoice_request", weight=9.0) for each in light]
    train.train_on([*few, *light, *heavy], target=tmp_path / "m.npz")
    assert Model.load(tmp_path / "m.npz").classify("", text).category == "invoice"


@pytest.mark.parametrize("pump", [" 5" * 32_000, "5 euros " * 8_000, "rs " * 20_000, "$ " * 32_000, " - " * 21_000, "5,.,.,. " * 8_000])
def test_numbers_and_units_take_no_longer_the_more_there_are(pump: str) -> None:
    """Whatever stands between spaces, a text of 64 KB becomes tokens in a moment."""
    assert effort(lambda: tokens(levelled(pump)), 0.05) < 0.05
