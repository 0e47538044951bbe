"""What customers and colleagues read of orders: in both languages, with every status, and never what somebody may not be told."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from tests.making import ARRIVED, DUE, IDENTITY, JANE, NOW, PEOPLE, SHIPPED, SOURCES, case, escalation_order, reading, writer, written
from tests.orders.making import INVOICE, NOON, RECEIPT, at, checked, failed, order, refund, shipment
from tests.orders.test_answers import with_mode
from tests.responders.reading_back import parsed, text_of
from tests.rows import rows
from triage.clocks.tell import tell, zone
from triage.decision import Match, ReplyOrder
from triage.inquiry import AnswerKind, Enclosure, Known, OrderAnswer, Verdict
from triage.order import AlertKind, Attempt, Item, Order, OrderStatus, Payment, PaymentStatus, RefundStatus, Vendor
from triage.policy.decide import decide
from triage.policy.table import Policy
from triage.reading import Effect, Finding
from triage.reply import Reply, ReplyKind
from triage.responders.days import day
from triage.sections.people import DepartmentSettings


def told(of: Order, kind: AnswerKind = AnswerKind.STATUS, language: str = "en", **given: Any) -> str:
    """The text of an answer about an order."""
    return text_of(letter(of, kind, language, **given))


def letter(of: Order, kind: AnswerKind = AnswerKind.STATUS, language: str = "en", *, alert: str = "", **given: Any) -> Reply:
    """The answer itself, or word of a change."""
    enclosure = Enclosure(document=INVOICE, content=b"%PDF") if kind is AnswerKind.DOCUMENT else None
    about = OrderAnswer(kind=kind, order=of, source="order book", at=NOON, enclosure=given.pop("enclosure", enclosure))
    wanted = ReplyOrder(
        kind=ReplyKind.ADVICE if alert else ReplyKind.RESOLUTION, recipient=JANE.addr_spec, deadline=NOW, text=alert, answer=about
    )
    return written(wanted, case(language=language), **given)


@rows(
    ("of", "english", "german"),
    [
        (order(), "It is on its way since 20 November 2026.", "Sie ist unterwegs seit dem 20. November 2026."),
        (order(shipments=(shipment(shipped_at=None),)), "It is on its way.", "Sie ist unterwegs."),
        (order(status=OrderStatus.PENDING), "is being prepared for dispatch", "wird für den Versand vorbereitet"),
        (order(status=OrderStatus.DELAYED, reason="Strike"), "The reason: Strike", "Der Grund: Strike"),
        (order(status=OrderStatus.BACKORDERED), "has been reordered", "wurde nachbestellt"),
        (order(shipments=(shipment(tracking_number=""),)), "Carrier: DHL\n", "Paketdienst: DHL\n"),
        (order(shipments=(), expected_at=at(29)), "Expected with you: 29 November 2026", "bei Ihnen: 29. November 2026"),
    ],
)
def test_the_status(of: Order, english: str, german: str) -> None:
    """Each state of an order has its sentence, the time at which it was read, and a way to a person."""
    text = told(of)
    assert english in text
    assert german in told(of, language="de")
    assert f"as of {tell(NOON, zone(IDENTITY.time_zone))}" in text
    assert "simply answer this message: a person then looks into it" in text


@rows(
    ("of", "english", "german"),
    [
        (refund(), "was sent to your Visa on 20 November 2026.", "wurde am 20. November 2026 angewiesen (Visa)."),
        (refund(expected_at=None), "Banks usually take 3 to 5 business days", "3 bis 5 Werktage"),
        (refund(RefundStatus.APPROVED), "has been approved and is about to be sent to your Visa", "ist genehmigt und wird in Kürze"),
        (refund(RefundStatus.REQUESTED, requested_at=at(19)), "received on 19 November 2026 and is being reviewed", "wird geprüft"),
    ],
)
def test_refunds(of: Any, english: str, german: str) -> None:
    """How far a refund has come, and when it arrives."""
    assert english in told(order(refunds=(of,)), AnswerKind.REFUND)
    assert german in told(order(refunds=(of,)), AnswerKind.REFUND, "de")


@rows(
    ("reason", "english", "german"),
    [
        ("insufficient_funds", "not enough money", "nicht gedeckt"),
        ("expired_card", "the card has expired", "Karte ist abgelaufen"),
        ("incorrect_details", "never send us card numbers", "nie Kartennummern"),
        ("authentication_required", "confirm the payment when your bank asks", "bestätigen Sie die Zahlung"),
        ("provider_error", "That was not your fault", "Das lag nicht an Ihnen"),
        ("declined", "ask your bank whether it blocks the payment", "Fragen Sie Ihre Bank"),
    ],
)
def test_failed_payments(reason: str, english: str, german: str) -> None:
    """Each cause is said in plain words, with the step that helps, in an answer and in advice."""
    of = order(payments=(failed(reason),))
    for alert in ("", AlertKind.PAYMENT_FAILED.value):
        assert english in told(of, AnswerKind.PAYMENT_FAILED, alert=alert)
        assert german in told(of, AnswerKind.PAYMENT_FAILED, "de", alert=alert)


@pytest.mark.parametrize("language", ["en", "de"])
def test_advice(language: str) -> None:
    """Delay, backorder and what cannot be had any more each have their letter; none has a link to pay by."""
    of = order(reason="Strike at the port", expected_at=at(30), shipments=(), payments=(failed(),))
    for kind in AlertKind:
        text = told(of, language=language, alert=kind.value)
        assert "ORD1234" in text
        assert "SP-100042" in text
        assert "http" not in text
    text = told(of, language=language, alert="delayed")
    assert "Strike at the port" in text
    assert "30" in text


def test_documents_go_along_by_a_name_of_ours() -> None:
    """The file is named after its number, whatever stands in that."""
    [file] = list(parsed(letter(order(), AnswerKind.DOCUMENT)).iter_attachments())
    assert (file.get_filename(), file.get_content_type()) == ("invoice-INV-77.pdf", "application/pdf")
    odd = Enclosure(document=replace(RECEIPT, number='../"x\r\n', content_type="evil\r\nX: 1"), content=b"1")
    [file] = list(parsed(letter(order(), AnswerKind.DOCUMENT, enclosure=odd)).iter_attachments())
    assert (file.get_filename(), file.get_content_type()) == ("receipt-x", "application/octet-stream")


@rows(
    "link",
    [
        "javascript:alert(1)",
        "https://carrier.example/\r\nBcc: x",
        "https://a b",
        "ftp://carrier.example/1",
        "https://carrier.example/" + "x" * 500,
        "",
    ],
)
def test_only_links_of_carriers_are_shown(link: str) -> None:
    """What is no plain web address is left out."""
    assert "Follow it here" not in told(order(shipments=(shipment(tracking_url=link),)))


def test_a_broken_template_loses_no_facts() -> None:
    """Plain lines stand in, and the reply says why."""
    using = writer({**SOURCES, "resolution/status.txt": "{{ nonsense }}", "advice/delayed.txt": "{% broken"})
    reply = letter(order(), using=using)
    assert "nonsense" in reply.fallback
    assert "Tracking number: 00340434161094015902" in text_of(reply)
    assert "Status: shipped" in text_of(letter(order(), alert="delayed", using=using))
    assert using.problems(SHIPPED.matters)


def test_without_facts_there_is_no_letter() -> None:
    """Such an order is a mistake of ours, and is refused."""
    with pytest.raises(ValueError, match="expected an answer"):
        written(ReplyOrder(kind=ReplyKind.RESOLUTION, recipient=JANE.addr_spec, deadline=NOW))


def test_days() -> None:
    """Written out in both languages, in English for all others."""
    assert [day(at(5), language) for language in ("en", "de", "fr")] == ["5 November 2026", "5. November 2026", "5 November 2026"]


SECRETS = {
    "SECRET-CARRIER", "SECRET-TRACKING", "SECRET-ITEM", "SECRET-CUSTOMER", "owner@secret.example", "SECRET-REASON", "SECRET-VENDOR",
    "secret-track", "77.77", "SECRET-METHOD", "SECRET-INVOICE",
}  # fmt: skip


def secretive() -> Order:
    """An order in which every word would give something away."""
    attempt = Attempt(at=at(2), status=PaymentStatus.FAILED, reason="insufficient_funds", method="SECRET-METHOD")
    payment = Payment(amount=refund().amount, status=PaymentStatus.FAILED, method="SECRET-METHOD", attempts=(attempt,))
    parcel = shipment(carrier="SECRET-CARRIER", tracking_number="SECRET-TRACKING", tracking_url="https://a.example/secret-track")
    return order(
        customer="SECRET-CUSTOMER", addresses=("owner@secret.example",), reason="SECRET-REASON", shipments=(parcel,), payments=(payment,),
        items=(Item(name="SECRET-ITEM", vendor=Vendor(name="SECRET-VENDOR")),), refunds=(refund(method="SECRET-METHOD"),),
        documents=(replace(INVOICE, number="SECRET-INVOICE"), replace(RECEIPT, number="SECRET-INVOICE")),
    )  # fmt: skip


MAY = (Verdict.OWNER, Verdict.LINKED)


def to_customer(category: str, issue: str, effect: Effect | None, policy: Policy, known: Known) -> list[str]:
    """All that the customer reads in answer to a message, given what the order system said."""
    about = reading(category, issue, effects=[effect] if effect else [])
    decision = decide(about, Match(), None, (), people=PEOPLE, policy=policy, received_at=ARRIVED, now=NOW, due=DUE, known=known)
    theirs = [it for it in decision.replies if it.recipient == JANE.addr_spec]
    return [text_of(written(it, case(category=category, issue=issue), about)) for it in theirs]


def test_no_category_tells_whoever_may_not_be_told() -> None:
    """Of every issue, with every verdict and finding: nothing that goes to the customer has a word of the order, unless it is the owner's."""
    cells = told_of = 0
    found = secretive()
    for category, issue in SHIPPED.matters:
        policy = with_mode("live", category, issue) if issue else SHIPPED
        for verdict, effect in product(Verdict, (None, Effect.NO_ANSWER, Effect.NOTE)):
            known = Known(checked=(checked(found, verdict),), enclosure=Enclosure(document=found.documents[0], content=b"%PDF"))
            leaks = any(secret in text for text in to_customer(category, issue, effect, policy, known) for secret in SECRETS)
            cells, told_of = cells + 1, told_of + leaks
            assert not leaks or (verdict in MAY and effect is not Effect.NO_ANSWER), (category, issue, verdict)
    assert cells == len(SHIPPED.matters) * len(Verdict) * 3
    assert told_of > 0


