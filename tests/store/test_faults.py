"""A store that is locked, full, read-only or damaged says what is wrong, changes nothing, and goes on when it can."""

import asyncio
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.store.words import Each, event, later, new_case, raw
from triage.errors import PermanentError, StoreBrokenError, StoreBusyError, StoreFullError, TemporaryError
from triage.ports import Transaction
from triage.store.sqlite import open_store

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of three megabytes."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = os.geteuid() == 0 and subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if not mounted or mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_a_locked_store_is_busy_and_then_works_again(tmp_path: Path) -> None:
    """While another process holds the lock each call fails after its patience; afterwards everything works, and nothing was half done."""
    store = open_store(tmp_path / "a.db", "SP", busy_timeout=0.2)
    each = Each(store)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("begin exclusive")
    began = time.monotonic()
    with pytest.raises(StoreBusyError, match="locked by another process") as busy:
        await each.cases.open(new_case())
    assert time.monotonic() - began >= 0.15
    assert isinstance(busy.value, TemporaryError)
    other.execute("rollback")
    assert (await each.cases.open(new_case())).id == 1
    other.close()
    await store.close()


async def test_a_short_lock_is_waited_for(tmp_path: Path) -> None:
    """A lock that another process gives back soon is no error."""
    store = open_store(tmp_path / "a.db", "SP", busy_timeout=5)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("begin exclusive")
    opening = asyncio.create_task(Each(store).cases.open(new_case()))
    await asyncio.sleep(0.1)
    other.execute("commit")
    assert (await opening).id == 1
    other.close()
    await store.close()


async def test_all_that_shared_the_commit_are_told_that_the_store_was_locked(tmp_path: Path) -> None:
    """Nobody of a batch is left waiting when its transaction could not begin."""
    store = open_store(tmp_path / "a.db", "SP", busy_timeout=0.1)
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute("begin exclusive")
    results = await asyncio.gather(*(Each(store).cases.open(new_case()) for _ in range(5)), return_exceptions=True)
    assert {type(result) for result in results} == {StoreBusyError}
    other.close()
    await store.close()


async def test_a_full_disk_takes_nothing_and_work_goes_on_when_there_is_space(small_disk: Path) -> None:
    """On a full disk a whole batch fails, what was committed stays, reading works, and writing works again after space is made."""
    ballast = small_disk / "ballast"
    store = open_store(small_disk / "a.db", "SP")
    each = Each(store)
    kept = await each.cases.open(new_case())
    free = shutil.disk_usage(small_disk).free
    ballast.write_bytes(b"\0" * max(0, free - 300_000))
    large = [each.messages.add([raw(uid, os.urandom(100_000))]) for uid in range(12)]
    results = await asyncio.gather(*large, return_exceptions=True)
    assert StoreFullError in {type(result) for result in results}
    stored = [stored.raw.key.uid for stored in await each.messages.undecided(99)]
    assert stored == [uid for uid, result in enumerate(results) if result == 1]
    assert await each.cases.find() == [kept]
    ballast.unlink()
    assert await each.messages.add([raw(100)]) == 1
    await store.close()
    again = open_store(small_disk / "a.db", "SP")
    assert len(await Each(again).messages.undecided(99)) == len(stored) + 1
    await again.close()


#: Writes until the limit on the size of files is met, lifts it, and goes on: the same as a full disk, for anybody who is not root.
_LIMITED = """
import asyncio, os, resource, signal, sys
from pathlib import Path
from tests.store.words import Each, raw
from triage.errors import StoreFullError
from triage.store.sqlite import open_store

async def main():
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    store = open_store(Path(sys.argv[1]), "SP")
    each = Each(store)
    await each.messages.add([raw(1)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, resource.RLIM_INFINITY))
    try:
        await each.messages.add([raw(uid, os.urandom(100_000)) for uid in range(2, 12)])
    except StoreFullError as error:
        print(error)
    print([stored.raw.key.uid for stored in await each.messages.undecided(99)])
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    print(await each.messages.add([raw(uid, os.urandom(100_000)) for uid in range(2, 12)]))
    await store.close()

asyncio.run(main())
"""


def test_a_file_that_may_not_grow_is_a_full_disk(tmp_path: Path) -> None:
    """Where the operating system refuses more bytes nothing of the transaction is kept, and the store recovers without a restart."""
    done = subprocess.run(
        [sys.executable, "-c", _LIMITED, str(tmp_path / "a.db")], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60
    )
    assert done.stderr == ""
    error, before, added = done.stdout.splitlines()
    assert "cannot be written" in error
    assert (before, added) == ("[1]", "10")


