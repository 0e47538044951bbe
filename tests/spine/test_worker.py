"""What runs in a reader process: ready once, honest about a model it does not have, and looking again for one."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.spine.world import World, letter
from triage.classifier.model import Model
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.reading import Facts
from triage.sections.places import Paths
from triage.worker import ModelFile, prepare, read_message

MODEL = Paths().model
TWICE = "You charged my card twice for order ORD1234"


def raw(content: bytes) -> RawMessage:
    """A message as fetched."""
    key = MessageKey(account="a", mailbox="INBOX", uid_validity=1, uid=1)
    return RawMessage(key=key, received_at=datetime(2026, 3, 2, tzinfo=UTC), content=content, size=len(content))


def test_a_reader_reads(world: World) -> None:
    """Made ready, it gives text, findings, facts and classification of any bytes."""
    prepare(read_plan(world.configure()), MODEL)
    found = read_message(raw(letter(TWICE)))
    assert found.facts.order_numbers == ("ORD1234",)
    assert (found.classification.category, found.classification.issue) == ("payment", "payment_duplicate")
    assert found.classification.model_version == Model.load(MODEL).version
    assert read_message(raw(b"")).findings


def test_ready_again_means_the_new_plan(world: World, tmp_path: Path) -> None:
    """The last call to make it ready counts."""
    prepare(read_plan(world.configure()), MODEL)
    prepare(read_plan(world.configure()), tmp_path / "none.npz")
    assert read_message(raw(letter(TWICE))).classification.abstained


@pytest.mark.parametrize("content", [None, b"", b"no model"], ids=["missing", "empty", "damaged"])
def test_without_a_model_it_says_so(tmp_path: Path, content: bytes | None) -> None:
    """No category is claimed, and the reason names the file."""
    path = tmp_path / "model.npz"
    if content is not None:
        path.write_bytes(content)
    said = ModelFile(path).classify("", TWICE, Facts())
    assert (said.abstained, said.confidence) == (True, 0)
    assert any(str(path) in reason for reason in said.reasons)


def test_a_model_that_comes_later_is_found(tmp_path: Path) -> None:
    """It is looked for again, but not for each message: only when the last look was half a minute ago."""
    path = tmp_path / "model.npz"
    file = ModelFile(path)
    assert file.classify("", TWICE, Facts()).abstained
    shutil.copy(MODEL, path)
    assert file.classify("", TWICE, Facts()).abstained
    file._looked_at -= 31
    assert file.classify("", TWICE, Facts()).category == "payment"
    path.unlink()
    assert file.classify("", TWICE, Facts()).category == "payment"


def test_a_model_is_not_looked_for_beforehand(tmp_path: Path) -> None:
    """The file is opened at the first message, also on a machine that has only just started."""
    file = ModelFile(tmp_path / "model.npz")
    shutil.copy(MODEL, tmp_path / "model.npz")
    assert file.classify("", TWICE, Facts()).category == "payment"
