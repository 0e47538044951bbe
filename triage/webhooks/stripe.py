"""Events of Stripe: signed with a secret that it shares with us (https://docs.stripe.com/webhooks)."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from triage.errors import NotGenuineError, TooOldError
from triage.fields import Fields, part
from triage.order import Money
from triage.payment import STRIPE, PaymentEvent, PaymentEventKind, Post, Transmission, event_subject
from triage.webhooks.fields import number, order_number, text

_FIELD = "stripe-signature"
#: Currencies whose smallest unit is not a hundredth.
_WHOLE = frozenset(["BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF"])
_THOUSANDTHS = frozenset(["BHD", "JOD", "KWD", "OMR", "TND"])
#: Its codes of why a payment failed, for which there are words; banks want no other reason told to a customer.
_REASONS: Mapping[str, str] = {
    "insufficient_funds": "insufficient_funds",
    "expired_card": "expired_card",
    "authentication_required": "authentication_required",
    "payment_intent_authentication_failure": "authentication_required",
    "processing_error": "provider_error",
    "issuer_not_available": "provider_error",
    "try_again_later": "provider_error",
} | dict.fromkeys(
    ("incorrect_number", "incorrect_cvc", "incorrect_zip", "invalid_cvc", "invalid_number", "invalid_expiry_month", "invalid_expiry_year"),
    "incorrect_details",
)


class StripeReceiver:
    """The Receiver port for Stripe."""

    provider = STRIPE

    def __init__(self, secrets: Sequence[str], *, tolerance: timedelta, order_fields: Sequence[str], test_mode: bool = False) -> None:
        """`order_fields`: keys of metadata that may name an order; `test_mode`: take events of its test mode instead of the others."""
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._tolerance = tolerance
        self._order_fields = tuple(order_fields)
        self._live = not test_mode

    async def read(self, post: Post, now: datetime) -> PaymentEvent | None:
        """What it tells."""
        signed_at = _signed_at(post.fields.get(_FIELD, ""), post.body, self._secrets)
        if abs(now.timestamp() - signed_at) > self._tolerance.total_seconds():
            raise TooOldError(f"{STRIPE}: expected a signature of the last minutes")
        try:
            event = json.loads(post.body)
        except (ValueError, RecursionError) as error:
            raise NotGenuineError(f"{STRIPE}: expected JSON") from error
        its = event if isinstance(event, Mapping) else {}
        form, what = _FORMS.get(text(its, "type")), part(its, "data", "object")
        if form is None or (its.get("livemode") is True) is not self._live or not text(its, "id"):
            return None
        return form(its, what, self._order(what))

    def transmission(self, post: Post, now: datetime) -> Transmission | None:
        """None: the whole content is signed."""
        return None

    def _order(self, what: Fields) -> str:
        return order_number(part(what, "metadata"), self._order_fields)


def _signed_at(field: str, body: bytes, secrets: Sequence[bytes]) -> int:
    """When it was signed, in seconds since 1970; NotGenuineError where it was not."""
    parts = [part.strip().partition("=") for part in field[:2000].split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    expected = [hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest().encode() for secret in secrets]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    known = any(hmac.compare_digest(one, other) for one in expected for other in given)
    if not (known and stamp.isascii() and stamp.isdecimal() and len(stamp) <= 11):
        raise NotGenuineError(f"{STRIPE}: expected a signature made with the endpoint's secret")
    return int(stamp)


def _failed_charge(event: Fields, charge: Fields, order: str) -> PaymentEvent:
    why = _reason(text(part(charge, "outcome"), "reason"), text(charge, "failure_code"))
    method = text(part(charge, "payment_method_details", "card"), "brand").title()
    payment = text(charge, "payment_intent") or text(charge, "id")
    return _event(event, PaymentEventKind.FAILED, payment, order, _money(charge, "amount"), reason=why, method=method)


def _failed_payment(event: Fields, payment: Fields, order: str) -> PaymentEvent:
    error = part(payment, "last_payment_error")
    why = _reason(text(error, "decline_code"), text(error, "code"))
    method = text(part(error, "payment_method", "card"), "brand").title()
    return _event(event, PaymentEventKind.FAILED, text(payment, "id"), order, _money(payment, "amount"), reason=why, method=method)


def _refunded(event: Fields, charge: Fields, order: str) -> PaymentEvent:
    before = part(event, "data", "previous_attributes").get("amount_refunded")
    whole, method = number(charge, "amount_refunded"), text(part(charge, "payment_method_details", "card"), "brand").title()
    amount = _money({**charge, "amount_refunded": whole - before if isinstance(before, int) else whole}, "amount_refunded")
    # One charge may be paid back in several parts.
    return _event(event, PaymentEventKind.REFUNDED, text(charge, "id"), order, amount, which=f" {whole}", method=method)


def _disputed(event: Fields, dispute: Fields, order: str) -> PaymentEvent:
    due = number(part(dispute, "evidence_details"), "due_by")
    reason, amount = text(dispute, "reason").replace("_", " ")[:60], _money(dispute, "amount")
    return _event(event, PaymentEventKind.DISPUTED, text(dispute, "id"), order, amount, reason=reason, due_at=_at(due) if due else None)


def _suspected(event: Fields, warning: Fields, order: str) -> PaymentEvent:
    reason = text(warning, "fraud_type").replace("_", " ")[:60]
    return _event(event, PaymentEventKind.FRAUD_WARNING, text(warning, "charge"), order, None, reason=reason)


#: What is of interest, by the type of the event.
_FORMS: Mapping[str, Callable[[Fields, Fields, str], PaymentEvent]] = {
    "charge.failed": _failed_charge,
    "payment_intent.payment_failed": _failed_payment,
    "charge.refunded": _refunded,
    "charge.dispute.created": _disputed,
    "radar.early_fraud_warning.created": _suspected,
}


def _event(
    event: Fields, kind: PaymentEventKind, key: str, order: str, amount: Money | None, *, which: str = "", reason: str = "",
    method: str = "", due_at: datetime | None = None,
) -> PaymentEvent:  # fmt: skip
    return PaymentEvent(
        provider=STRIPE,
        id=text(event, "id")[:200],
        kind=kind,
        subject=event_subject(STRIPE, kind, f"{key}{which}"),
        reference=key[:100],
        at=_at(number(event, "created")),
        order_number=order,
        amount=amount,
        reason=reason,
        method=method[:40],
        due_at=due_at,
    )


def _reason(code: str, kind: str) -> str:
    return _REASONS.get(code) or _REASONS.get(kind) or ("declined" if kind == "card_declined" else kind[:60])


def _money(fields: Fields, name: str) -> Money | None:
    currency = text(fields, "currency").upper()[:3]
    places = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    said = fields.get(name)
    known = isinstance(said, int) and abs(said) < 10**14 and currency
    return Money(amount=Decimal(number(fields, name)).scaleb(-places), currency=currency) if known else None


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 1 << 34), UTC)