def test_a_read_only_place_is_told(tmp_path: Path) -> None:
    """A file that may be read but not written is refused when it is opened, with its name, and left as it is."""
    program = (
        "import os, sys\nfrom pathlib import Path\nfrom triage.store.sqlite import open_store\n"
        # Opened elsewhere first, because another user may not be able to import what is still missing.
        "open_store(Path(sys.argv[2]), 'SP')\nif os.geteuid() == 0: os.setuid(65534)\n"
        "try: open_store(Path(sys.argv[1]), 'SP')\nexcept Exception as error: print(type(error).__name__, error)\n"
    )
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "a.db"
        with sqlite3.connect(path) as connection:
            connection.execute("create table other(x)")
        before = path.read_bytes()
        path.chmod(0o444)
        Path(directory).chmod(0o555)
        arguments = [sys.executable, "-c", program, str(path), str(tmp_path / "first.db")]
        done = subprocess.run(arguments, capture_output=True, text=True, cwd=ROOT, check=False, timeout=60)
        Path(directory).chmod(0o755)
        assert done.stdout.startswith("StoreFullError"), done.stderr
        assert "a.db: the store cannot be written" in done.stdout
        assert path.read_bytes() == before


def filled(path: Path) -> bytes:
    """The bytes of a store with something in it, all of it in the main file."""

    async def fill() -> None:
        store = open_store(path, "SP")
        each = Each(store)
        for number in range(40):
            case = await each.cases.open(new_case(subject=f"subject {number}"))
            await each.cases.record(case.id, [event("note", later(minutes=number), said="x" * 2000)])
        await store.close()

    asyncio.run(fill())
    return path.read_bytes()


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: b"This is not a database, but it is long enough to be taken for one. " * 100,
        lambda whole: b"\xff" * 100 + whole[100:],
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:4096],
        lambda whole: whole[:100] + os.urandom(8092) + whole[8192:],
    ],
    ids=["another format", "header lost", "half of it", "one page", "first pages lost"],
)
def test_a_damaged_file_is_refused(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    """What is not an intact database is refused with the file's name and what was expected, and is not written over."""
    path = tmp_path / "a.db"
    path.write_bytes(damage(filled(path)))
    before = path.read_bytes()
    with pytest.raises(StoreBrokenError, match=r"a\.db: the store .*: expected") as broken:
        open_store(path, "SP")
    assert isinstance(broken.value, PermanentError)
    assert path.read_bytes() == before


def test_damage_met_while_working_is_told(tmp_path: Path) -> None:
    """Pages that rot while nobody looks are an error of their own when they are read, and the store goes on with the rest."""
    path = tmp_path / "a.db"
    whole = bytearray(filled(path))
    pages = range(0, len(whole), 4096)
    rotten = [start for start in pages if whole[start : start + 4096].count(b"x") > 1000]
    for start in rotten:
        whole[start : start + 4096] = b"\xaa" * 4096
    path.write_bytes(bytes(whole))

    async def read() -> None:
        store = open_store(path, "SP")
        each = Each(store)
        with pytest.raises(StoreBrokenError, match="SQLITE_CORRUPT"):
            await each.cases.broken_chains()
        assert (await each.cases.find(limit=1))[0].subject == "subject 39"
        await store.close()

    asyncio.run(read())


async def test_a_table_that_is_gone_is_told(tmp_path: Path) -> None:
    """A store that lost a table says which, by a permanent error."""
    store = open_store(tmp_path / "a.db", "SP")
    with sqlite3.connect(tmp_path / "a.db") as other:
        other.execute("drop table deadlines")
    with pytest.raises(StoreBrokenError, match="no such table: deadlines"):
        await Each(store).deadlines.next_due()
    await store.close()


def test_a_missing_directory_is_made(tmp_path: Path) -> None:
    """The directories above the file are made where they are missing."""
    asyncio.run(open_store(tmp_path / "a" / "b" / "c.db", "SP").close())
    assert (tmp_path / "a" / "b" / "c.db").is_file()


@pytest.mark.parametrize("place", ["file/a.db", "directory"], ids=["below a file", "a directory itself"])
def test_a_place_that_cannot_be_is_told(tmp_path: Path, place: str) -> None:
    """A path that can hold no file is refused with its name."""
    (tmp_path / "file").touch()
    (tmp_path / "directory").mkdir()
    with pytest.raises(StoreBrokenError, match=place):
        open_store(tmp_path / place, "SP")


async def test_what_contradicts_the_store_is_refused(tmp_path: Path) -> None:
    """A violated constraint that has no words of its own is a ValueError, not a library's error."""
    store = open_store(tmp_path / "a.db", "SP")

    def work(tx: Transaction) -> None:
        tx.cases._db.execute("insert into filings(message, account, folder, status, next_attempt_at) values (9, '', '', '', '')")

    with pytest.raises(ValueError, match="contradicts it"):
        await store.transact(work)
    await store.close()


async def test_a_mistake_of_the_program_is_shown_as_it_is(tmp_path: Path) -> None:
    """An error that neither time nor an operator can mend keeps its own name, and stops nobody else."""
    store = open_store(tmp_path / "a.db", "SP")

    def work(tx: Transaction) -> None:
        tx.cases._db.execute("select ?", (1, 2))

    with pytest.raises(sqlite3.ProgrammingError):
        await store.transact(work)
    assert await store.query(lambda tx: tx.cases.find()) == []
    await store.close()
