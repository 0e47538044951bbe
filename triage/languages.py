"""The language model that py3langid ships, unpacked once on this machine: to unpack it takes longer than all else a reader must load."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

from triage.parsing import language


def prepare() -> None:
    """Let this process tell languages."""
    made = (MODEL_DIR / MODEL_FILE).stat()
    kept = folder() / f"languages-{made.st_size:x}-{made.st_mtime_ns:x}.arrays"
    try:
        found = _read(kept)
    except (OSError, ValueError, EOFError):
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
    with path.open("rb") as file:
        nextmove = _mapped(file)
        ptc, pc, classes, output, row = (npy.read_array(file, allow_pickle=False) for _name in range(5))
    return LanguageIdentifier(ptc, pc, classes.tolist(), nextmove, output.tolist(), tk_row=row.tolist())


def _mapped(file: BinaryIO) -> memoryview:
    # Not read, but shown: few of its pages are ever looked at, and all processes of the machine share them.
    npy.read_magic(file)
    shape, _by_columns, kind = npy.read_array_header_1_0(file)
    begin = file.tell()
    found: NDArray[np.uint32] = np.memmap(file, kind, "r", begin, shape)
    file.seek(begin + found.nbytes)
    # Looked up octet by octet: a memoryview is nearly as quick at that as an array.
    return found.data


def _write(path: Path, found: LanguageIdentifier) -> None:
    # 40 of the 48 MB are the first: there it lies as processors like it.
    values = (found.tk_nextmove, found.nb_ptc, found.nb_pc, found.nb_classes, found.tk_output, found.tk_row)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Under its name when whole: several processes may do this at once.
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            for value in values:
                np.save(file, np.asarray(value), allow_pickle=False)
            # What is mapped must be there when it is looked at, under its name.
            file.flush()
            Path(file.name).replace(path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    for other in path.parent.glob("languages-*"):
        if other != path:
            other.unlink(missing_ok=True)
