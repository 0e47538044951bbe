"""Makers of orders for tests."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from triage.inquiry import Checked, Verdict
from triage.order import (
    Attempt,
    Document,
    DocumentKind,
    Item,
    Money,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
    Shipment,
)

ANN = "ann@customer.example"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def at(day: int, hour: int = 10, month: int = 11) -> datetime:
    """A moment in November 2026."""
    return datetime(2026, month, day, hour, tzinfo=UTC)


def euros(amount: str) -> Money:
    """An amount in euros."""
    return Money(amount=Decimal(amount), currency="EUR")


def paid(amount: str = "49.90", **fields: Any) -> Payment:
    """A payment that went through."""
    given = {"method": "Visa", "amount": euros(amount), "status": PaymentStatus.PAID, "at": at(1)}
    return Payment(**{**given, **fields})


def failed(reason: str = "insufficient_funds") -> Payment:
    """A payment that did not."""
    attempt = Attempt(at=at(2), status=PaymentStatus.FAILED, reason=reason, method="Visa")
    return Payment(amount=euros("49.90"), status=PaymentStatus.FAILED, method="Visa", attempts=(attempt,))


def refund(status: RefundStatus = RefundStatus.SENT, **fields: Any) -> Refund:
    """Money on its way back."""
    return Refund(**{"amount": euros("49.90"), "status": status, "method": "Visa", "sent_at": at(20), "expected_at": at(27), **fields})


def shipment(**fields: Any) -> Shipment:
    """A parcel on its way."""
    given = {
        "carrier": "DHL", "tracking_number": "00340434161094015902", "tracking_url": "https://carrier.example/track?id=00340434161094015902",
        "shipped_at": at(20), "expected_at": at(26),
    }  # fmt: skip
    return Shipment(**{**given, **fields})


RECEIPT = Document(kind=DocumentKind.RECEIPT, number="R-77", where="receipts/77.pdf")
INVOICE = Document(kind=DocumentKind.INVOICE, number="INV-77", where="invoices/77.pdf")


def order(number: str = "ORD1234", **fields: Any) -> Order:
    """Ann's order: shipped, paid, with receipt and invoice."""
    given = {
        "status": OrderStatus.SHIPPED, "placed_at": at(18), "updated_at": at(20), "customer": "Ann Customer", "addresses": (ANN,),
        "items": (Item(sku="C-1", name="Smartphone case", price=euros("44.95")),), "total": euros("49.90"), "tax": euros("7.97"),
        "shipping": euros("4.95"), "shipments": (shipment(),), "payments": (paid(),), "documents": (RECEIPT, INVOICE),
    }  # fmt: skip
    return Order(number=number, **{**given, **fields})


def checked(of: Order | None = None, verdict: Verdict = Verdict.OWNER, **fields: Any) -> Checked:
    """An order that was checked."""
    found = of or order()
    return Checked(**{"number": found.number, "verdict": verdict, "order": found, "source": "order book", "at": NOON, **fields})
