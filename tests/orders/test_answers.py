"""When facts answer a customer, row by row: one order, surely theirs, surely the question, and nothing else asked."""

from dataclasses import replace
from typing import Any

import pytest

from tests.making import SHIPPED, decided, order_number, reading
from tests.orders.making import ANN, NOON, RECEIPT, at, checked, failed, order, paid, refund, shipment
from tests.rows import rows
from triage.inquiry import AnswerKind, Checked, Enclosure, Known, OrderAnswer, Verdict
from triage.message import Address
from triage.order import DocumentKind, Order, OrderStatus, RefundStatus
from triage.policy.first_contact import ANSWERS, first_answer, the_one, wanted_document
from triage.policy.informed import checked_detail, told_facts
from triage.policy.table import FirstContact, Policy
from triage.reading import Classification, Effect, Matter
from triage.reply import ReplyKind

RULES = FirstContact()
COPY = Enclosure(document=RECEIPT, content=b"%PDF")


def said(about: str = "order/order_status", confidence: float = 0.95, *also: tuple[str, float], abstained: bool = False) -> Classification:
    """What a message is about, and what it may be about, too."""
    category, _, issue = about.partition("/")
    others = tuple(Matter(category=name.partition("/")[0], issue=name.partition("/")[2], confidence=sure) for name, sure in also)
    return Classification(category=category, issue=issue, confidence=confidence, abstained=abstained, alternatives=others)


def answered(about: str = "order/order_status", of: Order | None = None, enclosure: Enclosure | None = None) -> OrderAnswer | str:
    """The answer about one order of the author's own."""
    return first_answer(said(about), [checked(of or order())], enclosure, RULES, NOON)


@rows(
    ("about", "of", "kind"),
    [
        ("order/order_status", order(), AnswerKind.STATUS),
        ("order/order_status", order(status=OrderStatus.PENDING, shipments=()), AnswerKind.STATUS),
        ("order/order_status", order(status=OrderStatus.PROCESSING, shipments=()), AnswerKind.STATUS),
        ("order/delivery_delayed", order(status=OrderStatus.DELAYED, shipments=(), reason="Strike"), AnswerKind.STATUS),
        ("order/order_status", order(status=OrderStatus.BACKORDERED, shipments=(), expected_at=at(28)), AnswerKind.STATUS),
        ("receipt/receipt_missing", order(), AnswerKind.DOCUMENT),
        ("receipt/payment_confirmation", order(), AnswerKind.DOCUMENT),
        ("invoice/invoice_request", order(), AnswerKind.DOCUMENT),
        ("invoice/invoice_missing", order(), AnswerKind.DOCUMENT),
        ("dispute/refund_status", order(refunds=(refund(),)), AnswerKind.REFUND),
        ("dispute/refund_status", order(refunds=(refund(RefundStatus.REQUESTED, expected_at=None),)), AnswerKind.REFUND),
        ("payment/payment_failed", order(payments=(failed(),)), AnswerKind.PAYMENT_FAILED),
        ("payment/payment_failed", order(payments=(failed("provider_error"),)), AnswerKind.PAYMENT_FAILED),
    ],
)
def test_answered(about: str, of: Order, kind: AnswerKind) -> None:
    """What the order system can answer, it answers, with where and when the facts were read."""
    found = answered(about, of, COPY)
    assert isinstance(found, OrderAnswer)
    assert (found.kind, found.order, found.source, found.at) == (kind, of, "order book", NOON)
    assert found.enclosure == (COPY if kind is AnswerKind.DOCUMENT else None)


