"""The model file: arrays without pickle, a JSON header, and a hash over all of it."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, cast

import numpy as np
from numpy.typing import NDArray

from triage.errors import ModelError

#: Raised whenever older files can no longer be used.
FORMAT = 1
_NAME = "triage classifier"
#: Far above any model of ours: a larger file is not one.
_MAX_BYTES = 64 * 1024 * 1024


#: Arrays of any kind, by name.
Arrays = dict[str, NDArray[np.generic]]


class Header(TypedDict):
    """What a model says of itself."""

    #: Category and issue of each column of the weights, as category/issue.
    classes: list[str]
    #: How loud each view speaks, in the order of the rows of the weights.
    views: dict[str, float]
    #: Patterns by concept, as they were when it was trained.
    lexicon: dict[str, list[str]]
    temperature: float
    threshold: float
    spam_guard: float
    #: Hash of what it was taught.
    taught: str
    examples: int
    scikit_learn: str
    numpy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A model as it is stored."""

    header: Header
    #: Feature names by view, in the order of the rows of `weights`.
    vocabulary: Mapping[str, list[str]]
    #: Inverse document frequency by view.
    idf: Mapping[str, NDArray[np.float64]]
    #: Features × classes.
    weights: NDArray[np.float32]
    intercept: NDArray[np.float64]


def save(artefact: Artefact, path: Path) -> str:
    """Write the file and return its version: the first twelve digits of the hash over its content."""
    arrays: Arrays = {"weights": artefact.weights.astype(np.float16), "intercept": artefact.intercept.astype(np.float64)}
    for view, names in artefact.vocabulary.items():
        arrays[f"vocabulary_{view}"] = _bytes("\n".join(names))
        arrays[f"idf_{view}"] = np.asarray(artefact.idf[view], dtype=np.float32)
    header = {"name": _NAME, "format": FORMAT, **artefact.header}
    arrays["header"] = _bytes(json.dumps(header, ensure_ascii=False))
    version = _digest(arrays)
    partial = path.with_suffix(".partial.npz")
    with partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, digest=_bytes(version), **arrays)
    partial.replace(path)
    return version[:12]


def load(path: Path) -> tuple[Artefact, str]:
    """The model and its version; raises ModelError where the file is missing, damaged or not ours."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelError(f"{path}: too large to be a model of ours")
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        version = arrays.pop("digest").tobytes().decode("ascii")
        header = json.loads(arrays["header"].tobytes())
    except (
        OSError,
        ValueError,
        KeyError,
        EOFError,
        AttributeError,
        TypeError,
        NotImplementedError,
        zipfile.BadZipFile,
        zlib.error,
    ) as error:
        raise ModelError(f"{path}: missing, damaged or not a model ({error})") from error
    if not isinstance(header, dict) or header.pop("name", "") != _NAME:
        raise ModelError(f"{path}: not a model of ours")
    if header.pop("format", 0) != FORMAT:
        raise ModelError(f"{path}: another format than {FORMAT}; train it again")
    if version != _digest(arrays):
        raise ModelError(f"{path}: its content does not match its hash")
    return _artefact(arrays, cast("Header", header)), version[:12]


def _artefact(arrays: Arrays, header: Header) -> Artefact:
    views = list(header["views"])
    return Artefact(
        header=header,
        vocabulary={view: arrays[f"vocabulary_{view}"].tobytes().decode("utf-8").split("\n") for view in views},
        idf={view: arrays[f"idf_{view}"].astype(np.float64) for view in views},
        weights=arrays["weights"].astype(np.float32),
        intercept=arrays["intercept"].astype(np.float64),
    )


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _digest(arrays: Arrays) -> str:
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        total.update(f"{name} {array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
