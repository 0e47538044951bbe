"""A piece of a message to look for facts in, and how far it is trusted."""

from dataclasses import dataclass

from triage.reading import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One text of a message."""

    #: subject, text, quoted, document or filename, as in `Fact.source`.
    name: str
    text: str
    #: What the confidence of a fact found here is multiplied with.
    trust: float
    #: ISO 639-1 code, "" when unknown.
    language: str = ""

    def fact(self, kind: str, value: str, confidence: float, span: tuple[int, int]) -> Fact:
        """A fact found here."""
        return Fact(kind=kind, value=value, source=self.name, confidence=round(confidence * self.trust, 3), span=span)
