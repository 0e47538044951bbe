"""Questions that the order system answers: the owner gets facts, everybody else the same neutral words, and the case says what was told."""

from pathlib import Path

from tests.orders.house import asking, house
from tests.orders.making import ANN, at, failed, order, refund
from tests.spine.office import EVE, FINANCE, JANE, Office, plain
from triage.case import CaseStatus
from triage.order import OrderStatus


async def test_where_is_my_order(tmp_path: Path) -> None:
    """The owner is acknowledged and then told the status with carrier, link and day; the case is solved unless she answers."""
    async with house(tmp_path) as office:
        await office.get(asking())
        _, told = office.came(ANN)
        text = plain(told)
        assert "It is on its way since 20 November 2026." in text
        assert "Carrier: DHL, tracking number 00340434161094015902" in text
        assert "Follow it here: https://carrier.example/track?id=00340434161094015902" in text
        assert "Expected with you: 26 November 2026" in text
        assert (told["Auto-Submitted"], told["To"]) == ("auto-replied", ANN)
        assert "Your order ORD1234" in told["Subject"]
        assert (await office.case()).status is CaseStatus.SOLVED
        [event] = await office.events("first_contact")
        assert event.detail["outcome"] == "answered"
        assert event.detail["tracking"] == "00340434161094015902"
        assert event.detail["source"] == "order book"
        assert event.detail["read_at"].startswith(str(office.clock().date())[:4])


async def test_a_customer_who_answers_is_heard(tmp_path: Path) -> None:
    """An answer to the facts opens the case again."""
    async with house(tmp_path) as office:
        await office.get(asking())
        told = office.last(ANN)
        await office.get(asking("Re: order/order_status", f"No, that does not help me.\n\nRef {told['Subject']}"))
        assert (await office.case()).status is CaseStatus.OPEN
        assert len(office.came(ANN)) == 2


async def neutral(office: Office, address: str = EVE) -> str:
    """What that address was sent, with its case number blotted out."""
    [acknowledgment] = office.came(address)
    [case] = [case for case in await office.ask(lambda tx: tx.cases.find()) if case.requester and case.requester.addr_spec == address]
    return plain(acknowledgment).replace(case.number, "NUMBER")


async def test_a_stranger_learns_nothing(tmp_path: Path) -> None:
    """Whether the order exists or not, a stranger gets the same words to the letter; the agent is told why."""
    async with house(tmp_path) as office:
        await office.get(asking(sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        there = await neutral(office)
        [checked] = await office.events("order_checked")
        assert checked.detail["verdict"] == "somebody_elses"
        notice = plain(office.last(JANE))
        assert "Say nothing about the order, not even that it exists." in notice
        assert "Smartphone case" in notice
    async with house(tmp_path / "b", known=()) as office:
        await office.get(asking(sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        assert await neutral(office) == there
        [checked] = await office.events("order_checked")
        assert checked.detail["verdict"] == "unknown"


async def test_documents(tmp_path: Path) -> None:
    """The verified customer gets a copy of the receipt, and of the invoice where that is asked for."""
    async with house(tmp_path) as office:
        await office.get(asking("receipt/receipt_missing", "I never got a receipt for ORD1234."))
        [file] = list(office.last(ANN).iter_attachments())
        assert (file.get_filename(), file.get_content_type(), file.get_content()) == ("receipt-R-77.pdf", "application/pdf", b"%PDF R-77")
        await office.get(asking("invoice/invoice_request", "Please send the invoice of ORD1234."))
        [file] = list(office.last(ANN).iter_attachments())
        assert file.get_filename() == "invoice-INV-77.pdf"
        assert "copy of the invoice INV-77 for order ORD1234" in plain(office.last(ANN))


async def test_refunds_and_failed_payments(tmp_path: Path) -> None:
    """A refund is told with its timeline, a failed payment with its cause in plain words and what helps; no department is asked."""
    known = [order(refunds=(refund(),)), order("ORD5678", payments=(failed(),), status=OrderStatus.PENDING)]
    async with house(tmp_path, known=known) as office:
        office.clock.at = at(22, 12)
        await office.get(asking("dispute/refund_status", "Where is my refund for ORD1234?"))
        assert "Your refund of 49.90 EUR was sent to your Visa on 20 November 2026." in plain(office.last(ANN))
        assert "by 27 November 2026" in plain(office.last(ANN))
        await office.get(asking("payment/payment_failed", "My payment for ORD5678 fails."))
        text = plain(office.last(ANN))
        assert "The payment of 49.90 EUR by Visa did not go through on 2 November 2026." in text
        assert "not enough money on the account" in text
        assert "choose another way to pay" in text
        assert office.came(FINANCE) == []


async def test_shadow_shows_what_would_be_told(tmp_path: Path) -> None:
    """In shadow the customer gets no facts, and the case says what would have been told."""
    async with house(tmp_path, mode="shadow") as office:
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [event] = await office.events("first_contact")
        assert event.detail["outcome"] == "would have been answered (shadow)"
        assert event.detail["carrier"] == "DHL"
        assert (await office.case()).status is CaseStatus.NEW


async def test_a_refused_answer_comes_back(tmp_path: Path) -> None:
    """Where the customer's server refuses the facts, the case is not solved, and whoever looks after it is told."""
    async with house(tmp_path) as office:
        office.post.refuses.add(ANN)
        await office.get(asking())
        assert (await office.case()).status is CaseStatus.NEW
        assert (await office.case()).unreachable
        assert "did not reach the customer" in plain(office.last(JANE))


async def test_without_a_number(tmp_path: Path) -> None:
    """A verified customer's one order is found by the address and named; of several none is, and an unverified one hears of none."""
    async with house(tmp_path) as office:
        await office.get(asking(text="Where is my parcel? It should be here by now."))
        assert "question about order ORD1234" in plain(office.last(ANN))
        [checked] = await office.events("order_checked")
        assert checked.detail["found_by"] == "the author's address"
    async with house(tmp_path / "b", known=[order(), order("ORD5678")]) as office:
        await office.get(asking(text="Where is my parcel? It should be here by now."))
        assert len(office.came(ANN)) == 1
        [event] = await office.events("first_contact")
        assert event.detail["why"] == "the author has several orders, and the message names none"
    async with house(tmp_path / "c") as office:
        await office.get(asking(text="Where is my parcel? It should be here by now.", passed=""))
        assert len(office.came(ANN)) == 1
        assert "ORD1234" not in plain(office.last(ANN))
        assert "ORD1234" in plain(office.last(JANE))


async def test_in_german(tmp_path: Path) -> None:
    """Who writes in German is answered in German."""
    async with house(tmp_path) as office:
        await office.get(
            asking(text="Guten Tag, wo bleibt meine Bestellung ORD1234? Ich warte schon seit einer Woche darauf. Danke und Gruß")
        )
        assert "Sie ist unterwegs seit dem 20. November 2026." in plain(office.last(ANN))
        assert "Voraussichtlich bei Ihnen: 26. November 2026" in plain(office.last(ANN))
