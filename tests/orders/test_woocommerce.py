"""A shop on WooCommerce: how it is asked, what its refusals mean, and what its orders become."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.orders.house import asking, house
from tests.orders.making import ANN, NOON, RECEIPT, at, order
from tests.orders.shops import WooCommercePlace
from tests.rows import rows
from tests.spine.office import EVE, plain
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.order import Order, OrderStatus, PaymentStatus, RefundStatus
from triage.orders.books.woocommerce import WooCommerceBook
from triage.orders.books.woocommerce_form import woocommerce_order
from triage.sections.shops import WooCommerceSettings
from triage.stages.advise import MARK

PARCEL = {
    "tracking_provider": "", "custom_tracking_provider": "DHL", "custom_tracking_link": "https://carrier.example/0034",
    "tracking_number": "0034", "date_shipped": "1795168800", "tracking_id": "x",
}  # fmt: skip
ROW: dict[str, Any] = {
    "id": 1001, "number": "1001", "status": "completed", "currency": "EUR", "prices_include_tax": True,
    "date_created": "2026-11-18T11:00:00", "date_created_gmt": "2026-11-18T10:00:00",
    "date_modified": "2026-11-20T11:00:00", "date_modified_gmt": "2026-11-20T10:00:00",
    "date_paid_gmt": "2026-11-18T10:01:00", "payment_method": "stripe", "payment_method_title": "Card", "transaction_id": "ch_1",
    "billing": {"first_name": "Ann", "last_name": "Customer", "email": ANN, "phone": "+49 30 1002"},
    "total": "49.90", "total_tax": "7.97", "shipping_total": "4.16", "shipping_tax": "0.79", "discount_total": "0.00", "discount_tax": "0.00",
    "line_items": [{"id": 1, "sku": "V", "name": "Vase", "quantity": 2, "price": 18.886, "subtotal": "37.77", "subtotal_tax": "7.18"}],
    "meta_data": [{"id": 1, "key": "_other", "value": "x"}, {"id": 2, "key": "_wc_shipment_tracking_items", "value": [PARCEL]}],
    "refunds": [],
}  # fmt: skip
REFUND = {"id": 7, "date_created_gmt": "2026-11-21T10:00:00", "amount": "20.00", "reason": "late", "refunded_payment": True}


def read(refunds: list[dict[str, Any]] | None = None, statuses: dict[str, OrderStatus] | None = None, **changes: Any) -> Order:
    """What comes of the order."""
    found = woocommerce_order(ROW | changes, statuses or {}, refunds or [])
    assert found is not None
    return found


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[WooCommercePlace]:
    """A shop with one order."""
    made = WooCommercePlace(tmp_path)
    made.put(ROW)
    yield made
    await made.close()


@pytest.fixture
async def book(place: WooCommercePlace) -> AsyncIterator[WooCommerceBook]:
    """The adapter on it."""
    opened = WooCommerceBook(place.settings(), time_out=5)
    yield opened
    await opened.close()


async def test_an_order_by_its_number(book: WooCommerceBook, place: WooCommercePlace) -> None:
    """Asked for once, with our keys in HTTP Basic authentication and not in the address."""
    [found] = await book.by_numbers(["#1001", "1001"])
    assert (found.number, found.status, found.placed_at, found.updated_at) == ("1001", OrderStatus.SHIPPED, at(18), at(20))
    assert (found.addresses, found.customer, str(found.total), str(found.tax)) == ((ANN,), "Ann Customer", "49.90 EUR", "7.97 EUR")
    [(path, login)] = place.asked
    assert login == f"Basic {base64.b64encode(b'k3y:k3y').decode()}"
    assert path.endswith("?include=1001")


async def test_numbers_that_are_no_ids(place: WooCommercePlace) -> None:
    """A plugin may number orders otherwise: an order's id is not its number, and its telephone number even less."""
    place.put(ROW | {"id": 1002, "number": "950"})
    place.put(ROW | {"id": 30, "number": "W-1002"})
    book = WooCommerceBook(place.settings(number_prefix="W-"), time_out=5)
    assert await book.by_numbers(["1002"]) == []
    assert [one.number for one in await book.by_numbers(["w1002"])] == ["W-1002"]
    await book.close()
    plain = WooCommerceBook(place.settings(), time_out=5)
    assert [one.number for one in await plain.by_numbers(["950"])] == ["950"]
    await plain.close()


