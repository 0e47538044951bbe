"""What whoever acts on a case may do, with the facts and the rule it rests on; money is never moved by it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from triage.order import Order, OrderStatus, PaymentStatus, RefundStatus
from triage.orders.charges import breakdown

_BEFORE_DISPATCH = (OrderStatus.PENDING, OrderStatus.PROCESSING, OrderStatus.BACKORDERED, OrderStatus.DELAYED)
_CHANGES = frozenset({"order_change", "order_cancel", "change_address"})
_REFUNDS = frozenset({"refund_request", "quality", "delivery_damaged", "item_wrong", "item_missing", "delivery_lost"})
_CHARGES = frozenset({"payment_duplicate", "payment_overcharge", "chargeback"})


def proposals(order: Order, category: str, issue: str, *, now: datetime, returns: timedelta) -> tuple[str, ...]:
    """Sentences, the most important first; none where nothing follows from the order. `returns`: how long after delivery."""
    return tuple(_proposals(order, issue, category=category, now=now, returns=returns))


def _proposals(order: Order, issue: str, *, category: str, now: datetime, returns: timedelta) -> Iterator[str]:
    if issue in _CHANGES:
        yield _change(order)
    if issue in _CHARGES or category == "payment":
        yield from breakdown(order)
    if issue in _REFUNDS:
        yield _refund(order, now, returns)
    if issue == "chargeback":
        yield "Answer the chargeback with the evidence: `triage evidence` puts order, tracking, documents and mail into one file."
    if issue in ("delivery_delayed", "delivery_lost", "order_status"):
        yield from _late(order, now)


def _change(order: Order) -> str:
    if order.status in _BEFORE_DISPATCH and not order.shipments:
        return f"It can still be changed or cancelled: the order is {order.status}, and nothing has been handed to a carrier."
    return f"It can no longer be changed before dispatch: the order is {order.status}. A return or a redirection by the carrier is left."


def _refund(order: Order, now: datetime, returns: timedelta) -> str:
    back = [refund for refund in order.refunds if refund.status not in (RefundStatus.FAILED, RefundStatus.DECLINED)]
    if back:
        told = "; ".join(f"{refund.amount} {refund.status}" for refund in back)
        return f"A refund is under way already ({told}): compare before another one is given."
    if not any(payment.status is PaymentStatus.PAID for payment in order.payments):
        return "No payment has arrived by the order system: there is nothing to refund."
    paid = f"paid {order.total}" if order.total else "paid"
    delivered = max((it.delivered_at for it in order.shipments if it.delivered_at), default=None)
    if delivered is None:
        return f"Refund possible if the goods do not arrive: {paid}, not delivered by the order system ({order.status})."
    days, allowed = (now - delivered).days, returns.days
    if days <= allowed:
        return f"Refund eligible: {paid}, delivered {delivered:%Y-%m-%d}, {days} days ago; returns are taken for {allowed} days."
    return f"Refund only as a gesture: delivered {delivered:%Y-%m-%d}, {days} days ago; returns are taken for {allowed} days."


def _late(order: Order, now: datetime) -> Iterator[str]:
    if order.status is OrderStatus.DELIVERED:
        yield "It counts as delivered: ask the carrier for the proof of delivery, and the customer to look around and ask neighbours."
    elif order.expected and order.expected < now:
        yield f"It was expected on {order.expected:%Y-%m-%d} and is overdue: open a trace with the carrier."
