"""Everything a message says that can be looked up: the table of finders, and the sources in falling trust."""

from collections.abc import Callable, Iterator
from datetime import datetime

from triage.extraction.numbers import find_numbers
from triage.extraction.patterns import Patterns
from triage.extraction.source import Source
from triage.message import Message
from triage.reading import Fact, Facts

#: How far each source is trusted; within one kind of fact, the surest comes first.
_TRUST = {"subject": 1.0, "text": 1.0, "document": 0.8, "quoted": 0.7, "filename": 0.6}

Finder = Callable[[Source, Patterns, datetime], Iterator[Fact]]

FINDERS: tuple[Finder, ...] = (lambda source, patterns, _: find_numbers(source, patterns),)


def extract(message: Message, patterns: Patterns, received_at: datetime) -> Facts:
    """The facts in a message, surest first; relative dates count from `received_at`."""
    found = [fact for source in _sources(message) for finder in FINDERS for fact in finder(source, patterns, received_at)]
    return Facts(found=tuple(sorted(found, key=lambda fact: -fact.confidence)))


def _sources(message: Message) -> Iterator[Source]:
    texts = (
        ("subject", message.subject),
        ("text", message.text),
        ("document", message.document_text),
        ("quoted", message.quoted if message.quoted not in message.text else ""),
        ("filename", "\n".join(part.filename for part in message.attachments)),
    )
    for name, text in texts:
        if text:
            yield Source(name=name, text=text, trust=_TRUST[name], language=message.language)
