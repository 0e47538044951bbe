"""Words for a case: what it is about, its status, and the events that add up to it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from triage.message import Address

#: What cannot stand in an IMAP keyword (RFC 9051 §9, atom), and what is safer left out.
_NO_ATOM = re.compile(r"[^A-Za-z0-9_-]")


class CaseStatus(StrEnum):
    """Where a case stands; a follow-up reopens."""

    NEW = "new"
    OPEN = "open"
    #: The customer must act.
    PENDING = "pending"
    #: A department must act.
    ON_HOLD = "on_hold"
    SOLVED = "solved"
    CLOSED = "closed"


#: Nobody of ours has anything to do about such a case.
DONE = frozenset({CaseStatus.SOLVED, CaseStatus.CLOSED})


class State(StrEnum):
    """What a mailbox shows of a status: whose turn it is, or nobody's."""

    #: Ours, also while a department of ours is asked.
    OPEN = "open"
    #: The customer's.
    WAITING = "waiting"
    DONE = "done"

    @classmethod
    def of(cls, status: CaseStatus) -> "State":
        """What is shown of that status."""
        return _STATES.get(status, cls.OPEN)

    @property
    def keyword(self) -> str:
        """The IMAP keyword by which mail clients can show it."""
        return f"triage-{self}"


_STATES = {CaseStatus.PENDING: State.WAITING, CaseStatus.SOLVED: State.DONE, CaseStatus.CLOSED: State.DONE}


class Priority(StrEnum):
    """How soon a person should look."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"


def keyword(category: str, *, abstained: bool) -> str:
    """The IMAP keyword by which mail clients can show what a message was taken for: triage-unsure where nobody knew."""
    return "triage-unsure" if abstained else f"triage-{_NO_ATOM.sub('-', category)[:40]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCase:
    """A case about to be opened; the store gives it its number."""

    category: str
    issue: str
    confidence: float
    #: The classifier was not sure: a person sorts it.
    abstained: bool
    priority: Priority = Priority.NORMAL
    #: None when no usable author address was found.
    requester: Address | None
    subject: str
    language: str = ""
    order_numbers: tuple[str, ...] = ()
    #: Departments it was escalated to, in order.
    departments: tuple[str, ...] = ()
    status: CaseStatus = CaseStatus.NEW
    opened_at: datetime
    #: Arrival of the first message at the server.
    received_at: datetime
    #: Another case this one may belong to, for a person to see.
    linked_case: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """How a customer was served, in the customer's own opinion."""

    #: 1 to 5; more is better.
    score: int
    #: What was written beside it, masked; empty for nothing.
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(NewCase):
    """A case as its events add up."""

    id: int
    #: Shown to people, e.g. SP-100042.
    number: str
    acknowledged_at: datetime | None = None
    solved_at: datetime | None = None
    #: Mail to the requester failed for good.
    unreachable: bool = False
    #: Key of the agent or department that looks after it; empty for nobody yet.
    assignee: str = ""
    #: The case that it became a part of.
    merged_into: int | None = None
    #: The latest one the customer gave.
    rating: Rating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """One line of a case's history: append-only, chained by hashes in the store."""

    at: datetime
    #: opened, assigned, follow_up, rated (score, comment, how), note, answered, escalated, delivery, report, missed …
    kind: str
    #: Who did it: daemon, an address, or an agent's name.
    actor: str = "daemon"
    #: How we know: mail, rule, model, policy, smtp, clock, cli.
    provenance: str
    detail: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """A promise with a time, or something to be done at one."""

    case_id: int
    #: acknowledge, assign, answer, resolve, solve, update, reply (a department's), remind, closing, promised, check …
    kind: str
    due_at: datetime
    #: The department or person it binds; empty for ourselves.
    bound: str = ""
    #: When its time began to run; None where nobody is reminded of it.
    since: datetime | None = None
    #: When somebody is to be reminded next, and how often somebody was.
    warn_at: datetime | None = None
    step: int = 0
    #: Since when its clock stands still; None while it runs.
    paused_at: datetime | None = None
