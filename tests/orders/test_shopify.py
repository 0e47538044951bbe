"""A shop on Shopify: how it is asked, what its refusals mean, and what its orders become."""

import json
from collections.abc import AsyncIterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.orders.house import asking, house
from tests.orders.making import ANN, RECEIPT, at, order
from tests.orders.shops import ShopifyPlace
from tests.rows import rows
from tests.spine.office import EVE, plain
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.order import Order, OrderStatus, PaymentStatus, RefundStatus
from triage.orders.books.shopify import ShopifyBook
from triage.orders.books.shopify_form import shopify_order
from triage.sections.shops import ShopifySettings

EURO = {"shop_money": {"amount": "55.00", "currency_code": "USD"}, "presentment_money": {"amount": "49.90", "currency_code": "EUR"}}
PARCEL = {
    "id": 11, "status": "success", "created_at": "2026-11-20T05:00:00-05:00", "updated_at": "2026-11-21T05:00:00-05:00",
    "shipment_status": "in_transit", "tracking_company": "DHL", "tracking_number": "0034", "tracking_url": "https://carrier.example/0034",
}  # fmt: skip
ROW: dict[str, Any] = {
    "id": 450789469, "name": "#1001", "test": False, "email": ANN, "contact_email": ANN, "processed_at": "2026-11-18T05:00:00-05:00",
    "created_at": "2026-11-18T05:00:01-05:00", "updated_at": "2026-11-20T05:00:00-05:00", "cancelled_at": None, "customer_locale": "de-DE",
    "currency": "USD", "presentment_currency": "EUR", "total_price": "55.00", "total_price_set": EURO, "total_tax": "0.00",
    "total_discounts": "0.00", "financial_status": "paid", "fulfillment_status": "fulfilled", "payment_gateway_names": ["shopify_payments"],
    "customer": {"id": 1, "email": "ann@work.example", "first_name": "Ann", "last_name": "Customer"},
    "line_items": [{"id": 2, "sku": "V-1", "name": "Vase - blue", "quantity": 2, "vendor": "Kiln", "price": "27.50", "price_set": EURO}],
    "fulfillments": [PARCEL], "refunds": [],
}  # fmt: skip
SALE = {
    "id": 21, "kind": "sale", "status": "success", "amount": "49.90", "currency": "EUR", "gateway": "shopify_payments",
    "processed_at": "2026-11-18T05:00:00-05:00", "payment_details": {"credit_card_company": "Visa"}, "error_code": None, "test": False,
}  # fmt: skip
DENIED = SALE | {"id": 20, "status": "failure", "error_code": "card_declined", "processed_at": "2026-11-18T04:59:00-05:00"}


def read(transactions: list[dict[str, Any]] | None = None, **changes: Any) -> Order:
    """What comes of the order."""
    found = shopify_order(ROW | changes, transactions or [])
    assert found is not None
    return found


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[ShopifyPlace]:
    """A shop with one order."""
    made = ShopifyPlace(tmp_path)
    made.put(ROW)
    made.below["/orders/450789469/transactions.json"] = {"transactions": [DENIED, SALE]}
    yield made
    await made.close()


@pytest.fixture
async def book(place: ShopifyPlace) -> AsyncIterator[ShopifyBook]:
    """The adapter on it, as a shop is that has changed nothing."""
    opened = ShopifyBook(place.settings(number_prefix="#"), time_out=5)
    yield opened
    await opened.close()


@pytest.mark.parametrize("number", ["1001", "#1001", "# 1001", "10-01"])
async def test_a_number_with_and_without_its_sign(number: str, book: ShopifyBook, place: ShopifyPlace) -> None:
    """Customers write the number as they like; the shop is asked for it as it writes it, with our key."""
    [found] = await book.by_numbers([number])
    assert (found.number, found.status, found.placed_at, found.updated_at) == ("#1001", OrderStatus.SHIPPED, at(18), at(20))
    assert (found.addresses, found.linked, found.customer, found.language) == ((ANN,), ("ann@work.example",), "Ann Customer", "de")
    assert "name=%231001" in place.asked[0][0]
    assert [payment.status for payment in found.payments] == [PaymentStatus.PAID]


async def test_the_key_goes_along(book: ShopifyBook, place: ShopifyPlace) -> None:
    """In the field that Shopify wants, and nowhere else."""
    seen: list[str] = []
    place.answer = lambda _url: seen.append("asked") or b'{"orders": []}'  # type: ignore[method-assign, func-returns-value]
    await book.by_address(ANN, 3)
    assert seen == ["asked"]
    assert place.asked[0][1] == ""
    assert "k3y" not in place.asked[0][0]


