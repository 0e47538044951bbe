"""Cells of SQL tables as text: whatever types a database has, they become what they mean or are refused by the name of their column."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from tests.orders.making import at, euros
from tests.rows import rows
from triage.errors import OrderSystemRefusedError
from triage.order import DocumentKind, PaymentStatus, RefundStatus, Vendor
from triage.order_form import order_of
from triage.orders.books.sql_mark import Mark, parse_mark
from triage.orders.books.sql_rows import cells, order_fields
from triage.sections.sql import PartName

BERLIN = ZoneInfo("Europe/Berlin")


def text(name: str, value: object) -> str:
    """One cell as text; "" where it says nothing."""
    return cells({name: value}, BERLIN, "orders").get(name, "")


@rows(
    ("value", "said"),
    [
        (None, ""),
        ("", ""),
        (" \t", ""),
        (" A-1 ", "A-1"),
        (1001, "1001"),
        (1001.0, "1001"),
        (Decimal("1001.00"), "1001"),
        (Decimal("2.5"), "2.5"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (["a@b.example", None, "c@d.example"], "a@b.example;c@d.example"),
    ],
)
def test_text_and_numbers(value: object, said: str) -> None:
    """Whole numbers have no fraction, lists are joined, and what is empty or NULL is left out."""
    assert text("number", value) == said


@rows(
    ("value", "said"),
    [
        (Decimal("49.90"), "49.90"),
        (49.9, "49.9"),
        (0.1 + 0.2, "0.3"),
        (1e16, "1E+16"),
        (-5, "-5"),
        (0, "0"),
        ("49.90", "49.90"),
        (" 7 ", "7"),
        (None, ""),
        (" ", ""),
    ],
)
def test_amounts(value: object, said: str) -> None:
    """Decimals and text stay as exact as they are; what a binary fraction has beyond a hundredth of a cent was never meant."""
    assert text("total", value) == said


@rows(
    ("value", "said"),
    [
        (datetime(2026, 11, 20, 10, tzinfo=UTC), "2026-11-20T10:00:00+00:00"),
        (datetime(2026, 11, 20, 10, tzinfo=timezone(timedelta(hours=-5))), "2026-11-20T15:00:00+00:00"),
        (datetime.fromisoformat("2026-11-20T10:00"), "2026-11-20T09:00:00+00:00"),
        (datetime.fromisoformat("2026-07-20T10:00"), "2026-07-20T08:00:00+00:00"),
        (date(2026, 11, 26), "2026-11-25T23:00:00+00:00"),
        ("2026-11-20 10:00:00", "2026-11-20T09:00:00+00:00"),
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00+00:00"),
        ("2026-11-20T10:00:00.123456+02:00", "2026-11-20T08:00:00.123456+00:00"),
        ("2026-11-26", "2026-11-25T23:00:00+00:00"),
        (1763632800, "2025-11-20T10:00:00+00:00"),
        (1763632800.5, "2025-11-20T10:00:00.500000+00:00"),
        (Decimal(1763632800), "2025-11-20T10:00:00+00:00"),
        ("", ""),
        (None, ""),
    ],
)
def test_times(value: object, said: str) -> None:
    """A time without a zone is one of the shop's, also in summer; a day begins at midnight there; numbers are seconds since 1970."""
    assert text("placed_at", value) == said


@rows(
    ("name", "value", "expected"),
    [
        ("placed_at", "yesterday", "a time, not str"),
        ("at", True, "a time, not bool"),
        ("placed_at", 1e30, "a time, not float"),
        ("placed_at", b"2026-11-20", "a time, not bytes"),
        ("total", "$49.90", "an amount such as 49.90, not str"),
        ("total", "49,90", "an amount such as 49.90, not str"),
        ("total", "NaN", "an amount such as 49.90, not str"),
        ("total", float("nan"), "an amount such as 49.90, not float"),
        ("total", float("inf"), "an amount such as 49.90, not float"),
        ("total", Decimal("Infinity"), "an amount such as 49.90, not Decimal"),
        ("total", True, "an amount such as 49.90, not bool"),
        ("total", b"49.90", "an amount such as 49.90, not bytes"),
        ("number", b"A-1", "text or a number, not bytes"),
        ("number", float("nan"), "text or a number, not float"),
        ("status", False, "text or a number, not bool"),
        ("addresses", {"a": 1}, "text or a number, not dict"),
    ],
)
def test_what_makes_no_sense(name: str, value: object, expected: str) -> None:
    """The table and our name of the column are told, and never the value."""
    with pytest.raises(OrderSystemRefusedError) as caught:
        text(name, value)
    assert str(caught.value) == f"orders: column for {name}: expected {expected}"


