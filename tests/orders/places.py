"""Where orders are kept for the contract of all order books: each place is filled in its own way and opened as its adapter."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from triage.inquiry import OrderBook
from triage.order import Order
from triage.orders.books.sqlite import SqliteBook


class Place(Protocol):
    """An order system of a test's own."""

    #: Fields of an order that this system does not know.
    unknown: frozenset[str]

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Let the order system have these orders; those of the same number are replaced."""

    def open(self) -> OrderBook:
        """The adapter on it."""

    async def close(self) -> None:
        """Stop what runs."""


class SqlitePlace:
    """The embedded order book."""

    unknown: frozenset[str] = frozenset()

    def __init__(self, root: Path) -> None:
        self.path = root / "var" / "orders.db"

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Put them into the file."""
        book = SqliteBook(self.path)
        await book.put(orders, documents)
        await book.close()

    def open(self) -> OrderBook:
        """The adapter on the file."""
        return SqliteBook(self.path)

    async def close(self) -> None:
        """Nothing runs."""