async def test_recent_orders_of_an_address(book: ShopifyBook, place: ShopifyPlace) -> None:
    """The newest first, with payments; none that is somebody else's, whatever the shop answers."""
    later = ROW | {"id": 7, "name": "#1002", "created_at": "2026-11-19T05:00:01-05:00"}
    other = ROW | {"id": 8, "name": "#1003", "email": "bob@other.example", "contact_email": "bob@other.example", "customer": None}
    nobodys = ROW | {"id": 9, "name": "#1004", "email": "", "contact_email": None, "customer": None}
    place.answer = lambda url: (  # type: ignore[method-assign]
        json.dumps({"orders": [ROW, later, other, nobodys]} if url.path.endswith("/orders.json") else {"transactions": [SALE]}).encode()
    )
    found = await book.by_address(ANN.upper(), 3)
    assert [one.number for one in found] == ["#1002", "#1001"]
    assert all(one.payments for one in found)
    assert await book.by_address("", 3) == []


@rows(
    ("changes", "status"),
    [
        ({}, OrderStatus.SHIPPED),
        ({"fulfillments": [PARCEL | {"shipment_status": "delivered"}]}, OrderStatus.DELIVERED),
        ({"fulfillments": [PARCEL | {"shipment_status": "delivered"}, PARCEL]}, OrderStatus.SHIPPED),
        ({"fulfillment_status": "partial"}, OrderStatus.PROCESSING),
        ({"fulfillment_status": None, "fulfillments": []}, OrderStatus.PROCESSING),
        ({"fulfillment_status": None, "fulfillments": [], "financial_status": "pending"}, OrderStatus.PENDING),
        ({"fulfillment_status": None, "fulfillments": [], "financial_status": "partially_paid"}, OrderStatus.PENDING),
        ({"fulfillment_status": None, "fulfillments": [], "financial_status": "authorized"}, OrderStatus.PROCESSING),
        ({"fulfillment_status": None, "fulfillments": [], "financial_status": "voided"}, OrderStatus.CANCELLED),
        ({"cancelled_at": "2026-11-19T05:00:00-05:00"}, OrderStatus.CANCELLED),
        ({"fulfillment_status": "restocked"}, OrderStatus.RETURNED),
    ],
)
def test_where_it_stands(changes: dict[str, Any], status: OrderStatus) -> None:
    """By what was paid, sent, delivered and cancelled."""
    assert read(**changes).status is status


def test_parcels() -> None:
    """Each with its own number; those that never left are none; links that are no pages are left out."""
    second = PARCEL | {"tracking_number": "0035", "shipment_status": "delivered", "tracking_url": "javascript:alert(1)"}
    failed = PARCEL | {"tracking_number": "0036", "status": "cancelled"}
    first, other = read(fulfillments=[PARCEL, second, failed]).shipments
    assert (first.carrier, first.tracking_number, first.shipped_at, first.delivered_at) == ("DHL", "0034", at(20), None)
    assert first.tracking_url == "https://carrier.example/0034"
    assert (other.tracking_number, other.tracking_url, other.delivered_at) == ("0035", "", at(21))


def test_money_is_what_the_customer_sees() -> None:
    """In the customer's currency where the shop has another one, else in the shop's; a discount of nothing is none."""
    found = read()
    assert (str(found.total), str(found.items[0].price), found.items[0].quantity) == ("49.90 EUR", "49.90 EUR", 2)
    assert (str(found.tax), found.discount, found.shipping) == ("0.00 USD", None, None)
    assert found.items[0].vendor is not None
    assert str(read(total_price_set=None, total_discounts="5.00").discount) == "5.00 USD"


@pytest.mark.parametrize("odd", ["", "1,000.00", "NaN", "Infinity", "twelve", "1e999999999"])
def test_strange_money(odd: str) -> None:
    """What is no amount is refused and not guessed at."""
    with pytest.raises(OrderSystemRefusedError, match="total"):
        read(total_price_set={"presentment_money": {"amount": odd, "currency_code": "EUR"}})


@rows(
    ("transactions", "expected"),
    [
        ([SALE], [(PaymentStatus.PAID, 0)]),
        ([SALE, DENIED], [(PaymentStatus.PAID, 1)]),
        ([DENIED], [(PaymentStatus.FAILED, 1)]),
        ([SALE | {"status": "pending"}], [(PaymentStatus.PENDING, 0)]),
        ([SALE | {"kind": "authorization"}], [(PaymentStatus.PENDING, 0)]),
        ([SALE | {"kind": "authorization"}, SALE | {"id": 22, "kind": "capture", "parent_id": 21}], [(PaymentStatus.PAID, 0)]),
        ([SALE | {"kind": "authorization"}, SALE | {"id": 22, "kind": "void", "parent_id": 21}], [(PaymentStatus.CANCELLED, 0)]),
        ([SALE, SALE | {"id": 23}], [(PaymentStatus.PAID, 0), (PaymentStatus.PAID, 0)]),
        ([SALE, SALE | {"id": 24, "kind": "refund"}, SALE | {"id": 25, "test": True}], [(PaymentStatus.PAID, 0)]),
        ([], [(PaymentStatus.PAID, 0)]),
    ],
)
def test_payments(transactions: list[dict[str, Any]], expected: list[tuple[PaymentStatus, int]]) -> None:
    """One for each time that money came in or is to, with the attempts that failed before it; without any, as the order says."""
    assert [(it.status, len(it.attempts)) for it in read(transactions).payments] == expected


