"""What runs in a reader process: ready once, honest about a model it does not have, and looking again for one."""

import asyncio
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.classifier.tiny import SENSES, messages, sentence_model
from tests.spine.world import World, letter
from triage.app import reader_pool
from triage.classifier import memory, train
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import Shelf
from triage.correction import Correction, Provenance
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.reading import Facts
from triage.sections.places import Paths
from triage.worker import MemoryFile, ModelFile, Taught, prepare, read_message

MODEL = Paths().model
TWICE = "You charged my card twice for order ORD1234"


def raw(content: bytes) -> RawMessage:
    """A message as fetched."""
    key = MessageKey(account="a", mailbox="INBOX", uid_validity=1, uid=1)
    return RawMessage(key=key, received_at=datetime(2026, 3, 2, tzinfo=UTC), content=content, size=len(content))


def test_a_reader_reads(world: World) -> None:
    """Made ready, it gives text, findings, facts and classification of any bytes."""
    prepare(read_plan(world.configure()), Paths(state=world.root))
    found = read_message(raw(letter(TWICE)))
    assert found.facts.order_numbers == ("ORD1234",)
    assert (found.classification.category, found.classification.issue) == ("payment", "payment_duplicate")
    assert found.classification.model_version == Model.load(MODEL).version
    assert read_message(raw(b"")).findings


def test_ready_again_means_the_new_plan(world: World, tmp_path: Path) -> None:
    """The last call to make it ready counts."""
    prepare(read_plan(world.configure()), Paths(state=world.root))
    prepare(read_plan(world.configure()), Paths(model=tmp_path / "none.npz", state=tmp_path))
    assert read_message(raw(letter(TWICE))).classification.abstained


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Paths:
    """A model that was taught with a sentence model, beside that."""
    root = tmp_path_factory.mktemp("heard")
    folder = sentence_model(root / "sentences", SENSES)
    train.train_on(messages(), target=root / "model.npz", sentences=SentenceModel(folder))
    return Paths(model=root / "model.npz", state=root, sentence_model=folder)


def test_a_reader_hears_the_sentence_model(world: World, heard: Paths, tmp_path: Path) -> None:
    """Where one is configured its word counts; where its folder is broken the words decide alone, and nothing fails."""
    plan, message = read_plan(world.configure()), raw(letter("please scrub my lamp"))
    said = {}
    (tmp_path / "model.onnx").write_bytes(b"damaged")
    for name, folder in {"heard": heard.sentence_model, "none": None, "gone": tmp_path / "gone", "damaged": tmp_path}.items():
        prepare(plan, heard.model_copy(update={"sentence_model": folder}))
        said[name] = read_message(message).classification
    assert said["heard"].scores["order"] > said["none"].scores["order"]
    assert said["none"] == said["gone"] == said["damaged"]


async def test_readers_that_were_forked_hear_it(world: World, heard: Paths) -> None:
    """In processes of their own, within their bounds of memory, readers say what this process says."""
    settings = world.configure().model_copy(update={"paths": heard})
    prepare(read_plan(settings), heard)
    messages = [raw(letter(text)) for text in ("please scrub my lamp", "a chit for my chair", "lost")]
    pool = reader_pool(settings)
    try:
        found = await asyncio.gather(*pool.read(messages))
    finally:
        await pool.close()
    assert [each.classification for each in found] == [read_message(message).classification for message in messages]


@pytest.mark.parametrize("content", [None, b"", b"no model"], ids=["missing", "empty", "damaged"])
def test_without_a_model_it_says_so(tmp_path: Path, content: bytes | None) -> None:
    """No category is claimed, and the reason names the file."""
    path = tmp_path / "model.npz"
    if content is not None:
        path.write_bytes(content)
    said = ModelFile(Shelf(tmp_path / "models", path)).classify("", TWICE, Facts())
    assert (said.abstained, said.confidence) == (True, 0)
    assert any(str(path) in reason for reason in said.reasons)


def test_a_model_that_comes_later_is_found(tmp_path: Path) -> None:
    """From the next message on; and one that is only gone again is missed by nobody."""
    path = tmp_path / "model.npz"
    file = ModelFile(Shelf(tmp_path / "models", path))
    assert file.classify("", TWICE, Facts()).abstained
    shutil.copy(MODEL, path)
    assert file.classify("", TWICE, Facts()).category == "payment"
    path.unlink()
    assert file.classify("", TWICE, Facts()).category == "payment"


def test_a_model_of_our_own_training_that_is_broken(tmp_path: Path) -> None:
    """The shipped one stands in for it; one that breaks while it is in use goes on from memory; the next whole one is used."""
    shelf = Shelf(tmp_path / "models", MODEL)
    shelf.folder.mkdir()
    shutil.copy(MODEL, shelf.path_of("a" * 12))
    shelf.use("a" * 12)
    running, shipped = ModelFile(shelf), Model.load(MODEL).version
    assert running.classify("", TWICE, Facts()).model_version == shipped
    shelf.path_of("a" * 12).write_bytes(b"broken")
    assert running.classify("", TWICE, Facts()).category == "payment"
    assert ModelFile(shelf).classify("", TWICE, Facts()).model_version == shipped
    shelf.use("shipped")
    assert running.classify("", TWICE, Facts()).category == "payment"


def test_readers_hear_of_corrections_at_once(tmp_path: Path) -> None:
    """Between two messages the file of corrections was written: the second gets the person's answer."""
    said = Correction(
        subject="", body=TWICE, category="dispute", issue="chargeback", author="Jane", at=datetime(2026, 3, 2, tzinfo=UTC),
        provenance=Provenance.CLI,
    )  # fmt: skip
    taught = Taught(ModelFile(Shelf(tmp_path, MODEL)), MemoryFile(tmp_path / "corrections.json"))
    assert taught.classify("", TWICE, Facts()).category == "payment"
    memory.write(tmp_path / "corrections.json", memory.remembered([said]), 1)
    again = taught.classify("", TWICE + " again", Facts())
    assert (again.category, again.issue, again.confidence) == ("dispute", "chargeback", 1.0)
    assert again.reasons[0].startswith("Jane sorted")
    (tmp_path / "corrections.json").write_text("{")
    assert taught.classify("", TWICE, Facts()).category == "payment"


def test_a_model_is_not_looked_for_beforehand(tmp_path: Path) -> None:
    """The file is opened at the first message, also on a machine that has only just started."""
    file = ModelFile(Shelf(tmp_path / "models", tmp_path / "model.npz"))
    shutil.copy(MODEL, tmp_path / "model.npz")
    assert file.classify("", TWICE, Facts()).category == "payment"
