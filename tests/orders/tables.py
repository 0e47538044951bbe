"""Orders in the tables of a SQL database, for the contract of all order books and for what is particular to these."""

import itertools
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.orders.places import row_of
from tests.servers.postgres import PASSWORD, Postgres
from triage.inquiry import OrderBook
from triage.order import Order
from triage.order_form import order_json
from triage.orders.books.sql import SqlBook
from triage.secret import Secret
from triage.sections.sql import ORDER_COLUMNS, SqlSettings

_fresh = itertools.count()
#: When the contract is played, long after the last change in it.
LATER = datetime(2026, 12, 1, tzinfo=UTC)

#: Another shop's words: tables of orders and of what belongs to them, with a key of their own.
SHOP = (
    """create table "Bestellung" (id integer primary key, "Nr" text, state text, placed_at {time}, changed {time}, customer text,
       email text, other_email text, expected_at {time}, note text, language text, total {money}, tax {money}, shipping {money},
       discount {money})""",
    "create table lines (order_id integer, place integer, sku text, title text, pieces integer, unit_price {money}, description text)",
    """create table parcels (order_id integer, carrier text, tracking_number text, tracking_url text, status text, shipped_at {time},
       expected_at {time}, delivered_at {time})""",
    "create table charges (order_id integer, id text, method text, amount {money}, state text, at {time}, reason text)",
    """create table refunds (order_id integer, id text, amount {money}, status text, method text, requested_at {time}, sent_at {time},
       expected_at {time})""",
    "create table steps (order_id integer, at {time}, status text, reason text)",
    """create table papers (order_id integer, kind text, number text, path text, content_type text, pdf {bytes})""",
)
#: Where our fields lie in it.
MAPPING: Mapping[str, Any] = {
    "table": "Bestellung", "key": "id", "changes": "changed", "currency": "EUR",
    "fields": {"number": "Nr", "status": "state", "updated_at": "changed", "addresses": "email", "linked": "other_email", "reason": "note"},
    "statuses": {"unterwegs": "shipped", "verspätet": "delayed"},
    "items": {"table": "lines", "order": "order_id", "sort": "place", "fields": {"name": "title", "quantity": "pieces", "price": "unit_price"}},
    "shipments": {"table": "parcels", "order": "order_id"},
    "payments": {"table": "charges", "order": "order_id", "fields": {"status": "state"}, "statuses": {"captured": "paid"}},
    "refunds": {"table": "refunds", "order": "order_id"},
    "history": {"table": "steps", "order": "order_id", "statuses": {"verspätet": "delayed"}},
    "documents": {"table": "papers", "order": "order_id", "fields": {"where": "path", "content": "pdf"}, "statuses": {"bon": "receipt"}},
}  # fmt: skip
_THEIRS = {"shipped": "unterwegs", "delayed": "verspätet", "paid": "captured", "receipt": "bon"}


class Table:
    """A database of a test's own on SQLite; statements are written with `?`."""

    types: Mapping[str, str] = {"time": "text", "money": "text", "bytes": "blob"}

    def __init__(self, root: Path) -> None:
        self.path = root / f"shop{next(_fresh)}.db"

    @property
    def url(self) -> str:
        """Its address."""
        return f"sqlite:///{self.path}"

    @contextmanager
    def owned(self) -> Iterator[Any]:
        """A cursor of the shop's own; what it did is done at the end of the block."""
        connection = sqlite3.connect(self.path, isolation_level=None)
        connection.execute("pragma synchronous = off")
        connection.execute("begin")
        yield connection
        connection.execute("commit")
        connection.close()

    def run(self, *statements: str) -> None:
        """Let the shop do that."""
        with self.owned() as cursor:
            for statement in statements:
                cursor.execute(statement.format(**self.types))

    def sql(self, statement: str) -> str:
        """As the driver writes places."""
        return statement

    def settings(self, **more: Any) -> SqlSettings:
        """How it is asked."""
        return SqlSettings(**{"url": self.url, "currency": "EUR", "table": "orders", **more})

    def book(self, time_out: float = 20.0, **more: Any) -> SqlBook:
        """The adapter on it."""
        return SqlBook(self.settings(**more), time_out=time_out, now=lambda: LATER)


class PostgresTable(Table):
    """The same on PostgreSQL, read by a user who has a password."""

    types: Mapping[str, str] = {"time": "timestamptz", "money": "numeric(12, 2)", "bytes": "bytea"}

    def __init__(self, root: Path, server: Postgres) -> None:
        self.server = server
        self.name = f"shop{next(_fresh)}"
        self.address = server.database(self.name)
        (root / "password").write_text(PASSWORD)
        self.password = Secret(file=root / "password")

    @property
    def url(self) -> str:
        """Its address."""
        return self.address

    @contextmanager
    def owned(self) -> Iterator[Any]:
        """A cursor of the owner of the tables."""
        with self.server.owner(self.name) as connection, connection.transaction(), connection.cursor() as cursor:
            yield cursor

    def sql(self, statement: str) -> str:
        """As the driver writes places."""
        return statement.replace("?", "%s")

    def settings(self, **more: Any) -> SqlSettings:
        """How it is asked."""
        return super().settings(**{"password": self.password, **more})


