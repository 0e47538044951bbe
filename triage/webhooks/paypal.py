"""Events of PayPal (https://developer.paypal.com/api/rest/webhooks/event-names/)."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from triage.errors import NotGenuineError
from triage.fields import Fields, moment, part
from triage.order import Money
from triage.payment import PAYPAL, PaymentEvent, PaymentEventKind, Post, Transmission, event_subject
from triage.webhooks.fields import amount, order_number, text
from triage.webhooks.paypal_signature import PayPalSignature, transmission

#: Where shops write their order's number: of payments, of those of the older API, and of disputed ones.
_NAMED = ("invoice_id", "custom_id", "invoice_number", "custom")
#: Codes of banks for which there are words.
_REASONS: Mapping[str, str] = {
    "0500": "declined",
    "5100": "declined",
    "5110": "incorrect_details",
    "5120": "insufficient_funds",
    "5400": "expired_card",
    "5650": "authentication_required",
    "00N7": "incorrect_details",
}


class PayPalReceiver:
    """The Receiver port for PayPal."""

    provider = PAYPAL

    def __init__(self, signature: PayPalSignature, *, order_fields: Sequence[str], invoice_prefix: str = "") -> None:
        """`order_fields`: keys that may name an order where a shop writes JSON; `invoice_prefix`: what it writes before the number."""
        self._signature = signature
        self._order_fields = tuple(order_fields)
        self._prefix = invoice_prefix

    async def read(self, post: Post, now: datetime) -> PaymentEvent | None:
        """What it tells."""
        await self._signature.check(post, now)
        try:
            event = json.loads(post.body)
        except (ValueError, RecursionError) as error:
            raise NotGenuineError(f"{PAYPAL}: expected JSON") from error
        its = event if isinstance(event, Mapping) else {}
        form = _FORMS.get(text(its, "event_type"))
        if form is None or not text(its, "id"):
            return None
        what = part(its, "resource")
        return form(its, what, self._order(what))

    def transmission(self, post: Post, now: datetime) -> Transmission | None:
        """What came under which id."""
        return transmission(post, now)

    def _order(self, what: Fields) -> str:
        disputed = what.get("disputed_transactions")
        first = disputed[0] if isinstance(disputed, list) and disputed else None
        number = order_number(what, _NAMED) or (order_number(first, _NAMED) if isinstance(first, Mapping) else "")
        if number.startswith("{"):
            return self._within(text(what, *_NAMED))
        return number.removeprefix(self._prefix)

    def _within(self, written: str) -> str:
        try:
            found = json.loads(written)
        except (ValueError, RecursionError):
            return ""
        said = {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}
        return order_number(said, self._order_fields).removeprefix(self._prefix)


def _failed(event: Fields, capture: Fields, order: str) -> PaymentEvent:
    code = text(part(capture, "processor_response"), "response_code")
    why = _REASONS.get(code) or text(part(capture, "status_details"), "reason").lower() or text(capture, "reason_code").lower()
    return _event(event, PaymentEventKind.FAILED, text(capture, "id"), order, _money(capture, "amount"), reason=why[:60], method=PAYPAL)


def _refunded(event: Fields, refund: Fields, order: str) -> PaymentEvent:
    return _event(event, PaymentEventKind.REFUNDED, text(refund, "id"), order, _money(refund, "amount"), method=PAYPAL)


def _disputed(event: Fields, dispute: Fields, order: str) -> PaymentEvent:
    reason, due = text(dispute, "reason").lower().replace("_", " ")[:60], moment(text(dispute, "seller_response_due_date"))
    key, disputed = text(dispute, "dispute_id", "id"), _money(dispute, "dispute_amount")
    return _event(event, PaymentEventKind.DISPUTED, key, order, disputed, reason=reason, due_at=due)


#: What is of interest, by the type of the event; names with SALE are of the older API.
_FORMS: Mapping[str, Callable[[Fields, Fields, str], PaymentEvent]] = {
    "PAYMENT.CAPTURE.DENIED": _failed,
    "PAYMENT.CAPTURE.DECLINED": _failed,
    "PAYMENT.SALE.DENIED": _failed,
    "PAYMENT.CAPTURE.REFUNDED": _refunded,
    "PAYMENT.SALE.REFUNDED": _refunded,
    "CUSTOMER.DISPUTE.CREATED": _disputed,
}


def _event(
    event: Fields, kind: PaymentEventKind, key: str, order: str, money: Money | None, *, reason: str = "", method: str = "",
    due_at: datetime | None = None,
) -> PaymentEvent:  # fmt: skip
    return PaymentEvent(
        provider=PAYPAL,
        id=text(event, "id")[:200],
        kind=kind,
        subject=event_subject(PAYPAL, kind, key),
        reference=key[:100],
        at=moment(text(event, "create_time")) or datetime.fromtimestamp(0, UTC),
        order_number=order,
        amount=money,
        reason=reason,
        method=method,
        due_at=due_at,
    )


def _money(fields: Fields, name: str) -> Money | None:
    its = part(fields, name)
    return amount(text(its, "value", "total"), text(its, "currency_code", "currency"))
