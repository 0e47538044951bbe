"""The Store port on SQLite: one writer thread, commits shared by whatever waits, every commit on the disk before it counts."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlite_utils import Database

from triage.errors import StoreBrokenError, StoreBusyError, StoreFullError, TriageError
from triage.ports import Transaction
from triage.store.migrations import migrate
from triage.store.transaction import SqliteTransaction

T = TypeVar("T")

#: Pieces of work that share one commit: enough to make its fsync cheap, few enough to keep it short.
_SHARED = 256

_Work = tuple[Callable[[Transaction], Any], "Future[Any]"]


def connect(path: Path, *, busy_timeout: float = 10.0) -> Database:
    """An open, migrated database: WAL, synchronous=FULL, foreign keys on."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with translated():
        connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
        db = Database(connection)
        db.enable_wal()
        # An acknowledgment's state must survive a power cut; WAL alone promises only consistency.
        connection.execute("pragma synchronous = full")
        connection.execute("pragma foreign_keys = on")
        migrate(db)
    return db


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """SQLite's errors as ours, by what can be done about them."""
    try:
        yield
    except sqlite3.Error as error:
        raise _translate(error) from error


def _translate(error: sqlite3.Error) -> TriageError | sqlite3.Error:
    name = getattr(error, "sqlite_errorname", "") or ""
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return StoreBusyError(f"the store is locked by another process ({name}): expected to be its only writer")
    if name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY")):
        return StoreFullError(f"the store cannot be written ({name}): expected a writable disk with free space")
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN")):
        return StoreBrokenError(f"the store cannot be opened ({name}): expected a SQLite database written by triage")
    return error


class SqliteStore:
    """The Store port on one SQLite file. Open it with `open_store`."""

    def __init__(self, db: Database, case_prefix: str) -> None:
        self._db = db
        self._transaction = SqliteTransaction(db, case_prefix)
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._writer = threading.Thread(target=self._write, name="store", daemon=True)
        self._writer.start()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and commit durably."""
        future: Future[T] = Future()
        self._queue.put((work, future))
        # Shielded: the commit happens whether or not the caller still waits, and half of one never does.
        return await asyncio.shield(asyncio.wrap_future(future))

    async def query(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` that only reads."""
        # Reads go through the writer as well: they then see every commit before them, and need no second connection.
        return await self.transact(work)

    async def close(self) -> None:
        """Finish what waits and close."""
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)

    def _write(self) -> None:
        while (first := self._queue.get()) is not None:
            batch, last = self._gather(first)
            self._commit_together(batch)
            if last:
                break
        self._db.close()

    def _gather(self, first: _Work) -> tuple[list[_Work], bool]:
        batch = [first]
        while len(batch) < _SHARED:
            try:
                item = self._queue.get_nowait()
            except queue.Empty:
                break
            if item is None:
                return batch, True
            batch.append(item)
        return batch, False

    def _commit_together(self, batch: list[_Work]) -> None:
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        try:
            with translated():
                self._db.execute("begin immediate")
                results.extend(self._run(work, future) for work, future in batch)
                self._db.execute("commit")
        except (TriageError, sqlite3.Error) as error:
            # Nothing of the batch is on the disk: all of it failed, whatever each had returned.
            if self._db.conn.in_transaction:
                self._db.execute("rollback")
            results = [(future, None, error) for _work, future in batch]
        for future, value, failure in results:
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(value)

    def _run(self, work: Callable[[Transaction], Any], future: "Future[Any]") -> tuple["Future[Any]", Any, BaseException | None]:
        self._db.execute("savepoint work")
        try:
            value = work(cast(Transaction, self._transaction))
        # Whatever a unit of work raises is its caller's to handle; the others in the batch must not suffer.
        except Exception as error:
            if not self._db.conn.in_transaction:
                raise  # SQLite gave up the whole transaction (disk full): nothing left to roll back to.
            self._db.execute("rollback to work")
            self._db.execute("release work")
            return future, None, _translate(error) if isinstance(error, sqlite3.Error) else error
        self._db.execute("release work")
        return future, value, None


def open_store(path: Path, case_prefix: str, *, busy_timeout: float = 10.0) -> SqliteStore:
    """The store in that file, made where it does not exist; StoreBusyError, StoreFullError or StoreBrokenError where it cannot be used."""
    return SqliteStore(connect(path, busy_timeout=busy_timeout), case_prefix)
