"""Space kept back on the store's disk: given up when the disk is full, so that what is already promised can still be written down."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

#: Thousands of changes of state fit into it.
OCTETS = 8 << 20


class Reserve:
    """A file that is only there to be deleted."""

    def __init__(self, path: Path, octets: int = OCTETS) -> None:
        self._path = path
        self._octets = octets

    def keep(self) -> bool:
        """True while the space is kept; it is taken again as soon as twice as much is free."""
        with suppress(OSError):
            if self._path.stat().st_size == self._octets:
                return True
        try:
            if shutil.disk_usage(self._path.parent).free < 2 * self._octets:
                return False
            self._take()
        except OSError:
            self.give_up()
            return False
        return True

    def _take(self) -> None:
        descriptor = os.open(self._path, os.O_CREAT | os.O_WRONLY, 0o600)
        try:
            # Real blocks: a file that only looks as long would free nothing.
            os.posix_fallocate(descriptor, 0, self._octets)
        finally:
            os.close(descriptor)

    def give_up(self) -> None:
        """Free the space."""
        with suppress(OSError):
            self._path.unlink(missing_ok=True)
