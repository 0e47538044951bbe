"""What must hold of everything that leaves, whoever wrote it; every test that sends can call `check`."""

import email
import email.policy
import re
from collections.abc import Collection, Iterable, Sequence
from email.header import decode_header, make_header
from email.utils import getaddresses
from typing import Protocol

#: Header fields that our messages may have, in lower case.
ALLOWED = frozenset(
    {
        "from", "to", "reply-to", "subject", "date", "message-id", "in-reply-to", "references", "auto-submitted",
        "x-auto-response-suppress", "mime-version", "content-type", "content-transfer-encoding", "content-language", "x-triage-case",
        "precedence", "feedback-id", "x-loop", "x-triage-loop", "x-triage-category", "x-triage-confidence", "x-triage-reason",
    }
)  # fmt: skip
_ACK_LIMIT = 2048
_LINE_LIMIT = 998
_MESSAGE_ID = re.compile(rb"^message-id:\s*<?([a-z]{1,30})\.", re.IGNORECASE | re.MULTILINE)
_DIGITS = re.compile(rb"(?<![0-9])[1-9](?:[ -]?[0-9]){12,18}(?![0-9])")


#: Mailboxes of ours that the tests send from and to; the second envelope recipient of a message may be the last.
OURS, AUDIT = frozenset({"support@shop.example", "help@shop.example"}), "audit@shop.example"


class Sent(Protocol):
    """A message as a server was given it."""

    @property
    def recipients(self) -> Sequence[str]: ...
    @property
    def content(self) -> bytes: ...


def broken(sent: Iterable[Sent], *, known: Iterable[str] | None, ours: Collection[str] = OURS) -> list[str]:
    """What is wrong with messages that left, one line each; nobody may be written to whom `known` does not name."""
    named = None if known is None else "\n".join(known).lower()
    wrong = []
    for each in sent:
        recipients = [it for it in each.recipients if it != AUDIT or len(each.recipients) == 1]
        # A Message-ID of ours begins with what the message is for.
        named_as = _MESSAGE_ID.search(each.content.partition(b"\r\n\r\n")[0])
        kind = named_as[1].decode() if named_as else ""
        found = check(each.content, recipients=recipients, ours=ours, acknowledgment=kind == "acknowledgment", by_person=kind == "answer")
        found += [f"{it} was never heard of" for it in recipients if named is not None and it.lower() not in named]
        wrong += [f"to {', '.join(recipients)}: {line}" for line in found]
    return wrong


def check(
    content: bytes, *, recipients: Collection[str], ours: Collection[str], acknowledgment: bool = False, by_person: bool = False
) -> list[str]:
    """What is wrong with a message as it left; [] when nothing is. `ours` are the addresses that may stand in From."""
    # By the policy that takes no field apart: the newer one does so with every question, which takes ten times as long.
    message = email.message_from_bytes(content, policy=email.policy.compat32)
    fields = [(name.lower(), _plain(value)) for name, value in message.items()]
    names, values = [name for name, _ in fields], dict(reversed(fields))
    wrong = _form(content) + [f"header field {name!r} is not allowed" for name in names if name not in ALLOWED]
    wrong += [f"{names.count(name)} fields {name!r}" for name in ("to", "from", "message-id", "date", "subject") if names.count(name) != 1]
    to = _addresses(message, "to")
    if len(to) != 1 or [recipient.lower() for recipient in recipients] != to:
        wrong.append("To and envelope must name the same one recipient")
    if set(_addresses(message, "from")) - {address.lower() for address in ours}:
        wrong.append("From is not ours")
    if values.get("auto-submitted", "") not in (("", "no") if by_person else ("auto-replied", "auto-generated")):
        wrong.append("Auto-Submitted is missing or wrong")
    if acknowledgment and (len(content) >= _ACK_LIMIT or message.get_content_type() != "text/plain"):
        wrong.append(f"an acknowledgment must be text/plain below {_ACK_LIMIT} octets, not {message.get_content_type()} of {len(content)}")
    return wrong + [f"card number {number!r}" for number in _cards(message, [value for _, value in fields])]


def _plain(value: str) -> str:
    unfolded = re.sub(r"\r?\n", "", str(value))
    return str(make_header(decode_header(unfolded))) if "=?" in unfolded else unfolded


def _addresses(message: email.message.Message, name: str) -> list[str]:
    return [address.lower() for _name, address in getaddresses(message.get_all(name, []))]


def _form(content: bytes) -> list[str]:
    lines = content.count(b"\r\n")
    wrong = ["a bare CR or LF"] if content.count(b"\r") != lines or content.count(b"\n") != lines else []
    return wrong + (["a line of more than 998 octets"] if max(map(len, content.split(b"\r\n"))) > _LINE_LIMIT else [])


def _cards(message: email.message.Message, values: Iterable[str]) -> list[bytes]:
    texts = [value.encode("utf-8", "replace") for value in values]
    # An attached original stays as the customer sent it, for staff to see; nothing else may carry a card number.
    texts += [
        part.get_payload(decode=True) or b"" for part in message.walk() if part.get_content_maintype() == "text" and not part.get_filename()
    ]
    return [found[0] for text in texts for found in _DIGITS.finditer(text) if _luhn(found[0])]


def _luhn(number: bytes) -> bool:
    digits = [int(chr(octet)) for octet in number if chr(octet).isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10)) for place, digit in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0
