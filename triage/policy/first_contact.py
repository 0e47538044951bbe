"""Whether facts of the order system answer a customer at once: one order, surely theirs, surely the question, and nothing else asked."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from triage.inquiry import AnswerKind, Checked, Enclosure, OrderAnswer
from triage.order import DocumentKind, Order, OrderStatus, PaymentStatus, RefundStatus
from triage.policy.table import FirstContact
from triage.reading import Classification, percent

#: What answers which question; all others are for people.
ANSWERS: Mapping[tuple[str, str], AnswerKind] = {
    ("order", "order_status"): AnswerKind.STATUS,
    ("order", "delivery_delayed"): AnswerKind.STATUS,
    ("invoice", "invoice_request"): AnswerKind.DOCUMENT,
    ("invoice", "invoice_missing"): AnswerKind.DOCUMENT,
    ("receipt", "receipt_missing"): AnswerKind.DOCUMENT,
    ("receipt", "payment_confirmation"): AnswerKind.DOCUMENT,
    ("dispute", "refund_status"): AnswerKind.REFUND,
    ("payment", "payment_failed"): AnswerKind.PAYMENT_FAILED,
}
_DOCUMENTS = {"invoice": DocumentKind.INVOICE, "receipt": DocumentKind.RECEIPT}
#: Reasons for a failed payment that there are words for; every other one needs a person.
FAILURES = frozenset({"insufficient_funds", "expired_card", "incorrect_details", "declined", "authentication_required", "provider_error"})


def wanted_document(category: str) -> DocumentKind | None:
    """The kind of document that matters of a category are about."""
    return _DOCUMENTS.get(category)


def first_answer(
    said: Classification, checked: Sequence[Checked], enclosure: Enclosure | None, rules: FirstContact, now: datetime
) -> OrderAnswer | str:
    """The answer, or in words why a person has to give it."""
    kind = ANSWERS.get((said.category, said.issue))
    one = the_one(checked)
    if kind is None:
        return "the order system cannot answer this"
    if unsure := _unsure(said, kind, rules):
        return unsure
    if isinstance(one, str):
        return one
    order = one.order
    if order is None or not one.may_be_told:
        return one.why
    if missing := _MISSING[kind](order, enclosure, now):
        return missing
    return OrderAnswer(kind=kind, order=order, source=one.source, at=one.at, enclosure=enclosure if kind is AnswerKind.DOCUMENT else None)


def the_one(checked: Sequence[Checked]) -> Checked | str:
    """The one order that a message can only mean; else in words why there is none."""
    named = [one for one in checked if one.named]
    candidates = named or list(checked)
    if not candidates:
        return "the message names no order, and none was found by its author's address"
    if len(candidates) > 1:
        return "the message names several orders" if named else "the author has several orders, and the message names none"
    return candidates[0]


def _unsure(said: Classification, kind: AnswerKind, rules: FirstContact) -> str:
    if said.abstained or said.confidence < rules.confidence:
        return f"it is not sure enough what the message is about ({percent(said.confidence)})"
    others = [it for it in said.alternatives if it.confidence >= rules.other_matter and ANSWERS.get((it.category, it.issue)) is not kind]
    return f"the message may also be about {others[0].category}/{others[0].issue}" if others else ""


def _status(order: Order, _: Enclosure | None, now: datetime) -> str:
    if order.expected and order.expected < now:
        return "the day on which it was expected has passed"
    if len(order.shipments) > 1:
        return "it travels in several parcels"
    if order.shipments and order.status in (OrderStatus.PENDING, OrderStatus.PROCESSING):
        return "a part of it has been shipped"
    if order.status is OrderStatus.SHIPPED:
        return "" if any(it.tracking_number or it.carrier for it in order.shipments) else "the order system does not say how it was shipped"
    if order.status in (OrderStatus.DELAYED, OrderStatus.BACKORDERED):
        return "" if order.expected or order.reason else "the order system says neither why it is late nor until when"
    # Whoever asks for a parcel that counts as delivered, or for an order that was cancelled, has a reason that no record shows.
    return "" if order.status in (OrderStatus.PENDING, OrderStatus.PROCESSING) else f"the order is {order.status} by the order system"


def _document(_order: Order, enclosure: Enclosure | None, _now: datetime) -> str:
    return "" if enclosure else "the order system handed out no such document"


def _refund(order: Order, _: Enclosure | None, now: datetime) -> str:
    latest = order.refunds[-1] if order.refunds else None
    if latest is None:
        return "the order system knows of no refund"
    if latest.status in (RefundStatus.FAILED, RefundStatus.DECLINED):
        return f"the refund is {latest.status} by the order system"
    return "the day on which the refund was expected has passed" if latest.expected_at and latest.expected_at < now else ""


def _payment_failed(order: Order, _: Enclosure | None, _now: datetime) -> str:
    latest = order.payments[-1] if order.payments else None
    if latest is None or latest.failed is None:
        paid = latest is not None and latest.status is PaymentStatus.PAID
        return "the payment has succeeded by the order system" if paid else "the order system knows of no failed payment"
    return "" if latest.failed.reason in FAILURES else "the order system does not say plainly why the payment failed"


#: What an answer needs, by its kind: "" where all is there, else what is missing, in words.
_MISSING: Mapping[AnswerKind, Callable[[Order, Enclosure | None, datetime], str]] = {
    AnswerKind.STATUS: _status,
    AnswerKind.DOCUMENT: _document,
    AnswerKind.REFUND: _refund,
    AnswerKind.PAYMENT_FAILED: _payment_failed,
}