async def test_recent_orders_of_an_address(book: WooCommerceBook, place: WooCommercePlace) -> None:
    """The newest first; whoever has the address elsewhere in an order is somebody else."""
    place.put(ROW | {"id": 1002, "number": "1002", "date_created_gmt": "2026-11-19T10:00:00"})
    place.put(ROW | {"id": 1003, "number": "1003", "billing": {"first_name": ANN, "email": "bob@other.example"}})
    place.put(ROW | {"id": 1004, "number": "1004", "billing": {"first_name": ANN, "email": ""}})
    assert [one.number for one in await book.by_address(ANN.upper(), 3)] == ["1002", "1001"]
    assert [one.number for one in await book.by_address(ANN, 1)] == ["1002"]
    assert await book.by_address("", 3) == []


@rows(
    ("status", "expected"),
    [
        ("pending", OrderStatus.PENDING),
        ("on-hold", OrderStatus.PENDING),
        ("failed", OrderStatus.PENDING),
        ("processing", OrderStatus.PROCESSING),
        ("completed", OrderStatus.SHIPPED),
        ("cancelled", OrderStatus.CANCELLED),
        ("refunded", OrderStatus.CANCELLED),
        ("backordered", OrderStatus.BACKORDERED),
    ],
)
def test_where_it_stands(status: str, expected: OrderStatus) -> None:
    """By its own states, and by those that the configuration adds."""
    assert read(status=status, statuses={"backordered": OrderStatus.BACKORDERED}).status is expected


def test_states_of_plugins() -> None:
    """One that nobody has said our word for is refused and not guessed at; ours may be another one for its own."""
    with pytest.raises(OrderSystemRefusedError, match=r"status = 'awaiting-pickup': .* orders\.woocommerce\.statuses"):
        read(status="awaiting-pickup")
    assert read(statuses={"completed": OrderStatus.DELIVERED}).status is OrderStatus.DELIVERED


@pytest.mark.parametrize("status", ["auto-draft", "checkout-draft", "trash"])
async def test_what_is_no_order(status: str, book: WooCommerceBook, place: WooCommercePlace) -> None:
    """A checkout that nobody finished, and what was thrown away."""
    place.put(ROW | {"status": status})
    assert await book.by_numbers(["1001"]) == []


def test_items_and_shipping_with_tax() -> None:
    """As customers pay them; of nothing there is no price, and no discount."""
    found = read()
    assert (str(found.items[0].price), found.items[0].quantity, str(found.shipping)) == ("22.48 EUR", 2, "4.95 EUR")
    assert found.discount is None
    assert str(read(discount_total="4.20", discount_tax="0.80").discount) == "5.00 EUR"
    assert read(line_items=[{"name": "Gift", "quantity": 0, "subtotal": "0.00"}]).items[0].price is None


@pytest.mark.parametrize("odd", ["1,000.00", "NaN", "Infinity", "twelve", "1e999999999", "--1"])
@pytest.mark.parametrize("name", ["total", "shipping_total"])
def test_strange_money(name: str, odd: str) -> None:
    """What is no amount is refused and not guessed at."""
    with pytest.raises(OrderSystemRefusedError):
        read(**{name: odd})


