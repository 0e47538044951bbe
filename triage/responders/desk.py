"""What every responder has at hand, and what it is asked to write."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import ReplyOrder
from triage.inquiry import Checked
from triage.message import Message, RawMessage
from triage.people import People
from triage.reading import Reading
from triage.responders.templates import Templates
from triage.topic import Due, Guide, Topic

#: A token for whoever a reply goes to, about its case.
Token = Callable[[ReplyOrder, Case, datetime], str]
#: Where a rating of a case by so many points goes, and what marks it in the subject where the address cannot.
Rated = Callable[[str, int], tuple[str, str]]
#: A moment in words, in a language.
Tell = Callable[[datetime, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What does not change from one reply to the next."""

    templates: Templates
    people: People
    guide: Guide
    tell: Tell
    due: Due
    token: Token
    rated: Rated


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One reply to be written."""

    order: ReplyOrder
    case: Case
    log: Sequence[CaseEvent]
    #: What the message says; None where a clock rather than a message asks for the reply.
    reading: Reading | None
    #: The message as it came, while it is kept.
    raw: RawMessage | None
    now: datetime
    #: What the order system said about the case, for colleagues.
    orders: Sequence[Checked] = ()

    @property
    def message(self) -> Message | None:
        """What was written."""
        return self.reading.message if self.reading else None

    def topic(self, desk: Desk) -> Topic:
        """What the policy says of the case."""
        return desk.guide.topic(self.case.category, self.case.issue)

    def resolve_by(self, desk: Desk) -> datetime:
        """When the customer was promised a result or word of progress."""
        return desk.due(self.case.received_at, self.topic(desk).resolve)
