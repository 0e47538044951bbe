"""Words for what an order system knows: an order with its items, shipments, payments, refunds and documents."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator

#: Before or behind the point.
_MOST_DIGITS = 15
_BETWEEN = re.compile(r"[\s-]{1,40}")


def same_number(number: str) -> str:
    """The form in which two spellings of one order number are equal: upper case, without spaces, dashes and a leading number sign."""
    return _BETWEEN.sub("", number).upper().lstrip("#")


def _zoned(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


#: Read from JSON it has a zone: UTC where none is said, so that all can be compared with now.
Moment = Annotated[datetime, AfterValidator(_zoned)]


class OrderStatus(StrEnum):
    """Where an order stands."""

    PENDING = "pending"
    PROCESSING = "processing"
    BACKORDERED = "backordered"
    #: An item cannot be had any more.
    UNAVAILABLE = "unavailable"
    DELAYED = "delayed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


class PaymentStatus(StrEnum):
    """What came of a payment or of one attempt at it."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RefundStatus(StrEnum):
    """How far a refund has come."""

    REQUESTED = "requested"
    APPROVED = "approved"
    #: Sent to the customer's bank or account; it may take days to arrive.
    SENT = "sent"
    FAILED = "failed"
    DECLINED = "declined"


class DocumentKind(StrEnum):
    """What a document proves."""

    INVOICE = "invoice"
    RECEIPT = "receipt"
    CREDIT_NOTE = "credit_note"


class AlertKind(StrEnum):
    """What a customer is told before asking; each has its template."""

    DELAYED = "delayed"
    BACKORDERED = "backordered"
    UNAVAILABLE = "unavailable"
    PAYMENT_FAILED = "payment_failed"
    #: After all: only whoever was told that it failed is told that it went through.
    PAID = "paid"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Money:
    """An amount in a currency (ISO 4217)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        # Written out, an amount such as 1e999999999 would fill the memory.
        if not self.amount.is_finite() or abs(self.amount.adjusted()) > _MOST_DIGITS:
            raise ValueError("expected an amount of money")

    def __str__(self) -> str:
        # Some currencies have a thousandth; nothing of an amount is left out.
        shown = f"{self.amount:.2f}" if self.amount == round(self.amount, 2) else f"{self.amount.normalize():f}"
        return f"{shown} {self.currency}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Vendor:
    """Who sells or makes an item."""

    name: str
    email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of an order."""

    sku: str = ""
    name: str
    quantity: int = 1
    #: Of one piece.
    price: Money | None = None
    #: As the shop's page describes it.
    description: str = ""
    vendor: Vendor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """A parcel on its way."""

    carrier: str = ""
    tracking_number: str = ""
    #: The carrier's page about it.
    tracking_url: str = ""
    status: str = ""
    shipped_at: Moment | None = None
    expected_at: Moment | None = None
    delivered_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt to take a payment."""

    at: Moment | None = None
    status: PaymentStatus
    #: The provider's code for why it failed, such as insufficient_funds.
    reason: str = ""
    #: Card, PayPal … never a number of it.
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """A payment with its attempts."""

    id: str = ""
    method: str = ""
    amount: Money
    status: PaymentStatus
    at: Moment | None = None
    attempts: tuple[Attempt, ...] = ()

    @property
    def failed(self) -> Attempt | None:
        """The latest attempt, where that failed and nothing came after it."""
        latest = self.attempts[-1] if self.attempts else None
        return latest if latest and latest.status is PaymentStatus.FAILED and self.status is PaymentStatus.FAILED else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Refund:
    """Money on its way back."""

    id: str = ""
    amount: Money
    status: RefundStatus
    #: Where it goes, e.g. "Visa" or "PayPal"; never a number of it.
    method: str = ""
    requested_at: Moment | None = None
    sent_at: Moment | None = None
    expected_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice or receipt that the order system can hand out."""

    kind: DocumentKind
    number: str = ""
    #: Where the order system has it: a path, a URL, a key; its own business.
    where: str = ""
    content_type: str = "application/pdf"
    issued_at: Moment | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of an order's history."""

    at: Moment
    status: OrderStatus
    #: Why, in the order system's words.
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An order as the order system has it."""

    number: str
    status: OrderStatus
    placed_at: Moment | None = None
    #: When anything about it last changed.
    updated_at: Moment | None = None
    customer: str = ""
    #: The customer's addresses, as they stand in the order.
    addresses: tuple[str, ...] = ()
    #: Further addresses that the order system links to the customer.
    linked: tuple[str, ...] = ()
    #: ISO 639-1 code of the language the customer bought in; "" where that is not known.
    language: str = ""
    items: tuple[Item, ...] = ()
    total: Money | None = None
    tax: Money | None = None
    shipping: Money | None = None
    discount: Money | None = None
    expected_at: Moment | None = None
    #: Why it is late, in words for the customer.
    reason: str = ""
    history: tuple[Step, ...] = ()
    shipments: tuple[Shipment, ...] = ()
    payments: tuple[Payment, ...] = ()
    refunds: tuple[Refund, ...] = ()
    documents: tuple[Document, ...] = ()

    @property
    def expected(self) -> datetime | None:
        """When it is expected with the customer: by its latest parcel, else as the order says."""
        return (self.shipments[-1].expected_at if self.shipments else None) or self.expected_at

    def document(self, kind: DocumentKind) -> Document | None:
        """The latest document of that kind."""
        return next((one for one in reversed(self.documents) if one.kind is kind), None)
