"""Rows of SQL tables as the fields of an order: whatever types their columns have, with times and amounts that are what they say."""

import math
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal, InvalidOperation
from typing import TypeAlias

from triage.errors import OrderSystemRefusedError
from triage.orders.books.flat import from_row, payments_of
from triage.sections.sql import PartName

Cells: TypeAlias = Mapping[str, str]

_AMOUNTS = frozenset({"total", "tax", "shipping", "discount", "payment_amount", "price", "amount"})
#: Finer than any currency: what is left of a binary fraction beyond that was never meant.
_FINEST = Decimal("0.0001")


def cells(row: Mapping[str, object], zone: tzinfo, table: str) -> dict[str, str]:
    """The row as text by our names, without what is empty; OrderSystemRefusedError where a column holds something else than it should."""
    found = {}
    for name, value in row.items():
        try:
            text = _text(name, value, zone)
        except (ValueError, OverflowError, InvalidOperation) as error:
            # Without the value, which is a customer's.
            expected = "a time" if _is_time(name) else "an amount such as 49.90" if name in _AMOUNTS else "text or a number"
            raise OrderSystemRefusedError(f"{table}: column for {name}: expected {expected}, not {type(value).__name__}") from error
        if text:
            found[name] = text
    return found


def order_fields(row: Cells, parts: Mapping[PartName, Sequence[Cells]], currency: str) -> dict[str, object]:
    """The fields of an order; what a table of its own says takes the place of what the row says of it."""
    money = {"currency": row.get("currency", currency)}
    for one in (row, *(one for rows in parts.values() for one in rows)):
        if _AMOUNTS.intersection(one) and not (one.get("currency") or money["currency"]):
            raise OrderSystemRefusedError("column for currency: expected a currency such as EUR beside an amount")
    fields = from_row({**row, **money})
    for name, rows in parts.items():
        if found := [element for one in rows for element in _PARTS[name]({**money, **one})]:
            fields[name] = found
    return fields


def _text(name: str, value: object, zone: tzinfo) -> str:
    if value is None or (isinstance(value, str) and not value.strip()):
        return ""
    if _is_time(name):
        return _time(value, zone)
    match value:
        case bool() | bytes() | memoryview() | Mapping():
            raise ValueError(name)
        case str() | int() | float() | Decimal() if name in _AMOUNTS:
            return _amount(value)
        case float() | Decimal() if value == int(value):
            return str(int(value))
        case list() | tuple():
            return ";".join(str(one) for one in value if one is not None)
    return str(value).strip()


def _is_time(name: str) -> bool:
    return name == "at" or name.endswith("_at")


def _time(value: object, zone: tzinfo) -> str:
    """RFC 3339; a time without a zone is one of `zone`, a number counts seconds, a day begins at midnight."""
    match value:
        case datetime():
            at = value
        case date():
            at = datetime.combine(value, time())
        case bool():
            raise ValueError(value)
        case int() | float() | Decimal():
            at = datetime.fromtimestamp(float(value), UTC)
        case _:
            at = datetime.fromisoformat(str(value).strip())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC).isoformat()


def _amount(value: str | float | Decimal) -> str:
    amount = Decimal(repr(value) if isinstance(value, float) else value)
    if not math.isfinite(amount):
        raise ValueError(value)
    return str(amount.quantize(_FINEST).normalize() if isinstance(value, float) else amount)


def _money(row: Cells, name: str) -> dict[str, object]:
    return {name: {"amount": row[name], "currency": row["currency"]}} if name in row else {}


def _item(row: Cells) -> list[object]:
    vendor = {"name": row.get("vendor", ""), "email": row.get("vendor_email", "")}
    plain = {name: row[name] for name in ("name", "sku", "quantity", "description") if name in row}
    return [{**plain, **_money(row, "price"), **({"vendor": vendor} if "vendor" in row else {})}]


def _payment(row: Cells) -> list[object]:
    renamed = {f"payment_{name}": text for name, text in row.items()} | {"currency": row["currency"]}
    return [payment | ({"id": row["id"]} if "id" in row else {}) for payment in payments_of(renamed)]


def _refund(row: Cells) -> list[object]:
    return [{**{name: text for name, text in row.items() if name not in ("amount", "currency")}, **_money(row, "amount")}]


def _plain(row: Cells) -> list[object]:
    return [{name: text for name, text in row.items() if name != "currency"}]


def _address(row: Cells) -> list[object]:
    return [row["address"]] if "address" in row else []


_PARTS: Mapping[PartName, Callable[[Cells], list[object]]] = {
    "items": _item,
    "shipments": _plain,
    "payments": _payment,
    "refunds": _refund,
    "history": _plain,
    "documents": _plain,
    "addresses": _address,
    "linked": _address,
}
