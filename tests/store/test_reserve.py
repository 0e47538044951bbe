"""Space that is kept back for a full disk, and the look at the whole store before the daemon works on it."""

import sqlite3
from pathlib import Path

import pytest

from tests.store.words import Each, new_case, raw
from tests.stores import laid
from triage.errors import PermanentError, StoreBrokenError, StoreFullError
from triage.store import connect
from triage.store.reserve import Reserve
from triage.store.sqlite import open_for_daemon, open_store

MANY = 1 << 60


def test_the_space_is_taken_and_given_up(tmp_path: Path) -> None:
    """Real blocks of the disk are held, whatever lay there before, and are free again afterwards; giving up twice is no error."""
    path = tmp_path / "a.reserve"
    path.write_bytes(b"half of it")
    reserve = Reserve(path, 1 << 20)
    assert reserve.keep()
    assert reserve.keep()
    assert (path.stat().st_size, path.stat().st_blocks >= (1 << 20) // 512) == (1 << 20, True)
    reserve.give_up()
    reserve.give_up()
    assert not path.exists()


def test_without_room_nothing_is_taken(tmp_path: Path) -> None:
    """A disk with less than twice the space, or none at all, is left as it is."""
    assert not Reserve(tmp_path / "a.reserve", MANY).keep()
    assert not Reserve(tmp_path / "nowhere" / "a.reserve").keep()
    assert list(tmp_path.iterdir()) == []


async def test_a_daemon_keeps_it_while_it_is_open(tmp_path: Path) -> None:
    """A store opened for the daemon keeps the space until it is closed; a command beside it keeps none and may always ask."""
    store = open_for_daemon(tmp_path / "a.db", "SP", reserve=1 << 20)
    await store.expect_room()
    assert (tmp_path / "a.db.reserve").exists()
    beside = open_store(laid(tmp_path / "a.db"), "SP")
    await beside.expect_room()
    await beside.close()
    await store.close()
    assert not (tmp_path / "a.db.reserve").exists()


async def test_nothing_new_on_a_full_disk(tmp_path: Path) -> None:
    """While the space cannot be kept whoever asks is refused, and what was begun can be finished."""
    store = open_for_daemon(tmp_path / "a.db", "SP", reserve=MANY)
    with pytest.raises(StoreFullError, match="nothing new is taken in"):
        await store.expect_room()
    assert (await Each(store).cases.open(new_case())).id == 1
    await store.close()


def damaged(path: Path) -> None:
    """Flip bytes in the middle of a store with something in it, behind what is read when it is opened."""
    with sqlite3.connect(path) as connection:
        connection.execute("pragma wal_checkpoint(truncate)")
    content = bytearray(path.read_bytes())
    assert len(content) > 100_000
    for place in range(len(content) * 3 // 4, len(content) - 4096, 4096):
        content[place : place + 64] = b"\xff" * 64
    path.write_bytes(content)


async def test_a_damaged_store_is_not_worked_on(tmp_path: Path) -> None:
    """Bit rot anywhere in the file ends the start of the daemon with what to do about it; the file is left as it is."""
    path = tmp_path / "a.db"
    store = open_store(laid(path), "SP")
    await Each(store).messages.add([raw(uid, b"x" * 2000) for uid in range(100)])
    await store.close()
    damaged(path)
    before = path.read_bytes()
    with pytest.raises(StoreBrokenError, match=r"damaged \(.*docs/recovery\.md") as caught:
        open_for_daemon(path, "SP")
    assert isinstance(caught.value, PermanentError)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before


async def test_a_store_too_large_to_look_through_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the start takes seconds at most."""
    store = open_store(laid(tmp_path / "a.db"), "SP")
    await Each(store).messages.add([raw(uid, b"x" * 20_000) for uid in range(300)])
    await store.close()
    monkeypatch.setattr(connect, "_CHECK_SECONDS", -1.0)
    store = open_for_daemon(tmp_path / "a.db", "SP", reserve=1 << 20)
    assert len(await Each(store).messages.held("support", "INBOX", 7)) == 300
    await store.close()
