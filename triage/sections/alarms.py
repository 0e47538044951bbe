"""How an operator is told that something is wrong."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from triage.secret import Secret
from triage.sections.values import AddrSpec, Duration, Section


def _url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or not parts.hostname):
        raise ValueError("expected a URL such as https://pager.example/hook")
    return value


class AlarmSettings(Section):
    """Channels that need neither the store nor the submission server, besides the log, the alarm file and systemd."""

    #: Each notice is posted there as JSON; empty for none.
    webhook: Annotated[str, AfterValidator(_url)] = ""
    #: Signs what is posted: X-Triage-Signature is sha256= and the HMAC of the body.
    webhook_secret: Secret | None = None
    #: An alarm that stands is told again after these intervals, the last one for ever.
    again: Annotated[tuple[Duration, ...], Field(min_length=1)] = (timedelta(hours=1), timedelta(hours=4), timedelta(hours=24))
    #: So long before its deadline an acknowledgment has to leave, or the forecast calls it missed.
    margin: Duration = timedelta(hours=1)
    #: So long before its end a server's certificate is an alarm.
    certificate: Duration = timedelta(days=14)


class CanarySettings(Section):
    """A message to ourselves, out over SMTP and in over IMAP, that shows that the whole way is open."""

    #: Sent this often; "off": never.
    every: Duration | Literal["off"] = "off"
    #: An alarm is sounded where it has not come back within this.
    within: Duration = timedelta(minutes=10)
    #: The watched mailbox that it comes back to; empty for the first one.
    mailbox: str = ""
    #: The address that reaches that mailbox; empty for identity.address.
    address: AddrSpec | Literal[""] = ""
