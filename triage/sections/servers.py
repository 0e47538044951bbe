"""Where mail comes from and where it goes: the accounts that are watched, the submission server."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from triage.secret import Secret
from triage.sections.values import Duration, Section, Start

Security = Literal["tls", "starttls", "none"]
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ServerSettings(Section):
    """What both kinds of server have in common."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    #: tls from the first byte, STARTTLS, or none (loopback only); never a silent downgrade.
    security: Security = "tls"
    username: str = ""
    password: Secret | None = None
    #: Extra certificate authorities (PEM), for a server with a private one.
    ca_file: Path | None = None
    #: For anything that waits on this server.
    timeout: Duration = timedelta(seconds=60)

    @model_validator(mode="after")
    def _no_plain_text_abroad(self) -> "ServerSettings":
        if self.security == "none" and self.host not in _LOOPBACK:
            raise ValueError(f'security = "none" is for loopback only, and host is {self.host!r}: expected "tls" or "starttls"')
        return self


class MailboxSettings(ServerSettings):
    """An account whose INBOX is watched."""

    folder: str = "INBOX"
    poll: Duration = timedelta(seconds=60)
    #: Where the account begins: "now" (what is there already stays untouched), "all", or a date.
    start: Start = "now"
    #: Put before the names of the folders we make, e.g. "Triage/"; the server's own separator is used for the slash.
    folder_prefix: str = "Triage/"
    #: How often the folders are looked at for messages that people have moved; "off": never.
    watch: Duration | Literal["off"] = timedelta(seconds=60)


class SmtpSettings(ServerSettings):
    """The submission server (RFC 6409)."""

    connections: Annotated[int, Field(ge=1, le=32)] = 4
    #: How long the server may take after the final dot (RFC 5321 §4.5.3.2.6 asks for ten minutes).
    data_timeout: Duration = timedelta(minutes=10)
