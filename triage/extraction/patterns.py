"""How this marketplace's own numbers look, compiled once and sent to the reader processes."""

import re
from dataclasses import dataclass

from triage.sections.reading import ExtractionSettings

#: Kind of fact by its name in the settings, in the order in which they claim a piece of text.
KINDS = {"invoice": "invoice_number", "receipt": "receipt_number", "transaction": "transaction_id", "order": "order_number"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Patterns:
    """Configured patterns by kind, and what else extraction must be told; picklable."""

    #: All configured forms in one pattern, whose groups are named by the kind of fact; None where nothing is configured.
    configured: re.Pattern[str] | None = None
    phone_region: str = "US"
    #: What our case numbers begin with: they are no order numbers.
    case_prefix: str = "SP"

    @classmethod
    def of(cls, settings: ExtractionSettings, case_prefix: str = "SP") -> "Patterns":
        """The patterns that the settings describe."""
        groups = []
        for name, kind in KINDS.items():
            sources: tuple[str, ...] = getattr(settings, name)
            if sources:
                groups.append(f"(?P<{kind}>{'|'.join(f'(?:{source})' for source in sources)})")
        # Not inside a longer number or word: ORD1234 is not to be found in RECORD12345.
        bounded = rf"(?<![A-Za-z0-9])(?:{'|'.join(groups)})(?![A-Za-z0-9])"
        configured = re.compile(bounded, re.IGNORECASE) if groups else None
        return cls(configured=configured, phone_region=settings.phone_region, case_prefix=case_prefix)
