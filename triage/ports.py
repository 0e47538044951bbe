"""The contracts between the spine and the world, on one page; adapters fulfil them, `app` names the adapters."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from triage.alarm import Alarm, Notice
from triage.correction import Correction, Lesson
from triage.counting import FigureTable, ReportedTable
from triage.deadlines import DeadlineTable, ReminderTable, SurveyTable
from triage.desks import AssignmentTable, ColleagueTable, NoticeTable
from triage.drafts import DraftTable
from triage.entry import LogTable
from triage.erasing import ErasingTable
from triage.filings import FilingTable
from triage.health import Backlog
from triage.history import HistoryTable
from triage.inquiry import OrderFactTable
from triage.message import MailboxStatus, RawMessage
from triage.outbox import Copy
from triage.payment import PaymentTable
from triage.reading import Reading, Unreadable
from triage.records import LeaseClaim
from triage.reply import Delivery, Receipt
from triage.tables import CaseTable, CensusTable, CorrectionTable, DeliveryTable, FloodTable, MessageTable, SentTable

T = TypeVar("T")

#: Commits to DATA, told whether a receipt copy goes along; False stops the attempt.
BeforeData = Callable[[bool], Awaitable[bool]]
#: The time, in UTC. An argument everywhere, so that tests can turn it.
Now = Callable[[], datetime]


class Mailbox(Protocol):
    """One account on an IMAP server. Connects by itself when first used and again after an error; every call is bounded in time.

    Raises ConnectionLostError, AuthenticationFailedError, EncryptionRefusedError and MailboxMissingError.
    """

    async def status(self, folder: str) -> MailboxStatus:
        """UIDVALIDITY, UIDNEXT, the number of messages and the keywords the folder keeps."""

    async def look(self, folder: str) -> tuple[MailboxStatus, list[int]]:
        """The state of the folder and every UID in it, of one moment."""

    async def uids(self, folder: str) -> list[int]:
        """Every UID in the folder, ascending."""

    async def kept_uids(self, folder: str) -> list[int]:
        """UIDs of the messages that nobody has marked as deleted, ascending."""

    async def message_ids(self, folder: str, uids: Sequence[int], uid_validity: int) -> Mapping[int, str]:
        """Message-ID by UID, "" where a message has none; UIDs that are gone are left out."""

    async def arrivals(self, folder: str, uids: Sequence[int]) -> Mapping[int, datetime]:
        """INTERNALDATE in UTC by UID, NO_ARRIVAL where it makes no sense; UIDs that are gone are left out."""

    def fetch(self, folder: str, uids: Sequence[int], uid_validity: int) -> AsyncIterator[list[RawMessage]]:
        """The messages in batches of bounded size, \\Seen untouched; those without data are left out, those that may not be whole say so.

        `uid_validity` guards against renumbering. What came of a large message before a failure is kept for the next call.
        """

    async def renew(self) -> None:
        """Let the connection go: the next call speaks to the server in a fresh session."""

    async def wait(self, folder: str, at_most: timedelta) -> bool:
        """True as soon as the folder may have changed (IDLE, RFC 2177), False after the time-out."""

    async def move(self, folder: str, uids: Sequence[int], target: str, uid_validity: int) -> Mapping[int, int]:
        """Move messages, making the target where needed; new UID by old UID where the server tells (COPYUID, RFC 4315).

        `uid_validity` guards against renumbering, as for `fetch`.
        """

    async def delete(self, folder: str, uids: Sequence[int], uid_validity: int) -> None:
        """Remove messages of ours for good; guarded as `move`."""

    async def append(self, folder: str, content: bytes, flags: Sequence[str] = (), at: datetime | None = None) -> None:
        """Add a message to a folder, making the folder where needed."""

    async def set_keywords(self, folder: str, uids: Sequence[int], keywords: Collection[str], instead_of: Collection[str] = ()) -> None:
        """Set keywords on messages and take others off, where the server keeps them."""

    async def folders(self) -> list[str]:
        """Names of all folders that can hold messages."""

    async def special(self, use: str) -> str:
        """Name of the folder that the server marks for a use such as \\Sent (RFC 6154); "" where it marks none."""

    async def find(self, folder: str, message_ids: Iterable[str]) -> Mapping[str, int]:
        """UID by Message-ID for those of the given ids that are in the folder."""

    async def close(self) -> None:
        """Log out and let go; safe to call twice."""


class Transport(Protocol):
    """The way out. Never raises for what a server says or fails to say: the receipt tells."""

    async def send(self, delivery: Delivery, before_data: BeforeData, copy: Copy = Copy.NONE) -> Receipt:
        """Deliver; `before_data` is awaited after the recipient was accepted and before DATA, and False from it stops the attempt."""

    async def close(self) -> None:
        """Quit open connections; safe to call twice."""


class AlarmChannel(Protocol):
    """A way to tell an operator."""

    #: For logs.
    name: str

    async def tell(self, notices: Sequence[Notice], standing: Sequence[Alarm], now: datetime) -> None:
        """Carry the notices to people, or show all that stands; bounded in time. TemporaryError where it could not: they are told again."""


class Expiring(Protocol):
    """A server whose access ends at a known time."""

    @property
    def expires_at(self) -> datetime | None:
        """When the certificate ends that it last showed; None before the first connection, and without TLS."""


class Reader(Protocol):
    """Reads messages in disposable processes under limits of time and memory."""

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message, in order; one that kills its reader is `Unreadable` and keeps no other waiting."""

    async def close(self) -> None:
        """Stop the processes."""


