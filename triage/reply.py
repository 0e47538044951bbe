"""Words for what goes out: a reply as written, and its delivery."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReplyKind(StrEnum):
    """What a message of ours is for; each has its responder and its templates."""

    ACKNOWLEDGMENT = "acknowledgment"
    ESCALATION = "escalation"
    #: News of a case for whoever looks after it.
    NOTIFICATION = "notification"
    #: A list of news, where there is much of it.
    DIGEST = "digest"
    #: A person's words to the customer.
    ANSWER = "answer"
    #: The same, to somebody whom the person let in.
    COPY = "copy"
    #: Facts of the order system, in answer to the customer's question.
    RESOLUTION = "resolution"
    #: Word of a change to an order, before the customer asks.
    ADVICE = "advice"
    #: To a colleague: why a message was not obeyed, and what to do.
    REFUSAL = "refusal"
    #: To a colleague: what another one has answered meanwhile.
    COLLISION = "collision"
    #: To a colleague: a risky order that takes a second message.
    CONFIRMATION = "confirmation"
    #: To a stranger whose message was not obeyed; it says next to nothing.
    DISCLAIMER = "disclaimer"
    #: To a colleague: promises that are close to their time or past it, where there are many.
    REMINDERS = "reminders"
    #: To the customer: how the case stands while it takes longer.
    PROGRESS = "progress"
    #: To the customer: who has the case now, what happens next and by when.
    ESCALATED = "escalated"
    #: To the customer, who asked: how the case stands.
    STATUS = "status"
    #: To the customer: that the case is solved, and whether all is well.
    CLOSING = "closing"
    #: To the customer: how we did, asked once a month of those who had a dispute.
    SURVEY = "survey"
    #: To management: the figures of a period.
    REPORT = "report"


#: What goes to the customer whose case it is, and to nobody else.
TO_CUSTOMER = frozenset({
    ReplyKind.ACKNOWLEDGMENT, ReplyKind.ANSWER, ReplyKind.PROGRESS, ReplyKind.STATUS, ReplyKind.ESCALATED, ReplyKind.CLOSING,
    ReplyKind.SURVEY, ReplyKind.RESOLUTION, ReplyKind.ADVICE,
})  # fmt: skip


#: What people wrote, and we only carry.
BY_PEOPLE = frozenset({ReplyKind.ANSWER, ReplyKind.COPY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message ready to leave: its bytes are frozen, and a retry sends the same ones (RFC 5322 §3.6.4)."""

    kind: ReplyKind
    #: The one recipient (RFC 3834 §3.1.3), an addr-spec.
    recipient: str
    #: MAIL FROM: keyed, so that a delivery report comes back to its case; never answered.
    reverse_path: str
    #: Without angle brackets; keyed and deterministic.
    message_id: str
    subject: str
    content: bytes
    #: The promise it keeps; earlier ones leave first.
    deadline: datetime
    #: Why the built-in text stands in for the template; empty when the template served.
    fallback: str = ""
    #: It leaves no earlier than that; None: at once.
    not_before: datetime | None = None

    @property
    def sha256(self) -> str:
        """Hex digest of the frozen bytes."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """A document as it is mailed: the same in text and in html, and the pictures that stand in it."""

    title: str
    text: str
    #: Names a picture by `cid:` and its key.
    html: str
    #: PNG by key.
    images: Mapping[str, bytes]


class DeliveryStatus(StrEnum):
    """Where a delivery stands."""

    QUEUED = "queued"
    #: Committed before the DATA command: from here, silence means uncertain.
    SENDING = "sending"
    SENT = "sent"
    #: Refused for now, or the server was away: tried again.
    DEFERRED = "deferred"
    #: Refused for good.
    FAILED = "failed"
    #: Silence after DATA: perhaps accepted. Never sent again blindly.
    UNCERTAIN = "uncertain"
    #: Written, and waits for a person's word, or for the end of a flood.
    HELD = "held"
    #: Written in shadow mode to be looked at; never sent, also not after a change of mode.
    WITHHELD = "withheld"


class Cause(StrEnum):
    """What an attempt failed of, where that decides what happens next."""

    NONE = ""
    #: The server is away, busy or out of step: the host is left alone, and no message is blamed.
    HOST = "host"
    #: User name or password refused: tried again rarely, or the account gets locked.
    LOGIN = "login"
    #: The server's certificate is not to be trusted, or it offers no encryption: nothing was said to it.
    ENCRYPTION = "encryption"
    #: Our own sender was refused: every message would be.
    SENDER = "sender"
    #: The server does not take the receipt copy.
    RECEIPT = "receipt"
    #: The recipient was put off (greylisting): too soon is refused again.
    RECIPIENT = "recipient"
    #: The content was refused at DATA or after it.
    CONTENT = "content"
    #: The message is not fit to leave; it never reached a server.
    OURS = "ours"
    #: A person decided that it is not to be sent.
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row of the outbox."""

    id: int
    case_id: int
    kind: ReplyKind
    recipient: str
    reverse_path: str
    message_id: str
    subject: str
    content: bytes
    deadline: datetime
    status: DeliveryStatus
    attempts: int = 0
    created_at: datetime
    next_attempt_at: datetime
    sent_at: datetime | None = None
    #: What the server last said, without addresses.
    smtp_reply: str = ""
    cause: Cause = Cause.NONE
    #: When DATA last began; None while it surely never left.
    begun_at: datetime | None = None
    #: That attempt carried a receipt copy to our audit mailbox: finding it proves acceptance, and its absence the contrary.
    receipted: bool = False
    #: When the receipt copy was found.
    receipt_seen_at: datetime | None = None
    #: Sent again after silence: the recipient may have it twice, in the same bytes.
    possible_duplicate: bool = False
    #: When its bytes were written anew; None while they are the first ones.
    written_at: datetime | None = None
    #: Hex digest of the bytes as they were frozen.
    sha256: str = ""
    case_number: str = ""
    #: The addr-spec of the customer whose case it is.
    requester: str = ""


_OF_THE_HOST = frozenset({Cause.HOST, Cause.LOGIN, Cause.ENCRYPTION, Cause.SENDER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of one attempt to deliver."""

    #: sent, deferred, failed or uncertain.
    status: DeliveryStatus
    #: SMTP reply code; 0 where the connection broke instead.
    code: int = 0
    #: The server's words or the error's, without addresses.
    text: str = ""
    cause: Cause = Cause.NONE

    @property
    def host_fault(self) -> bool:
        """The server rather than this message is at fault: leave the others waiting too."""
        return self.cause in _OF_THE_HOST
