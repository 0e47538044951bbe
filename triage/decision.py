"""Words for what is to be done about a message."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.case import CaseEvent, CaseStatus, Deadline, NewCase, Priority, Rating
from triage.correction import Ruling
from triage.inquiry import Known, OrderAnswer
from triage.payment import PaymentEvent
from triage.reply import Printed, ReplyKind
from triage.staff import Notice, NoticeKind, Reminder


class Outcome(StrEnum):
    """What became of a message: every message ends in exactly one."""

    OPENED = "opened"
    #: Joined an existing case.
    FOLLOW_UP = "follow_up"
    #: An automatic or staff message kept as a note on its case.
    NOTED = "noted"
    #: Says how we did in a case of the author's.
    RATED = "rated"
    #: A delivery report, matched to its delivery or not.
    REPORT = "report"
    #: A machine's or a list's message that concerns no case.
    AUTOMATIC = "automatic"
    SPAM = "spam"
    #: A second copy of a message we have.
    DUPLICATE = "duplicate"
    #: Could not be read after two strikes; a case for a person was opened from what could be seen.
    UNREADABLE = "unreadable"
    #: Arrived before the start line.
    HISTORY = "history"
    #: Gone from the server before it could be fetched.
    VANISHED = "vanished"
    #: Written by a person in the mailbox itself, and found in its folder for sent mail.
    SENT = "sent"


#: Why a message of ours that came back is left alone: whoever sent it removes it.
TO_OURSELVES = "a message to ourselves"


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What the store knows that a decision needs, gathered before deciding."""

    #: Automatic messages to the author in the last day, week; to the author's domain in the last hour.
    sent_to_author_day: int = 0
    sent_to_author_week: int = 0
    sent_to_domain_hour: int = 0
    #: Messages of the author's in the same case in the last ten minutes.
    author_in_case_recent: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A case that a message may continue, with what speaks for it."""

    case_id: int
    number: str
    status: CaseStatus
    #: Addresses that take part: the requester and whoever a person let in.
    participants: frozenset[str]
    #: The message names one of ours or the requester's Message-IDs.
    by_thread: bool = False
    #: The message quotes the case number.
    by_number: bool = False
    order_numbers: tuple[str, ...] = ()
    #: What it is about; empty where nobody was sure.
    category: str = ""
    #: When it was solved or closed; None while it is not.
    solved_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Which case a message continues."""

    #: The case it joins; None for none.
    case_id: int | None = None
    #: The author wrote the very same to that case within the last day.
    repeated: bool = False
    #: A case to show beside it, which it may not join.
    linked_case: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyOrder:
    """A reply to be written."""

    kind: ReplyKind
    #: An addr-spec: the customer's, or a department's from the settings. Never taken from the text of a message.
    recipient: str
    #: Whom it is addressed to, where that is not the recipient: the customer, of whose answer this is a copy.
    addressee: str = ""
    #: Further people who get it, shown in it (RFC 5322 §3.6.3, Cc).
    copies: tuple[str, ...] = ()
    #: Department it goes to; empty for the customer.
    department: str = ""
    deadline: datetime
    #: Which text where it is not the category's own: unsorted or unreadable.
    text: str = ""
    #: Why a department is written to, in words.
    reason: str = ""
    #: The group of like messages in which it waits out a flood; empty where it may leave.
    crowd: str = ""
    #: When the department's answer is due.
    answer_by: datetime | None = None
    #: Key of the colleague it goes to, or whose words it carries.
    colleague: str = ""
    #: What a person wrote, where the reply carries it.
    words: str = ""
    #: Message-IDs of the customer that it answers, oldest first.
    thread: tuple[str, ...] = ()
    #: It is about the case rather than about the message that led to it.
    of_case: bool = False
    #: What is told of the case; for notifications.
    news: tuple[NoticeKind, ...] = ()
    #: It leaves no earlier than that: until then it can be taken back.
    not_before: datetime | None = None
    #: It waits for a person's word.
    held: bool = False
    #: What it tells of an order.
    answer: OrderAnswer | None = None
    #: What a report carries.
    printed: Printed | None = None


class HeldAnswers(StrEnum):
    """What becomes of an author's answers that have not left."""

    RELEASED = "released"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseChange:
    """What a person changes about a case; None leaves it as it is."""

    priority: Priority | None = None
    order_numbers: tuple[str, ...] | None = None
    #: The case that it becomes a part of.
    merged_into: int | None = None
    #: What it is about, said by whom.
    ruling: Ruling | None = None
    ruled_by: str = ""
    #: Row of the message that becomes a case of its own.
    split_off: int | None = None
    #: What becomes of the answers of these addresses that have not left.
    answers: HeldAnswers | None = None
    authors: tuple[str, ...] = ()
    #: The customer's opinion.
    rating: Rating | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Everything that follows from one message, committed at once."""

    outcome: Outcome
    reason: str
    #: Set when a case is to be opened.
    new_case: NewCase | None = None
    #: Set when an existing case is continued or noted.
    case_id: int | None = None
    #: The status the existing case takes; None leaves it.
    status: CaseStatus | None = None
    events: tuple[CaseEvent, ...] = ()
    replies: tuple[ReplyOrder, ...] = ()
    #: (kind, due, whom it binds); the case id is filled in when the case is opened.
    deadlines: tuple[Deadline, ...] = ()
    #: Promises that the message keeps, as (kind, whom it binds).
    kept: tuple[tuple[str, str], ...] = ()
    #: Mail to the requester fails for good.
    unreachable: bool = False
    #: Who looks after it from now on; None leaves that.
    assignee: str | None = None
    change: CaseChange | None = None
    #: What people are to be told; the case id is filled in.
    notices: tuple[Notice, ...] = ()
    #: Promises that people are to be reminded of; the case id is filled in.
    reminders: tuple[Reminder, ...] = ()
    #: What the order system said; None where it was not asked.
    known: Known | None = None
    #: What a payment provider told in the message.
    payment: PaymentEvent | None = None
    #: Folder the message is to be filed into; empty leaves it where it is.
    folder: str = ""
