"""Words for the people who work with us: their roles, what each role may do, and what speaks for a message that claims to be theirs."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is to us."""

    AGENT = "agent"
    MANAGER = "manager"
    DEPARTMENT = "department"
    #: A department outside the house: a vendor, a payment provider.
    VENDOR = "vendor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Colleague:
    """A person or a department, as far as mail is concerned."""

    #: Name in the settings.
    key: str
    #: For people to read.
    name: str
    role: Role
    #: The first is written to; mail may come from any of them.
    addresses: tuple[str, ...]
    #: Categories and languages they look after; empty means all.
    categories: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    #: First and last day of each absence.
    away: tuple[tuple[date, date], ...] = ()

    @property
    def address(self) -> str:
        """Where mail to them goes."""
        return self.addresses[0]

    @property
    def answers_customers(self) -> bool:
        """True for those whose answer goes to the customer unless they say otherwise."""
        return self.role in (Role.AGENT, Role.MANAGER)

    def is_away(self, day: date) -> bool:
        """True on a day of absence."""
        return any(first <= day <= last for first, last in self.away)


class NoticeKind(StrEnum):
    """Why somebody is written to about a case of theirs."""

    ASSIGNED = "assigned"
    REASSIGNED = "reassigned"
    FOLLOW_UP = "follow_up"
    #: A department answered, or a colleague left a note.
    NOTE = "note"
    #: An answer of theirs did not reach the customer.
    UNDELIVERED = "undelivered"
    #: Somebody who was let in did not get their copy of an answer.
    COPY_UNDELIVERED = "copy_undelivered"
    REOPENED = "reopened"
    #: Mail to a colleague fails.
    COLLEAGUE_UNREACHABLE = "colleague_unreachable"
    #: The order system has answered at last.
    FACTS = "facts"
    #: The day has come until which the case was to wait.
    REMINDED = "reminded"
    #: A promise is close to its time.
    DUE_SOON = "due_soon"
    #: Something is to be looked after: what the customer was promised, what a department has answered.
    CHECK = "check"
    #: The customer said how we did.
    RATED = "rated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something that whoever looks after a case is to be told."""

    kind: NoticeKind
    case_id: int
    #: Key of the colleague.
    colleague: str
    #: The message it is about; None for none.
    message_row: int | None = None
    id: int = 0


#: The step at which a promise is broken.
MISSED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminder:
    """That a promise is close to its time, or past it: told to one person or department, once."""

    case_id: int
    #: The promise.
    kind: str
    bound: str = ""
    due_at: datetime
    #: Share of the time that has passed, in percent; MISSED where it is over.
    step: int
    #: Key of the colleague who is told.
    recipient: str
    #: In words.
    why: str
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """What somebody has on the desk."""

    #: Cases that are not done.
    open_cases: int = 0
    #: The latest case they were given; whoever waited longest is next among equals.
    latest: int = 0
