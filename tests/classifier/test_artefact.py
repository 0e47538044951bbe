"""The model file: safe to load from anywhere, refused unless it is whole and ours."""

import io
import json
import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triage.classifier import artefact, sealed
from triage.classifier.model import Model
from triage.errors import ModelError, PermanentError


def arrays_of(path: Path) -> dict[str, np.ndarray]:
    """The arrays as they lie in the file."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def rewritten(source: Path, target: Path, change: Callable[[dict[str, np.ndarray]], None], *, rehash: bool = False) -> Path:
    """A copy of a model with something changed in it."""
    arrays = arrays_of(source)
    change(arrays)
    if rehash:
        arrays.pop("digest", None)
        arrays["digest"] = np.frombuffer(
            sealed.digest({name: artefact._sealed(array) for name, array in arrays.items()}).encode(), dtype=np.uint8
        )
    np.savez_compressed(target, **arrays)
    return target


def with_header(**changes: object) -> Callable[[dict[str, np.ndarray]], None]:
    """A change of the header; None removes a key."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        header = json.loads(arrays["header"].tobytes())
        header.update(changes)
        kept = {key: value for key, value in header.items() if value is not None}
        arrays["header"] = np.frombuffer(json.dumps(kept).encode(), dtype=np.uint8)

    return change


def test_what_is_saved_is_loaded(small_path: Path, tmp_path: Path) -> None:
    """Saving what was loaded gives the same version and the same numbers."""
    first, version = artefact.load(small_path)
    assert artefact.save(first, tmp_path / "again.npz") == version
    second, again = artefact.load(tmp_path / "again.npz")
    assert again == version
    assert second.header == first.header
    assert second.vocabulary == first.vocabulary
    assert (second.weights == first.weights).all()
    assert (second.intercept == first.intercept).all()


def test_nothing_half_written_is_left(small_path: Path, tmp_path: Path) -> None:
    """The file appears whole or not at all."""
    stored, _ = artefact.load(small_path)
    artefact.save(stored, tmp_path / "model.npz")
    assert [path.name for path in tmp_path.iterdir()] == ["model.npz"]


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """The error names the file and is one that a person must mend."""
    with pytest.raises(ModelError, match=r"nowhere\.npz") as caught:
        Model.load(tmp_path / "nowhere.npz")
    assert isinstance(caught.value, PermanentError)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"not a model at all", b"\x93NUMPY", bytes(1000)])
def test_what_is_no_model_is_refused(content: bytes, tmp_path: Path) -> None:
    """Any other file is refused, not guessed at."""
    path = tmp_path / "model.npz"
    path.write_bytes(content)
    with pytest.raises(ModelError):
        Model.load(path)


def test_a_folder_is_refused(tmp_path: Path) -> None:
    """A folder is no model."""
    with pytest.raises(ModelError):
        Model.load(tmp_path)


class Malice:
    """Writes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (open, (str(self.path), "w"))


def test_a_pickle_is_refused_and_not_run(tmp_path: Path) -> None:
    """Nothing in a model file is ever executed."""
    path = tmp_path / "model.npz"
    path.write_bytes(pickle.dumps(Malice(tmp_path / "run")))
    with pytest.raises(ModelError):
        Model.load(path)
    assert not (tmp_path / "run").exists()


def test_a_pickled_array_is_refused_and_not_run(small_path: Path, tmp_path: Path) -> None:
    """Nor is anything in an array of objects."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["intercept"] = np.array([Malice(tmp_path / "run")], dtype=object)

    path = rewritten(small_path, tmp_path / "model.npz", change)
    with pytest.raises(ModelError):
        Model.load(path)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_cut_file_is_refused(share: float, small_path: Path, tmp_path: Path) -> None:
    """A download or a disk that stopped half-way is noticed."""
    content = small_path.read_bytes()
    path = tmp_path / "model.npz"
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(ModelError):
        Model.load(path)


def test_a_flipped_bit_is_noticed(small_path: Path, tmp_path: Path) -> None:
    """Wherever in the file a bit flips, the model is refused or is the same."""
    content = bytearray(small_path.read_bytes())
    _, version = artefact.load(small_path)
    path = tmp_path / "model.npz"
    for place in range(100, len(content), len(content) // 11):
        content[place] ^= 4
        path.write_bytes(content)
        content[place] ^= 4
        try:
            assert artefact.load(path)[1] == version
        except ModelError:
            continue


def test_a_changed_weight_does_not_match_the_hash(small_path: Path, tmp_path: Path) -> None:
    """A model that somebody edited is not ours."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["weights"] = arrays["weights"] + np.float16(1)

    with pytest.raises(ModelError, match="hash"):
        Model.load(rewritten(small_path, tmp_path / "model.npz", change))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"name": "another"}, "not a model of ours"),
        ({"name": None}, "not a model of ours"),
        ({"format": 99}, "another format"),
        ({"format": None}, "another format"),
    ],
)
def test_a_foreign_model_is_refused(changes: dict[str, object], said: str, small_path: Path, tmp_path: Path) -> None:
    """A file of the same form that is not ours, or of another format, is refused in words."""
    with pytest.raises(ModelError, match=said):
        Model.load(rewritten(small_path, tmp_path / "model.npz", with_header(**changes), rehash=True))


@pytest.mark.parametrize("key", ["classes", "threshold", "temperature", "dilution", "lexicon", "spam_guard"])
def test_an_incomplete_model_is_refused(key: str, small_path: Path, tmp_path: Path) -> None:
    """A header without what this version needs says: train it again."""
    with pytest.raises(ModelError, match="train it again"):
        Model.load(rewritten(small_path, tmp_path / "model.npz", with_header(**{key: None}), rehash=True))


def test_a_header_that_is_no_object_is_refused(small_path: Path, tmp_path: Path) -> None:
    """JSON that is not an object is no header."""

    def change(arrays: dict[str, np.ndarray]) -> None:
        arrays["header"] = np.frombuffer(b"[]", dtype=np.uint8)

    with pytest.raises(ModelError, match="not a model of ours"):
        Model.load(rewritten(small_path, tmp_path / "model.npz", change, rehash=True))


def test_another_zip_file_is_refused(tmp_path: Path) -> None:
    """A zip file without our arrays is refused."""
    path = tmp_path / "model.npz"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("readme.txt", "hello")
    with pytest.raises(ModelError):
        Model.load(path)
    buffer = io.BytesIO()
    np.savez(buffer, something=np.arange(3))
    path.write_bytes(buffer.getvalue())
    with pytest.raises(ModelError):
        Model.load(path)


def test_a_giant_is_refused_unread(tmp_path: Path) -> None:
    """A file far larger than any model is not read into memory."""
    path = tmp_path / "model.npz"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(ModelError, match="too large"):
        Model.load(path)
