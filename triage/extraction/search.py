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
    #: Pieces of the text that are facts already.
    taken: list[Span] = field(default_factory=list)

    def free(self, start: int, end: int) -> bool:
        """True where no fact has been found yet."""
        return not any(start < taken_end and taken_start < end for taken_start, taken_end in self.taken)

    def fact(self, kind: str, value: str, confidence: float, span: Span) -> Fact:
        """A fact found here; its piece of the text is taken from now on."""
        self.taken.append(span)
        return Fact(kind=kind, value=value, source=self.source, confidence=round(confidence * self.trust, 3), span=span)