@rows(
    ("code", "reason"),
    [
        ("expired_card", "expired_card"),
        ("incorrect_cvc", "incorrect_details"),
        ("call_issuer", "declined"),
        ("config_error", "config_error"),
    ],
)
def test_why_a_payment_failed(code: str, reason: str) -> None:
    """In our words where there are any."""
    [payment] = read([DENIED | {"error_code": code}]).payments
    assert payment.failed is not None
    assert (payment.failed.reason, payment.failed.at, payment.method) == (reason, at(18, 9).replace(minute=59), "Visa")


def test_refunds() -> None:
    """What goes back, how far it is, and since when; what only returned goods to the shelf is none."""
    back = SALE | {"id": 31, "kind": "refund", "amount": "20.00", "processed_at": "2026-11-21T05:00:00-05:00"}
    given = [
        {"id": 1, "created_at": "2026-11-21T05:00:00-05:00", "transactions": [back, back | {"id": 32, "status": "pending"}]},
        {"id": 2, "created_at": "2026-11-21T05:00:00-05:00", "transactions": [back | {"status": "failure"}, back | {"kind": "void"}]},
        {"id": 3, "created_at": "2026-11-21T05:00:00-05:00", "transactions": []},
    ]
    found = read(refunds=given, financial_status="partially_refunded").refunds
    assert [it.status for it in found] == [RefundStatus.SENT, RefundStatus.APPROVED, RefundStatus.FAILED]
    assert (found[0].amount.amount, found[0].sent_at, found[1].sent_at, found[0].method) == (Decimal("20.00"), at(21), None, "Visa")


async def test_orders_of_the_test_mode_are_none(book: ShopifyBook, place: ShopifyPlace) -> None:
    """What was tried out before the shop opened is no order of a customer."""
    place.put(ROW | {"test": True})
    assert await book.by_numbers(["1001"]) == []
    assert await book.by_address(ANN, 3) == []


async def test_changes_page_by_page(book: ShopifyBook, place: ShopifyPlace) -> None:
    """All that changed comes once and in order, over pages of the shop, also where many changed in one second."""
    place.page = 2
    _, mark = await book.changed("", 3)
    mark = "2026-11-20T00:00:00+00:00|0"
    for number in range(9):
        moment = "2026-11-21T05:00:00-05:00" if number < 6 else f"2026-11-21T05:00:0{number}-05:00"
        place.put(ROW | {"id": 100 + number, "name": f"#{2000 + number}", "updated_at": moment})
    told: list[str] = []
    for _ in range(6):
        found, mark = await book.changed(mark, 3)
        told += [one.number for one in found]
    assert told == ["#1001", *(f"#{number}" for number in range(2000, 2009))]
    assert mark == "2026-11-21T10:00:08+00:00|108"


async def test_one_that_cannot_be_read_keeps_back_no_other(book: ShopifyBook, place: ShopifyPlace) -> None:
    """An order with strange money is passed over among changes, and refused where it is asked for."""
    place.put(ROW | {"id": 5, "name": "#1005", "total_price_set": {"presentment_money": {"amount": "?", "currency_code": "EUR"}}})
    found, mark = await book.changed("2026-11-20T00:00:00+00:00|0", 9)
    assert [one.number for one in found] == ["#1001"]
    assert mark.endswith("|450789469")
    with pytest.raises(OrderSystemRefusedError, match="total"):
        await book.by_numbers(["1005"])


async def test_a_mark_of_another_order_system(book: ShopifyBook) -> None:
    """Whoever changes to Shopify begins now, and tells nobody of what is long past."""
    for mark in ("4711", "2026-11-01T00:00:00+00:00", "x|y"):
        found, begun = await book.changed(mark, 9)
        assert found == []
        assert begun.startswith("20")
        assert begun.endswith("|0")


