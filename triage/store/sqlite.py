"""The Store port on SQLite: one writer thread, commits shared by whatever waits, every commit on the disk before it counts."""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlite_utils import Database

from triage.errors import LeaseLostError, StoreBrokenError, StoreFullError, StoreLostError, TriageError
from triage.ports import Transaction
from triage.records import LeaseClaim
from triage.store import lease
from triage.store.connect import check, connect, translate, translated
from triage.store.files import Files
from triage.store.reserve import OCTETS, Reserve
from triage.store.transaction import SqliteTransaction

T = TypeVar("T")

#: Pieces of work that share one commit: enough to make its fsync cheap, few enough to keep it short.
_SHARED = 256


@dataclass(frozen=True, slots=True)
class _Work:
    """One unit of work that waits for the writer."""

    do: Callable[[Transaction], Any]
    future: "asyncio.Future[Any]"
    writes: bool


#: What came of a unit of work: its value, or why there is none.
_Answer = tuple[_Work, Any, BaseException | None]


class SqliteStore:
    """The Store port on one SQLite file. Open it with `open_store`."""

    def __init__(self, db: Database, case_prefix: str, files: Files, reserve: Reserve | None = None) -> None:
        self._db = db
        self._files = files
        #: Why nothing of this store is to be believed any more.
        self._lost: StoreLostError | None = None
        self._reserve = reserve
        self._transaction = SqliteTransaction(db, case_prefix)
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        #: The number of our turn; None for whoever needs no lease (a command, a test).
        self._fence: int | None = None
        #: Who held the lease before this turn and gave no sign of life; empty where it was free, or of this place.
        self.displaced = ""
        self._closed = False
        self._writer = threading.Thread(target=self._write, name="store", daemon=True)
        self._writer.start()

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and commit durably."""
        return await self._submit(work, writes=True)

    async def query(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` that only reads."""
        # Reads go through the writer as well: they then see every commit before them, and need no second connection.
        return await self._submit(work, writes=False)

    async def expect_room(self) -> None:
        """StoreFullError while the disk is so full that only what was begun may be finished."""
        if self._reserve and not self._reserve.keep():
            raise StoreFullError("the disk of the store is full: nothing new is taken in until 16 MB are free")

    async def hold(self, claim: LeaseClaim, now: datetime) -> bool:
        """Take the lease, or keep it."""

        def take(_tx: Transaction) -> tuple[str, int | None]:
            return lease.displaced(self._db, claim, self._fence), lease.take(self._db, claim, self._fence, now)

        try:
            other, turn = await self.transact(take)
        except LeaseLostError:
            return False
        if turn is not None and turn != self._fence:
            self.displaced = other
        self._fence = turn if turn is not None else self._fence
        return turn is not None

    async def release(self) -> None:
        """Let go of the lease."""
        turn = self._fence
        if turn is not None:
            with contextlib.suppress(LeaseLostError):
                await self.transact(lambda _tx: lease.release(self._db, turn))

    async def close(self) -> None:
        """Finish what waits and close."""
        self._closed = True
        self._queue.put(None)
        await asyncio.to_thread(self._writer.join)
        if self._reserve:
            self._reserve.give_up()

    async def _submit(self, work: Callable[[Transaction], T], *, writes: bool) -> T:
        if self._closed:
            raise RuntimeError("the store is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue.put(_Work(work, future, writes))
        # Shielded: the commit happens whether or not the caller still waits, and half of one never does.
        return await asyncio.shield(future)

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
        try:
            if self._lost:
                raise self._lost
            with translated():
                results = self._work_off(batch)
                self._db.execute("commit")
        except (TriageError, ValueError, sqlite3.Error) as error:
            # Nothing of the batch is on the disk: all of it failed, whatever each had returned.
            self._abandon()
            results = [(work, None, error) for work in batch]
            if isinstance(error, StoreLostError):
                self._lost = error
            if isinstance(error, StoreFullError) and self._reserve:
                self._reserve.give_up()
        _answer(results)

    def _work_off(self, batch: list[_Work]) -> list[_Answer]:
        """What came of each unit. Nearly always all of them go well: what undoes one alone costs a tenth, and waits until it must."""
        self._begin(batch)
        try:
            return [(work, self._do(work), None) for work in batch]
        # Whatever a unit of work raises is its caller's to handle; the others in the batch must not suffer.
        except BaseException as error:
            self._presented(error)
        self._db.execute("rollback")
        self._begin(batch)
        return [self._do_apart(work) for work in batch]

    def _begin(self, batch: list[_Work]) -> None:
        writes = any(work.writes for work in batch)
        # Reading alone takes no lock: `triage cases` neither waits for a busy daemon nor holds it up.
        self._db.execute("begin immediate" if writes else "begin")
        if writes:
            self._files.check()
        if writes and self._fence is not None:
            lease.check(self._db, self._fence)

    def _abandon(self) -> None:
        # A rollback that fails as well leaves nothing on the disk either; the writer must live on, or every caller waits for ever.
        if self._db.conn.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("rollback")

    def _do(self, work: _Work) -> object:
        value = work.do(cast(Transaction, self._transaction))
        if not self._db.conn.in_transaction:
            # What comes next would be committed statement by statement.
            raise _ended()
        return value

    def _do_apart(self, work: _Work) -> _Answer:
        self._db.execute("savepoint work")
        try:
            value = self._do(work)
        # As above.
        except BaseException as error:
            found = self._presented(error)
            self._db.execute("rollback to work")
            self._db.execute("release work")
            return work, None, found
        self._db.execute("release work")
        return work, value, None

    def _presented(self, error: BaseException) -> BaseException:
        """The error as its caller gets it; raised where it is the end of the whole commit."""
        if not self._db.conn.in_transaction:
            # SQLite gave up the whole transaction (disk full): nothing is left to roll back to.
            raise _presentable(error) if isinstance(error, sqlite3.Error) else _ended() from error
        if isinstance(found := _presentable(error), StoreLostError):
            raise found from error
        return found


def _answer(answers: list[_Answer]) -> None:
    # Waking a loop costs a system call, as much as a small piece of work: once for all that shared the commit.
    by_loop: dict[asyncio.AbstractEventLoop, list[_Answer]] = {}
    for answer in answers:
        by_loop.setdefault(answer[0].future.get_loop(), []).append(answer)
    for loop, its in by_loop.items():
        # A loop that is closed has nobody left who waits.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_hand_over, its)


def _hand_over(answers: list[_Answer]) -> None:
    for work, value, failure in answers:
        if work.future.done():
            continue
        if failure is not None:
            work.future.set_exception(failure)
        else:
            work.future.set_result(value)


def _presentable(error: BaseException) -> BaseException:
    if isinstance(error, sqlite3.Error):
        return translate(error)
    # A future refuses StopIteration, and its caller would wait for ever.
    return RuntimeError(f"the work raised {error!r}") if isinstance(error, StopIteration) else error


def _ended() -> StoreBrokenError:
    return StoreBrokenError("the transaction ended within a unit of work: expected it to last until the commit")


def open_store(path: Path, case_prefix: str, *, busy_timeout: float = 10.0) -> SqliteStore:
    """The store in that file, made where it does not exist; StoreBusyError, StoreFullError or StoreBrokenError where it cannot be used."""
    return SqliteStore(connect(path, busy_timeout=busy_timeout), case_prefix, Files(path))


def open_for_daemon(path: Path, case_prefix: str, *, reserve: int = OCTETS) -> SqliteStore:
    """The same, checked for damage first, and with space kept back on its disk while it is open."""
    db = connect(path)
    try:
        check(db, path)
    except BaseException:
        db.close()
        raise
    return SqliteStore(db, case_prefix, Files(path), Reserve(path.with_name(f"{path.name}.reserve"), reserve))
