"""The contracts of single tables that grew too long for the page of `ports`."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from triage.case import Case, CaseEvent, CaseStatus, NewCase, Priority, Rating
from triage.correction import Correction
from triage.decision import Candidate, History, Outcome
from triage.message import Cursor, MessageKey, RawMessage, StoredMessage
from triage.outbox import Lane
from triage.reading import Reading
from triage.records import CensusRecord, Held, HeldDelivery, HeldGroup, MessageRecord
from triage.reply import Delivery, DeliveryStatus, Receipt, Reply, ReplyKind


class MessageTable(Protocol):
    """Messages by where they lie, from first sight to settled."""

    def cursor(self, account: str, mailbox: str) -> Cursor | None:
        """What is remembered of the mailbox; None before the first connection."""

    def set_cursor(self, account: str, mailbox: str, cursor: Cursor) -> None:
        """Remember it."""

    def known_uids(self, account: str, mailbox: str, uid_validity: int) -> set[int]:
        """UIDs seen under this UIDVALIDITY, whatever became of them."""

    def add(self, messages: Iterable[RawMessage]) -> int:
        """Store raw messages; those whose key is known are left alone. Returns how many were new."""

    def add_settled(self, received: Iterable[tuple[MessageKey, datetime]], outcome: Outcome, reason: str = "") -> None:
        """Record messages that are never read: history, vanished."""

    def held(self, account: str, mailbox: str, uid_validity: int) -> list[Held]:
        """What is held under each UID, for the census."""

    def release(self, message_ids: Iterable[int], reason: str) -> None:
        """These records no longer stand for their UIDs, which may be taken in again; those that wait to be decided vanish."""

    def undecided(self, limit: int, besides: Collection[int] = ()) -> list[StoredMessage]:
        """Messages waiting to be decided, earliest arrival first: at most so many, of bounded size together, `besides` left out."""

    def strike(self, message_id: int, reason: str) -> int:
        """Count a reader lost to this message; returns the strikes so far."""

    def namesake(self, message_id: str, fingerprint: str, other_than: int) -> MessageRecord | None:
        """The first settled message that has the same Message-ID and another fingerprint; None also where the Message-ID is empty."""

    def twin(self, fingerprint: str, other_than: int) -> MessageRecord | None:
        """The first settled message with the same fingerprint; None also where the fingerprint is empty."""

    def echo(self, likeness: str, author: str, since: datetime) -> MessageRecord | None:
        """The author's first message since then that is like this and belongs to a case; None also where the likeness is empty."""

    def settle(
        self, message_id: int, outcome: Outcome, case_id: int | None, reading: Reading | None, *, reason: str, keep_raw: bool
    ) -> None:
        """Record what became of a message and what it says; drops the raw bytes unless told to keep them.

        A message that does not wait to be decided is refused with ValueError: nobody is answered twice.
        """

    def keep(self, raw: RawMessage, outcome: Outcome, case_id: int, reading: Reading, *, reason: str) -> None:
        """Record a message that was decided as it was found; its raw bytes are not kept."""

    def get(self, message_id: int) -> MessageRecord | None:
        """The message, raw bytes included while they are kept."""

    def move(self, message_id: int, case_id: int) -> None:
        """The message belongs to that case from now on."""

    def of_case(self, case_id: int) -> list[MessageRecord]:
        """The messages of a case, earliest first."""

    def lying_in(self, account: str, folder: str, uid_validity: int) -> Mapping[int, int]:
        """Row by UID of the messages that lie in a folder they were filed into."""

    def look_up(self, account: str, *, message_id: str = "", sha256: str = "") -> list[MessageRecord]:
        """Settled messages of an account with that Message-ID, or with those very bytes; earliest first."""

    def beginning(self, account: str, prefix: str, since: datetime) -> list[MessageRecord]:
        """Settled messages of an account, received since then, whose Message-ID begins so; earliest first."""

    def known_ids(self, account: str, message_ids: Collection[str]) -> set[str]:
        """Those of the given Message-IDs that settled messages of the account have."""

    def lies(self, message_id: int, folder: str, uid_validity: int | None, uid: int | None) -> None:
        """A person put it there; UID None where they took it out of the folder, to where we do not look."""

    def set_aside(self) -> list[MessageRecord]:
        """Messages that nothing could read and whose case is open, earliest first."""

    def all(self, account: str) -> Iterable[MessageRecord]:
        """Every message of an account, for the audit."""


