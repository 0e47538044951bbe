"""What reading a message may cost, and how this marketplace's numbers look."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from triage.sections.values import Duration, Pattern, Section


class ReadLimits(Section):
    """What one message may cost."""

    #: Reader processes; 0 means one for each core.
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    time: Duration = timedelta(seconds=10)
    memory_mb: Annotated[int, Field(ge=256)] = 1024
    #: Larger messages are fetched and read in part.
    message_mb: Annotated[int, Field(ge=1)] = 30


class ExtractionSettings(Section):
    """How numbers of this marketplace look: regular expressions, matched without regard to case."""

    order: tuple[Pattern, ...] = (r"ORD[- ]?\d{4,12}",)
    invoice: tuple[Pattern, ...] = (r"INV(?:OICE)?[-/ ]?\d{3,12}(?:[-/]\d{1,8}){0,2}",)
    receipt: tuple[Pattern, ...] = (r"(?:RCPT|REC)[-/ ]?\d{3,12}",)
    transaction: tuple[Pattern, ...] = (r"(?:TXN|TRX|PAY)[-_]?[A-Z0-9]{6,24}", r"(?:ch|pi|re|txn)_[A-Za-z0-9]{14,32}")
    #: Region for telephone numbers without a country code (ISO 3166).
    phone_region: str = "US"