def test_colleagues_see_what_the_order_system_says() -> None:
    """An escalation has the facts with their time, what may be done, and the warning not to tell the author."""
    found = checked(secretive(), Verdict.LOOK_ALIKE, proposals=("Refund eligible: paid.",))
    text = text_of(written(escalation_order(), orders=(found,)))
    assert "WHAT THE ORDER SYSTEM SAYS" in text
    assert "SECRET-CARRIER SECRET-TRACKING" in text
    assert "! Order ORD1234: the author's address only looks like one of the order. Say nothing" in text
    assert "WHAT MAY BE DONE\n- Refund eligible: paid." in text
    assert "2026-11-22 13:00 CET, order book" in text
    assert "WHAT THE ORDER SYSTEM SAYS" not in text_of(written(escalation_order()))


def test_numbers_that_do_not_hold() -> None:
    """An unknown number, and one that fits twice, are said so; nothing is listed as if it were known."""
    for verdict, said in ((Verdict.UNKNOWN, "has no such number. Ask for the number once more"), (Verdict.AMBIGUOUS, "several orders fit")):
        text = text_of(written(escalation_order(), orders=(checked(order=None, verdict=verdict),)))
        assert said in text
        assert "Smartphone case" not in text


def test_an_order_of_many_items_is_cut() -> None:
    """A person reads eight items; the rest is counted."""
    many = order(items=tuple(Item(name=f"Thing {number}") for number in range(12)))
    text = text_of(written(escalation_order(), orders=(checked(many),)))
    assert "Thing 7; and 4 more" in " ".join(text.split())