WHOLE: Mapping[PartName, list[dict[str, str]]] = {
    "items": [
        {"name": "Vase", "quantity": "2", "price": "20", "vendor": "Potter", "vendor_email": "p@potter.example"},
        {"name": "Gift wrap"},
    ],
    "payments": [
        {"id": "c1", "amount": "40", "status": "failed", "reason": "declined", "method": "Visa", "at": "2026-11-01T10:00:00Z"},
        {"id": "c2", "amount": "40", "status": "paid", "currency": "USD"},
        {"id": "c3", "status": "paid"},
    ],
    "refunds": [{"id": "r1", "amount": "20", "status": "approved"}],
    "documents": [{"kind": "invoice", "where": "7"}],
    "addresses": [{"address": "a@b.example"}, {}],
    "linked": [{"address": "c@d.example"}],
    "shipments": [],
}


def test_an_order_with_all_its_parts() -> None:
    """Rows of other tables take the place of what the order's own row says of the same thing; without any, that stays."""
    row = {
        "number": "A-1",
        "status": "shipped",
        "total": "60",
        "carrier": "DHL",
        "payment_status": "paid",
        "payment_amount": "1",
        "addresses": "x@y.example",
    }
    found = order_of(order_fields(row, WHOLE, "EUR"))
    assert (found.total, found.addresses, found.linked) == (euros("60"), ("a@b.example",), ("c@d.example",))
    assert [(it.name, it.quantity, it.price) for it in found.items] == [("Vase", 2, euros("20")), ("Gift wrap", 1, None)]
    assert found.items[0].vendor == Vendor(name="Potter", email="p@potter.example")
    # A payment without an amount says nothing that could be told.
    assert [(it.id, str(it.amount), it.status) for it in found.payments] == [
        ("c1", "40.00 EUR", PaymentStatus.FAILED),
        ("c2", "40.00 USD", PaymentStatus.PAID),
    ]
    assert found.payments[0].failed is not None
    assert (found.payments[0].failed.reason, found.payments[0].failed.at) == ("declined", at(1))
    assert [(it.id, it.amount, it.status) for it in found.refunds] == [("r1", euros("20"), RefundStatus.APPROVED)]
    assert [(it.kind, it.where) for it in found.documents] == [(DocumentKind.INVOICE, "7")]
    assert [it.carrier for it in found.shipments] == ["DHL"]


def test_the_currency_of_a_row() -> None:
    """A column of the order's goes before that of the configuration, and that of a part's row before both."""
    parts: Mapping[PartName, list[dict[str, str]]] = {
        "refunds": [{"amount": "1", "status": "sent"}, {"amount": "1", "status": "sent", "currency": "CHF"}]
    }
    found = order_of(order_fields({"number": "A-1", "status": "shipped", "total": "60", "currency": "USD"}, parts, "EUR"))
    assert (str(found.total), [str(it.amount) for it in found.refunds]) == ("60.00 USD", ["1.00 USD", "1.00 CHF"])


@rows(
    "value",
    [
        at(20),
        datetime.fromisoformat("2026-11-20T10:00:00.123456"),
        date(2026, 11, 20),
        7,
        Decimal("7.50"),
        7.25,
        "2026-11-20 10:00",
        UUID(int=7),
        None,
    ],
)
def test_marks_are_read_as_they_were_written(value: object) -> None:
    """Each type comes back as itself, so that a database compares like with like."""
    mark = Mark(value=value, key=value)
    again = parse_mark(str(mark))
    assert (again, type(again.value)) == (mark, type(value))


@rows(
    "text",
    ["", "7", "[]", '["int"]', '[["int", "x"], null]', '[["module", "x"], null]', "2026-11-20T10:00:00+00:00", '[["int"], null]', "{"],
)
def test_marks_of_another_order_system(text: str) -> None:
    """What another kind of order system left is not taken for a mark of this one."""
    with pytest.raises(OrderSystemRefusedError, match="expected a mark of this order system"):
        parse_mark(text)


def test_a_column_that_cannot_be_followed() -> None:
    """Only what can be compared is a mark."""
    with pytest.raises(OrderSystemRefusedError, match="a column of bytes: expected one of times, numbers or text"):
        str(Mark(value=b"\x01"))


@rows(
    ("row", "part"),
    [
        ({"total": "1"}, {}),
        ({"payment_amount": "1"}, {}),
        ({}, {"amount": "1", "status": "sent"}),
        ({}, {"price": "1", "name": "Vase"}),
    ],
)
def test_amounts_need_a_currency(row: dict[str, str], part: dict[str, str]) -> None:
    """An amount beside an empty currency is refused rather than told without one."""
    name: PartName = "items" if "price" in part else "refunds"
    parts: Mapping[PartName, list[dict[str, str]]] = {name: [part]} if part else {}
    whole = {"number": "A-1", "status": "shipped", **row}
    with pytest.raises(OrderSystemRefusedError, match="expected a currency such as EUR beside an amount"):
        order_fields(whole, parts, "")
    assert order_of(order_fields({**whole, "currency": "EUR"}, parts, "")).number == "A-1"
    assert order_of(order_fields(whole, parts, "EUR")).number == "A-1"
