"""The contract of the table that says how far the history of cases was followed."""

from typing import Protocol


class HistoryTable(Protocol):
    """How far each of those who follow the history of cases has come."""

    def mark(self, name: str) -> int | None:
        """The last event that was looked at under that name; None before the first time."""

    def set_mark(self, name: str, event: int) -> None:
        """Remember it."""

    def latest_event(self) -> int:
        """The last event there is."""

    def message_waits(self) -> bool:
        """True while a message waits to be decided: more is about to happen to cases."""

    def touched(self, after: int, limit: int) -> tuple[list[int], int]:
        """Cases that something happened to after that event, so many events at a time, and the last event looked at.

        A case comes with its last event: followed to the end, each comes once. No cases mean that there are no more events.
        """
