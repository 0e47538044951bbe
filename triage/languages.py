"""The language model that py3langid ships, unpacked once on this machine: to unpack it takes longer than all else a reader must load."""

import contextlib
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from triage.parsing import language

#: What the constructor of an identifier asks for, in its order.
_PARTS = ("ptc", "pc", "classes", "nextmove", "output", "row")


def prepare() -> None:
    """Let this process tell languages."""
    made = (MODEL_DIR / MODEL_FILE).stat()
    kept = folder() / f"languages-{made.st_size:x}-{made.st_mtime_ns:x}.npz"
    try:
        found = _read(kept)
    except (OSError, ValueError, KeyError, zipfile.BadZipFile):
        found = language.shipped()
        # A folder that takes nothing costs time at each start, and nothing else.
        with contextlib.suppress(OSError):
            _write(kept, found)
    language.use(found)


def folder() -> Path:
    """Where it is kept: systemd's cache folder, or the user's."""
    own = os.environ.get("CACHE_DIRECTORY")
    return Path(own) if own else Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser() / "triage"


def _read(path: Path) -> LanguageIdentifier:
    with np.load(path, allow_pickle=False) as file:
        parts = {name: file[name] for name in _PARTS}
    # Looked up octet by octet: a memoryview is nearly as quick at that as an array, and nothing is copied.
    return LanguageIdentifier(
        parts["ptc"], parts["pc"], parts["classes"].tolist(), memoryview(parts["nextmove"]), parts["output"].tolist(),
        tk_row=parts["row"].tolist(),
    )  # fmt: skip


def _write(path: Path, found: LanguageIdentifier) -> None:
    values = (found.nb_ptc, found.nb_pc, found.nb_classes, found.tk_nextmove, found.tk_output, found.tk_row)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under its name when whole: several processes may do this at once.
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            np.savez(file, allow_pickle=False, **{name: np.asarray(value) for name, value in zip(_PARTS, values, strict=True)})
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    for other in path.parent.glob("languages-*.npz"):
        if other != path:
            other.unlink(missing_ok=True)
