"""Words for suggested answers: what lies in a folder for drafts, until a person sends it or the case moves on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol


class DraftStatus(StrEnum):
    """Where a suggested answer stands."""

    #: To be put into the folder.
    WANTED = "wanted"
    PLACED = "placed"
    #: The case has moved on: to be taken away.
    STALE = "stale"
    REMOVED = "removed"
    #: A person has changed it, so it is theirs.
    LEFT = "left"
    #: Written in shadow mode, to be looked at in the case.
    WITHHELD = "withheld"
    #: The server would not take it.
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A suggested answer as written."""

    #: Without angle brackets; keyed, so that it is found again and nobody can make one up.
    message_id: str
    content: bytes
    text: str
    #: Why the built-in text stands in for the template; empty when the template served.
    fallback: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """One row of the suggested answers."""

    id: int
    case_id: int
    account: str
    #: What it answers and is about: another message or category calls for another draft.
    about: str
    status: DraftStatus
    message_id: str
    content: bytes = b""
    #: Digest of the bytes as the server keeps them.
    sha256: str = ""
    attempts: int = 0


class DraftTable(Protocol):
    """Suggested answers."""

    def of_case(self, case_id: int) -> list[Draft]:
        """Every draft there was, oldest first."""

    def add(self, case_id: int, suggestion: Suggestion, *, account: str, about: str, status: DraftStatus, at: datetime) -> None:
        """Keep a new one."""

    def due(self, account: str, now: datetime, limit: int) -> list[Draft]:
        """Those to be taken away, then those to be put into the folder, whose time has come."""

    def settle(self, draft_id: int, status: DraftStatus, sha256: str = "") -> None:
        """It stands so now; its bytes are dropped unless it still waits."""

    def defer(self, draft_ids: Sequence[int], at: datetime) -> None:
        """Try again then."""
