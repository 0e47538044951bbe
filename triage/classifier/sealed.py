"""A model file as it lies on the disk: that it is whole and ours is known without making arrays of it, and without numpy."""

import ast
import hashlib
import json
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NotRequired, TypedDict, cast

from triage.errors import ModelError

#: Raised whenever older files can no longer be used.
FORMAT = 1
NAME = "triage classifier"
#: Far above any model of ours: a larger file is not one.
_MAX_BYTES = 64 * 1024 * 1024
#: Of a file in numpy's format: what it begins with, and where the two octets that measure its header stand.
_MAGIC, _LENGTH_AT = b"\x93NUMPY\x01\x00", 8


class MeaningHeader(TypedDict):
    """What a model says of its second set of weights, over a sentence model's vectors."""

    #: How loud words and meaning speak where both are heard.
    words: float
    meaning: float
    #: Above this share of broken words the sentence model does not know the language, and is not heard.
    broken: float
    threshold: float
    spam_guard: float


class Header(TypedDict):
    """What a model says of itself."""

    #: Category and issue of each column of the weights, as category/issue.
    classes: list[str]
    #: How loud each view speaks, in the order of the rows of the weights.
    views: dict[str, float]
    #: Patterns by concept, as they were when it was trained.
    lexicon: dict[str, list[str]]
    temperature: float
    #: How much plainer the scores of long messages are made to speak.
    dilution: float
    threshold: float
    spam_guard: float
    #: Hash of what it was taught.
    taught: str
    examples: int
    scikit_learn: str
    numpy: str
    #: Not there where it was taught without a sentence model.
    meaning: NotRequired[MeaningHeader]


@dataclass(frozen=True, slots=True)
class Sealed:
    """One array, not yet made."""

    #: As numpy names it, such as "<f2".
    kind: str
    shape: tuple[int, ...]
    content: bytes


@dataclass(frozen=True, slots=True)
class SealedModel:
    """What a file holds whose hash is right."""

    header: Header
    arrays: Mapping[str, Sealed]
    version: str


def read(path: Path) -> SealedModel:
    """The content of the file; ModelError where it is missing, damaged or not ours."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ModelError(f"{path}: too large to be a model of ours")
        with zipfile.ZipFile(path) as file:
            arrays = {name.removesuffix(".npy"): _array(file.read(name)) for name in file.namelist()}
        version = arrays.pop("digest").content.decode("ascii")
        header = json.loads(arrays["header"].content)
    except (OSError, ValueError, KeyError, EOFError, TypeError, SyntaxError, NotImplementedError, zipfile.BadZipFile, zlib.error) as error:
        raise ModelError(f"{path}: missing, damaged or not a model ({error})") from error
    if not isinstance(header, dict) or header.pop("name", "") != NAME:
        raise ModelError(f"{path}: not a model of ours")
    if header.pop("format", 0) != FORMAT:
        raise ModelError(f"{path}: another format than {FORMAT}; train it again")
    if version != digest(arrays):
        raise ModelError(f"{path}: its content does not match its hash")
    if missing := sorted(Header.__required_keys__ - header.keys()):
        raise ModelError(f"{path}: made by another version; train it again (it does not say {missing[0]!r})")
    return SealedModel(cast("Header", header), arrays, version[:12])


def _array(stored: bytes) -> Sealed:
    if not stored.startswith(_MAGIC):
        raise ValueError("not an array of numpy's format 1")
    begins = _LENGTH_AT + 2
    ends = begins + int.from_bytes(stored[_LENGTH_AT:begins], "little")
    said = ast.literal_eval(stored[begins:ends].decode("latin-1"))
    if said["fortran_order"]:
        raise ValueError("an array by columns: expected rows")
    return Sealed(kind=str(said["descr"]), shape=tuple(said["shape"]), content=stored[ends:])


def digest(arrays: Mapping[str, Sealed]) -> str:
    """The hash over all of it."""
    total = hashlib.sha256()
    for name in sorted(arrays):
        array = arrays[name]
        total.update(f"{name} {array.kind} {array.shape}".encode())
        total.update(array.content)
    return total.hexdigest()
