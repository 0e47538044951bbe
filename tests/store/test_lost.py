"""A store on a disk that fails, or whose files are taken away while it is open: nothing of it is believed any more."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.store.words import Each, raw
from triage.errors import StoreFullError, StoreLostError
from triage.store.connect import translate
from triage.store.sqlite import open_store


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("SQLITE_IOERR_FSYNC", StoreLostError),
        ("SQLITE_IOERR_DIR_FSYNC", StoreLostError),
        ("SQLITE_IOERR_READ", StoreLostError),
        ("SQLITE_IOERR", StoreLostError),
        ("SQLITE_IOERR_WRITE", StoreFullError),
        ("SQLITE_FULL", StoreFullError),
    ],
)
def test_a_disk_that_fails_is_not_a_full_one(name: str, kind: type[Exception]) -> None:
    """Bytes that were refused can be written later; after a failed fsync or read nothing is certain."""
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    found = translate(error, Path("a.db"))
    assert type(found) is kind
    assert name in str(found)
    assert "a.db" in str(found)


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
async def test_a_file_that_is_deleted(tmp_path: Path, suffix: str) -> None:
    """The next commit is refused with the file's name, and so is everything after it, reading as well."""
    path = tmp_path / "a.db"
    store = open_store(path, "SP")
    each = Each(store)
    await each.messages.add([raw(1)])
    Path(f"{path}{suffix}").unlink()
    with pytest.raises(StoreLostError, match=f"a.db{suffix} was deleted"):
        await each.messages.add([raw(2)])
    with pytest.raises(StoreLostError):
        await store.query(lambda tx: tx.messages.undecided(9))
    await store.close()


async def test_what_was_committed_survives_its_log(tmp_path: Path) -> None:
    """With its write-ahead log deleted a store still puts all that was committed into the file that is left, as it is closed."""
    path = tmp_path / "a.db"
    store = open_store(path, "SP")
    await Each(store).messages.add([raw(1), raw(2)])
    (tmp_path / "a.db-wal").unlink()
    with pytest.raises(StoreLostError):
        await Each(store).messages.add([raw(3)])
    await store.close()
    again = open_store(path, "SP")
    assert [it.raw.key.uid for it in await Each(again).messages.undecided(9)] == [1, 2]
    await again.close()


async def test_a_store_that_is_swapped(tmp_path: Path) -> None:
    """A backup moved into its place is noticed before anything is written, and is left as it is."""
    path, backup = tmp_path / "a.db", tmp_path / "backup.db"
    store = open_store(path, "SP")
    await Each(store).messages.add([raw(1)])
    other = open_store(backup, "SP")
    await Each(other).messages.add([raw(9)])
    await other.close()
    shutil.move(backup, path)
    before = path.read_bytes()
    with pytest.raises(StoreLostError, match=r"a\.db was replaced"):
        await Each(store).messages.add([raw(2)])
    await store.close()
    assert path.read_bytes() == before
