"""Words for rows that the stages hand back and forth: a message's record, a filing order."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.case import State
from triage.decision import Outcome
from triage.message import MessageKey


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecord:
    """What the store keeps of a message once it is settled (or not yet: outcome None)."""

    id: int
    key: MessageKey
    received_at: datetime
    size: int
    #: None while it waits to be decided.
    outcome: Outcome | None
    case_id: int | None
    #: Message-ID without angle brackets.
    message_id: str = ""
    author: str = ""
    subject: str = ""
    #: What the person wrote, masked.
    text: str = ""
    #: Whole text, masked.
    full_text: str = ""
    #: Findings, facts, classification and defects as JSON, for people and reports.
    reading_json: str = ""
    strikes: int = 0
    #: Why it could not be read, or why it was decided so.
    reason: str = ""
    #: Folder it was filed into and its UID there, where known.
    filed_folder: str = ""
    filed_uid_validity: int | None = None
    filed_uid: int | None = None
    #: The raw bytes, while they are kept.
    raw: bytes | None = None
    #: Hex digest of the bytes as fetched; empty where they never were.
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """An order to put a message into a folder."""

    id: int
    message_row: int
    key: MessageKey
    #: Message-ID, to find it again where UIDs have changed.
    message_id: str
    folder: str
    attempts: int = 0
    #: What mail clients can show of its case: what it was taken for, and where it stands; nothing where it has none.
    keyword: str = ""
    state: State | None = None
    #: Where it was filed before, and its UID there where known; empty while it lies where it arrived.
    filed_folder: str = ""
    filed_uid_validity: int | None = None
    filed_uid: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """A message with what became of the latest order to file it."""

    message_row: int
    account: str
    outcome: Outcome | None
    #: The folder that it lies in, as far as we know; empty where it arrived.
    lies: str
    #: Where it was ordered to.
    folder: str
    #: It is yet to be carried out.
    waits: bool
    #: The message could not be filed there.
    given_up: bool
    #: The state of its case that it shows; None for none.
    state: State | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldDelivery:
    """An acknowledgment that waits out a flood."""

    id: int
    case_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldGroup:
    """Acknowledgments of like messages that wait out a flood."""

    #: Digest of what the messages have in common.
    group: str
    count: int
    #: The earliest.
    deadline: datetime
    #: When the first and the last of the messages were decided.
    first_at: datetime
    last_at: datetime
    #: One of the cases, with its subject.
    case_number: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseClaim:
    """Who asks for the lease on the store, and for how long at a time."""

    #: Where no two daemons run at once, because they share a lock there: a new process takes over from a dead one without waiting.
    place: str
    #: For people: which process.
    holder: str
    lasts: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the store holds under one UID of a folder, for comparing with the server."""

    id: int
    uid: int
    received_at: datetime
    outcome: Outcome | None
    #: Of the bytes taken in; "" where none were.
    sha256: str
    #: Its bytes are in the store; those that wait to be decided must have them.
    has_raw: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CensusRecord:
    """One complete comparison of a folder with the store."""

    account: str
    mailbox: str
    at: datetime
    #: Messages the server listed.
    listed: int
    #: What did not agree, in words, and what was done about it; none are expected.
    mismatches: tuple[str, ...] = ()
