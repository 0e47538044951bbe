"""Words for what comes in: a message as the server has it, and as it reads."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

#: A message with more defects than this is no better understood for knowing them all.
MAX_DEFECTS = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """Where a message lies on a server: its identity (RFC 9051 §2.3.1.1), for as long as UIDVALIDITY lasts."""

    #: Name of the account in the settings.
    account: str
    #: The IMAP folder.
    mailbox: str
    uid_validity: int
    uid: int


#: What DMARC says of domains without a policy (RFC 8601 §2.7.1), and where it is not asked.
_SILENT = ("", "none")
#: Stands for an INTERNALDATE that the server did not give, or that no calendar has.
NO_ARRIVAL = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawMessage:
    """The bytes of one message as fetched, before anything has looked at them."""

    key: MessageKey
    #: INTERNALDATE: when the message arrived at the server, or NO_ARRIVAL. Every promise counts from here, never from the Date field.
    received_at: datetime
    #: The message, or its first part when `size` is larger than the limit.
    content: bytes
    #: RFC822.SIZE in octets; larger than `len(content)` when only the first part was fetched.
    size: int
    #: Why the bytes may not be those of the whole message; "" when nothing speaks against them.
    doubt: str = ""

    @property
    def sha256(self) -> str:
        """Hex digest of the bytes as fetched."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A mailbox of RFC 5322 §3.4 whose addr-spec passed our strict grammar; compare `addr_spec`, never `name`."""

    #: The display name, decoded, control characters removed; may be empty and may lie.
    name: str = ""
    #: local@domain in lower case.
    addr_spec: str

    @property
    def domain(self) -> str:
        """The part after the last @."""
        return self.addr_spec.rpartition("@")[2]

    @property
    def local_part(self) -> str:
        """The part before the last @."""
        return self.addr_spec.rpartition("@")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A leaf part that is not the body; its bytes stay in the raw message."""

    #: As the sender named it, decoded, reduced to a plain file name; may be empty.
    filename: str
    content_type: str
    #: Decoded size in octets.
    size: int
    sha256: str
    #: Shown inside the text (Content-ID or inline disposition) rather than attached.
    inline: bool = False
    #: Its bytes, where it may have to go on to somebody: only from colleagues, and only while they are few.
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What a delivery report says of one delivery (RFC 3464), or as much of it as a free-form one lets us see."""

    #: failed, delayed, delivered, relayed or expanded (RFC 3464 §2.3.3).
    action: str
    #: Enhanced status code such as 5.1.1 (RFC 3463); empty when none was found.
    status: str = ""
    #: Final-Recipient, in lower case; empty when unknown.
    recipient: str = ""
    #: Message-ID of the message it speaks of; empty when the report does not say.
    original_message_id: str = ""
    diagnostic: str = ""

    @property
    def permanent(self) -> bool:
        """True when delivery has failed for good."""
        return self.action == "failed" and not self.status.startswith("4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as it reads; card numbers are already masked in every text here."""

    #: Without angle brackets; empty when missing or unusable.
    message_id: str = ""
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    #: Every mailbox of every From field. More than one, or none, means the author is not certain.
    from_: tuple[Address, ...] = ()
    #: Address of the web form or colleague who passed the message on; `from_` and `text` are then those of whoever wrote it first.
    relayed_by: str = ""
    sender: tuple[Address, ...] = ()
    reply_to: tuple[Address, ...] = ()
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    #: Reverse-path from the topmost Return-Path; "" is the null reverse-path `<>`, None means the field is absent.
    return_path: str | None = None
    subject: str = ""
    #: When the first of our own servers took the message in, as it wrote itself; None where our servers' names are not configured.
    accepted_at: datetime | None = None
    #: The Date field in UTC, if it makes sense. Shown, never relied upon.
    date: datetime | None = None
    #: (lower-case name, decoded value) in order; names of our own namespace are already removed.
    headers: tuple[tuple[str, str], ...] = ()
    content_type: str = "text/plain"
    #: What the person wrote now: quoted history and signature set apart. Equals `full_text` when nothing would be left.
    text: str = ""
    #: The whole text as it would be shown.
    full_text: str = ""
    quoted: str = ""
    signature: str = ""
    #: Text of documents that came along (PDF), for extraction only.
    document_text: str = ""
    attachments: tuple[Attachment, ...] = ()
    report: DeliveryReport | None = None
    #: Results by method from the configured server's topmost Authentication-Results (RFC 8601), e.g. {"dmarc": "pass"}.
    authentication: tuple[tuple[str, str], ...] = ()
    #: Domains whose DKIM signature that server found good (header.d); not all of them need to be the author's.
    dkim_domains: tuple[str, ...] = ()
    #: ISO 639-1 code of the text, "" when too short to say.
    language: str = ""
    #: Same for copies of one message that differ only in trace fields.
    fingerprint: str = ""
    #: Same for messages that say the same under the same subject, whoever wrote them and when; empty where that cannot be said.
    likeness: str = ""
    #: How many card numbers and security codes were masked.
    masked: int = 0
    #: What was wrong with the message, in words.
    defects: tuple[str, ...] = ()

    @property
    def is_authentic(self) -> bool:
        """Whether our own server confirms who wrote it."""
        # DMARC asks for alignment with From by itself; a bare SPF pass may be of any domain.
        dmarc = self.authentication_result("dmarc")
        return dmarc == "pass" or (dmarc in _SILENT and self.is_signed_by_author)

    @property
    def is_signed_by_author(self) -> bool:
        """Whether a DKIM signature held that is aligned with From (RFC 7489 §3.1.1, relaxed): the same domain or one below the other."""
        domain = self.author.domain if self.author else ""
        # Two domains that are beside each other may have two owners, and so may two below one that anybody can register in.
        return any(
            "." in signer and domain and (signer == domain or domain.endswith(f".{signer}") or signer.endswith(f".{domain}"))
            for signer in self.dkim_domains
        )

    @property
    def author(self) -> Address | None:
        """The one From mailbox; None where From is missing, malformed or names several."""
        return self.from_[0] if len(self.from_) == 1 else None

    def header(self, name: str) -> str | None:
        """The first field of that name (lower case), or None."""
        return next((value for field_name, value in self.headers if field_name == name), None)

    def authentication_result(self, method: str) -> str:
        """The result word for spf, dkim or dmarc; "" when the configured server said nothing."""
        return dict(self.authentication).get(method, "")

    def thread_ids(self) -> tuple[str, ...]:
        """Message-IDs this message says it continues, nearest first (RFC 5322 §3.6.4)."""
        return tuple(dict.fromkeys((*self.in_reply_to, *reversed(self.references))))


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMessage:
    """A raw message in the store, waiting to be decided."""

    id: int
    raw: RawMessage
    #: How often a reader has died or run out of time on it.
    strikes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MailboxStatus:
    """What SELECT or STATUS says of a folder."""

    uid_validity: int
    uid_next: int
    exists: int
    #: Keywords the server keeps ("\\*" among PERMANENTFLAGS, or the keyword itself).
    keywords: frozenset[str] = field(default_factory=frozenset)
    #: Nothing can be changed there: not moved out of it, and not marked.
    read_only: bool = False

    def keeps(self, keyword: str) -> bool:
        """Whether the server keeps that keyword; elsewhere setting it would only pretend."""
        kept = {name.lower() for name in self.keywords}
        return not self.read_only and ("\\*" in kept or keyword.lower() in kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """What is remembered of a watched mailbox between polls."""

    uid_validity: int
    #: Messages that arrived before get no automatic mail and are never moved.
    start_line: datetime
    #: UIDNEXT at the latest poll: every UID below was listed by then, or had gone before we looked. 0 when nothing is known.
    uid_next: int = 0
    #: How many UIDs were given out and gone before any poll saw them.
    unseen: int = 0
