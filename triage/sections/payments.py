"""What payment providers tell us by themselves: where we listen, and how we know that it is them."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from triage.payment import PAYPAL, STRIPE, PaymentEventKind
from triage.secret import Secret
from triage.sections.values import LOOPBACK, AddrSpec, Duration, Pattern, Section


class StripeSettings(Section):
    """Webhooks of Stripe, posted to /stripe."""

    #: The signing secret of the endpoint; two while one is being replaced.
    secrets: Annotated[tuple[Secret, ...], Field(min_length=1, max_length=4)]
    #: Events that were signed longer ago, or so far ahead, are refused.
    tolerance: Annotated[Duration, Field(le=timedelta(hours=1))] = timedelta(minutes=5)
    #: Take events of the test mode, and no others.
    test_mode: bool = False

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"secrets": tuple(secret.anchored(base) for secret in self.secrets)})


def _place(value: str) -> str:
    url = urlsplit(value)
    if not (url.scheme == "https" and (url.hostname or "").endswith(".paypal.com")) and not (
        url.scheme == "http" and url.hostname in LOOPBACK
    ):
        raise ValueError("expected an address of PayPal's with https, such as https://api.paypal.com/v1/notifications/certs/")
    return value.rstrip("/") + "/"


class PayPalSettings(Section):
    """Webhooks of PayPal, posted to /paypal."""

    #: The id that PayPal gave the webhook; signatures are made for it alone.
    webhook_id: Annotated[str, Field(min_length=1, max_length=100)]
    #: The only place from which certificates are taken; the sandbox has its own.
    certificates: Annotated[str, AfterValidator(_place)] = "https://api.paypal.com/v1/notifications/certs/"
    #: What the shop writes before the order's number in the invoice id.
    invoice_prefix: Annotated[str, Field(max_length=20)] = ""


def _capturing(value: str) -> str:
    if re.compile(value).groups != 1:
        raise ValueError("expected a regular expression with one group, around what is wanted")
    return value


#: What its one group has found is taken.
Capturing = Annotated[Pattern, AfterValidator(_capturing)]
#: What there are words for, to be told to customers.
Reason = Literal["insufficient_funds", "expired_card", "incorrect_details", "declined", "authentication_required", "provider_error"]


class AlertSettings(Section):
    """Mail in which a provider tells the same: believed where our own server found the signature of the sender's domain."""

    senders: Annotated[tuple[AddrSpec, ...], Field(min_length=1)]
    #: What happened: the first of these that is found in subject or text.
    events: Annotated[dict[PaymentEventKind, Pattern], Field(min_length=1)]
    #: The id under which the provider's webhooks tell of it, too; a message without it is no alert.
    transaction: Capturing
    order: Capturing | None = None
    amount: Capturing | None = None
    #: Why a payment failed; customers are told of it only where one of these is found.
    reasons: dict[Reason, Pattern] = Field(default_factory=dict)


def _provider(value: str) -> str:
    known = next((name for name in (STRIPE, PAYPAL) if name.lower() == value.lower()), value)
    if value != known:
        raise ValueError(f"expected {known}, as its webhooks are called, so that both tell of one payment once")
    return value


Provider = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_provider)]


class PaymentSettings(Section):
    """What payment providers post to a small HTTP server of ours, or mail; customers are told by [orders.advice]."""

    #: Behind a proxy that speaks TLS.
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8787
    #: Keys of metadata by which the shop names an order at the provider.
    order_fields: tuple[str, ...] = ("order_number", "order_id", "order")
    #: A payment that failed may succeed at the second try: so long nobody is told.
    wait: Duration = timedelta(minutes=10)
    stripe: StripeSettings | None = None
    paypal: PayPalSettings | None = None
    #: By provider.
    alerts: dict[Provider, AlertSettings] = Field(default_factory=dict)

    def anchored(self, base: Path) -> Self:
        """The same with relative paths below that folder."""
        return self.model_copy(update={"stripe": self.stripe and self.stripe.anchored(base)})

    @model_validator(mode="after")
    def _somebody_is_heard(self) -> Self:
        if self.stripe is None and self.paypal is None and not self.alerts:
            raise ValueError("expected one of the tables [payments.stripe], [payments.paypal] and [payments.alerts.NAME]")
        return self
