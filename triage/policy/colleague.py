"""A colleague's message that may be obeyed, with all that is known around it, and what it comes to step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo

from triage.case import Case, CaseEvent, CaseStatus, Deadline
from triage.command import Orders
from triage.correction import Ruling
from triage.decision import CaseChange, ReplyOrder
from triage.people import People
from triage.policy.incoming import Incoming
from triage.staff import Colleague, Notice, NoticeKind

#: A case that sleeps until a day wakes when people begin to work.
_MORNING = time(9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rival:
    """An answer that left after the one who answers now was told of the case."""

    name: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a colleague wrote about a case."""

    incoming: Incoming
    case: Case
    colleague: Colleague
    orders: Orders
    #: Message-IDs of the customer in this case, oldest first.
    thread: tuple[str, ...] = ()
    #: The case named behind #merge; None where there is none.
    other: Case | None = None
    rival: Rival | None = None
    #: The second step was taken.
    confirmed: bool = False
    #: Addresses that take part in the case already.
    participants: frozenset[str] = frozenset()
    #: An answer of theirs waits for a word.
    waiting: bool = False
    #: Row of the customer's message that #split would take out; None where the case has but one.
    latest: int | None = None
    where: tzinfo
    #: How long an answer can be taken back.
    undo: timedelta
    #: What a case becomes once it is answered.
    after_reply: CaseStatus

    @property
    def people(self) -> People:
        """Who works with us."""
        return self.incoming.people

    @property
    def now(self) -> datetime:
        """When it is decided."""
        return self.incoming.now

    @property
    def today(self) -> date:
        """The day it is, where we are."""
        return self.now.astimezone(self.where).date()

    def morning(self, day: date) -> datetime:
        """When work begins on that day."""
        return datetime.combine(day, _MORNING, self.where)


@dataclass(slots=True)
class Steps:
    """What has been gathered so far; nothing of it is done while there is a problem."""

    problems: list[str] = field(default_factory=list)
    #: Orders that take a second message.
    risky: list[str] = field(default_factory=list)
    events: list[CaseEvent] = field(default_factory=list)
    replies: list[ReplyOrder] = field(default_factory=list)
    deadlines: list[Deadline] = field(default_factory=list)
    kept: list[tuple[str, str]] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    #: What was done, in words, for the record.
    done: list[str] = field(default_factory=list)
    change: CaseChange = field(default_factory=CaseChange)
    status: CaseStatus | None = None
    assignee: str | None = None

    def event(self, answer: Answer, kind: str, detail: Mapping[str, str]) -> None:
        """A line of the history, by the one who wrote."""
        self.events.append(answer.incoming.event(kind, "mail", {"by": answer.colleague.key, **detail}, actor=answer.colleague.name))

    def tell(self, answer: Answer, kind: NoticeKind, key: str = "") -> None:
        """Somebody is to be told, by default whoever looks after the case; nobody is told of their own doings."""
        key = key or self.assignee or answer.case.assignee
        if key and key != answer.colleague.key:
            self.notices.append(Notice(kind=kind, case_id=answer.case.id, colleague=key))


def ruling_of(value: str, matters: Sequence[tuple[str, str]]) -> Ruling | None:
    """The category, and the issue behind the slash, where the policy knows both."""
    category, _, issue = (part.strip().casefold() for part in value.partition("/"))
    return Ruling(category=category, issue=issue) if (category, issue) in matters else None
