"""Message identifiers without angle brackets, and the fingerprint that makes two copies one message (RFC 5322 §3.6.4)."""

import hashlib
import re

from triage.message import Message
from triage.parsing import headers, tree

MAX_LENGTH = 998
MAX_REFERENCES = 50
#: What may stand between angle brackets: no spaces, brackets or control characters; junk without an @ is tolerated.
_IN_BRACKETS = re.compile(r"<([^<>\s]{1,998})>")
_BETWEEN = re.compile(r"[<>\s,;\"()]")
#: What mail clients put before a subject.
_BEFORE_SUBJECT = re.compile(r"\A(?:\s{0,9}(?:re|aw|fwd?|wg|sv|antw)(?:\[\d{1,3}\])?\s{0,3}:){1,20}\s{0,9}", re.IGNORECASE)
_UNSAFE = re.compile("[^!-~\u00a1-\U0010ffff]")


def message_id(raw: str | None) -> tuple[str, str]:
    """The identifier and a defect; "" where the field is missing, names several or cannot be used."""
    if raw is None:
        return "", "no Message-ID"
    found = identifiers(raw)
    if not found:
        return "", "Message-ID cannot be used"
    return (found[0], "") if len(found) == 1 else (found[0], "Message-ID names several identifiers")


def identifiers(raw: str) -> tuple[str, ...]:
    """Distinct identifiers in their order, the last 50 of them."""
    text, _ = headers.as_text(headers.unfold(raw))
    found = _IN_BRACKETS.findall(text)
    if not found:
        words = _BETWEEN.split(headers.decode_words(text) if "=?" in text else text)
        found = [word for word in words if 0 < word.find("@") < len(word) - 1 and len(word) <= MAX_LENGTH]
    usable = dict.fromkeys(value for value in found if not _UNSAFE.search(value))
    return tuple(usable)[-MAX_REFERENCES:]


def fingerprint(content: bytes, identifier: str, fields: tuple[str, ...]) -> str:
    """A digest that copies share when only trace fields differ; without an identifier, that of the raw bytes."""
    if not identifier:
        return hashlib.sha256(content).hexdigest()
    body = content[tree.header_end(content) :].replace(b"\r\n", b"\n").replace(b"\r", b"\n").rstrip(b"\n")
    digest = hashlib.sha256(body)
    for value in (identifier, *fields):
        # Each part is framed by its length, so that no text can move from one field into the next.
        data = " ".join(value.split()).encode("utf-8", "surrogateescape")
        digest.update(len(data).to_bytes(4, "big") + data)
    return digest.hexdigest()


def likeness(message: Message) -> str:
    """A digest that messages share which say the same, with the same attachments, under the same subject; spaces and case aside."""
    subject = _BEFORE_SUBJECT.sub("", message.subject)
    said = [" ".join(text.casefold().split()) for text in (subject, message.full_text)]
    return hashlib.sha256("\0".join([*said, *(attachment.sha256 for attachment in message.attachments)]).encode()).hexdigest()
