"""What servers answer, read with suspicion: moved UIDs, Message-ID fields, the state of a folder."""

import re
from collections.abc import Mapping, Sequence

from triage.errors import ConnectionLostError
from triage.message import MailboxStatus

_RANGE = re.compile(rb"(\d{1,10})(?::(\d{1,10}))?")
_COPYUID = re.compile(rb"\d{1,10} ([\d:,]{1,900000}) ([\d:,]{1,900000})")
#: The field may be folded and may carry a comment; the id is what stands between the first angle brackets.
_MESSAGE_ID = re.compile(rb"(?i)^message-id[ \t]{0,8}:[^<\r\n]{0,200}(?:\r\n[ \t]{1,80})?[^<\r\n]{0,200}<([^<>\r\n]{1,996})>", re.MULTILINE)
_MAX_UID = 0xFFFFFFFF


def expand(uid_set: bytes, at_most: int) -> list[int]:
    """The UIDs of a set such as 1:3,7 in the order given (RFC 9051 §9, uid-set); [] when it is malformed or names more than expected."""
    uids: list[int] = []
    for part in uid_set.split(b","):
        found = _RANGE.fullmatch(part)
        if not found:
            return []
        first, last = int(found[1]), int(found[2] or found[1])
        if max(first, last) > _MAX_UID or abs(last - first) + len(uids) >= at_most:
            return []
        uids.extend(range(min(first, last), max(first, last) + 1))
    return uids


def moved_uids(copyuid: Sequence[bytes], asked: Sequence[int]) -> dict[int, int]:
    """New UID by old UID from COPYUID codes (RFC 4315 §3); what does not add up is left out."""
    wanted = set(asked)
    moved: dict[int, int] = {}
    for code in copyuid:
        found = _COPYUID.fullmatch(code)
        old, new = (expand(found[1], len(asked)), expand(found[2], len(asked))) if found else ([], [])
        if len(old) == len(new):
            moved.update((before, after) for before, after in zip(old, new, strict=True) if before in wanted)
    return moved


def message_id(header: bytes) -> str:
    """The id in a Message-ID field as fetched, without angle brackets; "" where there is none."""
    found = _MESSAGE_ID.search(header)
    return found[1].decode("ascii", "replace") if found else ""


def folder_state(selected: Mapping[bytes, object], *, read_only: bool = False) -> MailboxStatus:
    """The state of a folder from the answer to SELECT."""
    numbers = {key: value for key in (b"UIDVALIDITY", b"UIDNEXT", b"EXISTS") if isinstance(value := selected.get(key), int)}
    if b"UIDVALIDITY" not in numbers:
        # Without it a UID means nothing (RFC 9051 §2.3.1.1), and guessing would answer every message again.
        raise ConnectionLostError("the server gave no UIDVALIDITY")
    # Where PERMANENTFLAGS is missing, all flags are kept (RFC 9051 §7.1).
    flags = selected.get(b"PERMANENTFLAGS", selected.get(b"FLAGS", ()))
    return MailboxStatus(
        uid_validity=numbers[b"UIDVALIDITY"],
        uid_next=numbers.get(b"UIDNEXT", 0),
        exists=numbers.get(b"EXISTS", 0),
        keywords=frozenset(_keywords(flags)),
        read_only=read_only,
    )


def _keywords(flags: object) -> list[str]:
    names = [flag.decode("ascii", "replace") for flag in flags if isinstance(flag, bytes)] if isinstance(flags, tuple | list) else []
    return [name for name in names if name == "\\*" or not name.startswith("\\")]
