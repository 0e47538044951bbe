"""The embedded order book: a SQLite file that the shop's own programs, `triage orders load` or the demo fill."""

import asyncio
import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError, TriageError
from triage.order import Document, Order, same_number
from triage.order_form import order_json, parse_order

T = TypeVar("T")
#: Does its work in the thread, and hands back what is to be done in the loop.
_Call: TypeAlias = Callable[[], Callable[[], None]]

#: `change` grows with every write, so that changes can be followed; a number may belong to several orders.
_SCHEMA = """
create table if not exists orders(
    change integer primary key autoincrement, id text not null unique, number text not null, placed_at text not null,
    content text not null);
create index if not exists orders_number on orders(number);
create table if not exists customers(address text not null, id text not null, primary key(address, id)) without rowid;
create table if not exists documents(id text not null, place text not null, content blob not null, primary key(id, place)) without rowid;
"""
_OF_NUMBERS = """select number, content from orders where number in (select value from json_each(?)) order by change"""
_OF_ADDRESS = """select content from customers join orders using(id) where address = ? order by placed_at desc limit ?"""


class _Numbers:
    """The order numbers that are asked about in one turn: one statement finds them all."""

    def __init__(self) -> None:
        self._wanted: set[str] = set()
        self._found: Mapping[str, list[str]] | None = None

    def look_up(self, numbers: Sequence[str]) -> Callable[[sqlite3.Connection], list[str]]:
        """What finds the orders with these numbers, as JSON, when it is their turn."""
        wanted = dict.fromkeys(map(same_number, numbers))
        self._wanted.update(wanted)
        return lambda db: self._contents(db, wanted)

    def _contents(self, db: sqlite3.Connection, wanted: Iterable[str]) -> list[str]:
        # Whoever comes first finds the orders of the others as well.
        if every := list(self._wanted):
            self._wanted.clear()
            with contextlib.suppress(sqlite3.Error):
                self._found = _by_number(db, every)
        # One row that cannot be read is no reason to refuse the others: then each asks for its own.
        found = _by_number(db, list(wanted)) if self._found is None else self._found
        return [content for number in wanted for content in found.get(number, ())]


def _by_number(db: sqlite3.Connection, numbers: list[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for number, content in db.execute(_OF_NUMBERS, (json.dumps(numbers),)):
        found.setdefault(number, []).append(content)
    return found


class SqliteBook:
    """The OrderBook port on a SQLite file."""

    def __init__(self, path: Path, *, busy_timeout: float = 2.0) -> None:
        self.name = "order book"
        self._path = path
        self._timeout = busy_timeout
        self._connection: sqlite3.Connection | None = None
        # One thread of its own: SQLite's calls block, and one connection is not shared between threads.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="orders")
        self._waiting: list[_Call] = []
        self._numbers = _Numbers()

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers."""
        return [parse_order(content) for content in await self._do(self._numbers.look_up(numbers))]

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of an address."""
        found = await self._do(lambda db: db.execute(_OF_ADDRESS, (address.lower(), limit)).fetchall())
        return [parse_order(content) for (content,) in found]

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark."""
        if not after:
            [(latest,)] = await self._do(lambda db: db.execute("select coalesce(max(change), 0) from orders").fetchall())
            return [], str(latest)
        found = await self._do(
            lambda db: db.execute("select change, content from orders where change > ? order by change limit ?", (after, limit)).fetchall()
        )
        return [parse_order(content) for _, content in found], str(found[-1][0]) if found else after

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes."""
        query = "select content from documents where id = ? and place = ?"
        found = await self._do(lambda db: db.execute(query, (same_number(order.number), document.where)).fetchone())
        if found is None:
            raise OrderSystemRefusedError(f"{self.name}: document {document.number or document.where} of an order is not there")
        return bytes(found[0])

    async def put(self, orders: Sequence[Order], documents: Mapping[str, bytes] | None = None) -> None:
        """Add or replace orders; `documents` has the bytes by what `Document.where` says."""
        await self._do(lambda db: _put(db, orders, documents or {}))

    async def close(self) -> None:
        """Close the file."""
        await asyncio.to_thread(self._thread.shutdown)
        if self._connection is not None:
            self._connection.close()

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def call() -> Callable[[], None]:
            try:
                found = self._work(work)
            except TriageError as error:
                return partial(_refuse, answer, error)
            return partial(_give, answer, found)

        self._waiting.append(call)
        if len(self._waiting) == 1:
            # Whoever asks until the thread comes to it is answered in the same turn: a turn costs more than a look into the file.
            loop.call_soon(self._take_turn, loop)
        return await answer

    def _take_turn(self, loop: asyncio.AbstractEventLoop) -> None:
        calls, self._waiting, self._numbers = self._waiting, [], _Numbers()

        def turn() -> None:
            answers = [call() for call in calls]
            loop.call_soon_threadsafe(lambda: [answered() for answered in answers])

        self._thread.submit(turn)

    def _work(self, work: Callable[[sqlite3.Connection], T]) -> T:
        try:
            if self._connection is None:
                self._connection = self._opened()
            return work(self._connection)
        except sqlite3.OperationalError as error:
            raise OrderSystemAwayError(f"{self._path}: the order book cannot be read now ({error})") from error
        except (sqlite3.Error, OSError, ValueError) as error:
            raise OrderSystemRefusedError(f"{self._path}: expected an order book ({error})") from error

    def _opened(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=self._timeout, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("pragma journal_mode = wal")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        return connection


def _give(answer: "asyncio.Future[T]", found: T) -> None:
    # Whoever asked may have stopped waiting.
    if not answer.done():
        answer.set_result(found)


def _refuse(answer: "asyncio.Future[T]", error: TriageError) -> None:
    if not answer.done():
        answer.set_exception(error)


def _put(db: sqlite3.Connection, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
    db.execute("begin immediate")
    with db:
        for order in orders:
            key = same_number(order.number)
            placed = order.placed_at.isoformat() if order.placed_at else ""
            # The old row goes, so that the new one is the latest change.
            db.execute("delete from orders where id = ?", (key,))
            db.execute("insert into orders(id, number, placed_at, content) values (?, ?, ?, ?)", (key, key, placed, order_json(order)))
            db.execute("delete from customers where id = ?", (key,))
            addresses = {address.strip().lower() for address in (*order.addresses, *order.linked)}
            db.executemany("insert into customers(address, id) values (?, ?)", [(address, key) for address in addresses])
            kept = [(key, one.where, documents[one.where]) for one in order.documents if one.where in documents]
            db.executemany("insert or replace into documents(id, place, content) values (?, ?, ?)", kept)
