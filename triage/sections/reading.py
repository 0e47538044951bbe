"""What reading a message may cost, whose word counts in it, and how this marketplace's numbers look."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from triage.sections.values import AddrSpec, Duration, HostName, Pattern, Section


class ReadLimits(Section):
    """What one message may cost."""

    #: Reader processes; 0 means one for each core.
    workers: Annotated[int, Field(ge=0, le=64)] = 0
    time: Duration = timedelta(seconds=10)
    memory_mb: Annotated[int, Field(ge=256)] = 1024
    #: Larger messages are fetched and read in part.
    message_mb: Annotated[int, Field(ge=1)] = 30
    #: Ends of the names under which our own servers write Received fields, for a boundary with several of them.
    trace_hosts: tuple[HostName, ...] = ()
    #: Addresses whose forwarded mail is taken as the mail of whoever wrote it first.
    forwarders: tuple[AddrSpec, ...] = ()


class FormSettings(Section):
    """A web form that sends us what customers fill in."""

    #: What its messages have in From.
    address: AddrSpec
    #: What stands before the customer's address in the text; empty where the form puts the customer into Reply-To.
    email_label: Annotated[str, Field(max_length=60)] = ""
    #: What stands before the customer's name in the text; empty where the address brings it along.
    name_label: Annotated[str, Field(max_length=60)] = ""


class ExtractionSettings(Section):
    """How numbers of this marketplace look: regular expressions, matched without regard to case."""

    order: tuple[Pattern, ...] = (r"ORD[- ]?\d{4,12}",)
    invoice: tuple[Pattern, ...] = (r"INV[-/ ]?\d{3,12}(?:[-/]\d{1,8}){0,2}",)
    receipt: tuple[Pattern, ...] = (r"(?:RCPT|REC)[-/ ]?\d{3,12}",)
    transaction: tuple[Pattern, ...] = (r"(?:TXN|TRX|PAY)[-_]?[A-Z0-9]{6,24}", r"(?:ch|pi|re|txn)_[A-Za-z0-9]{14,32}")
    #: Region for telephone numbers without a country code (ISO 3166).
    phone_region: str = "US"
