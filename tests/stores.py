"""Empty stores in no time: a new one goes through all steps of the schema, and most tests are not about that."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from triage.store.connect import connect


def laid(path: Path) -> Path:
    """The path, where an empty store lies now unless one was there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(_empty())
    return path


@cache
def _empty() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        connect(path).close()
        return path.read_bytes()
