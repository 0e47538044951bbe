"""The tables about the people who look after cases; `ports` puts them together with the others."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Protocol

from triage.case import Case
from triage.staff import Notice, Workload


class AssignmentTable(Protocol):
    """Who looks after which case; only cases at work count."""

    def unassigned(self, limit: int) -> list[Case]:
        """Cases at work that nobody looks after, oldest first."""

    def of_others(self, keys: Collection[str], limit: int) -> list[Case]:
        """Cases at work that are looked after by somebody who is not among these."""

    def assign(self, case_id: int, key: str) -> None:
        """From now on they look after it; "" for nobody."""

    def workloads(self) -> Mapping[str, Workload]:
        """What everybody has on the desk; those without a case at work are left out."""


class NoticeTable(Protocol):
    """What people are to be told, until they were."""

    def add(self, notice: Notice, at: datetime) -> None:
        """Something to tell."""

    def waiting(self) -> list[Notice]:
        """What waits to be told, oldest first, of bounded length."""

    def told(self, notices: Collection[Notice]) -> None:
        """These need not be told any more."""


class ColleagueTable(Protocol):
    """What is remembered of people besides their settings."""

    def unreachable(self) -> frozenset[str]:
        """Keys of those to whom mail fails."""

    def set_unreachable(self, key: str, at: datetime | None) -> bool:
        """Mail to them fails since then, or works again (None); whether that is news."""

    def may_tell(self, address: str, since: datetime) -> bool:
        """True where the address was not told since then that a message was not obeyed."""

    def set_told(self, address: str, at: datetime) -> None:
        """It was told."""

    def notified_at(self, key: str) -> datetime | None:
        """When they were last sent a digest."""

    def set_notified(self, key: str, at: datetime) -> None:
        """They were sent one."""
