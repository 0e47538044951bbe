"""Where orders are kept for the contract of all order books: each place is filled in its own way and opened as its adapter."""

import asyncio
import csv
import json
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from triage.inquiry import OrderBook
from triage.order import Order, same_number
from triage.order_form import order_json
from triage.orders.books.files import FilesBook
from triage.orders.books.http import HttpBook
from triage.orders.books.sqlite import SqliteBook
from triage.sections.orders import HttpSettings


class Place(Protocol):
    """An order system of a test's own."""

    #: Fields of an order that this system does not know, or knows in another form.
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


class HttpPlace:
    """A server of the shop's own that answers in our form."""

    unknown: frozenset[str] = frozenset()

    def __init__(self, _root: Path) -> None:
        self.orders: dict[str, Order] = {}
        self.documents: dict[str, bytes] = {}
        #: What is answered instead of 200.
        self.code = 200
        self.asked: list[tuple[str, str]] = []
        #: Sent along with the next answers.
        self.headers: dict[str, str] = {}
        place = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                place.asked.append((self.path, self.headers.get("Authorization", "")))
                content = place.answer(urlsplit(self.path))
                self.send_response(place.code if content is not None else 404)
                self.send_header("Location", "https://evil.example/")
                for name, text in place.headers.items():
                    self.send_header(name, text)
                self.end_headers()
                self.wfile.write(content or b"")

            def log_message(self, *_arguments: object) -> None:
                """Nothing is printed."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server.server_port}"

    def answer(self, url: SplitResult) -> bytes | None:
        """The body for a request; None where there is nothing."""
        asked = parse_qs(url.query)
        if url.path.startswith("/orders/"):
            number = same_number(unquote(url.path.removeprefix("/orders/")))
            found = [order for order in self.orders.values() if same_number(order.number) == number]
            return self.body(found[0]) if found else None
        if "email" in asked:
            return self.listed([it for it in self.orders.values() if asked["email"][0] in (*it.addresses, *it.linked)])
        if "after" in asked:
            after = datetime.fromisoformat(asked["after"][0])
            return self.listed([it for it in self.orders.values() if it.updated_at and it.updated_at > after])
        return self.documents.get(unquote(url.path.removeprefix("/")))

    def body(self, order: Order) -> bytes:
        """One order."""
        return order_json(order).encode()

    def listed(self, orders: Sequence[Order]) -> bytes:
        """Several."""
        return b'{"orders": [' + b", ".join(map(self.body, orders)) + b"]}"

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Let the server know them."""
        self.orders |= {order.number: order for order in orders}
        self.documents |= documents

    def settings(self, **more: Any) -> HttpSettings:
        """How it is asked."""
        given = {
            "by_number": f"{self.base}/orders/{{number}}",
            "by_address": f"{self.base}/orders?email={{address}}&limit={{limit}}",
            "changed": f"{self.base}/orders?after={{after}}&limit={{limit}}",
        }
        return HttpSettings(**{**given, **more})

    def open(self) -> OrderBook:
        """The adapter on it; it began to listen for changes on the tenth."""
        return HttpBook(self.settings(), time_out=5, now=lambda: datetime(2026, 11, 10, tzinfo=UTC))

    async def close(self) -> None:
        """Stop the server."""
        await asyncio.to_thread(self.server.shutdown)
        self.server.server_close()
        self.thread.join()
