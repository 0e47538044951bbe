"""`triage evidence`: one zip with order, documents, correspondence and history; the same evidence has the same octets."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.cli.calling import Shop
from tests.making import case as a_case
from tests.orders.making import INVOICE, NOON, RECEIPT, checked, order, paid, shipment
from tests.store.words import ANN, SENT, event, key, later, new_case, raw, reading, reply
from triage.decision import Outcome
from triage.inquiry import Verdict
from triage.orders.books.sqlite import SqliteBook
from triage.orders.evidence import Evidence, bundle
from triage.ports import Transaction
from triage.reply import ReplyKind

BOOK = '[orders.book]\npath = "orders.db"\n'
TWICE = order(payments=(paid(id="ch_1"), paid(id="ch_2")), shipments=(shipment(delivered_at=later(hours=1)),))


def disputed(tx: Transaction) -> None:
    """A case with a message, an answer that was sent, one that was not, and an order."""
    case = tx.cases.open(new_case(category="dispute", issue="chargeback", subject="I dispute this"))
    tx.messages.add([raw(1)])
    [stored] = [one for one in tx.messages.undecided(10) if one.raw.key == key(1)]
    tx.messages.settle(
        stored.id, Outcome.OPENED, case.id, reading(text="I never bought this", full_text="I never bought this"), reason="", keep_raw=False
    )
    tx.cases.record(case.id, [event("opened", subject="I dispute this")])
    for name, kind in (("ack", ReplyKind.ACKNOWLEDGMENT), ("desk", ReplyKind.NOTIFICATION)):
        number = tx.deliveries.queue(case.id, None, reply(name, kind), NOON)
        tx.deliveries.begin_data(number, NOON)
        tx.deliveries.settle(number, SENT, NOON, None)
    tx.deliveries.queue(case.id, None, reply("later", ReplyKind.ANSWER), NOON)
    tx.orders.keep(case.id, [checked(TWICE), checked(order=None, number="ORD9", verdict=Verdict.UNKNOWN)])


@pytest.fixture
async def shop_with_dispute(shop: Shop) -> Shop:
    """That case, and an order book that has the receipt and not the invoice."""
    shop.configure(BOOK)
    await shop.stored(disputed)
    book = SqliteBook(shop.root / "orders.db")
    await book.put([TWICE], {RECEIPT.where: b"%PDF receipt"})
    await book.close()
    return shop


async def test_everything_is_in_one_file(shop_with_dispute: Shop, tmp_path: Path) -> None:
    """What was written and sent, what the order system says, the receipt; what is missing is named on the screen and in the file."""
    path = tmp_path / "evidence.zip"
    ended = await shop_with_dispute.calls("evidence", "SP-100001", "--out", path)
    assert (ended.code, ended.err) == (0, "")
    assert ended.lines[0] == f"{path}: 1 messages, 2 orders, 1 documents"
    assert ended.lines[1].startswith("missing: invoice INV-77: ")
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["summary.txt", "order-1.json", "received-01.txt", "sent-01.eml", "receipt-1.pdf"]
        summary = archive.read("summary.txt").decode()
        assert archive.read("receipt-1.pdf") == b"%PDF receipt"
        assert "ack@shop.example" in archive.read("sent-01.eml").decode()
        assert "I never bought this" in archive.read("received-01.txt").decode()
        assert json.loads(archive.read("order-1.json"))["number"] == "ORD1234"
    assert "49.90 EUR was charged 2 times: it looks like a duplicate charge." in summary
    assert "Shipment: DHL 00340434161094015902" in summary
    assert "Order ORD9: the order system has no such number" in summary
    assert "Not to be had:\ninvoice INV-77" in summary
    assert f"Customer: {ANN.name} <{ANN.addr_spec}>" in summary


async def test_by_default_it_is_named_after_the_case(shop_with_dispute: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the folder where one stands."""
    monkeypatch.chdir(tmp_path)
    ended = await shop_with_dispute.calls("evidence", "sp-100001")
    assert ended.code == 0
    assert (tmp_path / "SP-100001.zip").exists()


async def test_a_case_that_is_none(shop: Shop) -> None:
    """It is said so, and nothing is written."""
    shop.configure(BOOK)
    ended = await shop.calls("evidence", "SP-1")
    assert ended.code == 1
    assert "there is no case 'SP-1'" in ended.err


async def test_without_an_order_system(shop: Shop, tmp_path: Path) -> None:
    """What the case itself has is enough for a file."""
    await shop.stored(disputed)
    ended = await shop.calls("evidence", "SP-100001", "--out", tmp_path / "e.zip")
    assert (ended.code, len(ended.lines)) == (0, 1)


def test_the_same_evidence_has_the_same_octets() -> None:
    """Whoever gets it twice can see that nothing was changed; names in it are ours, whatever a document is called."""
    odd = replace(INVOICE, number="../../evil", content_type="text/html")
    whole = Evidence(case=a_case(), events=[], messages=[], deliveries=[], orders=[checked()], documents=[(odd, b"x"), (RECEIPT, b"y")])
    assert bundle(whole, NOON) == bundle(whole, NOON)
    with zipfile.ZipFile(io.BytesIO(bundle(whole, NOON))) as archive:
        assert archive.namelist() == ["summary.txt", "order-1.json", "invoice-1.bin", "receipt-2.pdf"]
    nobody = Evidence(case=a_case(requester=None), events=[], messages=[], deliveries=[], orders=[])
    with zipfile.ZipFile(io.BytesIO(bundle(nobody, NOON))) as archive:
        assert "Customer: unknown" in archive.read("summary.txt").decode()
