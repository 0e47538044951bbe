"""An order system over HTTP: how it is asked, what its refusals mean, and another system's form translated."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.orders.house import asking, configured, house
from tests.orders.making import ANN, RECEIPT, at, order
from tests.orders.places import HttpPlace
from tests.rows import rows
from tests.spine.office import EVE, plain
from triage.books import open_book
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.order import Document, DocumentKind, OrderStatus
from triage.order_form import order_of
from triage.orders.books.guarded import GuardedBook
from triage.orders.books.http import HttpBook
from triage.orders.books.translated import translated
from triage.sections.orders import HttpSettings
from triage.settings import load


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[HttpPlace]:
    """A server with Ann's order and her receipt."""
    made = HttpPlace(tmp_path)
    await made.fill([order()], {RECEIPT.where: b"%PDF"})
    yield made
    await made.close()


def book(place: HttpPlace, **more: Any) -> HttpBook:
    """The adapter on it."""
    return HttpBook(place.settings(**more), time_out=2)


@rows(
    ("code", "error", "said"),
    [
        (500, OrderSystemAwayError, "answers 500"),
        (503, OrderSystemAwayError, "answers 503"),
        (429, OrderSystemAwayError, "answers 429"),
        (408, OrderSystemAwayError, "answers 408"),
        (401, OrderSystemRefusedError, "answers 401"),
        (403, OrderSystemRefusedError, "answers 403"),
        (302, OrderSystemRefusedError, "answers 302"),
        (400, OrderSystemRefusedError, "answers 400"),
    ],
)
async def test_what_a_refusal_means(code: int, error: type[Exception], said: str, tmp_path: Path) -> None:
    """Overload and faults are temporary; wrong access, redirects and mistakes are for a person; nobody is sent elsewhere."""
    place = HttpPlace(tmp_path)
    await place.fill([order()], {})
    place.code = code
    opened = book(place)
    with pytest.raises(error, match=said):
        await opened.by_numbers(["ORD1234"])
    assert len(place.asked) == 1
    await opened.close()
    await place.close()


async def test_a_server_that_is_away(place: HttpPlace) -> None:
    """A port on which nobody listens is an order system that is away."""
    opened = HttpBook(place.settings(by_number="http://127.0.0.1:1/{number}"), time_out=2)
    with pytest.raises(OrderSystemAwayError, match="cannot be reached"):
        await opened.by_numbers(["ORD1234"])
    await opened.close()


async def test_the_token(place: HttpPlace, tmp_path: Path) -> None:
    """It goes along as a bearer token, and a document is fetched only from the same server."""
    (tmp_path / "token").write_text("t0ken")
    opened = book(place, token={"file": tmp_path / "token"})
    await opened.by_numbers(["ORD1234"])
    assert place.asked == [("/orders/ORD1234", "Bearer t0ken")]
    assert await opened.document(order(), Document(kind=DocumentKind.RECEIPT, where=f"/{RECEIPT.where}")) == b"%PDF"
    for where in ("https://evil.example/x.pdf", "//evil.example/x.pdf", "file:///etc/passwd"):
        with pytest.raises(OrderSystemRefusedError, match="another server"):
            await opened.document(order(), Document(kind=DocumentKind.RECEIPT, where=where))
    assert len(place.asked) == 2
    await opened.close()


async def test_only_what_was_asked_for_is_believed(place: HttpPlace) -> None:
    """A server that answers with somebody else's order is not followed."""
    place.orders["ORD9"] = order("ORD1234")
    place.answer = lambda _url: place.listed([order("OTHER", addresses=("bob@other.example",))])  # type: ignore[method-assign]
    opened = book(place)
    assert await opened.by_numbers(["ORD1234"]) == []
    assert await opened.by_address(ANN, 5) == []
    await opened.close()


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff", b'{"number": "ORD1234"}', b'[{"number": 1}]'])
async def test_nonsense_is_refused(place: HttpPlace, body: bytes) -> None:
    """What is no order is said so."""
    place.answer = lambda _url: body  # type: ignore[method-assign]
    opened = book(place)
    with pytest.raises(OrderSystemRefusedError):
        await opened.by_numbers(["ORD1234"])
    await opened.close()


async def test_what_cannot_be_asked_is_not_asked(place: HttpPlace) -> None:
    """Without addresses for it, nothing is looked for by address, and nothing changes."""
    opened = book(place, by_address="", changed="")
    assert await opened.by_address(ANN, 5) == []
    assert await opened.changed("2026-11-01T00:00:00+00:00", 5) == ([], "2026-11-01T00:00:00+00:00")
    assert place.asked == []
    await opened.close()