def test_warnings_are_of_what_was_named() -> None:
    """Orders found by the address alone were named by nobody, so there is nothing to warn of."""
    text = text_of(written(escalation_order(), orders=(checked(verdict=Verdict.UNVERIFIED, named=False),)))
    assert "Say nothing about the order" not in text
    assert "(found by the author's address)" in " ".join(text.split())


def test_findings_keep_facts_back() -> None:
    """Whoever may not be answered by a machine is not told facts by one either."""
    finding = Finding(rule="authentication_failed", effect=Effect.NO_ANSWER, reason="dmarc=fail")
    about = reading(effects=[Effect.NO_ANSWER])
    assert finding.effect == about.findings[0].effect
    decision = decide(
        about, Match(), None, (), people=PEOPLE, policy=with_mode("live"), received_at=ARRIVED, now=NOW, due=DUE,
        known=Known(checked=(checked(),)),
    )  # fmt: skip
    assert [it for it in decision.replies if it.kind is ReplyKind.RESOLUTION] == []


@rows(
    ("role", "verdict", "shown"),
    [
        ("department", Verdict.SOMEBODY_ELSES, True),
        ("department", Verdict.OWNER, True),
        ("vendor", Verdict.OWNER, True),
        ("vendor", Verdict.LINKED, True),
        ("vendor", Verdict.SOMEBODY_ELSES, False),
        ("vendor", Verdict.UNVERIFIED, False),
        ("vendor", Verdict.FORGED, False),
    ],
)
def test_nobody_outside_is_told_of_another_customer(role: str, verdict: Verdict, shown: bool) -> None:
    """A vendor is sent the facts of the author's own order, and no line about one that may be somebody else's."""
    department = DepartmentSettings(name="Carrier", address="carrier@vendor.example", role=role)
    people = replace(PEOPLE, departments={**PEOPLE.departments, "carrier": department})
    to = escalation_order("carrier", recipient="carrier@vendor.example")
    text = text_of(written(to, using=writer(people=people), orders=(checked(secretive(), verdict),)))
    assert ("SECRET-CARRIER" in text) == shown
    assert ("owner@secret.example" in text) == shown
    assert ("2026-11-18 (order system)" in text) == shown
