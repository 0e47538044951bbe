"""PayPal for tests: events in the shape of its public format, signed with a key whose certificate a local server hands out."""

import base64
import json
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from tests.orders.places import HttpPlace
from triage.payment import Post

WEBHOOK = "8PT597110X687430LKGECATA"
MADE = datetime(2026, 11, 22, 11, tzinfo=UTC)
CAPTURE: dict[str, Any] = {
    "id": "3C67", "status": "DENIED", "amount": {"currency_code": "EUR", "value": "49.90"}, "invoice_id": "WC-ORD1234", "custom_id": "",
    "processor_response": {"response_code": "5120"}, "payer": {"email_address": "eve@evil.example"},
}  # fmt: skip
SALE: dict[str, Any] = {
    "id": "4A12", "state": "denied", "amount": {"total": "49.90", "currency": "EUR"}, "custom": '{"order_id": 1234, "order_key": "wc_x"}',
    "reason_code": "BUYER_COMPLAINT",
}  # fmt: skip
REFUND: dict[str, Any] = {
    "id": "1Y10",
    "amount": {"currency_code": "EUR", "value": "20.00"},
    "invoice_id": "WC-ORD1234",
    "status": "COMPLETED",
}
DISPUTE: dict[str, Any] = {
    "dispute_id": "PP-D-4012", "reason": "MERCHANDISE_OR_SERVICE_NOT_RECEIVED", "status": "OPEN",
    "dispute_amount": {"currency_code": "EUR", "value": "49.90"}, "seller_response_due_date": "2026-12-02T11:00:00.000Z",
    "disputed_transactions": [{"seller_transaction_id": "3C67", "invoice_number": "WC-ORD1234", "buyer": {"name": "eve"}}],
}  # fmt: skip


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    """A key, made once."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def certificate(name: str, *, days: int = 365, begins: int = -1, curve: bool = False) -> bytes:
    """Its certificate in PEM, valid from so many days ahead for so many days; `curve`: of a key of another kind."""
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "messageverificationcerts.paypal.com")])
    signing = key(name)
    public = ec.generate_private_key(ec.SECP256R1()).public_key() if curve else signing.public_key()
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(MADE + timedelta(days=begins))
        .not_valid_after(MADE + timedelta(days=begins + days))
        .sign(signing, SHA256())
    )
    return made.public_bytes(Encoding.PEM)


def paypal_event(kind: str, what: Any, key_: str = "WH-1", **fields: Any) -> dict[str, Any]:
    """An event of PayPal about something."""
    return {"id": key_, "event_version": "1.0", "create_time": "2026-11-22T11:00:00.000Z", "event_type": kind, "resource": what} | fields


class Place(HttpPlace):
    """Where certificates lie."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.certificates = {"CERT-1": certificate("one")}
        self.answer = lambda url: self.certificates.get(url.path.removeprefix("/certs/"))  # type: ignore[method-assign]

    @property
    def where(self) -> str:
        """Their address."""
        return f"{self.base}/certs/"

    def signed(self, event: Any, at: datetime = MADE, *, cert: str = "CERT-1", by: str = "one", to: str = WEBHOOK, **fields: str) -> Post:
        """An event as it is posted then; `fields` are sent instead of what would be right."""
        body = event if isinstance(event, bytes) else json.dumps(event).encode()
        stamp, transmission = at.isoformat().replace("+00:00", "Z"), f"t-{zlib.crc32(body)}"
        words = f"{transmission}|{stamp}|{to}|{zlib.crc32(body)}".encode()
        given = {
            "paypal-transmission-id": transmission, "paypal-transmission-time": stamp, "paypal-cert-url": self.where + cert,
            "paypal-auth-algo": "SHA256withRSA",
            "paypal-transmission-sig": base64.b64encode(key(by).sign(words, PKCS1v15(), SHA256())).decode(),
        }  # fmt: skip
        return Post(
            path="/paypal", fields={**given, **{f"paypal-{name.replace('_', '-')}": text for name, text in fields.items()}}, body=body
        )


@contextmanager
def handing_out(root: Path) -> Iterator[Place]:
    """A server that hands out certificates."""
    place = Place(root)
    yield place
    place.server.shutdown()
    place.server.server_close()
    place.thread.join()
