"""A sentence model: what it says of a text, what it is known by, and how each thing that may be wrong with its folder is told."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers

from tests.classifier.tiny import DIMENSIONS, sentence_model
from triage.classifier import folder as place
from triage.classifier.sentences import Remembered, SentenceModel, usable
from triage.errors import ModelError

SENSES = {"parcel": 1, "box": 1, "money": 2, "where": 3, "is": 4, "my": 4, "order": 1, "regards": 6}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a sentence model."""
    return sentence_model(tmp_path / "sentences", SENSES)


def test_words_of_one_sense_are_one_vector(folder: Path) -> None:
    """The same meaning in other words is the same vector, of length one; another meaning is another."""
    model = SentenceModel(folder)
    parcel, box, money = (model.encode("", text).vector for text in ("my parcel", "my box", "my money"))
    assert parcel.shape == (DIMENSIONS,)
    assert np.linalg.norm(parcel) == pytest.approx(1)
    assert parcel == pytest.approx(box)
    assert parcel @ money < 0.9


def test_the_subject_is_heard(folder: Path) -> None:
    """A word counts the same wherever it stands."""
    model = SentenceModel(folder)
    assert model.encode("money", "my parcel").vector == pytest.approx(model.encode("", "money my parcel").vector)


def test_filling_is_not_heard(folder: Path) -> None:
    """Though the tokenizer was published filling everything up to 32 pieces, a word weighs the same alone as often repeated."""
    model = SentenceModel(folder)
    once, often = model.encode("", "money").vector, model.encode("", "money " * 100).vector
    assert once[2] > 0.99
    assert often[2] > once[2]


def test_a_long_text_is_heard_from_its_beginning(folder: Path) -> None:
    """After 254 words nothing is listened to, and before it everything."""
    model = SentenceModel(folder)
    assert model.encode("", "my " * 254 + "money " * 200).vector[2] < 0.02
    assert model.encode("", "my " * 200 + "money " * 50).vector[2] > 0.1


@pytest.mark.parametrize(
    "more",
    ["\n-- \nmoney money money", "\nregards\nmoney", "\nOn 2 March 2026 at 10:00, SayPro wrote:\n> money money", "\n> money money money"],
    ids=["signature", "farewell", "history", "quoted"],
)
def test_history_and_signature_are_left_aside(folder: Path, more: str) -> None:
    """Only what the person says now is heard."""
    model = SentenceModel(folder)
    assert model.encode("", f"where is my parcel{more}").vector == pytest.approx(model.encode("", "where is my parcel").vector)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("where is my order", 0, 0),
        ("WHERE IS MY ÖRDER", 0, 0),
        ("where is my ordre", 0.4, 0.6),
        ("wo bleibt mein paket", 0.7, 0.85),
        ("", 0, 0),
        ("12345 !!! 99", 0, 0),
    ],
)
def test_a_language_it_does_not_know_falls_to_pieces(folder: Path, text: str, least: float, most: float) -> None:
    """The share of pieces that continue a word is nothing for known words, and high for foreign ones; numbers do not count."""
    assert least <= SentenceModel(folder).encode("", text).broken <= most


@pytest.mark.parametrize("text", ["", " ", "\x00", "\ud800", "🙂" * 5_000, "a" * 100_000, "\u202eevil", "> quoted only"])
def test_any_text_has_a_meaning(folder: Path, text: str) -> None:
    """Whatever is written, there is a finite vector and a share."""
    said = SentenceModel(folder).encode(text, text)
    assert np.isfinite(said.vector).all()
    assert 0 <= said.broken < 1


def test_two_models_are_told_apart(tmp_path: Path, folder: Path) -> None:
    """The same model in another file is known again, one with other vectors is not."""
    model, other = SentenceModel(folder), sentence_model(tmp_path / "other", {word: 7 - sense for word, sense in SENSES.items()})
    again = sentence_model(tmp_path / "again", SENSES, loud=2.02)
    assert (again / "model.onnx").read_bytes() != (folder / "model.onnx").read_bytes()
    assert model.likeness @ SentenceModel(again).likeness > 0.999
    assert model.likeness @ SentenceModel(other).likeness < 0.8


