"""The demo's orders: they fit the mail, and what changes among them changes once."""

import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pypdf
import pytest

from triage.demo import place
from triage.demo.day import Sample
from triage.demo.shop import Shop, changes_of_the_day, orders_of_the_day, paper
from triage.inquiry import AnswerKind, Verdict
from triage.order import DocumentKind, Money, OrderStatus
from triage.orders.alerts import alerts
from triage.orders.books.sqlite import SqliteBook

BEGAN = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORDERS = {order.number: order for order in orders_of_the_day(BEGAN)}


def test_orders_fit_the_mail(day: tuple[Sample, ...]) -> None:
    """Each number that a customer names is known with that customer's address, but for those that are to be unknown."""
    for sample in day:
        verdicts = sample.verdicts or (Verdict.OWNER,) * len(sample.orders)
        for number, verdict in zip(sample.orders, verdicts, strict=False):
            assert (number in ORDERS) is (verdict is not Verdict.UNKNOWN), sample.file
            if verdict is Verdict.OWNER:
                assert ORDERS[number].addresses[0].encode() in sample.content, sample.file


def test_the_day_has_every_end_of_a_question(day: tuple[Sample, ...]) -> None:
    """An owner is told, a stranger who names the same number is not; one asks without any number, one gets a document."""
    told = {sample.told: sample for sample in day if sample.told}
    assert set(told) == {AnswerKind.STATUS, AnswerKind.DOCUMENT, AnswerKind.REFUND}
    [stranger] = [sample for sample in day if sample.verdicts == (Verdict.SOMEBODY_ELSES,)]
    assert (stranger.told, stranger.is_answered) == (None, True)
    assert any(sample.orders == stranger.orders and sample.told for sample in day)
    assert any(sample.told and not sample.orders for sample in day)
    assert {sample.attached for sample in day} == {0, 1}


def test_times_and_amounts_are_those_of_today() -> None:
    """A day from now is a day from whenever the demo is begun."""
    order = ORDERS["ORD551203"]
    assert (order.placed_at, order.expected_at) == (BEGAN - timedelta(days=3), BEGAN + timedelta(days=5))
    assert order.total == order.payments[0].amount == Money(amount=order.total.amount if order.total else 0, currency="GBP")
    later = BEGAN + timedelta(days=400)
    assert {one.number: one for one in orders_of_the_day(later)}["ORD551203"].placed_at == later - timedelta(days=3)


def test_what_changes_is_news() -> None:
    """The change is one that a customer is told of before asking, and it is of the customer whose mailbox can be opened."""
    [change] = changes_of_the_day(BEGAN)
    before = ORDERS[change.order.number]
    [alert] = alerts(change.order, BEGAN)
    assert alerts(before, BEGAN) == ()
    assert (alert.address, change.recipient) == (place.CUSTOMER, place.CUSTOMER)
    assert (before.status, change.order.status, change.order.items) == (OrderStatus.PROCESSING, OrderStatus.DELAYED, before.items)
    assert change.order.expected_at is not None
    assert before.expected_at is not None
    assert change.order.expected_at > before.expected_at


@pytest.mark.parametrize("number", sorted(number for number, order in ORDERS.items() if order.documents))
def test_documents_can_be_read(number: str) -> None:
    """Each is a PDF of one page that names the order and the amount."""
    order = ORDERS[number]
    for document in order.documents:
        [page] = pypdf.PdfReader(io.BytesIO(paper(order, document)), strict=True).pages
        text = page.extract_text()
        assert all(word in text for word in (document.number, number, str(order.total), order.items[0].name))


def test_signs_that_mean_something_in_a_pdf() -> None:
    """What a name has of them is left out, and letters beyond ASCII are marked."""
    order = ORDERS["ORD433167"]
    [document] = order.documents
    odd = type(order)(number=order.number, status=order.status, items=(type(order.items[0])(name="(a\\b) Kätzchen"),), total=order.total)
    text = pypdf.PdfReader(io.BytesIO(paper(odd, document)), strict=True).pages[0].extract_text()
    assert "1 x ab K?tzchen" in text


async def test_the_book_is_filled(tmp_path: Path) -> None:
    """Orders and documents are there, and the change comes as one."""
    shop = Shop(tmp_path / "orders.db", BEGAN)
    await shop.open()
    book = SqliteBook(tmp_path / "orders.db")
    assert len(await book.by_numbers(list(ORDERS))) == len(ORDERS)
    receipt = ORDERS["ORD433167"].document(DocumentKind.RECEIPT)
    assert receipt is not None
    assert (await book.document(ORDERS["ORD433167"], receipt)).startswith(b"%PDF-1.4")
    _none, mark = await book.changed("", 10)
    [change] = changes_of_the_day(BEGAN)
    await shop.change(change)
    [changed], _mark = await book.changed(mark, 10)
    assert changed == change.order
    await book.close()