@rows(
    ("about", "of", "why"),
    [
        ("order/order_cancel", order(), "cannot answer this"),
        ("order/delivery_lost", order(), "cannot answer this"),
        ("order/order_status", order(status=OrderStatus.DELIVERED), "the order is delivered by the order system"),
        ("order/order_status", order(status=OrderStatus.CANCELLED), "the order is cancelled by the order system"),
        ("order/order_status", order(status=OrderStatus.UNAVAILABLE), "the order is unavailable by the order system"),
        ("order/order_status", order(shipments=(shipment(expected_at=at(21)),)), "the day on which it was expected has passed"),
        ("order/order_status", order(shipments=(), expected_at=at(21)), "the day on which it was expected has passed"),
        ("order/order_status", order(shipments=()), "does not say how it was shipped"),
        ("order/order_status", order(shipments=(shipment(carrier="", tracking_number=""),)), "does not say how it was shipped"),
        ("order/order_status", order(shipments=(shipment(), shipment())), "it travels in several parcels"),
        ("order/order_status", order(status=OrderStatus.PROCESSING), "a part of it has been shipped"),
        ("order/delivery_delayed", order(status=OrderStatus.DELAYED, shipments=()), "neither why it is late nor until when"),
        ("receipt/receipt_missing", order(), "handed out no such document"),
        ("dispute/refund_status", order(), "knows of no refund"),
        ("dispute/refund_status", order(refunds=(refund(RefundStatus.FAILED),)), "the refund is failed"),
        ("dispute/refund_status", order(refunds=(refund(RefundStatus.DECLINED),)), "the refund is declined"),
        ("dispute/refund_status", order(refunds=(refund(expected_at=at(21)),)), "the day on which the refund was expected has passed"),
        ("payment/payment_failed", order(), "the payment has succeeded"),
        ("payment/payment_failed", order(payments=(failed(), paid())), "the payment has succeeded"),
        ("payment/payment_failed", order(payments=()), "knows of no failed payment"),
        ("payment/payment_failed", order(payments=(failed("do_not_honour_x"),)), "does not say plainly why"),
    ],
)
def test_left_to_a_person(about: str, of: Order, why: str) -> None:
    """Where the records do not settle the question, a person answers, and the case says why."""
    assert why in str(answered(about, of))


@rows(
    ("classification", "why"),
    [
        (said(confidence=0.79), "not sure enough what the message is about (79%)"),
        (said(abstained=True), "not sure enough"),
        (said("order/order_status", 0.95, ("dispute/refund_request", 0.3)), "may also be about dispute/refund_request"),
        (said("order/order_status", 0.95, ("order/delivery_lost", 0.25)), "may also be about order/delivery_lost"),
        (said("order/order_status", 0.95, ("invoice/invoice_request", 0.9)), "may also be about invoice/invoice_request"),
    ],
)
def test_an_unsure_question(classification: Classification, why: str) -> None:
    """What a message is about must be sure, and nothing else may be asked in it."""
    assert why in str(first_answer(classification, [checked()], None, RULES, NOON))


def test_a_neighbour_that_has_the_same_answer_is_no_doubt() -> None:
    """Between "where is it" and "it is late" there is nothing to decide: both are told the status."""
    close = said("order/order_status", 0.9, ("order/delivery_delayed", 0.4), ("other/feedback", 0.1))
    assert isinstance(first_answer(close, [checked()], None, RULES, NOON), OrderAnswer)


@rows(
    ("found", "why"),
    [
        ([], "names no order, and none was found"),
        ([checked(), checked(order("ORD2"))], "names several orders"),
        ([checked(named=False), checked(order("ORD2"), named=False)], "has several orders, and the message names none"),
        ([checked(verdict=Verdict.AMBIGUOUS, order=None)], "several orders fit"),
        ([checked(verdict=Verdict.UNKNOWN, order=None)], "no such number"),
        *[([checked(verdict=verdict)], "") for verdict in Verdict if verdict not in (Verdict.OWNER, Verdict.LINKED)],
    ],
)
def test_the_order_must_be_one_and_theirs(found: list[Checked], why: str) -> None:
    """Nothing is picked among several, and no verdict but the owner's is answered."""
    told = first_answer(said(), found, None, RULES, NOON)
    assert isinstance(told, str)
    assert why in told


def test_a_number_in_the_message_comes_before_what_the_address_tells() -> None:
    """An order that is named is the one that is meant."""
    named, by_address = checked(), checked(order("ORD2"), named=False)
    assert the_one([by_address, named]) is named


def test_documents_by_category() -> None:
    """Invoices are asked for as invoices, receipts as receipts, and nothing else is a document."""
    assert [wanted_document(category) for category in ("invoice", "receipt", "order")] == [DocumentKind.INVOICE, DocumentKind.RECEIPT, None]


