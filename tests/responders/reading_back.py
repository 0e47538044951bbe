"""Reading our own mail back, as a receiver would, and what has to hold for all of it."""

import email
import email.policy
import hashlib
import re
from email.message import EmailMessage

from tests.making import IDENTITY, KEY, PEOPLE
from triage import tokens
from triage.reply import TO_CUSTOMER, Reply, ReplyKind

FIELDS = {
    "message-id", "from", "to", "subject", "date", "reply-to", "auto-submitted", "x-auto-response-suppress", "x-triage-loop", "x-triage-category", "x-triage-confidence", "x-triage-reason",
    "mime-version", "in-reply-to", "references", "content-type", "content-transfer-encoding",
}  # fmt: skip
_ADDR_SPEC = re.compile(r"[a-z0-9.+_-]+@[a-z0-9.-]+")


def parsed(reply: Reply) -> EmailMessage:
    """The reply as the standard library reads it."""
    message = email.message_from_bytes(reply.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(reply: Reply) -> str:
    """Its plain text."""
    body = parsed(reply).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def html_of(reply: Reply) -> str:
    """Its html."""
    body = parsed(reply).get_body(("html",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def assert_sound(reply: Reply, number: str = "SP-100042") -> None:
    """What every message of ours must be, whatever came in."""
    _assert_lines(reply.content)
    message = parsed(reply)
    names = [name.lower() for name in message]
    assert set(names) <= FIELDS
    assert len(names) == len(set(names))
    assert not message.defects
    assert message["To"] == reply.recipient
    assert _ADDR_SPEC.fullmatch(reply.recipient)
    assert [address.addr_spec for address in message["From"].addresses] == [IDENTITY.address]
    assert message["Auto-Submitted"] in {"auto-replied", "auto-generated"}
    assert message["X-Auto-Response-Suppress"] == "All"
    assert f"[{number}]" in str(message["Subject"])
    assert message["Message-ID"] == f"<{reply.message_id}>"
    for address in (reply.reverse_path, str(message["Reply-To"])):
        assert address.startswith("support+")
        assert address.endswith("@shop.example")
    _assert_keyed(reply, number)
    if reply.kind is ReplyKind.ACKNOWLEDGMENT:
        assert len(reply.content) < 2048
        assert message.get_content_type() == "text/plain"
    elif reply.kind not in TO_CUSTOMER:
        assert reply.recipient in PEOPLE.staff


def _assert_lines(content: bytes) -> None:
    assert content.isascii()
    assert content.endswith(b"\r\n")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"\r\n.\r\n" not in content


def _assert_keyed(reply: Reply, number: str) -> None:
    # The Message-ID stands first, so that what it was keyed over is all the rest.
    first, _, rest = reply.content.partition(b"\r\n")
    assert first == f"Message-ID: <{reply.message_id}>".encode()
    kind, _, token = reply.message_id.partition("@")[0].partition(".")
    assert kind == reply.kind
    assert tokens.verify(KEY, token, "message-id", kind, number, reply.recipient, hashlib.sha256(rest).hexdigest())
