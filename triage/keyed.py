"""Keyed addresses: where answers and delivery reports come back to, so that they find their case and nobody can make one up."""

import re

from triage import tokens

#: What an address is good for. A customer's never works as a department's, nor the other way round.
CUSTOMER = "c"
DEPARTMENT = "d"
_REPORTS = "b"
#: RFC 5321 §4.5.3.1.1.
_LONGEST_LOCAL_PART = 64
_ANSWER = re.compile(r"([cd])\.(\d{1,9})\.([a-z2-7]{26})")


def answer_address(key: bytes, address: str, number: str, purpose: str) -> str:
    """Our address with a token for answers about the case of that number; the bare address where it would grow too long."""
    digits = number.rpartition("-")[2]
    return _tagged(address, f"{purpose}.{digits}.{tokens.sign(key, 'answer', purpose, number)}")


def report_address(key: bytes, address: str, message_id: str) -> str:
    """Our address with a token for delivery reports on one message of ours."""
    return _tagged(address, f"{_REPORTS}.{tokens.sign(key, 'report', message_id)}")


def answered_number(key: bytes, address: str, prefix: str, purpose: str = CUSTOMER) -> str:
    """The case number that an address carries with a good token for that purpose; "" for any other address."""
    found = _ANSWER.fullmatch(address.rpartition("@")[0].partition("+")[2].lower())
    if not found or found[1] != purpose:
        return ""
    number = f"{prefix}-{found[2]}"
    return number if tokens.verify(key, found[3], "answer", purpose, number) else ""


def _tagged(address: str, tag: str) -> str:
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{tag}"
    return f"{tagged}@{domain}" if len(tagged) <= _LONGEST_LOCAL_PART else address
