"""Everything a message says that can be looked up: the table of finders, and the sources in falling trust."""

from collections.abc import Callable, Iterator
from datetime import datetime

from triage.extraction.amounts import find_amounts
from triage.extraction.dates import find_dates
from triage.extraction.names import find_names
from triage.extraction.numbers import find_by_words, find_configured
from triage.extraction.patterns import Patterns
from triage.extraction.phones import find_phones
from triage.extraction.products import find_products
from triage.extraction.search import Search
from triage.extraction.tracking import find_tracking_numbers
from triage.message import Message
from triage.reading import Fact, Facts

#: How far each source is trusted; within one kind of fact, the surest comes first.
_TRUST = {"subject": 1.0, "text": 1.0, "signature": 0.9, "document": 0.8, "quoted": 0.7, "filename": 0.6}

Finder = Callable[[Search], Iterator[Fact]]

#: In this order each finder takes its pieces of the text, so the surest forms come first: what is a price or a date is no order number.
FINDERS: tuple[Finder, ...] = (
    find_configured,
    find_tracking_numbers,
    find_amounts,
    find_dates,
    find_by_words,
    find_phones,
    find_products,
)


def extract(message: Message, patterns: Patterns, received_at: datetime) -> Facts:
    """The facts in a message, surest first; relative dates count from `received_at`."""
    found = [fact for search in _searches(message, patterns, received_at) for finder in FINDERS for fact in finder(search)]
    return Facts(found=tuple(sorted((*found, *find_names(message)), key=lambda fact: -fact.confidence)))


def _searches(message: Message, patterns: Patterns, received_at: datetime) -> Iterator[Search]:
    texts = (
        ("subject", message.subject),
        ("text", message.text),
        ("signature", message.signature if message.signature not in message.text else ""),
        ("document", message.document_text),
        ("quoted", message.quoted if message.quoted not in message.text else ""),
        ("filename", "\n".join(part.filename for part in message.attachments)),
    )
    for source, text in texts:
        if text:
            yield Search(
                source=source, text=text, trust=_TRUST[source], language=message.language, patterns=patterns, received_at=received_at
            )