@rows(
    ("fields", "said"),
    [
        ({"by_number": "http://oms.example/{number}"}, "expected https"),
        ({"by_number": "https://oms.example/orders"}, r"expected \{number\}"),
        ({"by_number": "https://oms.example/{number}", "by_address": "https://oms.example/"}, r"expected \{address\}"),
        ({"by_number": "https://oms.example/{number}/{evil}"}, "expected"),
    ],
)
def test_mistakes_in_the_settings(fields: dict[str, str], said: str) -> None:
    """Plain HTTP is for this machine only, and each address must have its place."""
    with pytest.raises(ValidationError, match=said):
        HttpSettings(**fields)


FIELDS = {
    "number": "name", "status": "fulfilment.state", "placed_at": "created", "addresses": "customer.email", "customer": "customer.name",
    "total": "amounts.total", "currency": "amounts.currency", "items": "lines", "items.name": "title", "items.quantity": "count",
    "items.price": "unit_price", "shipments": "fulfilment.parcels", "shipments.carrier": "by", "shipments.tracking_number": "code",
    "payments": "payment", "payments.amount": "value", "payments.status": "state", "reason": "note",
}  # fmt: skip
THEIRS = {
    "name": "A-1", "created": "2026-11-20T10:00:00Z", "customer": {"email": ANN, "name": "Ann"}, "note": "",
    "fulfilment": {"state": "in_transit", "parcels": [{"by": "DHL", "code": "0034"}]},
    "amounts": {"total": 49.9, "currency": "EUR"}, "lines": [{"title": "Vase", "count": 2, "unit_price": "20.00"}],
    "payment": {"value": 49.9, "state": "paid"},
}  # fmt: skip


def test_another_form_is_translated() -> None:
    """Paths lead to our fields, bare amounts get the order's currency, and their words for states become ours."""
    found = order_of(translated(THEIRS, FIELDS, {"in_transit": "shipped"}))
    assert (found.number, found.status, found.placed_at, found.addresses) == ("A-1", OrderStatus.SHIPPED, at(20), (ANN,))
    assert (str(found.total), str(found.items[0].price), found.items[0].quantity) == ("49.90 EUR", "20.00 EUR", 2)
    assert (found.shipments[0].carrier, found.shipments[0].tracking_number) == ("DHL", "0034")
    assert str(found.payments[0].amount) == "49.90 EUR"
    assert found.reason == ""


async def test_translated_over_the_wire(place: HttpPlace) -> None:
    """The same from a server that speaks so."""
    place.answer = lambda _url: json.dumps([THEIRS]).encode()  # type: ignore[method-assign]
    opened = book(place, fields=FIELDS, statuses={"in_transit": "shipped"})
    [found] = await opened.by_numbers(["a 1"])
    assert found.customer == "Ann"
    await opened.close()


@rows("path", ["nothing", "customer.nothing", "customer.email.deeper", "lines.7.title", "lines.x", ""])
def test_a_path_that_leads_nowhere(path: str) -> None:
    """What is not there is left out."""
    assert "reason" not in translated(THEIRS, {**FIELDS, "reason": path}, {})


async def test_from_the_configuration_to_an_answer(place: HttpPlace, tmp_path: Path) -> None:
    """The table [orders.http] is enough: a token's file lies below the installation, and the guard stands before it."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    (tmp_path / "token").write_text("t0ken\n")
    http = f'[orders.http]\nby_number = "{place.base}/orders/{{number}}"\ntoken = {{file = "token"}}'
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', http))
    opened = open_book(load(path))
    assert isinstance(opened, GuardedBook)
    assert opened.name == "order system at 127.0.0.1"
    for _ in range(3):
        assert await opened.by_numbers(["ord-1234"]) == [order()]
    assert place.asked == [("/orders/ORD1234", "Bearer t0ken")]
    await opened.close()


async def test_a_question_is_answered_over_http(place: HttpPlace, tmp_path: Path) -> None:
    """A verified owner's question is answered from a system that is asked over HTTP, and a stranger's is not."""
    asked = HttpBook(place.settings(), time_out=2)
    async with house(tmp_path, book=asked) as office:
        await office.get(asking())
        assert "tracking number 00340434161094015902" in plain(office.last(ANN))
        await office.get(asking(sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        assert len(office.came(EVE)) == 1
        assert "0034" not in plain(office.last(EVE))
    await asked.close()


async def test_while_it_is_overloaded_facts_wait(place: HttpPlace, tmp_path: Path) -> None:
    """A server that is busy delays no acknowledgment; when it answers again, the facts follow."""
    asked = HttpBook(place.settings(), time_out=2)
    async with house(tmp_path, book=asked, mode="off") as office:
        place.code = 503
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [missing] = await office.events("order_not_checked")
        assert "answers 503" in missing.detail["why"]
        place.code = 200
        office.clock.forward(minutes=10)
        await office.work()
        [checked] = await office.events("order_checked")
        assert checked.detail["source"] == "order system at 127.0.0.1"
    await asked.close()
