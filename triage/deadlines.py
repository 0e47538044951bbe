"""The tables of what has a time: promises, what people are reminded of, and who was asked how we did; `ports` puts them together."""

from collections.abc import Collection
from datetime import datetime
from typing import Protocol

from triage.case import Case, Deadline
from triage.staff import Reminder


class DeadlineTable(Protocol):
    """Promises with a time."""

    def set(self, deadline: Deadline) -> None:
        """Promise something; the same kind for the same case and party is replaced."""

    def keep(self, case_id: int, kind: str, at: datetime, bound: str = "") -> None:
        """The promise was kept, or what was to be done is done; also while its clock stands still."""

    def due(self, now: datetime, limit: int) -> list[Deadline]:
        """Promises past their time that were neither kept nor reported as missed."""

    def miss(self, deadline: Deadline, at: datetime) -> None:
        """Recorded as missed, so that it is reported once."""

    def next_due(self) -> datetime | None:
        """When the next one is due; None when nothing waits."""

    def of_case(self, case_id: int) -> list[tuple[Deadline, str]]:
        """With "open", "paused", "kept" or "missed"."""

    def to_warn(self, now: datetime, limit: int) -> list[Deadline]:
        """Open promises of which somebody is to be reminded by now, earliest first."""

    def warned(self, deadline: Deadline, next_at: datetime | None) -> None:
        """Somebody was reminded; when the next one is, if anybody."""

    def pause(self, deadline: Deadline, at: datetime) -> None:
        """Its clock stands still until it is set again."""


class ReminderTable(Protocol):
    """What people are to be reminded of, until they were told."""

    def add(self, reminder: Reminder, at: datetime) -> None:
        """To be told; nothing where the same person was told of the same promise and step before."""

    def recipients(self) -> list[str]:
        """Keys of those who have something to be told."""

    def waiting(self, recipient: str, limit: int) -> list[Reminder]:
        """What waits for them, oldest first."""

    def told(self, recipient: str, reminders: Collection[Reminder], at: datetime) -> None:
        """They were told of these."""


class SurveyTable(Protocol):
    """Who was asked how we did."""

    def asked_since(self, requester: str, since: datetime) -> bool:
        """Whether they were asked since then."""

    def add(self, case: Case, kind: str, at: datetime) -> None:
        """The case's requester was asked."""

    def disputed(self, since: datetime, until: datetime, after: int, limit: int) -> list[Case]:
        """The first dispute of each requester whose message arrived in that time, by id, from the one behind `after` on."""
