"""`place` says where a store is kept, `store` is one that is open, and `each` runs every call on it as a transaction of its own."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.store.words import Each
from triage.ports import Store
from triage.store.sqlite import open_store


@dataclass(frozen=True, slots=True)
class SqlitePlace:
    """A SQLite file; another adapter is another class with this method."""

    path: Path

    def open(self) -> Store:
        """The store there; made when it is first opened."""
        return open_store(self.path, "SP", busy_timeout=5)


@pytest.fixture(params=[SqlitePlace], ids=["sqlite"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> SqlitePlace:
    """Where the store of this test is kept."""
    found: SqlitePlace = request.param(tmp_path / "triage.db")
    return found


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