async def test_pages_are_followed_in_the_shop_only(book: ShopifyBook, place: ShopifyPlace) -> None:
    """An answer that points elsewhere sends our key nowhere; a shop that has little left for us is asked no further."""
    row, asked = json.dumps({"orders": [ROW]}).encode(), place.asked
    place.answer = lambda _url: row  # type: ignore[method-assign]
    place.headers = {"Link": '<https://evil.example/admin/api/2026-01/orders.json?page_info=x>; rel="next"'}
    assert len((await book.changed("2026-11-20T00:00:00+00:00|0", 9))[0]) == 1
    place.headers = {"Link": f'<{place.base}{place.root}/orders.json?page_info=x>; rel="next"', "X-Shopify-Shop-Api-Call-Limit": "30/40"}
    assert len((await book.changed("2026-11-20T00:00:00+00:00|0", 9))[0]) == 1
    assert len(asked) == 2


@rows(
    ("code", "error", "said"),
    [
        (401, OrderSystemRefusedError, "answers 401: expected a key that may read orders"),
        (403, OrderSystemRefusedError, "answers 403: expected a key that may read orders"),
        (404, OrderSystemRefusedError, "are shop and api_version right"),
        (302, OrderSystemRefusedError, "answers 302"),
        (429, OrderSystemAwayError, "answers 429"),
        (500, OrderSystemAwayError, "answers 500"),
    ],
)
async def test_what_a_refusal_means(code: int, error: type[Exception], said: str, book: ShopifyBook, place: ShopifyPlace) -> None:
    """Access is for a person to mend, overload passes, and a shop that is not there is no shop without orders."""
    there = place.root
    place.code, place.root = code, "/admin/api/1999-01" if code == 404 else there
    with pytest.raises(error, match=said):
        await book.by_numbers(["1001"])
    place.root = there


@pytest.mark.parametrize("body", [b"", b'{"orders": [{"id": 1', b"<html>", b"[]", b'{"orders": null}', b"\xff\xfe", b"[" * 100_000])
async def test_nonsense_is_refused(body: bytes, book: ShopifyBook, place: ShopifyPlace) -> None:
    """JSON that was cut off, and what is none, is no answer."""
    place.answer = lambda _url: body  # type: ignore[method-assign]
    with pytest.raises(OrderSystemRefusedError, match="expected"):
        await book.by_numbers(["1001"])


async def test_it_hands_out_no_documents(book: ShopifyBook) -> None:
    """Receipts are sent by the shop itself."""
    with pytest.raises(OrderSystemRefusedError, match="is not there"):
        await book.document(order(), RECEIPT)


@rows(
    ("scopes", "said"),
    [
        (["read_orders", "read_all_orders"], "12 orders"),
        (["read_orders"], "12 orders, those of the last 60 days only: the key lacks the scope read_all_orders"),
        (["write_orders", "read_all_orders"], "12 orders"),
    ],
)
async def test_what_the_key_may_read(scopes: list[str], said: str, book: ShopifyBook, place: ShopifyPlace) -> None:
    """How many orders there are, and whether older ones are hidden from us."""
    granted = {"access_scopes": [{"handle": scope} for scope in scopes]}
    place.answer = lambda url: json.dumps(granted if "scopes" in url.path else {"count": 12}).encode()  # type: ignore[method-assign]
    assert await book.describe() == said


@pytest.mark.parametrize("body", [b'{"access_scopes": [{"handle": "read_products"}]}', b"[]", b"{}"])
async def test_a_key_that_may_not_read_orders(body: bytes, book: ShopifyBook, place: ShopifyPlace) -> None:
    """It is said which scope is missing."""
    place.answer = lambda _url: body  # type: ignore[method-assign]
    with pytest.raises(OrderSystemRefusedError, match="expected the access scope read_orders"):
        await book.describe()


@rows(
    ("fields", "said"),
    [
        ({"shop": "evil.example"}, "such as shop-name.myshopify.com"),
        ({"shop": "https://shop-name.myshopify.com"}, "such as shop-name.myshopify.com"),
        ({"shop": "http://shop.example"}, "such as shop-name.myshopify.com"),
        ({"api_version": "v1/../../x"}, "api_version"),
        ({"token": "shpat_secret"}, "token"),
    ],
)
def test_mistakes_in_the_settings(fields: dict[str, Any], said: str) -> None:
    """The key is sent to a shop on Shopify and nowhere else."""
    with pytest.raises(ValidationError, match=said):
        ShopifySettings(**{"shop": "shop-name.myshopify.com", "token": {"env": "X"}, **fields})
    assert ShopifySettings(shop="Shop-Name.myshopify.com", token={"env": "X"}).base == "https://shop-name.myshopify.com"


async def test_a_question_is_answered_from_the_shop(book: ShopifyBook, tmp_path: Path) -> None:
    """The owner hears where her parcel is, a stranger who knows the number nothing."""
    async with house(tmp_path, book=book) as office:
        await office.get(asking(text="Where is my order #1001?"))
        assert "tracking number 0034" in plain(office.last(ANN))
        await office.get(asking(text="Where is my order #1001?", sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        assert "0034" not in plain(office.last(EVE))
