"""The contracts of the tables that reports count over."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from triage.figures import Cell, Misses, Often, Period, Promise, Rated, Text, Took
from triage.said import Said


class ReportedTable(Protocol):
    """Which reports were mailed to whom."""

    def begun(self) -> datetime | None:
        """When the first case arrived that the log knows; None before that."""

    def knows(self, period: Period, recipient: str) -> bool:
        """Whether they have it; keys of departments and agents."""

    def note(self, period: Period, recipient: str, at: datetime) -> None:
        """They have it from now on; ValueError where they had it already."""


class FigureTable(Protocol):
    """Counts over the log. Times of a period are [start, end); `now` decides whose time is up."""

    def cells(self, start: datetime, end: datetime, now: datetime, by: Sequence[str]) -> list[Cell]:
        """Counts of the cases that arrived, by these columns of the log; cases without a product or vendor are left out of theirs."""

    def took(self, start: datetime, end: datetime) -> Iterator[Took]:
        """How long each case took that arrived."""

    def durations(self, start: datetime, end: datetime) -> Iterator[tuple[int | None, int | None, int | None]]:
        """Of the same cases the seconds to acknowledgment, answer and resolution alone; None: not so far."""

    def solved(self, start: datetime, end: datetime) -> int:
        """How many cases were resolved in the period, whenever they arrived."""

    def misses(self, promise: Promise, start: datetime, end: datetime, now: datetime, limit: int) -> Misses:
        """Promises to customers whose cases arrived that were not kept."""

    def rated(self, start: datetime, end: datetime) -> list[Rated]:
        """Ratings that came in."""

    def scores(self, start: datetime, end: datetime) -> list[int]:
        """Of the same ratings the scores alone."""

    def waiting(self, at: datetime) -> Sequence[int]:
        """Ages in seconds of the cases that were not resolved at that time, oldest first, as far as is known now."""

    def excluded(self, start: datetime, end: datetime) -> Mapping[str, int]:
        """What arrived and is in no figure: messages by what they were, and cases by why they do not count."""

    def history(self, bounds: Sequence[datetime], by: Sequence[Sequence[str]]) -> list[Mapping[tuple[str, ...], Sequence[int]]]:
        """Cases by each of these sets of columns, for each of the stretches between two of the bounds; one pass for all of them."""

    def often(self, start: datetime, end: datetime, *, orders: bool, at_least: int, limit: int) -> list[Often]:
        """Customers, or orders, with so many cases or more."""

    def said(self, start: datetime, end: datetime, known: datetime) -> list[Said]:
        """What the model said of messages that opened a case and arrived; corrected are those that had been by the time `known`."""

    def texts(self, start: datetime, end: datetime, limit: int) -> list[Text]:
        """What customers wrote, the latest first."""