class CorrectionTable(Protocol):
    """What people said that messages are about."""

    def add(self, correction: Correction) -> int:
        """Keep a correction; returns its number, which only grows. Its text stays with its message."""

    def latest(self) -> int:
        """Number of the latest; 0 where there is none."""

    def all(self, limit: int = 0) -> list[Correction]:
        """The latest so many with their texts, oldest first; limit 0 means all."""

    def of_case(self, case_id: int) -> list[Correction]:
        """Those of one case, oldest first."""


class CensusTable(Protocol):
    """Comparisons of a folder with the store."""

    def record(self, census: CensusRecord) -> None:
        """Keep it."""

    def latest(self, account: str, mailbox: str) -> CensusRecord | None:
        """The last one; None before the first."""


class CaseTable(Protocol):
    """Cases and their events."""

    def open(self, new: NewCase) -> Case:
        """The case with its number."""

    def get(self, case_id: int) -> Case | None:
        """The case of that id."""

    def by_number(self, number: str) -> Case | None:
        """The case of that number, written in any case."""

    def knows(self, requester: str) -> bool:
        """Whether a case of theirs was acknowledged and went on from there: somebody lives at that address."""

    def repeats(self, requester: str, order_number: str, category: str, since: datetime) -> int:
        """How many cases of a category the requester had since then, or the order; each counted once."""

    def find(self, *, status: CaseStatus | None = None, category: str = "", requester: str = "", limit: int = 0) -> list[Case]:
        """Cases that fit, newest first; limit 0 means all."""

    def candidates(self, message_ids: Sequence[str], numbers: Sequence[str]) -> list[Candidate]:
        """Cases that any of these Message-IDs (ours or theirs) or case numbers points to."""

    def survivor(self, case: Case) -> Case:
        """The case that this one has become a part of, or itself."""

    def participants(self, case: Case) -> frozenset[str]:
        """Addresses that take part: the requester, those of cases that became a part of it, and whoever an agent let in."""

    def parts(self, case_id: int) -> list[Case]:
        """Cases that have become a part of this one, oldest first."""

    def merge(self, case_id: int, into: int) -> None:
        """The one becomes a part of the other; ValueError where the other is a part of it already."""

    def set_details(self, case_id: int, *, priority: Priority | None = None, order_numbers: Sequence[str] | None = None) -> None:
        """Change what is not None."""

    def set_status(self, case_id: int, status: CaseStatus, at: datetime) -> None:
        """Change the status; solved and closed set `solved_at` where it is not set, reopening clears it."""

    def set_acknowledged(self, case_id: int, at: datetime) -> None:
        """The acknowledgment was accepted by a server; the first time counts."""

    def set_matter(self, case: Case) -> None:
        """Take over what this case is about: category, issue, confidence, abstained, priority and departments."""

    def set_rating(self, case_id: int, rating: Rating, at: datetime) -> None:
        """The customer's opinion; a later one replaces an earlier one."""

    def set_unreachable(self, case_id: int) -> None:
        """Mail to the requester fails for good."""

    def record(self, case_id: int, events: Iterable[CaseEvent]) -> None:
        """Append events to the case's hash chain."""

    def events(self, case_id: int) -> list[CaseEvent]:
        """The history, oldest first."""

    def broken_chains(self) -> list[str]:
        """Numbers of the cases whose events do not hash to what was recorded."""


class SentTable(Protocol):
    """Messages in folders for sent mail: each is looked at once."""

    def known(self, account: str, mailbox: str, uid_validity: int) -> set[int]:
        """UIDs that were looked at under this UIDVALIDITY."""

    def note(self, keys: Iterable[MessageKey], what: str) -> int:
        """They were looked at, and this is what they are; how many of them were new."""