class FlatPlace:
    """One view with the columns of a CSV file, on SQLite; documents lie in a folder."""

    unknown = frozenset({"items", "history", "refunds"})

    def __init__(self, root: Path) -> None:
        self.root = root
        self.table = Table(root)
        self.table.run(
            f"create table everything ({', '.join(f'{name} text' for name in ORDER_COLUMNS)})",
            "create view orders as select * from everything",
        )

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """One row for each."""
        for where, content in documents.items():
            (self.root / "papers" / where).parent.mkdir(parents=True, exist_ok=True)
            (self.root / "papers" / where).write_bytes(content)
        given = [row_of(json.loads(order_json(order))) for order in orders]
        places = ", ".join("?" * len(ORDER_COLUMNS))
        with self.table.owned() as shop:
            for row in given:
                shop.execute("delete from everything where number = ?", (row["number"],))
                shop.execute(f"insert into everything values ({places})", [row.get(name) for name in ORDER_COLUMNS])

    def open(self) -> OrderBook:
        """The adapter on the view."""
        return self.table.book(folder=self.root / "papers")

    async def close(self) -> None:
        """Nothing runs."""


class TablesPlace:
    """Tables in another shop's words, with documents in one of them, on SQLite."""

    unknown: frozenset[str] = frozenset()

    def __init__(self, table: Table) -> None:
        self.table = table
        self.table.run(*SHOP)

    async def fill(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        """Rows in all of them; those of the same number go before."""
        with self.table.owned() as shop:
            for order in orders:
                for table, rows in self._rows(json.loads(order_json(order)), documents):
                    key = "id" if table == '"Bestellung"' else "order_id"
                    shop.execute(self.table.sql(f"delete from {table} where {key} = ?"), (key_of(order),))
                    for row in rows:
                        places = ", ".join("?" * (len(row) + 1))
                        shop.execute(self.table.sql(f"insert into {table} values ({places})"), (key_of(order), *row))

    def _rows(self, order: dict[str, Any], documents: Mapping[str, bytes]) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
        amounts = (order.get(name, {}).get("amount") for name in ("total", "tax", "shipping", "discount"))
        yield '"Bestellung"', [(
            order["number"], theirs(order["status"]), *some(order, "placed_at", "updated_at", "customer"), order["addresses"][0],
            order.get("linked", [None])[0], *some(order, "expected_at", "reason", "language"), *amounts,
        )]  # fmt: skip
        lines = [
            (place, it.get("sku"), it["name"], it.get("quantity", 1), it.get("price", {}).get("amount"), it.get("description"))
            for place, it in enumerate(order.get("items", ()))
        ]
        # The other way round, so that it is the column that sorts them.
        yield "lines", lines[::-1]
        names = ("carrier", "tracking_number", "tracking_url", "status", "shipped_at", "expected_at", "delivered_at")
        yield "parcels", [some(it, *names) for it in order.get("shipments", ())]
        yield "charges", [charge(it) for it in order.get("payments", ())]
        names = ("status", "method", "requested_at", "sent_at", "expected_at")
        yield "refunds", [(it.get("id"), it["amount"]["amount"], *some(it, *names)) for it in order.get("refunds", ())]
        yield "steps", [(it["at"], theirs(it["status"]), it.get("reason")) for it in order.get("history", ())]
        papers = order.get("documents", ())
        yield "papers", [(theirs(it["kind"]), *some(it, "number", "where", "content_type"), documents.get(it["where"])) for it in papers]

    def open(self) -> OrderBook:
        """The adapter on them."""
        return self.table.book(**MAPPING)

    async def close(self) -> None:
        """Nothing runs that is not shared."""


def charge(payment: dict[str, Any]) -> tuple[object, ...]:
    """A payment as a row: a failed one is its last attempt."""
    attempt = (payment.get("attempts") or [{}])[-1]
    at, reason = payment.get("at") or attempt.get("at"), attempt.get("reason")
    return (payment.get("id"), payment["method"], payment["amount"]["amount"], theirs(payment["status"]), at, reason)


def theirs(word: str) -> str:
    """The shop's own word for it."""
    return _THEIRS.get(word, word)


def some(fields: Mapping[str, Any], *names: str) -> tuple[object, ...]:
    """These of the fields; None for what is not there."""
    return tuple(fields.get(name) for name in names)


def key_of(order: Order) -> int:
    """The key under which the shop has it."""
    return int("".join(filter(str.isdigit, order.number)))