def test_parcels() -> None:
    """As "Shipment Tracking" keeps them, and its kin; links that are no pages are left out."""
    kin = {"tracking_provider": "ups", "formatted_tracking_provider": "UPS", "tracking_number": "0035", "date_shipped": "soon"}
    odd = {"tracking_number": "0036", "custom_tracking_link": "javascript:alert(1)", "date_shipped": "9" * 30}
    first, second, third = read(meta_data=[{"key": "_wc_shipment_tracking_items", "value": [PARCEL, kin, odd]}]).shipments
    assert (first.carrier, first.tracking_number, first.tracking_url) == ("DHL", "0034", "https://carrier.example/0034")
    assert first.shipped_at == at(20)
    assert (second.carrier, second.tracking_number, second.shipped_at) == ("UPS", "0035", None)
    assert (third.tracking_url, third.shipped_at) == ("", None)
    assert read(meta_data=[{"key": "_wc_shipment_tracking_items", "value": ""}]).shipments == ()


@rows(
    ("changes", "status"),
    [
        ({}, PaymentStatus.PAID),
        ({"status": "failed", "date_paid_gmt": None}, PaymentStatus.FAILED),
        ({"status": "on-hold", "date_paid_gmt": None}, PaymentStatus.PENDING),
        ({"status": "cancelled", "date_paid_gmt": None}, None),
        ({"status": "pending", "date_paid_gmt": None, "payment_method_title": "", "payment_method": ""}, None),
    ],
)
def test_payments(changes: dict[str, Any], status: PaymentStatus | None) -> None:
    """Paid, failed or awaited; a failed one has the time of its order, which no later change of the order moves."""
    found = read(**changes).payments
    assert [it.status for it in found] == ([status] if status else [])
    for payment in found:
        assert (payment.id, payment.method, str(payment.amount)) == ("ch_1", "Card", "49.90 EUR")
        assert payment.status is not PaymentStatus.FAILED or (payment.failed is not None and payment.failed.at == at(18))


async def test_refunds(book: WooCommerceBook, place: WooCommercePlace) -> None:
    """Asked for where there are any: what went by the payment provider was sent, what was only written down may not have been."""
    place.put(ROW | {"refunds": [{"id": 8, "total": "-5.00"}, {"id": 7, "total": "-20.00"}]})
    place.below["/1001/refunds"] = [REFUND | {"id": 8, "amount": "5.00", "refunded_payment": False}, REFUND]
    [found] = await book.by_numbers(["1001"])
    assert [(it.id, it.status, str(it.amount)) for it in found.refunds] == [
        ("7", RefundStatus.SENT, "20.00 EUR"),
        ("8", RefundStatus.APPROVED, "5.00 EUR"),
    ]
    assert (found.refunds[0].sent_at, found.refunds[1].sent_at, found.refunds[1].requested_at) == (at(21), None, at(21))


async def test_changes_page_by_page(book: WooCommerceBook, place: WooCommercePlace) -> None:
    """All that changed comes once, over pages of the shop, also where many changed in one second, in no order."""
    place.page = 2
    for number in (6, 2, 5, 1, 4, 3):
        place.put(ROW | {"id": number, "number": f"N{number}", "date_modified_gmt": "2026-11-21T10:00:00"})
    place.put(ROW | {"id": 9, "number": "N9", "date_modified_gmt": "2026-11-21T10:00:01"})
    place.put(ROW | {"id": 10, "number": "N10", "status": "awaiting-pickup", "date_modified_gmt": "2026-11-21T10:00:02"})
    told, mark = [], "2026-11-20T00:00:00+00:00|0"
    for _ in range(6):
        found, mark = await book.changed(mark, 4)
        told += [one.number for one in found]
    assert sorted(told) == ["1001", "N1", "N2", "N3", "N4", "N5", "N6", "N9"]
    assert mark == "2026-11-21T10:00:02+00:00|10"
    assert (await book.changed("4711", 4))[0] == []


