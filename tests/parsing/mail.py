"""Messages written for the tests, and one short way to read them."""

from datetime import UTC, datetime

from triage.message import Message, MessageKey, RawMessage
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse

ARRIVED = datetime(2026, 6, 1, 12, tzinfo=UTC)
KEY = MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=1)


def raw(content: bytes | str, size: int | None = None) -> RawMessage:
    """The bytes as the server would hand them over."""
    data = content.encode() if isinstance(content, str) else content
    return RawMessage(key=KEY, received_at=ARRIVED, content=data, size=len(data) if size is None else size)


def read(content: bytes | str, options: ParseOptions | None = None) -> Message:
    """The message as it reads."""
    return parse(raw(content), options or ParseOptions())


def plain(text: str, **fields: str) -> str:
    """A text message in UTF-8 with these header fields (underscores stand for hyphens)."""
    header = {"From": "Ann Smith <ann@customer.example>", "Message-ID": "<m1@customer.example>", "Subject": "Order"}
    header |= {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in header.items())
    return f"{lines}MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + text.replace(
        "\n", "\r\n"
    )


def html(source: str) -> str:
    """A message of HTML alone."""
    return f"From: ann@customer.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{source}"


def multipart(kind: str, *parts: str, header: str = "From: ann@customer.example\r\n") -> str:
    """A multipart message of parts, each with its own header."""
    body = "".join(f"--edge\r\n{part}\r\n" for part in parts)
    return f'{header}MIME-Version: 1.0\r\nContent-Type: multipart/{kind}; boundary="edge"\r\n\r\n{body}--edge--\r\n'


def part(kind: str, content: str, *fields: str) -> str:
    """One part of a multipart message."""
    return "".join(f"{line}\r\n" for line in (f"Content-Type: {kind}", *fields)) + f"\r\n{content}"
