"""What payment providers post, in the shape of their public formats, and signed as they sign."""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any

from triage.payment import Post

SECRET = "whsec_test"
MADE = 1795345200  # 22 November 2026, 11:00 UTC
CARD = {"card": {"brand": "visa", "last4": "0002"}}
CHARGE: dict[str, Any] = {
    "id": "ch_1", "object": "charge", "amount": 4990, "currency": "eur", "payment_intent": "pi_1", "failure_code": "card_declined",
    "outcome": {"reason": "insufficient_funds", "seller_message": "…"}, "metadata": {"order_id": "ORD1234"},
    "payment_method_details": CARD, "billing_details": {"email": "ann@customer.example"},
}  # fmt: skip
INTENT: dict[str, Any] = {
    "id": "pi_1", "object": "payment_intent", "amount": 4990, "currency": "eur", "metadata": {"order_id": "ORD1234"},
    "last_payment_error": {"code": "card_declined", "decline_code": "insufficient_funds", "payment_method": CARD},
}  # fmt: skip
DISPUTE: dict[str, Any] = {
    "id": "dp_1", "object": "dispute", "amount": 4990, "currency": "eur", "charge": "ch_1", "payment_intent": "pi_1",
    "reason": "product_not_received", "status": "needs_response", "evidence_details": {"due_by": MADE + 7 * 86400},
    "metadata": {"order_number": "ORD1234"},
}  # fmt: skip
REFUND: dict[str, Any] = CHARGE | {"amount_refunded": 2000, "refunded": False, "failure_code": None, "outcome": None}
WARNING: dict[str, Any] = {
    "id": "issfr_1",
    "object": "radar.early_fraud_warning",
    "charge": "ch_1",
    "fraud_type": "unauthorized_use_of_card",
}


def stripe_event(kind: str, what: dict[str, Any], key: str = "evt_1", **fields: Any) -> dict[str, Any]:
    """An event of Stripe about something."""
    data = {"object": what} | ({"previous_attributes": fields.pop("before")} if "before" in fields else {})
    return {"id": key, "object": "event", "type": kind, "created": MADE, "livemode": True, "data": data} | fields


def signature(body: bytes, stamp: int, secret: str = SECRET) -> str:
    """As Stripe signs."""
    return hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


def signed(event: Any, at: datetime, *, secret: str = SECRET) -> Post:
    """An event as it is posted at that time."""
    body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
    stamp = int(at.timestamp())
    return Post(path="/stripe", fields={"stripe-signature": f"t={stamp},v1={signature(body, stamp, secret)},v0=00"}, body=body)