class Learner(Protocol):
    """What was learned from people, outside the store: corrections that readers know at once, and models taught with them."""

    def published(self) -> int:
        """Number of the latest correction that readers know of; -1 where they were never told."""

    def publish(self, corrections: Sequence[Correction], latest: int) -> None:
        """Let readers know of these from the next message on; `latest` is the number of the last."""

    def problem(self) -> str:
        """Why the model that is to be used cannot be used; "" where it can."""

    def last_lesson(self) -> Lesson | None:
        """What came of teaching last; None where that never happened."""

    async def teach(self, corrections: Sequence[Correction], latest: int) -> Lesson:
        """Teach a candidate in a process of its own, and use it if it proves better; LessonError where that process fails."""


class VitalsTable(Protocol):
    """How much waits."""

    def backlog(self) -> Backlog:
        """What waits, and what a person must look at; cheap however much is settled."""


class Transaction(Protocol):
    """One unit of work on the store; all of it is committed or none."""

    @property
    def messages(self) -> MessageTable:
        """Messages from first sight to settled."""

    @property
    def censuses(self) -> CensusTable:
        """Comparisons of folders with the store."""

    @property
    def cases(self) -> CaseTable:
        """Cases and their events."""

    @property
    def deliveries(self) -> DeliveryTable:
        """The outbox."""

    @property
    def filings(self) -> FilingTable:
        """Orders to move messages."""

    @property
    def deadlines(self) -> DeadlineTable:
        """Promises with a time."""

    @property
    def reminders(self) -> ReminderTable:
        """What people are to be reminded of."""

    @property
    def surveys(self) -> SurveyTable:
        """Who was asked how we did."""

    @property
    def corrections(self) -> CorrectionTable:
        """What people said that messages are about."""

    @property
    def flood(self) -> FloodTable:
        """Acknowledgments that wait out a flood."""

    @property
    def vitals(self) -> VitalsTable:
        """How much waits."""

    @property
    def assignments(self) -> AssignmentTable:
        """Who looks after which case."""

    @property
    def notices(self) -> NoticeTable:
        """What people are to be told."""

    @property
    def colleagues(self) -> ColleagueTable:
        """What is remembered of people."""

    @property
    def sent(self) -> SentTable:
        """What lies in folders for sent mail."""

    @property
    def drafts(self) -> DraftTable:
        """Suggested answers."""

    @property
    def log(self) -> LogTable:
        """The customer-service log."""

    @property
    def erasing(self) -> ErasingTable:
        """Everything that names a person."""

    @property
    def history(self) -> HistoryTable:
        """How far the history of cases was followed."""

    @property
    def figures(self) -> FigureTable:
        """Counts over the log."""

    @property
    def orders(self) -> OrderFactTable:
        """What the order system said about cases."""

    @property
    def payments(self) -> PaymentTable:
        """What payment providers told us."""

    @property
    def reported(self) -> ReportedTable:
        """Which reports were mailed."""


class Store(Protocol):
    """Where everything is kept. Raises StoreBusyError, StoreFullError and StoreBrokenError."""

    #: Who held the lease before our turn and gave no sign of life; empty where it was free.
    displaced: str

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` and commit durably. Work waiting at the same time may share one commit; each stays atomic and fails alone.

        Where another one fails it is run again from its start: besides the store it changes only what may be changed twice.
        """

    async def query(self, work: Callable[[Transaction], T]) -> T:
        """Run `work` that only reads."""

    async def expect_room(self) -> None:
        """StoreFullError while there is room only for finishing what was begun; to be asked before anything new is taken in."""

    async def hold(self, claim: LeaseClaim, now: datetime) -> bool:
        """Take the lease, or keep it: True while it is ours. Once it was ours and is another's, every `transact` raises LeaseLostError."""

    async def release(self) -> None:
        """Let go of the lease, so that the next one need not wait for its end."""

    async def close(self) -> None:
        """Finish what waits and close."""
