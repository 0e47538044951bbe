"""One text of a message to look for facts in: what is known beside it, and which parts of it are spoken for."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.extraction.patterns import Patterns
from triage.reading import Fact

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A text and its surroundings; what one finder has taken is not taken again by the next."""

    #: As in `Fact.source`.
    source: str
    text: str
    #: What the confidence of a fact found here is multiplied with.
    trust: float = 1.0
    #: ISO 639-1 code, "" when unknown.
    language: str = ""
    patterns: Patterns
    #: What relative dates count from.
    received_at: datetime
    #: One byte per character of the text, 1 where it belongs to a fact: thousands of facts cost no more than one.
    taken: bytearray = field(init=False, repr=False)
    #: In lower case, to see at a glance whether a word occurs at all; positions may differ.
    lower: str = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "taken", bytearray(len(self.text)))
        object.__setattr__(self, "lower", self.text.lower())

    def free(self, start: int, end: int) -> bool:
        """True where no fact has been found yet."""
        return self.taken.find(1, start, end) < 0

    def fact(self, kind: str, value: str, confidence: float, span: Span) -> Fact:
        """A fact found here; its piece of the text is taken from now on."""
        self.taken[slice(*span)] = b"\1" * (span[1] - span[0])
        return Fact(kind=kind, value=value, source=self.source, confidence=round(confidence * self.trust, 3), span=span)
