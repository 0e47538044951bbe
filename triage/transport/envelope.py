"""What may go onto the wire: strict addresses, and content that no server can read in two ways."""

import re

from triage.reply import Delivery

#: Unquoted ASCII only. Whoever writes to us chooses the recipient, and a line break in it would be the next command.
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}")
_LABEL = re.compile(r"[A-Za-z0-9-]{1,63}")
_LONGEST_PATH = 254
_LONGEST_LINE = 998


def fault(delivery: Delivery) -> str:
    """What forbids sending it, in words; "" when nothing does."""
    if not is_path(delivery.recipient):
        return "the recipient is no address we send to"
    # The null reverse-path is valid; it says that nobody wants to hear of a failure (RFC 5321 §4.5.5).
    if delivery.reverse_path and not is_path(delivery.reverse_path):
        return "the reverse-path is no address"
    return _content_fault(delivery.content)


def is_path(address: str) -> bool:
    """True for a local@domain that can stand between angle brackets as it is (RFC 5321 §4.1.2)."""
    local, _, domain = address.partition("@")
    labels = domain.split(".")
    sound = all(_LABEL.fullmatch(label) and not label.startswith("-") and not label.endswith("-") for label in labels)
    return len(address) <= _LONGEST_PATH and sound and bool(_LOCAL.fullmatch(local))


def _content_fault(content: bytes) -> str:
    *lines, rest = content.split(b"\r\n")
    text = b"".join(lines)
    # A lone CR or LF is read as the end of a line by some servers and not by others: what follows could be smuggled in as commands.
    if rest or not lines or b"\r" in text or b"\n" in text:
        return "the message holds a bare CR or LF"
    if b"\0" in text:
        return "the message holds a NUL"
    if max(map(len, lines)) > _LONGEST_LINE:
        return "the message holds a line of more than 998 octets"
    return ""


def stuffed(content: bytes) -> bytes:
    """The content with leading dots doubled (RFC 5321 §4.5.2), without the final dot."""
    doubled = content.replace(b"\r\n.", b"\r\n..")
    return b"." + doubled if doubled.startswith(b".") else doubled
