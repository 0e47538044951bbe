"""The model file: arrays without pickle, a JSON header, and a hash over all of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from triage.classifier import sealed
from triage.classifier.meaning import Meaning
from triage.classifier.sealed import FORMAT, NAME, Header, MeaningHeader, Sealed, digest
from triage.errors import ModelError

#: Arrays of any kind, by name.
Arrays = dict[str, NDArray[np.generic]]


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
    #: Where it was taught with a sentence model.
    meaning: Meaning | None = None


def save(artefact: Artefact, path: Path) -> str:
    """Write the file and return its version: the first twelve digits of the hash over its content."""
    arrays: Arrays = {"weights": artefact.weights.astype(np.float16), "intercept": artefact.intercept.astype(np.float64)}
    for view, names in artefact.vocabulary.items():
        arrays[f"vocabulary_{view}"] = _bytes("\n".join(names))
        arrays[f"idf_{view}"] = np.asarray(artefact.idf[view], dtype=np.float32)
    if meaning := artefact.meaning:
        arrays["meaning_weights"] = meaning.weights.astype(np.float16)
        arrays["meaning_intercept"] = meaning.intercept.astype(np.float64)
        arrays["meaning_likeness"] = meaning.likeness.astype(np.float32)
    header = {"name": NAME, "format": FORMAT, **artefact.header}
    arrays["header"] = _bytes(json.dumps(header, ensure_ascii=False))
    version = digest({name: _sealed(array) for name, array in arrays.items()})
    partial = path.with_suffix(".partial.npz")
    with partial.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, digest=_bytes(version), **arrays)
    partial.replace(path)
    return version[:12]


def load(path: Path) -> tuple[Artefact, str]:
    """The model and its version; raises ModelError where the file is missing, damaged or not ours."""
    found = sealed.read(path)
    try:
        return _artefact(
            {name: np.frombuffer(it.content, it.kind).reshape(it.shape) for name, it in found.arrays.items()}, found.header
        ), found.version
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(f"{path}: made by another version; train it again ({error!r})") from error


def _artefact(arrays: Arrays, header: Header) -> Artefact:
    views = list(header["views"])
    return Artefact(
        header=header,
        vocabulary={view: arrays[f"vocabulary_{view}"].tobytes().decode("utf-8").split("\n") for view in views},
        idf={view: arrays[f"idf_{view}"].astype(np.float64) for view in views},
        weights=arrays["weights"].astype(np.float32),
        intercept=arrays["intercept"].astype(np.float64),
        meaning=_meaning(arrays, header["meaning"]) if "meaning" in header else None,
    )


def _meaning(arrays: Arrays, header: MeaningHeader) -> Meaning:
    if missing := sorted(MeaningHeader.__required_keys__ - header.keys()):
        raise KeyError(f"meaning.{missing[0]}")
    weights, intercept, likeness = (arrays[f"meaning_{name}"].astype(np.float64) for name in ("weights", "intercept", "likeness"))
    return Meaning(header=header, weights=weights, intercept=intercept, likeness=likeness)


def _bytes(text: str) -> NDArray[np.uint8]:
    return np.frombuffer(text.encode("utf-8"), dtype=np.uint8)


def _sealed(array: NDArray[np.generic]) -> Sealed:
    return Sealed(array.dtype.str, array.shape, np.ascontiguousarray(array).tobytes())