@rows(
    ("about", "of", "facts"),
    [
        ("order/order_status", order(), {"status": "shipped", "carrier": "DHL", "expected": "2026-11-26"}),
        ("dispute/refund_status", order(refunds=(refund(),)), {"refund": "49.90 EUR sent", "refund_expected": "2026-11-27"}),
        ("payment/payment_failed", order(payments=(failed(),)), {"payment": "49.90 EUR failed", "reason": "insufficient_funds"}),
        ("receipt/receipt_missing", order(), {"document": "receipt R-77", "octets": "4"}),
    ],
)
def test_each_fact_has_its_source_and_time(about: str, of: Order, facts: dict[str, str]) -> None:
    """What is recorded of an answer names the order system and the moment at which it was read."""
    found = answered(about, of, COPY)
    assert isinstance(found, OrderAnswer)
    recorded = told_facts(found)
    assert {"source": "order book", "read_at": "2026-11-22T12:00:00+00:00", "order": "ORD1234"}.items() <= recorded.items()
    assert facts.items() <= recorded.items()
    assert all(recorded.values())


def test_what_is_recorded_of_a_check() -> None:
    """The verdict in a word and in words, how the order was found, and where."""
    detail = checked_detail(checked(verdict=Verdict.SOMEBODY_ELSES, named=False))
    assert detail["verdict"] == "somebody_elses"
    assert detail["why"] == "the author's address does not belong to the order"
    assert detail["found_by"] == "the author's address"
    assert checked_detail(checked(order=None, verdict=Verdict.UNKNOWN))["status"] == ""


OWN = Address(name="Ann", addr_spec=ANN)


def with_mode(mode: str, category: str = "order", issue: str = "order_status") -> Policy:
    """The shipped policy with one issue in that mode."""
    row = SHIPPED.category[category]
    own = row.issue[issue].model_copy(update={"first_contact": mode})
    changed = row.model_copy(update={"issue": {**row.issue, issue: own}})
    copied = SHIPPED.model_copy(update={"category": {**SHIPPED.category, category: changed}})
    # What the original has worked out of its rows is copied with it.
    copied.__dict__.pop("_topics", None)
    return copied


def kinds(*, mode: str = "live", known: Known | None = None, **fields: Any) -> list[ReplyKind]:
    """What is written about a question, whether its order is known or not."""
    given = {"from_": (OWN,), "facts": [order_number("ORD1234")], **fields}
    asked = Known(checked=(checked(),)) if known is None else known
    made = reading(**given)
    made = replace(made, classification=replace(made.classification, confidence=0.95))
    return [it.kind for it in decided(made, policy=with_mode(mode), known=asked, now=NOON, received_at=NOON).replies]


ACKNOWLEDGED = [ReplyKind.ACKNOWLEDGMENT]


@rows(
    ("given", "expected"),
    [
        ({}, [ReplyKind.ACKNOWLEDGMENT, ReplyKind.RESOLUTION]),
        ({"mode": "off"}, ACKNOWLEDGED),
        ({"mode": "shadow"}, ACKNOWLEDGED),
        ({"known": Known()}, ACKNOWLEDGED),
        ({"known": Known(failed="away")}, ACKNOWLEDGED),
        ({"known": Known(checked=(checked(verdict=Verdict.FORGED),))}, ACKNOWLEDGED),
        ({"text": "Where is ORD1234? My lawyer will write to you."}, [ReplyKind.ACKNOWLEDGMENT, ReplyKind.ESCALATION]),
        ({"effects": [Effect.NO_ANSWER]}, []),
        ({"from_": ()}, []),
    ],
)
def test_what_is_written(given: dict[str, Any], expected: list[ReplyKind]) -> None:
    """The acknowledgment leaves in any case; facts go beside it only where the policy is live and nothing speaks against it."""
    assert kinds(**given) == expected


@pytest.mark.parametrize("matter", sorted(ANSWERS))
def test_every_answer_is_about_an_issue_of_the_policy(matter: tuple[str, str]) -> None:
    """The table names only categories and issues that there are, and all are off as shipped."""
    assert matter in SHIPPED.matters
    assert SHIPPED.topic(*matter).first_contact == "off"
