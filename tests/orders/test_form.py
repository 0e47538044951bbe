"""Orders as JSON: what is written comes back, and what is no order is refused without saying whose it was."""

import json
from dataclasses import replace

import pytest

from tests.effort import effort
from tests.orders.making import ANN, at, failed, order, refund
from tests.orders.test_books import ALL
from tests.rows import rows
from triage.errors import OrderSystemRefusedError
from triage.order import Item, Order, OrderStatus, PaymentStatus, Vendor
from triage.order_form import order_json, order_of, parse_order
from triage.orders.alerts import alerts


@rows(
    "wanted",
    [
        *ALL,
        order(payments=(failed(),), refunds=(refund(),)),
        order(items=(Item(name="Vase", quantity=3, vendor=Vendor(name="Potter", email="p@x.example"), description="blue"),)),
        Order(number="1", status=OrderStatus.PENDING),
    ],
)
def test_there_and_back(wanted: Order) -> None:
    """Amounts keep their cents, times their zone."""
    assert parse_order(order_json(wanted)) == wanted
    assert parse_order(order_json(wanted).encode()) == wanted


def test_what_a_person_would_write() -> None:
    """Times with a Z, amounts as text or number, and only what there is."""
    text = """{"number": "ORD1", "status": "shipped", "placed_at": "2026-11-20T10:00:00Z", "addresses": ["ann@customer.example"],
        "total": {"amount": 49.9, "currency": "EUR"}, "payments": [{"amount": {"amount": "49.90", "currency": "EUR"}, "status": "paid"}]}"""
    found = parse_order(text)
    assert (found.placed_at, found.addresses) == (at(20), (ANN,))
    assert str(found.total) == "49.90 EUR"
    assert found.payments[0].status is PaymentStatus.PAID
    assert found.refunds == ()


@rows(
    ("text", "said"),
    [
        ("", "order: Invalid JSON"),
        ("[]", "order: Input should be"),
        ("{}", "number: "),
        ('{"number": "1", "status": "lost in space"}', "status: Input should be"),
        ('{"number": "1", "status": "shipped", "placed_at": "yesterday"}', "placed_at: "),
        ('{"number": "1", "status": "shipped", "total": {"amount": "much", "currency": "EUR"}}', "total.amount: "),
        ('{"number": "1", "status": "shipped", "payments": [{"status": "paid"}]}', "payments.0.amount: "),
        ('{"number": "1", "status": "shipped", "addresses": "ann@customer.example"}', "addresses: "),
    ],
)
def test_what_is_no_order(text: str, said: str) -> None:
    """The field that is wrong is named."""
    with pytest.raises(OrderSystemRefusedError) as caught:
        parse_order(text)
    assert said in str(caught.value)


def test_no_value_is_told() -> None:
    """An order system's mistakes end up in logs, and a customer's data must not."""
    with pytest.raises(OrderSystemRefusedError) as caught:
        order_of({"number": "1", "status": "secret-status", "customer": {"secret": 1}, "placed_at": "secret-date"})
    assert "secret" not in str(caught.value)


def test_from_values() -> None:
    """Fields as a library hands them out become an order, too."""
    found = order_of({"number": "1", "status": OrderStatus.PENDING, "placed_at": at(1), "addresses": [ANN]})
    assert found == Order(number="1", status=OrderStatus.PENDING, placed_at=at(1), addresses=(ANN,))


def test_times_without_a_zone_are_utc() -> None:
    """Wherever they stand in an order, so that nothing is compared with what cannot be; others stay as they are."""
    text = """{"number": "ORD1", "status": "delayed", "placed_at": "2026-11-20 10:00", "expected_at": "2026-11-26", "updated_at": "2026-11-20T10:00:00+01:00",
        "history": [{"at": "2026-11-20T10:00:00", "status": "delayed"}], "shipments": [{"expected_at": "2026-11-26T10:00:00"}],
        "payments": [{"amount": {"amount": "1", "currency": "EUR"}, "status": "failed", "at": "2026-11-20T10:00:00",
                      "attempts": [{"at": "2026-11-20T10:00:00", "status": "failed"}]}],
        "refunds": [{"amount": {"amount": "1", "currency": "EUR"}, "status": "sent", "sent_at": "2026-11-20T10:00:00"}],
        "documents": [{"kind": "receipt", "issued_at": "2026-11-20T10:00:00"}]}"""
    for found in (parse_order(text), order_of(json.loads(text))):
        assert (found.placed_at, found.expected_at, found.updated_at) == (at(20), at(26, 0), at(20, 9))
        assert (found.history[0].at, found.shipments[0].expected_at, found.payments[0].attempts[0].at) == (at(20), at(26), at(20))
        assert (found.payments[0].at, found.refunds[0].sent_at, found.documents[0].issued_at) == (at(20), at(20), at(20))
        assert [alert.kind for alert in alerts(found, at(21))] == ["delayed"]


def test_an_order_whose_times_are_whole_is_not_made_anew() -> None:
    """Reading costs nothing more where nothing is missing."""
    wanted = order()
    assert order_of({name: getattr(wanted, name) for name in wanted.__slots__}).shipments == wanted.shipments
    assert effort(lambda: [parse_order(order_json(wanted)) for _ in range(20)], 0.02) < 0.02


def test_half_a_character() -> None:
    """What no file can hold is refused, without repeating what it stands in."""
    with pytest.raises(OrderSystemRefusedError, match="cannot be written as UTF-8") as refused:
        order_json(replace(order(), customer="Ann \ud83d"))
    assert "Ann" not in str(refused.value)
    assert refused.value.__cause__ is None
