"""What a payment provider tells in a message, in a form that the configuration teaches, where it surely is the provider's."""

import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Self

from triage.extraction.amounts import find_amounts
from triage.extraction.patterns import Patterns
from triage.extraction.search import Search
from triage.message import Message
from triage.order import Money
from triage.payment import PaymentEvent, PaymentEventKind, event_subject
from triage.sections.payments import AlertSettings, PaymentSettings

#: Characters that are looked at: such messages are short, and a pattern may be a slow one.
_LOOKED_AT = 20_000
#: A number that is longer is none.
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertForm:
    """How one provider's alerts look; picklable, so that it travels to the reader processes."""

    provider: str
    senders: frozenset[str]
    events: tuple[tuple[PaymentEventKind, re.Pattern[str]], ...]
    reasons: tuple[tuple[str, re.Pattern[str]], ...]
    transaction: re.Pattern[str]
    order: re.Pattern[str] | None
    amount: re.Pattern[str] | None

    @classmethod
    def of(cls, provider: str, its: AlertSettings) -> Self:
        """The form that the settings describe."""
        return cls(
            provider=provider,
            senders=frozenset(its.senders),
            events=tuple((kind, _compiled(pattern)) for kind, pattern in its.events.items()),
            reasons=tuple((reason, _compiled(pattern)) for reason, pattern in its.reasons.items()),
            transaction=_compiled(its.transaction),
            order=_compiled(its.order) if its.order else None,
            amount=_compiled(its.amount) if its.amount else None,
        )


def alert_forms(its: PaymentSettings | None) -> tuple[AlertForm, ...]:
    """The forms of all providers whose mail is read."""
    return tuple(AlertForm.of(provider, alert) for provider, alert in its.alerts.items()) if its else ()


def find_alert(message: Message, forms: tuple[AlertForm, ...], patterns: Patterns, received_at: datetime) -> PaymentEvent | None:
    """What it tells; None where it is nobody's alert, or only seems to be."""
    form = next((form for form in forms if _is_from(form, message)), None)
    if form is None:
        return None
    text = f"{message.subject}\n{message.full_text or message.text}"[:_LOOKED_AT]
    kind = next((kind for kind, pattern in form.events if pattern.search(text)), None)
    key = _found(form.transaction, text)
    if kind is None or not key:
        return None
    failed, written = kind is PaymentEventKind.FAILED, _found(form.amount, text)
    amount = Search(source="text", text=written, language=message.language, patterns=patterns, received_at=received_at)
    return PaymentEvent(
        provider=form.provider,
        id=f"mail {message.message_id or message.fingerprint}"[:200],
        kind=kind,
        subject=event_subject(form.provider, kind, key),
        reference=key,
        at=received_at,
        order_number=_found(form.order, text),
        amount=_money(amount),
        reason=next((reason for reason, pattern in form.reasons if failed and pattern.search(text)), ""),
        by_mail=True,
    )


def _is_from(form: AlertForm, message: Message) -> bool:
    author = message.author
    # What somebody passed on was signed by whoever did so.
    if author is None or author.addr_spec not in form.senders or message.relayed_by:
        return False
    return message.is_signed_by_author and message.authentication_result("dmarc") != "fail"


def _found(pattern: re.Pattern[str] | None, text: str) -> str:
    found = pattern.search(text) if pattern else None
    said = " ".join((found[1] or "").split()) if found else ""
    return said if len(said) <= _LONGEST else ""


def _money(written: Search) -> Money | None:
    for fact in find_amounts(written):
        currency, _, amount = fact.value.partition(" ")
        return Money(amount=Decimal(amount), currency=currency)
    return None


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE)
