"""What speaks for us where a payment is disputed, in one zip: order, tracking, documents, correspondence, history."""

import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.inquiry import Checked
from triage.order import Document
from triage.order_form import order_json
from triage.orders.charges import breakdown
from triage.records import MessageRecord
from triage.reply import TO_CUSTOMER, Delivery, DeliveryStatus

#: The same for every entry, so that the same evidence has the same octets.
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything known of a disputed case."""

    case: Case
    events: Sequence[CaseEvent]
    messages: Sequence[MessageRecord]
    deliveries: Sequence[Delivery]
    orders: Sequence[Checked]
    #: The order's documents with their bytes.
    documents: Sequence[tuple[Document, bytes]] = ()
    #: What could not be had, in words.
    missing: Sequence[str] = ()


def bundle(evidence: Evidence, at: datetime) -> bytes:
    """The zip file; nothing in it is named by anybody but us."""
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _entries(evidence, at).items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), content, zipfile.ZIP_DEFLATED)
    return octets.getvalue()


def _entries(evidence: Evidence, at: datetime) -> Mapping[str, bytes]:
    entries = {"summary.txt": "\n".join(_summary(evidence, at)).encode("utf-8", "replace")}
    for place, one in enumerate(evidence.orders, 1):
        if one.order:
            entries[f"order-{place}.json"] = order_json(one.order).encode()
    for place, message in enumerate(evidence.messages, 1):
        head = f"From: {message.author}\nArrived: {_moment(message.received_at)}\nSubject: {message.subject}\n\n"
        entries[f"received-{place:02}.txt"] = (head + (message.full_text or message.text)).encode("utf-8", "replace")
    for place, delivery in enumerate(_sent(evidence.deliveries), 1):
        entries[f"sent-{place:02}.eml"] = delivery.content
    for place, (document, content) in enumerate(evidence.documents, 1):
        entries[f"{document.kind}-{place}.{'pdf' if document.content_type == 'application/pdf' else 'bin'}"] = content
    return entries


def _sent(deliveries: Sequence[Delivery]) -> list[Delivery]:
    return [it for it in deliveries if it.kind in TO_CUSTOMER and it.status is DeliveryStatus.SENT]


def _summary(evidence: Evidence, at: datetime) -> Iterator[str]:
    case = evidence.case
    yield f"Evidence for case {case.number}, put together {_moment(at)}"
    yield f"Matter: {case.category} {case.issue}".rstrip()
    yield f"Customer: {case.requester.name} <{case.requester.addr_spec}>" if case.requester else "Customer: unknown"
    for one in evidence.orders:
        yield ""
        yield f"Order {one.number}: {one.why} ({one.source}, {_moment(one.at)})"
        if one.order:
            yield from breakdown(one.order)
            for shipment in one.order.shipments:
                days = (("shipped", shipment.shipped_at), ("delivered", shipment.delivered_at))
                told = ", ".join(f"{word} {_moment(when)}" for word, when in days if when)
                yield " ".join(filter(None, ("Shipment:", shipment.carrier, shipment.tracking_number, shipment.tracking_url, told)))
            yield from (f"Item: {it.quantity} x {it.name}{f': {it.description}' if it.description else ''}" for it in one.order.items)
    yield ""
    yield "History (UTC):"
    yield from (f"{event.at:%Y-%m-%d %H:%M:%S} {event.kind} by {event.actor}" for event in evidence.events)
    if evidence.missing:
        yield ""
        yield "Not to be had:"
        yield from evidence.missing
    yield ""


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
