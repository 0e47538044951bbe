"""Case numbers that a message quotes."""

import re

from triage import keyed
from triage.message import Message

#: More numbers than this in one message are a list, not a reference.
_AT_MOST = 10
#: Answers quote the number near their beginning or in the quoted head of our message.
_SEARCHED = 50_000


def quoted_numbers(message: Message, prefix: str) -> tuple[str, ...]:
    """Distinct case numbers in the subject, the text and the quoted history, in that order, written as we write them."""
    pattern = _pattern(prefix)
    texts = (message.subject, message.text[:_SEARCHED], message.quoted[:_SEARCHED])
    digits = (found[1] for text in texts for found in pattern.finditer(text))
    return tuple(dict.fromkeys(f"{prefix}-{number}" for number in digits))[:_AT_MOST]


def answered_numbers(message: Message, own: frozenset[str], key: bytes, prefix: str) -> tuple[str, ...]:
    """Numbers of the cases whose keyed address the message is sent to: whoever has that address was given it by us."""
    ours = (address.addr_spec for address in (*message.to, *message.cc) if _bare(address.addr_spec) in own)
    numbers = (keyed.answered_number(key, address, prefix) for address in ours)
    return tuple(dict.fromkeys(filter(None, numbers)))[:_AT_MOST]


def _bare(address: str) -> str:
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"


def _pattern(prefix: str) -> re.Pattern[str]:
    # Customers drop the hyphen, or their mail client makes it a longer dash; `re` keeps compiled patterns.
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(prefix)}[-‐‑–— ]?(\d{{4,9}})(?!\d)", re.IGNORECASE | re.ASCII)