def test_a_model_that_wants_to_be_told_less(tmp_path: Path) -> None:
    """Some networks take no types of tokens; they are asked without."""
    lean = sentence_model(tmp_path / "lean", SENSES, inputs=("input_ids", "attention_mask"))
    full = sentence_model(tmp_path / "full", SENSES)
    assert SentenceModel(lean).encode("", "my money").vector == pytest.approx(SentenceModel(full).encode("", "my money").vector)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    """The message says which file, where, and what was expected."""
    (folder / name).unlink()
    with pytest.raises(ModelError, match=f"{folder}: no {name}: expected the files model.onnx and tokenizer.json"):
        SentenceModel(folder)


def test_a_missing_library_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the optional part the message says how to install it."""
    monkeypatch.setattr(place, "find_spec", lambda name: None if name == "onnxruntime" else find_spec(name))
    with pytest.raises(ModelError, match=r"needs onnxruntime: pip install 'triage\[sentences\]'"):
        SentenceModel(folder)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
@pytest.mark.parametrize("content", [b"", b"not what it was", b"{}"])
def test_a_damaged_file_is_refused(folder: Path, name: str, content: bytes) -> None:
    """The message names the folder and what was expected; nothing else escapes."""
    (folder / name).write_bytes(content)
    with pytest.raises(ModelError, match=f"{folder}: expected a sentence model"):
        SentenceModel(folder)


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    """One that wants other inputs, or gives no vector for each piece, is none."""
    with pytest.raises(ModelError, match="expected a sentence model that turns attention_mask, input_ids, token_type_ids into vectors"):
        SentenceModel(sentence_model(tmp_path / "pixels", SENSES, inputs=("pixels",)))
    with pytest.raises(ModelError, match="2 dimensions instead of 3"):
        SentenceModel(sentence_model(tmp_path / "flat", SENSES, flat=True))


def test_pieces_that_the_network_does_not_know(tmp_path: Path, folder: Path) -> None:
    """A tokenizer of another model is refused at once, or by the message that shows it; either is an error of ours."""
    sentence_model(tmp_path / "other", {f"word{number}": 1 for number in range(50)})
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.add_tokens(["qzx"])
    tokenizer.save(str(folder / "tokenizer.json"))
    model = SentenceModel(folder)
    assert model.encode("", "my money").broken == 0
    with pytest.raises(ModelError, match="the sentence model fails: "):
        model.encode("", "qzx")
    (folder / "tokenizer.json").write_bytes((tmp_path / "other" / "tokenizer.json").read_bytes())
    with pytest.raises(ModelError, match=f"{folder}: expected a sentence model"):
        SentenceModel(folder)


def test_a_tokenizer_that_marks_beginnings_breaks_nothing(folder: Path) -> None:
    """Models of many languages cut words in another way; no word of theirs counts as broken."""
    pieces = [("<unk>", 0.0), *((f"\u2581{word}", -1.0) for word in SENSES), *((letter, -5.0) for letter in "abcdefghijklmnop\u2581")]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=0))
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.save(str(folder / "tokenizer.json"))
    model = SentenceModel(folder)
    assert model.encode("", "wo bleibt mein paket").broken == model.encode("", "where is my order").broken == 0


def test_where_there_is_none_words_do(folder: Path, tmp_path: Path) -> None:
    """No folder, or a broken one, is no error to who can do without."""
    assert usable(None) is None
    assert usable(tmp_path / "nowhere") is None
    found = usable(folder)
    assert found is not None
    assert found.encode("", "money").vector[2] > 0.9


def test_a_message_is_asked_about_once(folder: Path) -> None:
    """What was said is kept for lessons that ask about the same messages again; subject and body are not mixed up."""
    model = Remembered(SentenceModel(folder))
    first = model.encode("", "my money")
    assert model.encode("", "my money") is first
    assert model.encode("my money", "") is not first
    assert model.likeness == pytest.approx(SentenceModel(folder).likeness)