class DeliveryTable(Protocol):
    """The outbox."""

    def queue(
        self,
        case_id: int,
        message_id: int | None,
        reply: Reply,
        at: datetime,
        *,
        withheld: bool = False,
        held: bool = False,
        crowd: str = "",
    ) -> int:
        """Freeze a reply to leave, for show (withheld), to wait for a word (held) or to wait out a flood in a crowd of like messages.

        A second acknowledgment of one case is refused with ValueError.
        """

    def hold_answers(self, case_id: int, authors: Collection[str], *, release_at: datetime | None, reason: str = "") -> int:
        """Answers by these authors that have not left: those held leave at that time, or with None all are withheld for good; how many."""

    def due(self, now: datetime, limit: int, lane: Lane, besides: Collection[int] = ()) -> list[Delivery]:
        """Those waiting in a lane whose time has come, `besides` left out, of bounded size together: earliest deadline first.

        Acknowledgments that are late already come after all that can still be in time.
        """

    def next_due(self) -> datetime | None:
        """When the next one is due; None when nothing waits."""

    def begin_data(self, delivery_id: int, at: datetime, *, receipted: bool = False) -> bool:
        """Commit to DATA; False when another has it or it is no longer waiting. `receipted`: a receipt copy goes along."""

    def settle(self, delivery_id: int, receipt: Receipt, at: datetime, next_attempt_at: datetime | None) -> bool:
        """Record what came of an attempt; False, and nothing changed, where the outbox's table knows no such move."""

    def requeue(self, delivery_id: int, at: datetime) -> bool:
        """Let an uncertain or failed delivery wait again, with the same bytes; after silence it is marked as a possible duplicate."""

    def drop(self, delivery_id: int, at: datetime) -> bool:
        """Give up what has not been sent, as a person decided; False where it was sent."""

    def rewrite(self, delivery_id: int, reply: Reply, at: datetime) -> bool:
        """Freeze other bytes in its place; False where it is not waiting, or once reached DATA."""

    def receipts_found(self, accepted: Mapping[str, datetime], at: datetime) -> list[Delivery]:
        """Note receipt copies by Message-ID, with their arrival; uncertain ones are sent then. Their deliveries as they stood before."""

    def receipts_since(self, since: datetime, until: datetime) -> tuple[int, int]:
        """Of the deliveries sent with a copy between these times: copies found, and copies missing."""

    def begun_since(self, since: datetime) -> list[tuple[datetime, int]]:
        """When each DATA since then began, and for how many recipients."""

    def interrupted(self, at: datetime) -> list[Delivery]:
        """At start: those left in `sending` become `uncertain` and are returned."""

    def withdraw(self, case_id: int, reason: str) -> int:
        """What waits for this case is withheld for good; how many deliveries that were."""

    def supersede(self, case_id: int, recipient: str, reason: str, kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT) -> int:
        """Mail of that kind of a case to that recipient which never reached DATA is withheld for good; how many deliveries that were."""

    def of_case(self, case_id: int) -> list[Delivery]:
        """The deliveries of a case, oldest first."""

    def find(self, *, message_id: str = "", reverse_path: str = "", status: DeliveryStatus | None = None) -> list[Delivery]:
        """Deliveries that fit everything given."""

    def history(self, author: str, domain: str, case_id: int | None, now: datetime) -> History:
        """How much automatic mail went where of late."""


class FloodTable(Protocol):
    """Acknowledgments that wait out a flood."""

    def wanted(self, since: datetime, at_most: int) -> int:
        """How many acknowledgments were written since then, counted up to a number."""

    def hours(self, since: datetime) -> Sequence[int]:
        """How many in each hour of the clock since then; hours without any are left out."""

    def leaving(self, since: datetime) -> int:
        """How much mail has left since then, with the acknowledgments that are about to."""

    def held(self) -> int:
        """How many are held."""

    def groups(self, at_least: int) -> list[HeldGroup]:
        """Groups of so many like messages, the largest first."""

    def waiting(self, until: datetime, smaller_than: int, limit: int) -> list[HeldDelivery]:
        """Held ones with a deadline up to then that are in no larger group, earliest deadline first."""

    def of_group(self, group: str) -> list[HeldDelivery]:
        """All of a group."""

    def release(self, delivery_id: int, at: datetime) -> bool:
        """Let it wait to be sent; False where it is not held."""
