"""A model file is judged without numpy, and by the same rules as numpy's own reader."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from triage.classifier import artefact, sealed
from triage.classifier.sealed import Sealed
from triage.errors import ModelError


def members(path: Path) -> dict[str, bytes]:
    """The files within the file."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def put(path: Path, content: dict[str, bytes]) -> Path:
    """A file of these files."""
    with zipfile.ZipFile(path, "w") as file:
        for name, octets in content.items():
            file.writestr(name, octets)
    return path


def stored(array: np.ndarray, version: tuple[int, int] = (1, 0)) -> bytes:
    """An array as numpy writes it."""
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version)
    return file.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype="<f2").reshape(2, 3),
        np.array([1.5], dtype="<f8"),
        np.zeros((0, 4), dtype="<f4"),
        np.frombuffer(b"text", dtype="u1"),
    ],
    ids=["two dimensions", "one", "empty", "octets"],
)
def test_arrays_as_numpy_writes_them(array: np.ndarray) -> None:
    """Kind, shape and content are those of the array, so that its hash is too."""
    found = sealed._array(stored(array))
    assert found == Sealed(array.dtype.str, array.shape, array.tobytes()) == artefact._sealed(array)
    assert (np.frombuffer(found.content, found.kind).reshape(found.shape) == array).all()


def test_the_same_verdict_as_on_loading(small_path: Path) -> None:
    """A whole model has the version and the header that it has when it is loaded."""
    found, (loaded, version) = sealed.read(small_path), artefact.load(small_path)
    assert (found.version, found.header) == (version, loaded.header)
    assert sealed.digest(found.arrays).startswith(version)


def broken_magic(content: dict[str, bytes]) -> None:
    content["weights.npy"] = b"no array" + content["weights.npy"]


def broken_by_columns(content: dict[str, bytes]) -> None:
    content["weights.npy"] = stored(np.asfortranarray(np.ones((2, 3))))


def broken_words(content: dict[str, bytes]) -> None:
    content["weights.npy"] = content["weights.npy"].replace(b"'descr'", b"'__imp'", 1)


def broken_header(content: dict[str, bytes]) -> None:
    content["header.npy"] = stored(np.frombuffer(b"{", dtype="u1"))


def broken_list(content: dict[str, bytes]) -> None:
    content["header.npy"] = stored(np.frombuffer(b"[]", dtype="u1"))


def broken_octet(content: dict[str, bytes]) -> None:
    content["weights.npy"] = content["weights.npy"][:-1] + b"\x7f"


def broken_absent(content: dict[str, bytes]) -> None:
    del content["digest.npy"]


def broken_later_format(content: dict[str, bytes]) -> None:
    content["weights.npy"] = stored(np.ones(3), (2, 0))


@pytest.mark.parametrize(
    "damage",
    [broken_magic, broken_by_columns, broken_words, broken_header, broken_list, broken_octet, broken_absent, broken_later_format],
    ids=lambda damage: damage.__name__.removeprefix("broken_"),
)
def test_whatever_is_wrong_is_named(damage: Callable[[dict[str, bytes]], None], small_path: Path, tmp_path: Path) -> None:
    """Each kind of damage is a ModelError that names the file, and nothing else is raised."""
    content = members(small_path)
    damage(content)
    with pytest.raises(ModelError, match=r"model\.npz: "):
        sealed.read(put(tmp_path / "model.npz", content))


def test_one_that_says_too_little(small_path: Path, tmp_path: Path) -> None:
    """Whole, ours, and without something that this version needs: the error says what, and that it is to be trained again."""
    content = members(small_path)
    header = json.loads(sealed._array(content["header.npy"]).content)
    del header["threshold"]
    content["header.npy"] = stored(np.frombuffer(json.dumps(header).encode(), dtype="u1"))
    arrays = {name.removesuffix(".npy"): sealed._array(octets) for name, octets in content.items() if name != "digest.npy"}
    content["digest.npy"] = stored(np.frombuffer(sealed.digest(arrays).encode(), dtype="u1"))
    with pytest.raises(ModelError, match=r"train it again.*'threshold'"):
        sealed.read(put(tmp_path / "model.npz", content))


def test_one_that_is_far_too_large(tmp_path: Path) -> None:
    """It is not even opened."""
    path = tmp_path / "model.npz"
    with path.open("wb") as file:
        file.truncate(65 * 1024 * 1024)
    with pytest.raises(ModelError, match="too large"):
        sealed.read(path)
