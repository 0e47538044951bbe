"""Tokens for colleagues: bound to one case, one person, one role, one purpose and a day of expiry, and of no use for anything else."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from triage import tokens
from triage.staff import Colleague, Role

#: A letter for each role and for the second step of risky orders; no letter of another kind of address.
_LETTERS = {Role.AGENT: "a", Role.MANAGER: "m", Role.DEPARTMENT: "d", Role.VENDOR: "v"}
_CONFIRMS = "k"
_TAG = re.compile(r"([amdvk])\.(\d{1,9})\.(\d{5})\.([a-z2-7]{26})", re.ASCII)
#: In a text, where a mail client left it; RFC 5321 caps the address it may be a part of.
_IN_TEXT = re.compile(r"(?<![a-z0-9.])[amdvk]\.\d{1,9}\.\d{5}\.[a-z2-7]{26}(?![a-z0-9])", re.IGNORECASE | re.ASCII)
_EPOCH = date(1970, 1, 1)
_LONGEST_LOCAL_PART = 64
#: A mail that quotes more of them is not an answer to any.
_AT_MOST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffToken:
    """What a token says of itself, before anybody believes it."""

    letter: str
    digits: str
    expires: date
    mac: str

    @property
    def id(self) -> str:
        """A short name for records; nobody can use it as a token."""
        return f"{self.letter}.{self.digits}.{self.mac[:6]}"

    @property
    def confirms(self) -> bool:
        """True for the second step of a risky order."""
        return self.letter == _CONFIRMS


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A key that signs no more."""

    key: bytes
    #: Nothing signed after that day is believed.
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """The key that signs, and older ones whose tokens still hold."""

    current: bytes
    retired: tuple[Retired, ...] = ()

    @property
    def every(self) -> tuple[bytes, ...]:
        """Every key, the current one first."""
        return (self.current, *(old.key for old in self.retired))


def issue(key: bytes, colleague: Colleague, number: str, expires: date, action: str = "") -> str:
    """A token for that colleague and case; with an action, one that confirms just that."""
    letter = _CONFIRMS if action else _LETTERS[colleague.role]
    mac = _mac(key, colleague, letter, number, expires=expires, action=action)
    return f"{letter}.{number.rpartition('-')[2]}.{_day(expires)}.{mac}"


def addressed(address: str, token: str) -> str:
    """Our address with that token; the bare address where it would grow too long (RFC 5321 §4.5.3.1.1)."""
    local, _, domain = address.rpartition("@")
    tagged = f"{local}+{token}"
    return f"{tagged}@{domain}" if len(tagged) <= _LONGEST_LOCAL_PART else address


def expiry(now: datetime, lifetime: timedelta) -> date:
    """The last day on which a token of now holds."""
    return (now.astimezone(UTC) + lifetime).date()


def read(tag: str) -> StaffToken | None:
    """The token in a +detail of an address; None for anything else, an old format included."""
    found = _TAG.fullmatch(tag.lower())
    if not found:
        return None
    return StaffToken(letter=found[1], digits=found[2], expires=_EPOCH + timedelta(days=int(found[3])), mac=found[4])


def in_text(text: str) -> tuple[StaffToken, ...]:
    """The tokens that stand in a text, each once."""
    tags = dict.fromkeys(found[0].lower() for found in _IN_TEXT.finditer(text))
    return tuple(token for tag in list(tags)[:_AT_MOST] if (token := read(tag)))


def holder(
    ring: KeyRing, token: StaffToken, prefix: str, colleagues: Iterable[Colleague], *, lifetime: timedelta, action: str = ""
) -> Colleague | None:
    """Whom the token was given to; None where none of these holds it. Whether it has expired is asked apart."""
    number = f"{prefix}-{token.digits}"
    good = [
        one
        for one in colleagues
        for key in _keys(ring, token, lifetime)
        if tokens.same(_mac(key, one, token.letter, number, expires=token.expires, action=action), token.mac)
        and token.letter in (_LETTERS[one.role], _CONFIRMS)
    ]
    return good[0] if good else None


def _keys(ring: KeyRing, token: StaffToken, lifetime: timedelta) -> Sequence[bytes]:
    # A retired key may have been stolen, and its thief can sign any expiry: only what it can have signed in its time counts.
    return [ring.current, *(old.key for old in ring.retired if token.expires <= old.on + lifetime)]


def _mac(key: bytes, colleague: Colleague, letter: str, number: str, *, expires: date, action: str) -> str:
    return tokens.sign(key, "staff", letter, number, _day(expires), colleague.role, colleague.key, action)


def _day(expires: date) -> str:
    return f"{(expires - _EPOCH).days:05d}"
