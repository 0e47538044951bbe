"""Words for what goes out: a reply as written, and its delivery."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReplyKind(StrEnum):
    """What a message of ours is for; each has its responder and its templates."""

    ACKNOWLEDGMENT = "acknowledgment"
    ESCALATION = "escalation"


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

    @property
    def sha256(self) -> str:
        """Hex digest of the frozen bytes."""
        return hashlib.sha256(self.content).hexdigest()


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
    #: Written in shadow mode to be looked at; never sent, also not after a change of mode.
    WITHHELD = "withheld"


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What came of one attempt to deliver."""

    #: sent, deferred, failed or uncertain.
    status: DeliveryStatus
    #: SMTP reply code; 0 where the connection broke instead.
    code: int = 0
    #: The server's words or the error's, without addresses.
    text: str = ""
    #: The server rather than this message is at fault: leave the others waiting too.
    host_fault: bool = False
