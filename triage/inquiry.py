"""Words for asking the order system: what it said, who may be told, and the ports to it and to what is kept of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol, runtime_checkable

from triage.message import Message
from triage.order import Document, Order
from triage.order_form import order_json


class Verdict(StrEnum):
    """Whether the author of a message may be told of an order; only the first two may."""

    OWNER = "owner"
    #: By an address that the order system links to the order.
    LINKED = "linked"
    #: Nobody has written: news of the order opened the case. Whoever answers it later has to be verified first.
    NOBODY_ASKED = "nobody_asked"
    #: No order has that number.
    UNKNOWN = "unknown"
    #: Several orders fit: none is picked.
    AMBIGUOUS = "ambiguous"
    SOMEBODY_ELSES = "somebody_elses"
    #: The author's address looks like that of the order and is another one.
    LOOK_ALIKE = "look_alike"
    #: The message does not name one certain author.
    NO_AUTHOR = "no_author"
    #: It came by a web form or a forwarder, where anybody can write any address.
    PASSED_ON = "passed_on"
    #: Our own server found the author forged.
    FORGED = "forged"
    #: Our own server does not confirm the author.
    UNVERIFIED = "unverified"
    #: It was sent by, or asks for answers to, somebody else.
    ELSEWHERE = "elsewhere"


#: What a person is told of it.
WORDS = {
    Verdict.OWNER: "the order is the author's own, and the author is verified",
    Verdict.LINKED: "the order system links the author's address to the order, and the author is verified",
    Verdict.NOBODY_ASKED: "nobody has asked: news of the order opened the case",
    Verdict.UNKNOWN: "the order system has no such number",
    Verdict.AMBIGUOUS: "several orders fit, and none was picked",
    Verdict.SOMEBODY_ELSES: "the author's address does not belong to the order",
    Verdict.LOOK_ALIKE: "the author's address only looks like one of the order",
    Verdict.NO_AUTHOR: "the message does not name one certain author",
    Verdict.PASSED_ON: "it came by a form or a forwarder, where anybody can write any address",
    Verdict.FORGED: "our mail server says that the author is forged",
    Verdict.UNVERIFIED: "our mail server does not confirm the author",
    Verdict.ELSEWHERE: "the message was sent by, or asks for answers to, another address",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One order number, or one order found by the author's address, after it was checked against the order system."""

    number: str
    verdict: Verdict
    #: The order; None where there is none, or where several fit.
    order: Order | None = None
    #: Whether the message named it; otherwise it was found by the author's address.
    named: bool = True
    #: Which order system said so, and when.
    source: str
    at: datetime
    #: What whoever acts on it may do, with the reason; for people.
    proposals: tuple[str, ...] = ()
    #: The order as JSON, as a case keeps it; "" without one. Written while the order is fresh: later it takes four times as long.
    content: str = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "content", order_json(self.order) if self.order else "")

    @property
    def may_be_told(self) -> bool:
        """Whether the author of the message may be told of the order."""
        return self.order is not None and self.verdict in (Verdict.OWNER, Verdict.LINKED)

    @property
    def why(self) -> str:
        """The reason of the verdict, in words for a person."""
        return WORDS[self.verdict]


class AnswerKind(StrEnum):
    """What a customer is answered from the order system; each has its template."""

    STATUS = "status"
    DOCUMENT = "document"
    REFUND = "refund"
    PAYMENT_FAILED = "payment_failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Enclosure:
    """A document with its bytes."""

    document: Document
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderAnswer:
    """An answer from the order system to whoever may have it."""

    kind: AnswerKind
    order: Order
    source: str
    at: datetime
    enclosure: Enclosure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the order system said about one message."""

    checked: tuple[Checked, ...] = ()
    #: The document that the message asks for, where its author may have it.
    enclosure: Enclosure | None = None
    #: Why it gave no answer; "" where it did, or was not asked.
    failed: str = ""


#: Nobody was asked.
NOTHING_ASKED = Known()


class OrderBook(Protocol):
    """An order system. Every call is bounded in time.

    Raises OrderSystemAwayError where it may answer later, and OrderSystemRefusedError where a person must change something first.
    """

    #: For people and records: which system it is.
    name: str

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders that have one of these numbers, however they are spelled; several may have the same one."""

    async def by_address(self, address: str, limit: int) -> list[Order]:
        """The latest orders of a customer's address, newest first."""

    async def changed(self, after: str, limit: int) -> tuple[list[Order], str]:
        """Orders that changed after a mark, earliest change first, and the mark behind the last; "" begins now, with none."""

    async def document(self, order: Order, document: Document) -> bytes:
        """The document's bytes."""

    async def close(self) -> None:
        """Let go; safe to call twice."""


@runtime_checkable
class Described(Protocol):
    """An order system that tells what is in it and what our key may do."""

    async def describe(self) -> str:
        """In some words, for whoever sets it up; the same errors as of an order book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the order system is still to be asked about a case."""

    case_id: int
    message_row: int
    #: Who wrote it and what our server found, without what it says.
    message: Message
    #: How often it was asked again in vain.
    attempts: int = 0


class OrderFactTable(Protocol):
    """What the order system said about cases."""

    def keep(self, case_id: int, checked: Sequence[Checked]) -> None:
        """Keep what was said; the same number is replaced."""

    def of_case(self, case_id: int) -> list[Checked]:
        """What is known, numbers that the message named first."""

    def ask_later(self, case_id: int, message_row: int, message: Message, at: datetime) -> None:
        """The order system gave no answer: to be asked again then; who wrote the message is kept, not what it says."""

    def unanswered(self, now: datetime, limit: int) -> list[Question]:
        """What is to be asked again, longest waiting first."""

    def put_off(self, case_id: int, at: datetime) -> None:
        """There was no answer once more: ask then."""

    def answered(self, case_id: int) -> None:
        """It need not be asked again."""

    def mark(self, name: str) -> str | None:
        """How far the order system's changes were followed; None before the first time."""

    def set_mark(self, name: str, mark: str) -> None:
        """Remember it."""

    def was_told(self, event: str) -> bool:
        """Whether an event of an order was told."""

    def tell(self, event: str, case_id: int, recipient: str, at: datetime) -> None:
        """Note that an event of an order was told; ValueError where it had been."""

    def told_about(self, beginning: str, since: datetime) -> int | None:
        """Case of the latest event that was told since then and whose name begins so; None where there is none."""

    def take_back(self, beginning: str, case_id: int) -> None:
        """Note that events of a case whose names begin so were not told after all."""

    def told_since(self, since: datetime, recipient: str = "") -> int:
        """How many events were told of since then, to one address or, with "", to all."""
