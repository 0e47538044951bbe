"""The contract of every order book: the same questions get the same answers, whichever order system it is."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.orders.making import ANN, INVOICE, RECEIPT, at, euros, failed, order, refund, shipment
from tests.orders.places import CsvPlace, FilePlace, HttpPlace, LinesPlace, Place, SqlitePlace
from tests.orders.shops import ShopifyPlace, WooCommercePlace, as_a_shop_knows
from tests.orders.tables import FlatPlace, PostgresTable, Table, TablesPlace
from triage.errors import OrderSystemRefusedError
from triage.inquiry import OrderBook
from triage.order import DocumentKind, Order, OrderStatus, Step

PLACES: dict[str, Callable[[Path], Place]] = {
    "sqlite": SqlitePlace, "file": FilePlace, "lines": LinesPlace, "csv": CsvPlace, "http": HttpPlace, "view": FlatPlace,
    "tables": lambda root: TablesPlace(Table(root)), "shopify": ShopifyPlace, "woocommerce": WooCommercePlace,
}  # fmt: skip
PAPERS = {RECEIPT.where: b"%PDF receipt", INVOICE.where: b"%PDF invoice"}
FIRST = order("ORD1001", placed_at=at(1), updated_at=at(2))
SECOND = order(
    "ORD1002", placed_at=at(5), updated_at=at(6), status=OrderStatus.DELAYED, reason="Strike", expected_at=at(29), refunds=(refund(),),
    history=(Step(at=at(6), status=OrderStatus.DELAYED, reason="Strike"),), discount=euros("1.00"), linked=("ann@work.example",),
)  # fmt: skip
THIRD = order("ORD1003", placed_at=at(9), updated_at=at(9), addresses=("bob@other.example",), payments=(failed(),), shipments=(shipment(),))
ALL = (FIRST, SECOND, THIRD)


@pytest.fixture(params=[*PLACES, "postgres"])
async def place(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Place]:
    """An order system that has three orders."""
    if request.param == "postgres":
        made: Place = TablesPlace(PostgresTable(tmp_path, request.getfixturevalue("postgres")))
    else:
        made = PLACES[request.param](tmp_path)
    await made.fill(ALL, PAPERS)
    yield made
    await made.close()


@pytest.fixture
async def book(place: Place) -> AsyncIterator[OrderBook]:
    """The adapter on it."""
    async with contextlib.aclosing(_Closing(place.open())) as opened:
        yield opened.book


class _Closing:
    """A book that is closed by aclose."""

    def __init__(self, book: OrderBook) -> None:
        self.book = book

    async def aclose(self) -> None:
        """Close it."""
        await self.book.close()


def as_known(wanted: Order, place: Place) -> Order:
    """The order as far as that order system can know it."""
    empty = Order(number=wanted.number, status=wanted.status)
    if isinstance(place, ShopifyPlace | WooCommercePlace):
        wanted = as_a_shop_knows(wanted)
    return replace(wanted, **{it.name: getattr(empty, it.name) for it in fields(Order) if it.name in place.unknown})


async def test_orders_by_number(book: OrderBook, place: Place) -> None:
    """Each order comes whole, however its number is spelled, and only those that were asked for."""
    assert await book.by_numbers(["ord-1001"]) == [as_known(FIRST, place)]
    found = await book.by_numbers(["ORD1002", " ord 1003 ", "ORD9999"])
    assert sorted(found, key=lambda one: one.number) == [as_known(SECOND, place), as_known(THIRD, place)]
    assert await book.by_numbers(["ORD9999"]) == []


ODD = ("", "'", "%", "_RD1001", "ORD1001' or '1'='1", "../ORD1001", "ORD1001?x=1", "ORD\x001001", "№" * 50)


async def test_odd_numbers_find_nothing(book: OrderBook) -> None:
    """What strangers write for a number is looked for as it is, and nothing comes of it."""
    assert {number: found for number in ODD if (found := await book.by_numbers([number]))} == {}
    assert await book.by_numbers(ODD) == []


async def test_orders_by_address(book: OrderBook, place: Place) -> None:
    """The newest first, at most so many, whatever the case of the address; also by a linked address, where the system has one."""
    assert await book.by_address(ANN, 5) == [as_known(SECOND, place), as_known(FIRST, place)]
    assert await book.by_address(ANN.upper(), 1) == [as_known(SECOND, place)]
    assert await book.by_address("nobody@customer.example", 5) == []
    assert await book.by_address("%@customer.example", 5) == []
    linked = await book.by_address("ann@work.example", 5)
    assert linked == ([] if "linked" in place.unknown else [as_known(SECOND, place)])


async def test_what_changes_is_told_once(book: OrderBook, place: Place) -> None:
    """It begins with none; then come the orders that changed, and those only, a batch at a time."""
    none, mark = await book.changed("", 10)
    assert none == []
    assert await book.changed(mark, 10) == ([], mark)
    late = replace(FIRST, status=OrderStatus.DELAYED, reason="Strike", expected_at=at(30), updated_at=at(20))
    later = replace(THIRD, updated_at=at(20) + timedelta(minutes=1), total=euros("60.00"))
    await place.fill([late, later], PAPERS)
    [first], middle = await book.changed(mark, 1)
    assert first == as_known(late, place)
    [second], last = await book.changed(middle, 10)
    assert second == as_known(later, place)
    assert await book.changed(last, 10) == ([], last)
    assert await book.by_numbers(["ORD1001"]) == [as_known(late, place)]


async def test_documents(book: OrderBook) -> None:
    """Receipt and invoice come as they are; what is not there is refused."""
    [found] = await book.by_numbers(["ORD1001"])
    for kind, where in ((DocumentKind.RECEIPT, RECEIPT.where), (DocumentKind.INVOICE, INVOICE.where)):
        document = found.document(kind)
        if document is not None:
            assert await book.document(found, document) == PAPERS[where]
            with pytest.raises(OrderSystemRefusedError):
                await book.document(found, replace(document, where="receipts/none.pdf"))
    assert found.document(DocumentKind.CREDIT_NOTE) is None


async def test_it_can_be_closed_twice(place: Place) -> None:
    """Also where nothing was ever asked."""
    opened = place.open()
    assert opened.name
    await opened.close()
    await opened.close()