@rows(
    ("code", "error", "said"),
    [
        (401, OrderSystemRefusedError, "answers 401: expected a key that may read orders"),
        (403, OrderSystemRefusedError, "answers 403: expected a key that may read orders"),
        (404, OrderSystemRefusedError, "is base_url right"),
        (429, OrderSystemAwayError, "answers 429"),
        (500, OrderSystemAwayError, "answers 500"),
    ],
)
async def test_what_a_refusal_means(code: int, error: type[Exception], said: str, book: WooCommerceBook, place: WooCommercePlace) -> None:
    """Access is for a person to mend, overload passes, and a shop that is not there is no shop without orders."""
    there = place.root
    place.code, place.root = code, "/elsewhere" if code == 404 else there
    with pytest.raises(error, match=said):
        await book.by_numbers(["1001"])
    place.root = there


@pytest.mark.parametrize("body", [b"", b'[{"id": 1', b"<html>", b'{"code": "rest_no_route"}', b"null"])
async def test_nonsense_is_refused(body: bytes, book: WooCommerceBook, place: WooCommercePlace) -> None:
    """JSON that was cut off, and what is none, is no answer."""
    place.answer = lambda _url: body  # type: ignore[method-assign]
    with pytest.raises(OrderSystemRefusedError, match="expected"):
        await book.by_numbers(["1001"])


async def test_what_is_there(book: WooCommerceBook, place: WooCommercePlace) -> None:
    """How many orders, and no documents."""
    place.put(ROW | {"id": 1002, "number": "1002"})
    assert await book.describe() == "2 orders"
    with pytest.raises(OrderSystemRefusedError, match="is not there"):
        await book.document(order(), RECEIPT)


@rows(
    ("fields", "said"),
    [
        ({"base_url": "http://shop.example"}, "with https"),
        ({"base_url": "shop.example"}, "with https"),
        ({"base_url": "https://shop.example/?consumer_key=ck"}, "without query"),
        ({"base_url": "https://ck:cs@shop.example"}, "without a key in it"),
        ({"key": "ck_secret"}, "key"),
        ({"statuses": {"x": "arrived"}}, "statuses"),
    ],
)
def test_mistakes_in_the_settings(fields: dict[str, Any], said: str) -> None:
    """Keys go over HTTPS only, and stand neither in the address nor in the file."""
    given = {"base_url": "https://shop.example/store/", "key": {"env": "K"}, "secret": {"env": "S"}}
    assert WooCommerceSettings(**given).base_url == "https://shop.example/store"
    with pytest.raises(ValidationError, match=said):
        WooCommerceSettings(**{**given, **fields})


async def test_a_failed_payment_is_told_once(book: WooCommerceBook, place: WooCommercePlace, tmp_path: Path) -> None:
    """Before the customer asks, and not again when somebody writes a note on the order."""
    extra = '[orders.advice]\ntell = ["payment_failed"]\n'
    async with house(tmp_path, book=book, extra=extra, mode="off") as office:
        office.clock.at = NOON
        await office.work()
        await office.store.transact(lambda tx: tx.orders.set_mark(MARK, "2026-11-22T00:00:00+00:00|0"))
        unpaid = ROW | {"status": "failed", "date_paid_gmt": None, "date_created_gmt": "2026-11-22T11:00:00", "meta_data": []}
        for minute in (1, 2, 3):
            place.put(unpaid | {"date_modified_gmt": f"2026-11-22T11:0{minute}:00"})
            office.clock.forward(minutes=2)
            await office.work()
        [told] = office.came(ANN)
        assert "1001" in plain(told)
        assert (await office.case()).issue == "payment_failed"


async def test_a_question_is_answered_from_the_shop(book: WooCommerceBook, tmp_path: Path) -> None:
    """The owner hears where her parcel is, a stranger who knows the number nothing."""
    async with house(tmp_path, book=book) as office:
        await office.get(asking(text="Where is my order #1001?"))
        assert "tracking number 0034" in plain(office.last(ANN))
        await office.get(asking(text="Where is my order #1001?", sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        assert "0034" not in plain(office.last(EVE))
