"""Keyed addresses: where answers and delivery reports come back to, so that they find their case and nobody can make one up."""

import re

from triage import tokens

#: A colleague's is of another kind (`staff_tokens`).
_CUSTOMER = "c"
_REPORTS = "b"
_RATINGS = "r"
#: Stands in an address or a subject that may carry a rating; anything without it is not looked at more closely.
RATING = f"{_RATINGS}."
_RATING = re.compile(r"r\.(\d{1,9})\.([1-5])\.([a-z2-7]{26})")
#: What the Message-IDs of our messages to ourselves begin with.
CANARY_PREFIX = "canary."
_CANARY = re.compile(r"canary\.([0-9a-f]{16})\.([a-z2-7]{26})@[^@]{1,253}")
#: RFC 5321 §4.5.3.1.1.
_LONGEST_LOCAL_PART = 64
_ANSWER = re.compile(r"c\.(\d{1,9})\.([a-z2-7]{26})")


def answer_address(key: bytes, address: str, number: str) -> str:
    """Our address with a token for answers about the case of that number; the bare address where it would grow too long."""
    digits = number.rpartition("-")[2]
    return _tagged(address, f"{_CUSTOMER}.{digits}.{tokens.sign(key, 'answer', _CUSTOMER, number)}")


def report_address(key: bytes, address: str, message_id: str) -> str:
    """Our address with a token for delivery reports on one message of ours."""
    return _tagged(address, f"{_REPORTS}.{tokens.sign(key, 'report', message_id)}")


def rating_mark(key: bytes, number: str, score: int) -> str:
    """A token that says how the customer of that case was served, by a score from 1 to 5."""
    return f"{_RATINGS}.{number.rpartition('-')[2]}.{score}.{tokens.sign(key, 'rating', number, str(score))}"


def rating_address(key: bytes, address: str, number: str, score: int) -> str:
    """Our address with that token; the bare address where it would grow too long."""
    return _tagged(address, rating_mark(key, number, score))


def rated(key: bytes, text: str, prefix: str) -> tuple[str, int] | None:
    """The case number and the score in an address or a subject that carries a good token; None for any other."""
    found = _RATING.search(text.lower())
    if not found:
        return None
    number, score = f"{prefix}-{found[1]}", int(found[2])
    return (number, score) if tokens.verify(key, found[3], "rating", number, found[2]) else None


def canary_id(key: bytes, address: str, nonce: str) -> str:
    """The Message-ID of a message to ourselves; `nonce` is 16 hexadecimal digits."""
    return f"canary.{nonce}.{tokens.sign(key, 'canary', nonce)}@{address.rpartition('@')[2]}"


def is_canary(key: bytes, message_id: str) -> bool:
    """Whether a Message-ID is that of a message to ourselves, which nobody else can make."""
    found = _CANARY.fullmatch(message_id)
    return found is not None and tokens.verify(key, found[2], "canary", found[1])


def answered_number(key: bytes, address: str, prefix: str) -> str:
    """The case number that an address carries with a good token; "" for any other address."""
    found = _ANSWER.fullmatch(address.rpartition("@")[0].partition("+")[2].lower())
    if not found:
        return ""
    number = f"{prefix}-{found[1]}"
    return number if tokens.verify(key, found[2], "answer", _CUSTOMER, number) else ""


def _tagged(address: str, tag: str) -> str:
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{tag}"
    return f"{tagged}@{domain}" if len(tagged) <= _LONGEST_LOCAL_PART else address
