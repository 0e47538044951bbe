"""Order facts on real servers: the owner is answered, a stranger learns nothing, a document goes to the verified customer."""

import email
import email.policy
import re
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest

from tests.orders.making import ANN, RECEIPT, order, shipment
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.case import CaseEvent, CaseStatus
from triage.daemon import once
from triage.order import OrderStatus
from triage.orders.books.sqlite import SqliteBook
from triage.ports import Transaction
from triage.sections.places import project_root

EXTRA = '[paths]\npolicy = "{policy}"\n[orders.book]\npath = "orders.db"'
VERIFIED = {"Authentication-Results": "mx.shop.example; dmarc=pass header.from=customer.example"}
EVE = {"Authentication-Results": "mx.shop.example; dmarc=pass header.from=evil.example"}
QUESTION = "Hello,\n\nwhere is my order ORD1234? When will it arrive? I would like to track my parcel.\n\nThanks"


def live(root: Path) -> Path:
    """The shipped policy with answers at first contact for the status of orders and for receipts."""
    text = (project_root() / "config" / "policy.toml").read_text(encoding="utf-8")
    for issue in ("order.issue.order_status", "receipt.issue.receipt_missing"):
        text = re.sub(rf"(\[category\.{re.escape(issue)}\]\n)(?:first_contact = .*\n)?", r'\1first_contact = "live"' + "\n", text)
    (root / "policy.toml").write_text(text, encoding="utf-8")
    return root / "policy.toml"


@pytest.fixture
async def shop(world: World, tmp_path: Path) -> World:
    """A mailbox, a way out, and an order book with Ann's order."""
    world.configure(extra=EXTRA.format(policy=live(tmp_path)))
    book = SqliteBook(tmp_path / "orders.db")
    on_its_way = shipment(shipped_at=world.clock.at, expected_at=world.clock.at.replace(year=world.clock.at.year + 1))
    await book.put([order(status=OrderStatus.SHIPPED, shipments=(on_its_way,))], {RECEIPT.where: b"%PDF-1.7 receipt"})
    await book.close()
    return world


def sent(sink: Sink, address: str) -> list[EmailMessage]:
    """All that was accepted for an address."""
    found = [email.message_from_bytes(it.content, policy=email.policy.default) for it in sink.accepted if address in it.recipients]
    return [message for message in found if isinstance(message, EmailMessage)]


def text_of(message: EmailMessage) -> str:
    """Its plain text."""
    part = message.get_body(("plain",))
    assert part
    return str(part.get_content()).replace("\r\n", "\n")


def _events(case_id: int, tx: Transaction) -> list[CaseEvent]:
    return tx.cases.events(case_id)


async def test_owner_and_stranger(shop: World, sink: Sink) -> None:
    """Both ask about the same order in the same words: the owner is told where it is, the stranger what everybody is told."""
    await shop.deliver(letter(QUESTION, sender=f"Ann Customer <{ANN}>", subject="Where is my order ORD1234?", headers=VERIFIED))
    await shop.deliver(letter(QUESTION, sender="Eve <eve@evil.example>", subject="Where is my order ORD1234?", headers=EVE))
    async with shop.app() as app:
        await once(app)
    acknowledged, told = sorted(sent(sink, ANN), key=lambda message: "Your order" in str(message["Subject"]))
    assert "Your case number is" in text_of(acknowledged)
    assert "Carrier: DHL, tracking number 00340434161094015902" in text_of(told)
    [stranger] = sent(sink, "eve@evil.example")
    assert "ORD1234" not in text_of(stranger)
    assert "DHL" not in text_of(stranger)
    by_requester = {case.requester.addr_spec: case for case in await shop.ask(lambda tx: tx.cases.find()) if case.requester}
    assert by_requester[ANN].status is CaseStatus.SOLVED
    assert by_requester["eve@evil.example"].status is not CaseStatus.SOLVED
    verdicts = {
        who: [event.detail["verdict"] for event in await shop.ask(partial(_events, case.id)) if event.kind == "order_checked"]
        for who, case in by_requester.items()
    }
    assert verdicts == {ANN: ["owner"], "eve@evil.example": ["somebody_elses"]}


async def test_a_receipt_is_attached(shop: World, sink: Sink) -> None:
    """Who asks for a receipt and is verified gets it, byte for byte."""
    asking = "I never received the receipt for my order ORD1234. Please send me a copy of the receipt."
    await shop.deliver(letter(asking, sender=f"Ann Customer <{ANN}>", subject="Missing receipt for order ORD1234", headers=VERIFIED))
    await shop.settle()
    [told] = [message for message in sent(sink, ANN) if list(message.iter_attachments())]
    [file] = list(told.iter_attachments())
    assert (file.get_filename(), file.get_content()) == ("receipt-R-77.pdf", b"%PDF-1.7 receipt")


async def test_escalations_carry_the_facts(shop: World, sink: Sink) -> None:
    """A department is sent what the order system says and what may be done, with the warning where the author is not the owner."""
    asking = "Please cancel my order ORD1234 immediately, I do not want it any more."
    await shop.deliver(letter(asking, sender="Eve <eve@evil.example>", subject="Cancel order ORD1234", headers=EVE))
    await shop.settle()
    [told] = sent(sink, "logistics@shop.example")
    text = " ".join(text_of(told).split())
    assert "It can no longer be changed before dispatch: the order is shipped." in text
    assert "Smartphone case" in text
    assert "Say nothing about the order, not even that it exists." in text
    html = told.get_body(("html",))
    assert html
    assert "What the order system says" in str(html.get_content())


async def test_in_shadow_mode_nothing_leaves(shop: World, sink: Sink) -> None:
    """The facts that would be told are shown in the case, as all other mail is."""
    await shop.deliver(letter(QUESTION, sender=f"Ann Customer <{ANN}>", subject="Where is my order ORD1234?", headers=VERIFIED))
    await shop.settle(mode="shadow")
    assert sink.accepted == []
    kinds = [(it.kind.value, it.status.value) for it in await shop.ask(lambda tx: tx.deliveries.of_case(1))]
    assert kinds == [("acknowledgment", "withheld"), ("resolution", "withheld")]
