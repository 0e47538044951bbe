"""The shop of the demo: the orders that its customers write about, with their documents, and what changes during the day."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

from triage.order import Document, Order
from triage.order_form import order_of
from triage.orders.books.sqlite import SqliteBook

_TABLE = "orders.toml"
#: Days and hours from the beginning of the day, and amounts, as the table writes them.
_WHEN = re.compile(r"([+-]\d{1,3})([dhm])")
_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
#: What ends a text in a PDF, or means something else in it.
_UNSAFE = re.compile(r"[()\\]")
_MONEY = re.compile(r"(\d{1,6}\.\d\d) ([A-Z]{3})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """An order as it becomes during the day."""

    #: Numbers of the messages that settle before it.
    after: tuple[str, ...]
    order: Order
    #: Who is to be told of it.
    recipient: str


@dataclass(slots=True)
class Shop:
    """An order book that is filled for the day."""

    path: Path
    began: datetime

    async def open(self) -> None:
        """Fill the book with the orders of the day."""
        orders = orders_of_the_day(self.began)
        await self._put(orders, {one.where: paper(order, one) for order in orders for one in order.documents})

    async def change(self, change: Change) -> None:
        """Let the order become what it becomes."""
        await self._put([change.order], {})

    async def _put(self, orders: Sequence[Order], documents: Mapping[str, bytes]) -> None:
        book = SqliteBook(self.path)
        try:
            await book.put(orders, documents)
        finally:
            await book.close()


def orders_of_the_day(began: datetime) -> tuple[Order, ...]:
    """All orders as they are when the day begins."""
    return tuple(order_of(_fields(row, began)) for row in _table()["order"])


def changes_of_the_day(began: datetime) -> tuple[Change, ...]:
    """What changes, in its order."""
    known = {order.number: order for order in orders_of_the_day(began)}
    rows = {str(row["number"]): row for row in _table()["order"]}
    changes = []
    for row in _table()["change"]:
        after, number = row["after"], str(row["number"])
        changed = order_of(_fields({**rows[number], **{name: value for name, value in row.items() if name != "after"}}, began))
        changes.append(
            Change(after=tuple(map(str, after if isinstance(after, list) else ())), order=changed, recipient=known[number].addresses[0])
        )
    return tuple(changes)


def paper(order: Order, document: Document) -> bytes:
    """The document as a PDF of one page."""
    paid = [f"Paid by {it.method}: {it.amount}" for it in order.payments]
    lines = [f"SayPro: {document.kind} {document.number}", f"Order {order.number}", *(f"{it.quantity} x {it.name}" for it in order.items),
             f"Total: {order.total}", *paid]  # fmt: skip
    shown = " ".join(f"({_UNSAFE.sub('', line)}) Tj T*" for line in lines)
    page = f"BT /F1 12 Tf 50 780 Td 18 TL {shown} ET"
    objects = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{one}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    end = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return f"{body}xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}{end}".encode("ascii", "replace")


def _table() -> Mapping[str, list[dict[str, object]]]:
    return tomllib.loads((files("triage.demo") / "mail" / _TABLE).read_text(encoding="utf-8"))


def _fields(row: Mapping[str, object], began: datetime) -> dict[str, object]:
    return {name: _moved(value, began) for name, value in row.items()}


def _moved(value: object, began: datetime) -> object:
    """The value with times and amounts that are what they stand for."""
    if isinstance(value, dict):
        return _fields(value, began)
    if isinstance(value, list):
        return [_moved(one, began) for one in value]
    if isinstance(value, str) and (when := _WHEN.fullmatch(value)):
        return began + timedelta(**{_UNITS[when[2]]: int(when[1])})
    if isinstance(value, str) and (money := _MONEY.fullmatch(value)):
        return {"amount": money[1], "currency": money[2]}
    return value
