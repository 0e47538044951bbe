"""What the order system said, for colleagues: rows of facts, warnings where the author may not be told, and what may be done."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from triage.inquiry import Checked, Verdict
from triage.order import Order
from triage.responders.names import one_line

_Pairs = tuple[tuple[str, str], ...]
#: Beyond these a person looks into the order system.
_ITEMS, _LISTED = 8, 3
#: In these cases there is nothing that could be told.
_NO_ORDER = frozenset({Verdict.UNKNOWN, Verdict.AMBIGUOUS})


def order_rows(orders: Sequence[Checked], clock: Callable[[datetime], str]) -> _Pairs:
    """Label and value for everything that matters of each order, with its source and time."""
    return tuple(row for one in orders for row in _rows(one, clock))


def order_warnings(orders: Sequence[Checked]) -> tuple[str, ...]:
    """Sentences for a person, before anything about an order is said to the author."""
    return tuple(_warning(one) for one in orders if not one.may_be_told and one.named and one.verdict is not Verdict.NOBODY_ASKED)


def order_proposals(orders: Sequence[Checked]) -> tuple[str, ...]:
    """What may be done, each sentence once."""
    return tuple(dict.fromkeys(one_line(said, 400) for one in orders for said in one.proposals))


def _warning(one: Checked) -> str:
    number = one_line(one.number, 60)
    if one.verdict is Verdict.UNKNOWN:
        return f"Order {number}: {one.why}. Ask for the number once more before you look further."
    if one.verdict is Verdict.AMBIGUOUS:
        return f"Order {number}: {one.why}."
    return f"Order {number}: {one.why}. Say nothing about the order, not even that it exists."


def _rows(one: Checked, clock: Callable[[datetime], str]) -> Iterator[tuple[str, str]]:
    found = "" if one.named else " (found by the author's address)"
    yield f"Order {one_line(one.number, 60)}", f"{one.why}{found}"
    if one.order is not None and one.verdict not in _NO_ORDER:
        yield from ((label, one_line(value, 400)) for label, value in _facts(one.order) if value)
    yield "As of", f"{clock(one.at)}, {one.source}"


def _facts(order: Order) -> Iterator[tuple[str, str]]:
    yield "Customer", f"{order.customer} {', '.join(order.addresses)}".strip()
    placed = f", placed {order.placed_at:%Y-%m-%d}" if order.placed_at else ""
    yield "Status", f"{order.status}{placed}{f': {order.reason}' if order.reason else ''}"
    yield "Expected", f"{order.expected_at:%Y-%m-%d}" if order.expected_at else ""
    items = [f"{item.quantity} x {item.name}{f' ({item.vendor.name})' if item.vendor else ''}" for item in order.items]
    yield "Items", "; ".join(items[:_ITEMS]) + (f"; and {len(items) - _ITEMS} more" if len(items) > _ITEMS else "")
    # What was promised of the thing, beside what the customer says of it.
    yield from (("As listed", f"{item.name}: {item.description}") for item in order.items[:_LISTED] if item.description)
    yield "Total", f"{order.total or ''}"
    for shipment in order.shipments:
        dates = (("shipped", shipment.shipped_at), ("expected", shipment.expected_at), ("delivered", shipment.delivered_at))
        when = ", ".join(f"{word} {at:%Y-%m-%d}" for word, at in dates if at)
        yield "Shipment", " ".join(filter(None, (shipment.carrier, shipment.tracking_number, shipment.tracking_url, when)))
    for payment in order.payments:
        why = f": {payment.failed.reason}" if payment.failed else ""
        yield "Payment", f"{payment.amount} {payment.method} {payment.status}{why}".replace("  ", " ")
    for refund in order.refunds:
        sent = f", sent {refund.sent_at:%Y-%m-%d}" if refund.sent_at else ""
        yield "Refund", f"{refund.amount} {refund.status}{sent}"
    for document in order.documents:
        yield "Document", f"{document.kind} {document.number}".replace("_", " ").strip()
