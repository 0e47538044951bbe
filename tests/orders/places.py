"""Where orders are kept for the contract of all order books: each place is filled in its own way and opened as its adapter."""

import csv
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from triage.inquiry import OrderBook
from triage.order import Order
from triage.order_form import order_json
from triage.orders.books.files import FilesBook
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


class FilePlace:
    """Files as another program exports them; `ending` says which kind."""

    unknown: frozenset[str] = frozenset()
    ending = "json"

    def __init__(self, root: Path) -> None:
        self.folder = root / "export"
        self.folder.mkdir(parents=True)
        self.orders: dict[str, Order] = {}

    @property
    def path(self) -> Path:
        """The file."""
        return self.folder / f"orders.{self.ending}"

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Write the file anew, and the documents beside it."""
        self.orders |= {order.number: order for order in orders}
        for where, content in documents.items():
            (self.folder / where).parent.mkdir(exist_ok=True)
            (self.folder / where).write_bytes(content)
        self.write([json.loads(order_json(order)) for order in self.orders.values()])

    def write(self, orders: list[dict[str, Any]]) -> None:
        """In the form of this kind of file."""
        self.path.write_text(json.dumps({"orders": orders}), encoding="utf-8")

    def open(self) -> OrderBook:
        """The adapter on the file."""
        return FilesBook([self.path])

    async def close(self) -> None:
        """Nothing runs."""


class LinesPlace(FilePlace):
    """One order in a line."""

    ending = "jsonl"

    def write(self, orders: list[dict[str, Any]]) -> None:
        """A line for each, and an empty one."""
        self.path.write_text("".join(json.dumps(order) + "\n" for order in orders) + "\n", encoding="utf-8")


class CsvPlace(FilePlace):
    """A table with one order in a row, one column under another name than ours."""

    unknown = frozenset({"items", "history", "refunds"})
    ending = "csv"

    def write(self, orders: list[dict[str, Any]]) -> None:
        """All columns, with the mark that spreadsheets put before a file."""
        table = [row_of(order) for order in orders]
        names = list(dict.fromkeys(name for row in table for name in row))
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.DictWriter(file, ["Order ID" if name == "number" else name for name in names])
            writer.writeheader()
            writer.writerows([{("Order ID" if name == "number" else name): text for name, text in row.items()} for row in table])

    def open(self) -> OrderBook:
        """The adapter on the file, told of the other name."""
        return FilesBook([self.path], {"number": "Order ID"})


def row_of(order: dict[str, Any]) -> dict[str, str]:
    """An order as a flat row."""
    plain = ("number", "status", "placed_at", "updated_at", "customer", "language", "expected_at", "reason")
    row = {name: order[name] for name in plain if name in order}
    row |= {name: "; ".join(order[name]) for name in ("addresses", "linked") if name in order}
    row |= {name: order[name]["amount"] for name in ("total", "tax", "shipping", "discount") if name in order}
    row["currency"] = "EUR"
    for shipment in order.get("shipments", ()):
        row |= {name: text for name, text in shipment.items() if name != "expected_at"}
        row["parcel_expected_at"] = shipment.get("expected_at", "")
    for payment in order.get("payments", ()):
        attempt = (payment.get("attempts") or [{}])[-1]
        row |= {"payment_status": payment["status"], "payment_method": payment["method"], "payment_amount": payment["amount"]["amount"]}
        row |= {"payment_at": payment.get("at") or attempt.get("at", ""), "payment_reason": attempt.get("reason", "")}
    for document in order.get("documents", ()):
        row |= {document["kind"]: document["where"], f"{document['kind']}_number": document["number"]}
    return row
