"""The model file: arrays without pickle, a JSON header, and a hash over all of it."""

import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from triage.errors import ModelError

#: Raised whenever older files can no longer be used.
FORMAT = 1
_NAME = "triage classifier"
#: Far above any model of ours: a larger file is not one.
_MAX_BYTES = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A model as it is stored."""

    #: classes, views, lexicon, calibration, threshold, training-set hash, metrics and versions.
    header: Mapping[str, Any]
    #: Feature names by view, in the order of the rows of `weights`.
    vocabulary: Mapping[str, list[str]]
    #: Inverse document frequency by view.
    idf: Mapping[str, Any]
    #: Features × classes.
    weights: Any
    intercept: Any


def save(artefact: Artefact, path: Path) -> str:
    """Write the file and return its version: the first twelve digits of the hash over its content."""
    arrays = {"weights": artefact.weights.astype(np.float16), "intercept": artefact.intercept.astype(np.float64)}
    for view, names in artefact.vocabulary.items():
        arrays[f"vocabulary_{view}"] = _bytes("\n".join(names))
        arrays[f"idf_{view}"] = np.asarray(artefact.idf[view], dtype=np.float32)
    header = {"name": _NAME, "format": FORMAT, **artefact.header}
    arrays["header"] = _bytes(json.dumps(header, ensure_ascii=False))
    version = _digest(arrays)
    partial = path.with_suffix(".partial.npz")
    with partial.open("wb") as file:
        np.savez_compressed(file, digest=_bytes(version), **arrays)
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
    if not isinstance(header, dict) or header.get("name") != _NAME:
        raise ModelError(f"{path}: not a model of ours")
    if header.get("format") != FORMAT:
        raise ModelError(f"{path}: format {header.get('format')} where {FORMAT} is expected; train it again")
    if version != _digest(arrays):
        raise ModelError(f"{path}: its content does not match its hash")
    return _artefact(arrays, header), version[:12]


def _artefact(arrays: dict[str, Any], header: dict[str, Any]) -> Artefact:
    views = list(header["views"])
    return Artefact(
        header=header,
        vocabulary={view: arrays[f"vocabulary_{view}"].tobytes().decode("utf-8").split("\n") for view in views},
        idf={view: arrays[f"idf_{view}"].astype(np.float64) for view in views},
        weights=arrays["weights"].astype(np.float32),
        intercept=arrays["intercept"],
    )


def _bytes(text: str) -> Any:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _digest(arrays: Mapping[str, Any]) -> str:
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        total.update(f"{name} {array.dtype.str} {array.shape}".encode())
        total.update(np.ascontiguousarray(array).tobytes())
    return total.hexdigest()
