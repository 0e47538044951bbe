"""Whether the files that a connection holds open are still the ones that others find by their names."""

import os
from pathlib import Path

from triage.errors import StoreLostError

#: The store itself, its write-ahead log, and the index that its users share.
_SUFFIXES = ("", "-wal", "-shm")


class Files:
    """A store's files as they were when first looked at: what is written to files that were taken away is seen by nobody again."""

    def __init__(self, path: Path) -> None:
        self._paths = [f"{path}{suffix}" for suffix in _SUFFIXES]
        self._known: dict[str, tuple[int, int]] = {}

    def check(self) -> None:
        """StoreLostError where one of them is gone or another; to be called within a transaction that writes, when all are there."""
        for path in self._paths:
            try:
                found = os.stat(path)  # noqa: PTH116 - at every commit, and a Path costs more than the call
            except FileNotFoundError as error:
                raise StoreLostError(f"{path} was deleted under a running process: expected nobody to touch it") from error
            if self._known.setdefault(path, (found.st_dev, found.st_ino)) != (found.st_dev, found.st_ino):
                raise StoreLostError(f"{path} was replaced under a running process: expected it to be stopped first")
