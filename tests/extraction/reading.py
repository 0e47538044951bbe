"""What the tests of this room share: the facts of a text, and card numbers of every scheme."""

from datetime import UTC, datetime
from functools import cache

from stdnum import luhn

from triage.extraction.extract import extract
from triage.extraction.patterns import Patterns
from triage.message import Message
from triage.reading import Fact, Facts
from triage.sections.reading import ExtractionSettings

#: A Wednesday.
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PATTERNS = Patterns.of(ExtractionSettings())
SHOWN = "411111******1111"


@cache
def patterns(region: str) -> Patterns:
    """The shipped patterns with another region."""
    return Patterns.of(ExtractionSettings(phone_region=region))


def facts(text: str, language: str = "en", region: str = "US", *, now: datetime = NOW, **parts: object) -> Facts:
    """Everything found in a customer's text."""
    return extract(Message(text=text, language=language, **parts), patterns(region), now)  # type: ignore[arg-type]


def values(kind: str, text: str, language: str = "en", region: str = "US", *, now: datetime = NOW, **parts: object) -> list[str]:
    """Values of one kind, surest first."""
    return list(facts(text, language, region, now=now, **parts).values(kind))


def piece(fact: Fact, text: str) -> str:
    """What the span of a fact cuts out of its source."""
    return text[slice(*fact.span)]


def card(beginning: str, length: int) -> str:
    """A number of a scheme with the right check digit."""
    body = (beginning + "0918273645546372819")[: length - 1]
    return body + luhn.calc_check_digit(body)


def masked(number: str) -> str:
    """What may be shown of it."""
    return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
