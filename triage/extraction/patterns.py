"""How this marketplace's own numbers look, compiled once and sent to the reader processes."""

import re
from dataclasses import dataclass

from triage.settings import ExtractionSettings

#: Kinds of number that can be configured, in the order in which they claim a piece of text.
KINDS = ("invoice", "receipt", "transaction", "order")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Configured patterns by kind, and what else extraction must be told; picklable."""

    #: (kind of fact, pattern) in order of precedence.
    configured: tuple[tuple[str, re.Pattern[str]], ...] = ()
    phone_region: str = "US"
    #: What our case numbers begin with: they are no order numbers.
    case_prefix: str = "SP"

    @classmethod
    def of(cls, settings: ExtractionSettings, case_prefix: str = "SP") -> "Patterns":
        """The patterns that the settings describe."""
        configured = []
        for kind in KINDS:
            sources: tuple[str, ...] = getattr(settings, kind)
            if sources:
                alternatives = "|".join(f"(?:{source})" for source in sources)
                # Not inside a longer number or word: ORD1234 is not to be found in RECORD12345.
                bounded = rf"(?<![A-Za-z0-9])(?:{alternatives})(?![A-Za-z0-9])"
                name = "transaction_id" if kind == "transaction" else f"{kind}_number"
                configured.append((name, re.compile(bounded, re.IGNORECASE)))
        return cls(configured=tuple(configured), phone_region=settings.phone_region, case_prefix=case_prefix)
