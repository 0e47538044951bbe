"""The fields around a reply: who it is from, what it answers, and the keyed addresses by which answers and reports find their case."""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from triage import tokens
from triage.case import Case
from triage.decision import ReplyOrder
from triage.message import Message
from triage.people import People
from triage.reply import Reply, ReplyKind
from triage.responders.compose import header_block, named_address, words

#: RFC 3834 §3.1.7: an answer to a message, or one that we send of our own accord.
_SUBMITTED = {ReplyKind.ACKNOWLEDGMENT: "auto-replied", ReplyKind.ESCALATION: "auto-generated"}
#: Longer ones are more likely to break something than to help a thread.
_LONGEST_ID = 250
_REFERENCES = 10
_PLAIN_ID = re.compile(rf"[!-;=?-~]{{3,{_LONGEST_ID}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a responder wrote, before it gets its envelope."""

    subject: str
    #: The MIME entity: its own fields and its body.
    entity: bytes
    #: The message it answers, which it is threaded to; None for none.
    answers: Message | None = None
    #: Octets that the whole may have; fields that only thread give way. 0: no limit.
    at_most: int = 0
    fallback: str = ""


class Envelope:
    """Puts letters into envelopes; knows the key."""

    def __init__(self, people: People, key: bytes) -> None:
        self._identity = people.identity
        self._key = key
        self._from = named_address(people.identity.name, people.identity.address)
        self._loop = tokens.sign(key, "loop")

    def seal(self, letter: Letter, order: ReplyOrder, case: Case, now: datetime) -> Reply:
        """The reply with its fields, frozen; its Message-ID is keyed over all the rest."""
        fields = [
            ("From", self._from),
            ("To", order.recipient),
            ("Subject", words(letter.subject)),
            ("Date", format_datetime(now)),
            ("Reply-To", self._reply_to(order, case)),
            ("Auto-Submitted", _SUBMITTED[order.kind]),
            ("X-Auto-Response-Suppress", "All"),
            ("X-Triage-Loop", self._loop),
            ("MIME-Version", "1.0"),
        ]
        room = letter.at_most - len(header_block(fields)) - len(letter.entity) - _LONGEST_ID if letter.at_most else 20_000
        fields += _thread(letter.answers, room)
        content = header_block(fields) + letter.entity
        message_id = self._message_id(order, case, content)
        return Reply(
            kind=order.kind,
            recipient=order.recipient,
            reverse_path=self._keyed("b", tokens.sign(self._key, "reverse-path", message_id)),
            message_id=message_id,
            subject=letter.subject,
            content=header_block([("Message-ID", f"<{message_id}>")]) + content,
            deadline=order.deadline,
            fallback=letter.fallback,
        )

    def _message_id(self, order: ReplyOrder, case: Case, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        token = tokens.sign(self._key, "message-id", order.kind, case.number, order.recipient, digest)
        return f"{order.kind}.{token}@{self._identity.address.rpartition('@')[2]}"

    def _reply_to(self, order: ReplyOrder, case: Case) -> str:
        # A customer's token and a department's are different kinds: neither ever works as the other.
        kind, purpose = ("d", "department") if order.department else ("c", "customer")
        digits = case.number.rpartition("-")[2]
        return self._keyed(f"{kind}.{digits}", tokens.sign(self._key, purpose, case.number))

    def _keyed(self, tag: str, token: str) -> str:
        local, _, domain = self._identity.address.rpartition("@")
        return f"{local}+{tag}.{token}@{domain}" if self._identity.plus_addressing else self._identity.address


def _thread(message: Message | None, room: int) -> list[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 §3.6.4), as many as there is room for, the nearest kept longest."""
    if message is None or not _PLAIN_ID.fullmatch(message.message_id):
        return []
    kept: list[str] = []
    for message_id in (message.message_id, *reversed(message.references[-_REFERENCES + 1 :])):
        room -= len(message_id) + 5
        if not _PLAIN_ID.fullmatch(message_id) or (room < 0 and kept):
            break
        kept.insert(0, f"<{message_id}>")
    return [("In-Reply-To", kept[-1]), ("References", "\r\n ".join(kept))]
