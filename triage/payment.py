"""Words for what payment providers tell us by themselves, and the ports to those who read it and to where it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Protocol

from pydantic import TypeAdapter

from triage.order import Money

#: The providers whose webhooks are known.
STRIPE, PAYPAL = "Stripe", "PayPal"


class PaymentEventKind(StrEnum):
    """What happened."""

    FAILED = "failed"
    REFUNDED = "refunded"
    #: The customer has had the bank take the money back: a chargeback.
    DISPUTED = "disputed"
    #: The card's bank says that somebody else may have used it.
    FRAUD_WARNING = "fraud_warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentEvent:
    """One event, as its provider tells of it."""

    #: Stripe, PayPal.
    provider: str
    #: The provider's id of this telling: it may come several times.
    id: str
    kind: PaymentEventKind
    #: What happened to what: the same in whatever way and however often it is told.
    subject: str
    #: The provider's id of the payment or dispute, by which people find it there.
    reference: str
    at: datetime
    #: As the shop named it at the provider; "" where it did not.
    order_number: str = ""
    amount: Money | None = None
    #: Of a failed payment one of the words for which there are texts, of a dispute the provider's.
    reason: str = ""
    #: A card's brand or the like, never a number of it.
    method: str = ""
    #: When the provider must have our answer.
    due_at: datetime | None = None
    #: Told in a message rather than posted to us.
    by_mail: bool = False


def event_subject(provider: str, kind: PaymentEventKind, key: str) -> str:
    """What happened to what, by the provider's id of the payment, refund or dispute: the same whoever says it, and by whatever way."""
    return f"{provider} {kind} {key}"[:200]


def settle_at(event: PaymentEvent, heard_at: datetime, wait: timedelta) -> datetime:
    """When to find out what follows: a payment that failed may succeed at the second try, for which it is given so long."""
    return heard_at + wait if event.kind is PaymentEventKind.FAILED else heard_at


@cache
def _form() -> TypeAdapter[PaymentEvent]:
    # Made when first needed: most daemons never hear of a payment.
    return TypeAdapter(PaymentEvent)


def event_json(event: PaymentEvent) -> str:
    """The event as JSON."""
    return _form().dump_json(event, exclude_defaults=True).decode()


def parse_event(text: str) -> PaymentEvent:
    """The event in JSON of ours."""
    return _form().validate_json(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """What was posted to us over HTTP."""

    path: str
    #: By names in lower case.
    fields: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """Which content a provider posted under which id of its own."""

    provider: str
    id: str
    #: SHA-256 of the content.
    digest: str
    #: Its signature counts no longer than that.
    until: datetime


class PostOutcome(StrEnum):
    """What became of a post, or of the event in it."""

    RECEIVED = "received"
    #: A case was opened because of it.
    OPENED = "opened"
    REPEATED = "repeated"
    #: Of a kind that nobody has to hear of.
    UNKNOWN = "unknown"
    BAD_SIGNATURE = "bad_signature"
    TOO_OLD = "too_old"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostCount:
    """How many posts of a provider came to that, since it was first heard."""

    provider: str
    outcome: PostOutcome
    count: int
    last_at: datetime


class Receiver(Protocol):
    """Whoever knows how one provider signs and writes."""

    #: As its events name it.
    provider: str

    async def read(self, post: Post, now: datetime) -> PaymentEvent | None:
        """What it tells; None for what is of no interest.

        NotGenuineError where the provider did not sign it, TooOldError where that is not of now, TemporaryError where it cannot be said.
        """

    def transmission(self, post: Post, now: datetime) -> Transmission | None:
        """What came under which id, of a post that was read; None where the signature itself says that there is no other content."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardEvent:
    """An event that waits for what follows from it."""

    row: int
    event: PaymentEvent
    #: How often it was put off.
    attempts: int = 0


class PaymentTable(Protocol):
    """What payment providers told us."""

    def add(self, event: PaymentEvent, at: datetime, due: datetime) -> bool:
        """Keep it until it is due; False where it was told before."""

    def is_first(self, transmission: Transmission, now: datetime) -> bool:
        """Remember what came under its id; False where that was something else."""

    def waiting(self, now: datetime, limit: int) -> list[HeardEvent]:
        """Events that are due, earliest first."""

    def put_off(self, row: int, at: datetime) -> None:
        """It is due then."""

    def settle(self, row: int, outcome: str, at: datetime, case_id: int | None = None) -> None:
        """What came of it; what it said is kept no longer than that."""

    def case_of(self, subject: str) -> int | None:
        """The case that was opened because of it."""

    def opened_since(self, since: datetime) -> int:
        """How many cases were opened since then."""

    def count(self, provider: str, outcome: PostOutcome, many: int, last_at: datetime) -> None:
        """So many more posts came to that; what `add` and `settle` see they count themselves."""

    def counts(self) -> list[PostCount]:
        """What became of all posts, by provider."""
