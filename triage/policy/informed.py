"""What the order system said becomes part of a decision: an answer to the customer, and a record of each fact with source and time."""

from collections.abc import Iterator
from dataclasses import dataclass

from triage.case import CaseEvent
from triage.decision import ReplyOrder
from triage.inquiry import AnswerKind, Checked, Known, OrderAnswer
from triage.order import Order
from triage.policy.first_contact import first_answer
from triage.policy.incoming import Incoming
from triage.reply import ReplyKind
from triage.topic import Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Informed:
    """What facts do for a message that opens a case."""

    orders: tuple[ReplyOrder, ...] = ()
    events: tuple[CaseEvent, ...] = ()


def informed(incoming: Incoming, topic: Topic, *, alarmed: bool) -> Informed:
    """The answer from the order system where policy wants it and it is sure; `alarmed`: words in the message call for people."""
    customer = incoming.customer
    if topic.first_contact == "off" or customer is None or incoming.withheld() or not incoming.known.checked:
        return Informed()
    known = incoming.known
    answer = first_answer(incoming.reading.classification, known.checked, known.enclosure, incoming.policy.first_contact, incoming.now)
    if alarmed:
        answer = "words in the message call for a person"
    if isinstance(answer, str):
        return Informed(events=(_event(incoming, "left to a person", {"why": answer}),))
    facts = told_facts(answer)
    if topic.first_contact == "shadow":
        return Informed(events=(_event(incoming, "would have been answered (shadow)", facts),))
    order = ReplyOrder(
        kind=ReplyKind.RESOLUTION,
        recipient=customer.addr_spec,
        deadline=incoming.due(incoming.received_at, topic.acknowledge),
        answer=answer,
    )
    return Informed(orders=(order,), events=(_event(incoming, "answered", facts),))


def known_events(incoming: Incoming) -> tuple[CaseEvent, ...]:
    """A line for every number that was checked, or one that says why none could be."""
    return tuple(_known_events(incoming.known, incoming))


def _known_events(known: Known, incoming: Incoming) -> Iterator[CaseEvent]:
    for one in known.checked:
        yield incoming.event("order_checked", "orders", checked_detail(one))
    if known.failed:
        yield incoming.event("order_not_checked", "orders", {"why": known.failed})


def checked_detail(one: Checked) -> dict[str, str]:
    """What is recorded of one check."""
    return {
        "order": one.number,
        "verdict": one.verdict.value,
        "why": one.why,
        "found_by": "" if one.named else "the author's address",
        "status": one.order.status.value if one.order else "",
        "source": one.source,
        "read_at": one.at.isoformat(timespec="seconds"),
    }


def told_facts(answer: OrderAnswer) -> dict[str, str]:
    """Each fact that the customer is told, with where it comes from."""
    order = answer.order
    facts = {"what": answer.kind.value, "order": order.number, "source": answer.source, "read_at": answer.at.isoformat(timespec="seconds")}
    if answer.kind is AnswerKind.DOCUMENT and answer.enclosure:
        document = answer.enclosure.document
        return facts | {"document": f"{document.kind} {document.number}".strip(), "octets": str(len(answer.enclosure.content))}
    return {key: text for key, text in (facts | _FACTS[answer.kind](order)).items() if text}


def _status(order: Order) -> dict[str, str]:
    last = order.shipments[-1] if order.shipments else None
    return {
        "status": order.status.value,
        "carrier": last.carrier if last else "",
        "tracking": last.tracking_number if last else "",
        "expected": order.expected.date().isoformat() if order.expected else "",
        "reason": order.reason,
    }


def _refund(order: Order) -> dict[str, str]:
    latest = order.refunds[-1]
    expected = latest.expected_at.date().isoformat() if latest.expected_at else ""
    return {"refund": f"{latest.amount} {latest.status}", "refund_expected": expected}


def _payment(order: Order) -> dict[str, str]:
    failed = order.payments[-1].failed
    return {"payment": f"{order.payments[-1].amount} failed", "reason": failed.reason if failed else ""}


_FACTS = {AnswerKind.STATUS: _status, AnswerKind.REFUND: _refund, AnswerKind.PAYMENT_FAILED: _payment}


def _event(incoming: Incoming, outcome: str, detail: dict[str, str]) -> CaseEvent:
    return incoming.event("first_contact", "orders", {"outcome": outcome, **detail})
