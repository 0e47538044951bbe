"""What was charged for an order against what it cost, in lines for a person."""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal

from triage.order import Money, Order, Payment, PaymentStatus, RefundStatus

_ZERO = Decimal(0)


def breakdown(order: Order) -> tuple[str, ...]:
    """Total and its parts, each charge, what came back, and what was charged too much; amounts in other currencies are left as they are."""
    paid = [payment for payment in order.payments if payment.status is PaymentStatus.PAID]
    return (*_parts(order), *_charges(paid), *_doubles(paid), *_balance(order, paid))


def _parts(order: Order) -> Iterator[str]:
    if order.total:
        parts = (("tax", order.tax), ("shipping", order.shipping), ("discount", order.discount))
        said = ", ".join(f"{name} {amount}" for name, amount in parts if amount)
        yield f"The order costs {order.total}{f' ({said})' if said else ''}."


def _charges(paid: Sequence[Payment]) -> Iterator[str]:
    for payment in paid:
        at = f" on {payment.at:%Y-%m-%d %H:%M} UTC" if payment.at else ""
        yield f"Charged {payment.amount}{at}{f' by {payment.method}' if payment.method else ''}{f', {payment.id}' if payment.id else ''}."


def _doubles(paid: Sequence[Payment]) -> Iterator[str]:
    for (amount, currency), times in Counter((payment.amount.amount, payment.amount.currency) for payment in paid).items():
        if times > 1:
            yield f"{Money(amount=amount, currency=currency)} was charged {times} times: it looks like a duplicate charge."


def _balance(order: Order, paid: Sequence[Payment]) -> Iterator[str]:
    total = order.total
    if total is None or not paid:
        return
    charged = sum((payment.amount.amount for payment in paid if payment.amount.currency == total.currency), _ZERO)
    back = sum(
        (
            refund.amount.amount
            for refund in order.refunds
            if refund.status is RefundStatus.SENT and refund.amount.currency == total.currency
        ),
        _ZERO,
    )
    over = charged - back - total.amount
    if over > 0:
        yield f"Charged {Money(amount=over, currency=total.currency)} more than the order costs: refund of that amount proposed."
    elif over == 0:
        yield "What was charged, less what was refunded, is what the order costs."
