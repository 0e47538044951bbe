"""Words for what the policy says of a matter: who deals with it, how soon, and what the customer is told."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, Protocol

from triage.case import Priority

#: When a promise of that length falls due that begins at that moment.
Due = Callable[[datetime, timedelta], datetime]
#: Whether something is done, or only shown in the case.
Mode = Literal["off", "shadow", "live"]

#: How many cases of a category the customer had, or the order, within that time.
Repeats = Callable[[str, timedelta], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What the policy says of one category and issue."""

    #: For people, e.g. "Payment: charged twice".
    title: str
    folder: str
    #: Who acts on it; empty for whoever reads the folder.
    department: str = ""
    #: The department is written to at once.
    escalate: bool = False
    priority: Priority = Priority.NORMAL
    ask_order_number: bool = False
    ask_photos: bool = False
    #: An answer is suggested in the folder for drafts.
    draft: bool = False
    #: Facts of the order system answer the customer at once, where they may be told.
    first_contact: Mode = "off"
    #: One sentence on what happens next, by language; empty when there is nothing to add.
    next_steps: Mapping[str, str] = field(default_factory=dict)
    acknowledge: timedelta
    resolve: timedelta

    def next_step(self, language: str) -> str:
        """What happens next, in that language or in English."""
        return self.next_steps.get(language) or self.next_steps.get("en", "")


class Clocks(Protocol):
    """Whoever can say when a promise of some length falls due that begins at some moment."""

    def __call__(self, start: datetime, promise: timedelta, /) -> datetime:
        """Around the clock."""

    @property
    def staffed(self) -> Due:
        """On staffed time."""


class StaffedTime(Protocol):
    """Whoever knows when people are at work."""

    def staffed(self, start: datetime, span: timedelta) -> datetime:
        """The first moment by which people have been at work for that long since then."""

    def staffed_between(self, start: datetime, end: datetime) -> timedelta:
        """How long people are at work between the two."""

    def working_days(self, start: datetime, days: int) -> datetime:
        """When people leave on the so manieth working day after that one."""


class Guide(Protocol):
    """Whoever can say what the policy says."""

    @property
    def management(self) -> str:
        """Key of the department that hears of what goes wrong."""

    def topic(self, category: str, issue: str) -> Topic:
        """What is to be done about that category and issue."""
