"""`place` says where a store is kept, `store` is one that is open, and `each` runs every call on it as a transaction of its own."""

import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.words import Each
from tests.stores import laid
from triage.ports import Store
from triage.store.sqlite import open_store

#: Every commit waits for the disk, and hundreds of tests would wait for each other: what is promised of disks is tested on one.
_MEMORY = Path("/dev/shm")


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A SQLite file; another adapter is another class with this method."""

    path: Path

    def open(self) -> Store:
        """The store there; made when it is first opened."""
        return open_store(laid(self.path), "SP", busy_timeout=5)


@pytest.fixture(params=[SqlitePlace], ids=["sqlite"])
def place(request: pytest.FixtureRequest) -> Iterator[SqlitePlace]:
    """Where the store of this test is kept."""
    with tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as directory:
        yield request.param(Path(directory) / "triage.db")


@pytest.fixture
async def store(place: SqlitePlace) -> AsyncIterator[Store]:
    """An open store with nothing in it."""
    opened = place.open()
    yield opened
    await opened.close()


@pytest.fixture
def each(store: Store) -> Each:
    """The tables of the store, one transaction for each call."""
    return Each(store)
