"""What of a changed order its customer is told before asking: delays, what cannot be had, payments; while they are fresh."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.order import AlertKind, Order, OrderStatus, PaymentStatus

#: What happened longer ago is no news, and may only look changed because something else about the order was.
_FRESH = timedelta(days=3)
_KINDS: Mapping[OrderStatus, AlertKind] = {
    OrderStatus.DELAYED: AlertKind.DELAYED,
    OrderStatus.BACKORDERED: AlertKind.BACKORDERED,
    OrderStatus.UNAVAILABLE: AlertKind.UNAVAILABLE,
}

#: Nobody waits for the payment of such an order any more.
_OVER = frozenset({OrderStatus.CANCELLED, OrderStatus.RETURNED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something that happened to an order, once."""

    kind: AlertKind
    order: Order
    #: The same whenever the order system tells of it again.
    event: str
    #: Who is told; "" where the order has no address.
    address: str


def alerts(order: Order, now: datetime) -> tuple[Alert, ...]:
    """What its customer should hear of the order as it stands now."""
    address = next((it.strip().lower() for it in order.addresses if it.count("@") == 1), "")
    found = (*_of_status(order, now), *_of_payment(order, now))
    return tuple(Alert(kind=kind, order=order, event=f"{order.number} {kind} {event}", address=address) for kind, event in found)


def passed(order: Order) -> tuple[AlertKind, ...]:
    """What is not so of the order as it stands now: word of it that still waits to leave would be wrong."""
    latest = order.payments[-1] if order.payments else None
    settled = order.status in _OVER or (latest is not None and latest.status is PaymentStatus.PAID)
    others = tuple(kind for status, kind in _KINDS.items() if status is not order.status)
    # That a payment failed may be known from its provider alone: only that it went through, or that nobody waits for it, ends that.
    return (*others, AlertKind.PAYMENT_FAILED) if settled else others


def _of_status(order: Order, now: datetime) -> Iterator[tuple[AlertKind, str]]:
    kind = _KINDS.get(order.status)
    if kind is None:
        return
    since = next((step.at for step in reversed(order.history) if step.status is order.status), order.updated_at)
    if since is None or now - since <= _FRESH:
        # A second delay of the same order has another day; without any, it is told of once.
        yield kind, order.expected.date().isoformat() if order.expected else ""


def _of_payment(order: Order, now: datetime) -> Iterator[tuple[AlertKind, str]]:
    latest = order.payments[-1] if order.payments else None
    failed = latest.failed if latest and order.status in (OrderStatus.PENDING, OrderStatus.PROCESSING) else None
    if latest and failed and failed.at and now - failed.at <= _FRESH:
        yield AlertKind.PAYMENT_FAILED, f"{latest.id} {failed.at.isoformat()}"
    if latest and latest.status is PaymentStatus.PAID and order.status not in _OVER and (latest.at is None or now - latest.at <= _FRESH):
        yield AlertKind.PAID, latest.id
