"""Who we are towards customers."""

from typing import Annotated

from pydantic import Field

from triage.sections.values import AddrSpec, Section, TimeZone


class Identity(Section):
    """Who we are towards customers."""

    name: str = "SayPro Support"
    address: AddrSpec
    #: Other addresses that reach the watched mailboxes; mail from them is our own.
    aliases: tuple[AddrSpec, ...] = ()
    #: The server delivers local+anything@domain to local@domain: reply tokens and reverse-paths use it.
    plus_addressing: bool = True
    #: Put before the number of a case.
    case_prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,6}$")] = "SP"
    #: Time zone in which times are told to customers and staff.
    time_zone: TimeZone = "Europe/Berlin"
    #: Where customers find answers by themselves; acknowledgments name it.
    help_url: Annotated[str, Field(max_length=80, pattern=r"^(https://[!-~]+)?$")] = ""
