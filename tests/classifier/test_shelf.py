"""Models are kept side by side; one is in use, and what is broken never is."""

import json
import os
import shutil
from pathlib import Path

import pytest

from triage.classifier import train
from triage.classifier.corpus import Example
from triage.classifier.model import Model
from triage.classifier.shelf import SHIPPED, Shelf
from triage.errors import ModelError
from triage.sections.places import Paths


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """An empty shelf beside the shipped model."""
    return Shelf(tmp_path / "models", Paths().model)


@pytest.fixture(scope="session")
def trained(few: list[Example], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with its card."""
    path = tmp_path_factory.mktemp("trained") / "candidate.npz"
    train.train_on(few, target=path)
    return path


def candidate(trained: Path, tmp_path: Path) -> Path:
    """A copy of it that may be taken away."""
    for path in (trained, trained.with_suffix(".json")):
        shutil.copy(path, tmp_path / path.name)
    return tmp_path / trained.name


def test_the_shipped_model_is_in_use_until_somebody_chooses(shelf: Shelf) -> None:
    """An empty shelf lists the shipped one."""
    assert shelf.in_use() == shelf.shipped
    [kept] = shelf.kept()
    assert (kept.version, kept.in_use) == (SHIPPED, True)
    assert kept.card["version"] == Model.load(shelf.shipped).version


def test_taken_in_used_and_rolled_back(shelf: Shelf, trained: Path, tmp_path: Path) -> None:
    """A candidate lies beside the shipped one under its version with its card; one step switches there and back."""
    version = shelf.take_in(candidate(trained, tmp_path), {"verdict": "better"})
    assert shelf.chosen() == SHIPPED
    shelf.use(version)
    assert shelf.in_use() == tmp_path / "models" / f"{version}.npz"
    assert [(kept.version, kept.in_use) for kept in shelf.kept()] == [(SHIPPED, False), (version, True)]
    card = shelf.kept()[1].card
    assert (card["verdict"], card["version"]) == ("better", version)
    assert not (tmp_path / "candidate.npz").exists()
    assert not (tmp_path / "candidate.json").exists()
    shelf.use(SHIPPED)
    assert shelf.in_use() == shelf.shipped
    assert {path.name for path in shelf.folder.iterdir()} == {f"{version}.npz", f"{version}.json", "in-use"}


@pytest.mark.parametrize("name", ["0" * 12, "../../etc", "", "nonsense"])
def test_what_is_not_there_is_not_used(shelf: Shelf, name: str) -> None:
    """An unknown version changes nothing."""
    with pytest.raises(ModelError):
        shelf.use(name)
    assert shelf.chosen() == SHIPPED


def test_a_damaged_model_is_refused(shelf: Shelf, trained: Path, tmp_path: Path) -> None:
    """Neither taken in nor used; a foreign file in the folder is no model, and a damaged pointer points to none."""
    broken = tmp_path / "broken.npz"
    broken.write_bytes(trained.read_bytes()[:-100])
    with pytest.raises(ModelError):
        shelf.take_in(broken, {})
    version = shelf.take_in(candidate(trained, tmp_path), {})
    shelf.path_of(version).write_bytes(b"gone bad")
    with pytest.raises(ModelError):
        shelf.use(version)
    (shelf.folder / "README.npz").write_text("mine")
    shelf.path_of(version).with_suffix(".json").write_text("{")
    assert [(kept.version, kept.card) for kept in shelf.kept()][1:] == [(version, {})]
    shelf.pointer.write_bytes(b"\xff\xfe")
    assert shelf.chosen() == SHIPPED
    shelf.pointer.write_text("../secret")
    assert shelf.chosen() == SHIPPED


def test_old_models_make_room(shelf: Shelf, trained: Path, tmp_path: Path) -> None:
    """Ten are kept to roll back to, and the one in use in any case."""
    shelf.folder.mkdir()
    for number in range(14):
        path = shelf.folder / f"{number:012x}.npz"
        shutil.copy(trained, path)
        path.with_suffix(".json").write_text(json.dumps({"number": number}))
        os.utime(path, (number, number))
    shelf.use(f"{1:012x}")
    version = shelf.take_in(candidate(trained, tmp_path), {})
    names = [kept.version for kept in shelf.kept()]
    assert names[0] == SHIPPED
    assert f"{1:012x}" in names
    assert f"{0:012x}" not in names
    assert names[-1] == version
    assert len(names) == 1 + 1 + 10
