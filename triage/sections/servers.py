"""Where mail comes from and where it goes: the accounts that are watched, the submission server."""

from datetime import time, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, model_validator

from triage.secret import Secret
from triage.sections.values import LOOPBACK, AddrSpec, Duration, Limit, Section, Start, TimeOfDay

Security = Literal["tls", "starttls", "none"]


class ServerSettings(Section):
    """What both kinds of server have in common."""

    host: str
    port: Annotated[int, Field(ge=1, le=65535)]
    #: tls from the first byte, STARTTLS, or none (loopback only); never a silent downgrade.
    security: Security = "tls"
    username: str = ""
    password: Secret | None = None
    #: Name of an [oauth.…] table instead of a password.
    oauth: str = ""
    #: Extra certificate authorities (PEM), for a server with a private one.
    ca_file: Path | None = None
    #: For anything that waits on this server.
    timeout: Duration = timedelta(seconds=60)

    @model_validator(mode="after")
    def _no_plain_text_abroad(self) -> "ServerSettings":
        if self.security == "none" and self.host not in LOOPBACK:
            raise ValueError(f'security = "none" is for loopback only, and host is {self.host!r}: expected "tls" or "starttls"')
        if self.oauth and (self.password or not self.username):
            raise ValueError(f"oauth = {self.oauth!r}: expected a username and no password beside it")
        return self


class MailboxSettings(ServerSettings):
    """An account whose INBOX is watched."""

    #: False for an account that is only looked into, as one that gets receipt copies.
    receive: bool = True
    folder: str = "INBOX"
    poll: Duration = timedelta(seconds=60)
    #: Where the account begins: "now" (what is there already stays untouched), "all", or a date.
    start: Start = "now"
    #: Put before the names of the folders we make, e.g. "Triage/"; the server's own separator is used for the slash.
    folder_prefix: str = "Triage/"
    #: When the whole folder is compared with the store, each day.
    census: TimeOfDay = time(3, 30)
    #: How often the folders are looked at for messages that people have moved; "off": never.
    watch: Annotated[Duration, Field(le=timedelta(minutes=5))] | Literal["off"] = timedelta(seconds=60)
    #: How the mailbox shows where a case stands: not at all, by keywords on its messages, or by folders for what waits and is done as well.
    states: Literal["off", "keywords", "folders"] = "keywords"
    #: Whether answers that people write in this mailbox are found in its folder for sent mail.
    watch_sent: bool = True
    #: That folder; empty: the one that the server marks as such (RFC 6154).
    sent_folder: str = ""
    #: Whether answers are suggested in the folder for drafts, where the policy wants it.
    drafts: bool = True
    #: That folder; empty: the one that the server marks as such.
    drafts_folder: str = ""


class SubmissionSettings(ServerSettings):
    """A submission server (RFC 6409)."""

    connections: Annotated[int, Field(ge=1, le=32)] = 4
    #: For each command; this and the next three as RFC 5321 §4.5.3.2 asks.
    timeout: Duration = timedelta(minutes=5)
    #: Until the server has greeted us, encryption included.
    greeting_timeout: Duration = timedelta(minutes=5)
    #: For the DATA command, and for each block of the message.
    data_timeout: Duration = timedelta(minutes=3)
    #: How long the server may take after the final dot; a shorter wait makes duplicates (RFC 1047).
    dot_timeout: Duration = timedelta(minutes=10)
    #: For the TCP connection; of several addresses the next is tried meanwhile.
    connect_timeout: Duration = timedelta(seconds=30)


class SmtpSettings(SubmissionSettings):
    """The way out: the submission server, and what is asked of it."""

    #: What the provider takes of us; 0 for no limit. Receipt copies count as recipients.
    per_minute: Limit = 0
    per_day: Limit = 0
    recipients_per_day: Limit = 0
    #: Servers to use instead, in this order, while the first is away for longer than this or a promise is about to break.
    fallback: tuple[SubmissionSettings, ...] = ()
    fallback_after: Duration = timedelta(minutes=30)
    #: Address of our own audit mailbox. It gets a copy of each message, so that acceptance can be proven after a break; empty for none.
    receipt_address: AddrSpec | Literal[""] = ""
    #: The mailbox table in whose account the copies arrive; empty for the first one.
    receipt_account: str = ""
    #: The folder of that account where they arrive: one of its own, which your server's filter puts them into.
    receipt_folder: str = "Receipts"
    #: How long a copy may take to arrive before its absence means that the message was not accepted.
    receipt_wait: Duration = timedelta(minutes=15)
    #: What becomes of copies that have served.
    receipt_after: Literal["move", "delete", "keep"] = "move"
    #: Where they are moved to, under the account's folder_prefix.
    receipt_archive: str = "Receipts"
