"""Words for what a message says: findings, facts, classification, and the reading that holds them together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from triage.message import Message
from triage.payment import PaymentEvent


class Effect(StrEnum):
    """What a finding means for the answer."""

    #: Written by a machine: no case, no answer; a note where it continues a case.
    AUTOMATIC = "automatic"
    #: A delivery report about a message of ours or of someone else: never answered, never a case.
    REPORT = "report"
    #: Unwanted mail: no case, no answer.
    SPAM = "spam"
    #: From ourselves, an agent or a department: never acknowledged.
    STAFF = "staff"
    #: From a person, but no automatic mail may go back; a case is opened and a person told.
    NO_ANSWER = "no_answer"
    #: Worth knowing; changes nothing.
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one rule found in a message."""

    #: Name of the rule, which is the name of its file.
    rule: str
    effect: Effect
    #: In words, for the case history: what was seen and where.
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing found in a message."""

    #: order_number, invoice_number, receipt_number, transaction_id, tracking_number, amount, date, phone, name or product.
    kind: str
    #: Normalised: upper case without spaces for numbers, ISO 8601 for dates, "EUR 12.50" for amounts, E.164 for phones.
    value: str
    #: subject, text, quoted, signature, document, filename or sender (the display name).
    source: str
    #: 0 to 1.
    confidence: float = 1.0
    #: Where it starts and ends in the source, in characters; (-1, -1) where that means nothing.
    span: tuple[int, int] = (-1, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything found in a message, best first within a kind."""

    found: tuple[Fact, ...] = ()

    def values(self, kind: str) -> tuple[str, ...]:
        """Distinct values of a kind, surest first."""
        return tuple(dict.fromkeys(fact.value for fact in self.found if fact.kind == kind))

    @property
    def order_numbers(self) -> tuple[str, ...]:
        """Distinct order numbers; more than one is shown to a person, none is picked silently."""
        return self.values("order_number")

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """One category and issue with its probability."""

    category: str
    #: Empty when the category is all that can be said.
    issue: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Classification:
    """What a message is about, how sure that is, and why."""

    category: str
    issue: str
    #: Calibrated probability of the category.
    confidence: float
    #: Below the threshold: a person sorts it, and it is acknowledged like any other.
    abstained: bool = False
    #: Probability of every category.
    scores: Mapping[str, float] = field(default_factory=dict)
    #: Further matters in the same message, and near misses, by falling confidence.
    alternatives: tuple[Matter, ...] = ()
    #: Words and facts that decided, in words a person understands.
    reasons: tuple[str, ...] = ()
    model_version: str = ""
    #: Share of its words that the model was not taught; None where no model looked at them.
    strange: float | None = None


def percent(confidence: float) -> str:
    """Confidence for people to read: nothing that was read out of a message is certain or impossible, however it is rounded."""
    return f"{min(confidence, 0.99):.0%}" if confidence >= 0.01 else "<1%"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """All that `read` says of one message: a pure function of its bytes and the settings."""

    message: Message
    findings: tuple[Finding, ...] = ()
    facts: Facts = field(default_factory=Facts)
    classification: Classification
    #: What a payment provider tells in it, where it surely is the provider's; None in all other mail.
    payment: PaymentEvent | None = None

    def first(self, effect: Effect) -> Finding | None:
        """The first finding with that effect, in the order of the rule table."""
        return next((finding for finding in self.findings if finding.effect == effect), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A message that killed its reader or ran out of time or memory."""

    reason: str
    #: The reader was at fault (limits), not the surroundings: counts as a strike.
    strike: bool = True
