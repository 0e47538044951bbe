"""Words for the customer-service log: one entry a case, one action an event, and the table that keeps them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from triage.case import DONE, CaseStatus, Priority


class Channel(StrEnum):
    """How the customer reached us."""

    EMAIL = "email"
    FORM = "form"
    PHONE = "phone"
    CHAT = "chat"
    WALK_IN = "walk_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """All that the log says of one case. Empty means that nobody knows it; the printed log then says so in words."""

    case_id: int
    number: str
    customer: str = ""
    email: str = ""
    phone: str = ""
    order_numbers: tuple[str, ...] = ()
    order_date: date | None = None
    #: Where the date of the order comes from.
    order_date_source: str = ""
    category: str
    #: Empty where the category is all that can be said.
    issue: str = ""
    #: Nobody has sorted it yet.
    abstained: bool = False
    description: str = ""
    #: What was done when it was opened, and all that was done after it, in words.
    initial_action: str = ""
    follow_up_actions: str = ""
    #: Keys of the departments that were called upon, and how people call them, in the same order.
    departments: tuple[str, ...] = ()
    department_names: tuple[str, ...] = ()
    status: CaseStatus
    #: When the customer was promised a result.
    due_at: datetime | None = None
    resolution: str = ""
    #: 1 to 5; None where the customer has not said.
    rating: int | None = None
    comment: str = ""
    #: The customer was asked how it went.
    asked: bool = False
    #: Key and name of whoever looks after it.
    representative: str = ""
    representative_name: str = ""
    priority: Priority = Priority.NORMAL
    channel: Channel = Channel.EMAIL
    language: str = ""
    product: str = ""
    vendor: str = ""
    received_at: datetime
    opened_at: datetime
    acknowledged_at: datetime | None = None
    assigned_at: datetime | None = None
    #: When the customer first had a person's words.
    answered_at: datetime | None = None
    #: When the customer first had word beyond the acknowledgment.
    updated_at: datetime | None = None
    escalated_at: datetime | None = None
    resolved_at: datetime | None = None
    rated_at: datetime | None = None
    #: A person's messages to the customer, the customer's further ones, and how often a finished case was taken up again.
    answers: int = 0
    follow_ups: int = 0
    reopened: int = 0
    #: The customer's server refused the acknowledgment for good.
    refused: bool = False
    #: Why it counts in no figure; empty where it counts.
    excluded: str = ""
    #: What kept the acknowledgment or the resolution back, in words.
    obstacle: str = ""
    #: What the model had said when the case was opened: its version, empty where none was asked, the category, how sure it was,
    #: that it left it to people, the share of words it was not taught, and when a person first said otherwise.
    model: str = ""
    said: str = ""
    confidence: float | None = None
    unsure: bool = False
    strange: float | None = None
    corrected_at: datetime | None = None

    @property
    def done(self) -> bool:
        """True for a case that is solved or closed."""
        return self.status in DONE


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One line of the log of actions."""

    at: datetime
    number: str
    #: What was done, in words.
    what: str
    #: Who did it: a person's name, an address, or the daemon.
    who: str
    #: How we know: mail, rule, model, policy, smtp, clock, cli.
    how: str
    #: The rest of what was recorded, as it was.
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which entries are asked for; what is empty asks for nothing."""

    category: str = ""
    issue: str = ""
    status: str = ""
    #: Key of an agent or department.
    representative: str = ""
    department: str = ""
    #: An address.
    customer: str = ""
    order: str = ""
    #: Arrived at or after, and before.
    since: datetime | None = None
    until: datetime | None = None
    #: Words that all occur in the case.
    words: tuple[str, ...] = ()
    #: The newest so many; 0 for all.
    limit: int = 0


class LogTable(Protocol):
    """The customer-service log, as far as the history of cases was followed."""

    def mail_waits(self) -> bool:
        """True while a message waits to be decided, or an acknowledgment to leave."""

    def put(self, entry: Entry, words: str) -> None:
        """The entry in place of the case's former one; `words` is what it can be found by."""

    def find(self, wanted: Wanted) -> Iterator[Entry]:
        """Entries that fit, newest arrival first."""
