"""A model that was taught with a sentence model: what it knows more, and that without that it is the model it was."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.classifier.samples import example
from tests.classifier.tiny import BILL, CANCEL, LOST, SENSES, messages, sentence_model
from triage.classifier import artefact, train
from triage.classifier.corpus import Example
from triage.classifier.model import Model
from triage.classifier.sentences import Sentence, SentenceModel
from triage.errors import ModelError


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence model that knows what a few words have in common."""
    return sentence_model(tmp_path_factory.mktemp("sentences"), SENSES)


@pytest.fixture(scope="module")
def hearing(folder: Path) -> SentenceModel:
    """That sentence model."""
    return SentenceModel(folder)


@pytest.fixture(scope="module")
def taught() -> list[Example]:
    """Messages in words of which only half are taught."""
    return messages()


@pytest.fixture(scope="module")
def both(taught: list[Example], hearing: SentenceModel, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What the messages teach by words alone, and with the sentence model."""
    root = tmp_path_factory.mktemp("models")
    train.train_on(taught, target=root / "alone.npz")
    train.train_on(taught, target=root / "with.npz", sentences=hearing)
    return root / "alone.npz", root / "with.npz"


@pytest.mark.parametrize(
    ("text", "label"),
    [(f"{word} it", f"{category}/{issue}") for (_, word), category, issue in (
        (CANCEL, "order", "order_cancel"), (LOST, "order", "delivery_lost"), (BILL, "invoice", "invoice_request"))],
)  # fmt: skip
def test_a_word_that_was_never_taught_is_understood(both: tuple[Path, Path], hearing: SentenceModel, text: str, label: str) -> None:
    """The meaning is known where the word is not, and the answer is the surer for it."""
    said = Model.load(both[1], hearing).classify("", text)
    deaf = Model.load(both[1]).classify("", text)
    assert f"{said.category}/{said.issue}" == label
    assert said.scores[said.category] > deaf.scores[said.category]


def test_without_the_sentence_model_it_is_the_model_it_was(both: tuple[Path, Path]) -> None:
    """The same file answers by words alone exactly as one that was taught without: nothing of the words has changed."""
    alone, deaf = Model.load(both[0]), Model.load(both[1])
    for text in ("scrub it", "please cancel my lamp", "wo bleibt mein paket", ""):
        first, second = alone.classify("", text), deaf.classify("", text)
        assert replace(first, model_version="") == replace(second, model_version="")
    assert alone.version != deaf.version


def test_another_sentence_model_is_not_asked(both: tuple[Path, Path], tmp_path: Path) -> None:
    """Vectors of another model mean nothing to the weights: words alone decide, and the model says so."""
    other = SentenceModel(sentence_model(tmp_path, {word: 7 - sense for word, sense in SENSES.items()}))
    model = Model.load(both[1], other)
    assert model.sentences is None
    assert model.classify("", "scrub it") == Model.load(both[1]).classify("", "scrub it")


def test_one_that_was_taught_without_asks_nobody(both: tuple[Path, Path], hearing: SentenceModel) -> None:
    """A sentence model beside a model that never heard it changes no answer."""
    model = Model.load(both[0], hearing)
    assert model.sentences is None
    assert model.classify("", "scrub it") == Model.load(both[0]).classify("", "scrub it")


def test_a_foreign_language_is_left_to_the_words(both: tuple[Path, Path], hearing: SentenceModel) -> None:
    """What falls to pieces is answered as without."""
    text = "bitte cancel mein paket sofort zurueckschicken"
    assert hearing.encode("", text).broken > Model.load(both[1]).header["meaning"]["broken"]
    assert Model.load(both[1], hearing).classify("", text) == Model.load(both[1]).classify("", text)


class Fails:
    """A sentence model that has stopped working."""

    def __init__(self, model: SentenceModel) -> None:
        self.likeness = model.likeness

    def encode(self, subject: str, body: str) -> Sentence:
        """Fail."""
        raise ModelError(f"the sentence model fails: out of memory at {subject}{body}")


def test_one_that_fails_leaves_the_words(both: tuple[Path, Path], hearing: SentenceModel) -> None:
    """A message on which the sentence model fails is answered by its words, as if there were none."""
    model = Model.load(both[1], Fails(hearing))
    assert model.sentences is not None
    assert model.classify("", "please cancel my lamp") == Model.load(both[1]).classify("", "please cancel my lamp")


def test_an_answer_for_no_word_has_its_reason(both: tuple[Path, Path], hearing: SentenceModel) -> None:
    """Where no word that was taught speaks for the answer, the reason says that the whole does; without it there is none."""
    said = Model.load(both[1], hearing).classify("", "chit")
    assert said.category == "invoice"
    assert said.reasons == ("the message as a whole points to invoice/invoice_request",)
    assert Model.load(both[1], hearing).classify("", "invoice for the lamp").reasons[0].startswith("“invoice”")


def test_what_helps_nobody_is_left_out(taught: list[Example], tmp_path: Path) -> None:
    """A sentence model to which all messages mean the same adds no weights: the model is the one without, to the byte."""
    blind = SentenceModel(sentence_model(tmp_path / "blind", {}))
    versions = {
        train.train_on(taught, target=tmp_path / "alone.npz"),
        train.train_on(taught, target=tmp_path / "with.npz", sentences=blind),
    }
    assert len(versions) == 1
    assert (tmp_path / "alone.npz").read_bytes() == (tmp_path / "with.npz").read_bytes()


def test_too_few_messages_to_judge_by(tmp_path: Path, hearing: SentenceModel) -> None:
    """Where no message can be held out, nobody knows how loud meaning may speak, and it stays silent."""
    three = [example("cancel", "order", "order_cancel"), example("invoice", "invoice", "invoice_request"), example("spam", "other", "spam")]
    one_file = [replace(each, source="brief", body=f"{each.body} {word}") for each in three for word in ("it", "them")]
    train.train_on(one_file, target=tmp_path / "m.npz", sentences=hearing)
    assert "meaning" not in Model.load(tmp_path / "m.npz").header


def test_it_is_written_as_it_is_read(both: tuple[Path, Path], tmp_path: Path) -> None:
    """Saved again, the file is the same version; its card says how loud meaning speaks, and its weights are small."""
    stored, version = artefact.load(both[1])
    assert artefact.save(stored, tmp_path / "again.npz") == version
    assert stored.meaning is not None
    assert stored.meaning.weights.shape == (8, len(stored.header["classes"]))
    assert '"meaning": {' in both[1].with_suffix(".json").read_text()
    assert '"meaning"' not in both[0].with_suffix(".json").read_text()


@pytest.mark.parametrize("missing", ["words", "meaning", "broken", "threshold", "spam_guard"])
def test_a_header_that_lacks_something_is_refused(both: tuple[Path, Path], hearing: SentenceModel, tmp_path: Path, missing: str) -> None:
    """A file whose second set of weights does not say how loud it is, is made by another version."""
    stored, _ = artefact.load(both[1])
    del stored.header["meaning"][missing]
    artefact.save(stored, tmp_path / "m.npz")
    with pytest.raises(ModelError, match="made by another version"):
        Model.load(tmp_path / "m.npz", hearing)


def test_weights_that_are_not_there_are_missed(both: tuple[Path, Path], tmp_path: Path) -> None:
    """A header that speaks of meaning without the weights is refused when it is loaded, not when it is asked."""
    stored, _ = artefact.load(both[1])
    artefact.save(replace(stored, meaning=None), tmp_path / "m.npz")
    with pytest.raises(ModelError, match="made by another version"):
        Model.load(tmp_path / "m.npz")


def test_every_answer_is_consistent(both: tuple[Path, Path], hearing: SentenceModel) -> None:
    """Scores add up, the category is the likeliest, and alternatives leave out the answer."""
    model = Model.load(both[1], hearing)
    for text in ("please scrub my lamp", "chit", "", "cancel and invoice", "mislaid. chit for the sofa please."):
        answer = model.classify("", text)
        assert sum(answer.scores.values()) == pytest.approx(1, abs=1e-3)
        assert answer.scores[answer.category] == max(answer.scores.values()) == answer.confidence
        assert (answer.category, answer.issue) not in [(matter.category, matter.issue) for matter in answer.alternatives]
    assert np.isfinite(model.classify("", "chit").confidence)
