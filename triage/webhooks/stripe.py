"""Events of Stripe: signed with a secret that it shares with us (https://docs.stripe.com/webhooks)."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from triage.errors import NotGenuineError
from triage.order import Money
from triage.payment import PaymentEvent, PaymentEventKind, Post

_NAME = "Stripe"
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
_Fields = Mapping[str, object]


class StripeReceiver:
    """The Receiver port for Stripe."""

    def __init__(self, secrets: Sequence[str], *, tolerance: timedelta, order_fields: Sequence[str], test_mode: bool = False) -> None:
        """`order_fields`: keys of metadata that may name an order; `test_mode`: take events of its test mode instead of the others."""
        self._secrets = tuple(secret.encode() for secret in secrets)
        self._tolerance = tolerance
        self._order_fields = tuple(order_fields)
        self._live = not test_mode

    async def read(self, post: Post, now: datetime) -> PaymentEvent | None:
        """What it tells."""
        if not _is_signed(post.fields.get(_FIELD, ""), post.body, self._secrets, now, self._tolerance):
            raise NotGenuineError(f"{_NAME}: expected a signature of the last minutes, made with the endpoint's secret")
        try:
            event = json.loads(post.body)
        except (ValueError, RecursionError) as error:
            raise NotGenuineError(f"{_NAME}: expected JSON") from error
        its = event if isinstance(event, Mapping) else {}
        form, what = _FORMS.get(_text(its, "type")), _part(its, "data", "object")
        if form is None or (its.get("livemode") is True) is not self._live or not _text(its, "id"):
            return None
        return form(its, what, self._order(what))

    def _order(self, what: _Fields) -> str:
        metadata = _part(what, "metadata")
        return next((said[:60] for name in self._order_fields if (said := _text(metadata, name))), "")


def _is_signed(field: str, body: bytes, secrets: Sequence[bytes], now: datetime, tolerance: timedelta) -> bool:
    parts = [part.strip().partition("=") for part in field[:2000].split(",")]
    stamp = next((value for name, _, value in parts if name == "t"), "")
    if not (stamp.isascii() and stamp.isdecimal()) or len(stamp) > 11 or abs(now.timestamp() - int(stamp)) > tolerance.total_seconds():
        return False
    expected = [hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest().encode() for secret in secrets]
    given = [value.encode() for name, _, value in parts if name == "v1"]
    return any(hmac.compare_digest(one, other) for one in expected for other in given)


def _failed_charge(event: _Fields, charge: _Fields, order: str) -> PaymentEvent:
    why = _reason(_text(_part(charge, "outcome"), "reason"), _text(charge, "failure_code"))
    method = _text(_part(charge, "payment_method_details", "card"), "brand").title()
    payment = _text(charge, "payment_intent") or _text(charge, "id")
    return _event(event, PaymentEventKind.FAILED, payment, order, _money(charge, "amount"), reason=why, method=method)


def _failed_payment(event: _Fields, payment: _Fields, order: str) -> PaymentEvent:
    error = _part(payment, "last_payment_error")
    why = _reason(_text(error, "decline_code"), _text(error, "code"))
    method = _text(_part(error, "payment_method", "card"), "brand").title()
    return _event(event, PaymentEventKind.FAILED, _text(payment, "id"), order, _money(payment, "amount"), reason=why, method=method)


def _refunded(event: _Fields, charge: _Fields, order: str) -> PaymentEvent:
    before = _part(event, "data", "previous_attributes").get("amount_refunded")
    whole, method = _number(charge, "amount_refunded"), _text(_part(charge, "payment_method_details", "card"), "brand").title()
    amount = _money({**charge, "amount_refunded": whole - before if isinstance(before, int) else whole}, "amount_refunded")
    # One charge may be paid back in several parts.
    return _event(event, PaymentEventKind.REFUNDED, _text(charge, "id"), order, amount, which=f" {whole}", method=method)


def _disputed(event: _Fields, dispute: _Fields, order: str) -> PaymentEvent:
    due = _number(_part(dispute, "evidence_details"), "due_by")
    reason, amount = _text(dispute, "reason").replace("_", " ")[:60], _money(dispute, "amount")
    return _event(event, PaymentEventKind.DISPUTED, _text(dispute, "id"), order, amount, reason=reason, due_at=_at(due) if due else None)


def _suspected(event: _Fields, warning: _Fields, order: str) -> PaymentEvent:
    reason = _text(warning, "fraud_type").replace("_", " ")[:60]
    return _event(event, PaymentEventKind.FRAUD_WARNING, _text(warning, "charge"), order, None, reason=reason)


#: What is of interest, by the type of the event.
_FORMS: Mapping[str, Callable[[_Fields, _Fields, str], PaymentEvent]] = {
    "charge.failed": _failed_charge,
    "payment_intent.payment_failed": _failed_payment,
    "charge.refunded": _refunded,
    "charge.dispute.created": _disputed,
    "radar.early_fraud_warning.created": _suspected,
}


def _event(
    event: _Fields, kind: PaymentEventKind, key: str, order: str, amount: Money | None, *, which: str = "", reason: str = "",
    method: str = "", due_at: datetime | None = None,
) -> PaymentEvent:  # fmt: skip
    return PaymentEvent(
        provider=_NAME,
        id=_text(event, "id")[:200],
        kind=kind,
        subject=f"{_NAME} {kind} {key}{which}"[:200],
        reference=key[:100],
        at=_at(_number(event, "created")),
        order_number=order,
        amount=amount,
        reason=reason,
        method=method[:40],
        due_at=due_at,
    )


def _reason(code: str, kind: str) -> str:
    return _REASONS.get(code) or _REASONS.get(kind) or ("declined" if kind == "card_declined" else kind[:60])


def _money(fields: _Fields, name: str) -> Money | None:
    currency = _text(fields, "currency").upper()[:3]
    places = 0 if currency in _WHOLE else 3 if currency in _THOUSANDTHS else 2
    amount = fields.get(name)
    known = isinstance(amount, int) and abs(amount) < 10**14 and currency
    return Money(amount=Decimal(_number(fields, name)).scaleb(-places), currency=currency) if known else None


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(min(max(seconds, 0), 1 << 34), UTC)


def _part(fields: _Fields, *names: str) -> _Fields:
    found: object = fields
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def _text(fields: _Fields, name: str) -> str:
    found = fields.get(name)
    return " ".join(found.split()) if isinstance(found, str) else ""


def _number(fields: _Fields, name: str) -> int:
    found = fields.get(name)
    return found if isinstance(found, int) else 0
