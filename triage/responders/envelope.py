"""The fields around a reply: who it is from, what it answers, and the keyed addresses by which answers and reports find their case."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from functools import lru_cache

from triage import keyed, staff_tokens, tokens
from triage.case import Case
from triage.decision import ReplyOrder
from triage.message import Message
from triage.people import People
from triage.reply import BY_PEOPLE, TO_CUSTOMER, Reply, ReplyKind
from triage.responders.compose import Entity, assembled, header_block, named_address, words

#: RFC 3834 §3.1.7: an answer to a message, or one that we send of our own accord. What a person wrote is not in this table.
_OF_NO_CASE = frozenset({ReplyKind.DISCLAIMER, ReplyKind.DIGEST, ReplyKind.REMINDERS, ReplyKind.REPORT})
_ANSWERING = frozenset({ReplyKind.ACKNOWLEDGMENT, ReplyKind.RESOLUTION, ReplyKind.DISCLAIMER})
SUBMITTED: Mapping[ReplyKind, str] = {
    kind: "auto-replied" if kind in _ANSWERING else "auto-generated" for kind in set(ReplyKind) - BY_PEOPLE
}
#: Longer ones are more likely to break something than to help a thread.
_LONGEST_ID = 250
_REFERENCES = 10
#: Enough for all of them, where the size of the message does not matter.
_ROOM = _REFERENCES * (_LONGEST_ID + 10) * 2
_PLAIN_ID = re.compile(rf"[!-;=?-~]{{3,{_LONGEST_ID}}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a responder wrote, before it gets its envelope."""

    subject: str
    #: Its own fields and its body.
    entity: Entity
    #: Further fields for whoever sorts mail by rules, their values ready for a header.
    fields: tuple[tuple[str, str], ...] = ()
    #: The message it answers, which it is threaded to; None for none.
    answers: Message | None = None
    #: Octets that the whole may have; fields that only thread give way. 0: no limit.
    at_most: int = 0
    fallback: str = ""


class Envelope:
    """Puts letters into envelopes; knows the key."""

    def __init__(self, people: People, key: bytes) -> None:
        self._people = people
        self._identity = people.identity
        self._key = key
        self._from = named_address(people.identity.name, people.identity.address)
        self._loop = tokens.sign(key, "loop")

    def seal(self, letter: Letter, order: ReplyOrder, case: Case, now: datetime) -> Reply:
        """The reply with its fields, frozen; its Message-ID is keyed over all the rest."""
        fields = [
            ("From", self._author(order)),
            ("To", order.addressee or order.recipient),
            *([("Cc", ", ".join(order.copies))] if order.copies else []),
            ("Subject", words(letter.subject)),
            ("Date", _date(now.replace(microsecond=0))),
            ("Reply-To", self._reply_to(order, case, now)),
            *self._automatic(order),
            ("X-Triage-Loop", self._loop),
            *letter.fields,
            ("MIME-Version", "1.0"),
        ]
        content = assembled(fields, letter.entity)
        # What depends on the size or the bytes of the rest stands before it. The Message-ID is not known yet, but its length is.
        known = len(content) + len(f"Message-ID: <{self._id(order, self._loop)}>\r\n")
        content = header_block(thread_fields(letter.answers, letter.at_most - known if letter.at_most else _ROOM)) + content
        message_id = self._message_id(order, case, content)
        return Reply(
            kind=order.kind,
            recipient=order.recipient,
            reverse_path=self._reverse_path(message_id),
            message_id=message_id,
            subject=letter.subject,
            content=header_block([("Message-ID", f"<{message_id}>")]) + content,
            deadline=order.deadline,
            fallback=letter.fallback,
            not_before=order.not_before,
        )

    def token(self, order: ReplyOrder, case: Case, now: datetime) -> str:
        """The token of whoever the order goes to, about the case; "" where that is no colleague."""
        colleague = self._people.colleagues.get(order.colleague or order.department) if order.kind not in TO_CUSTOMER | BY_PEOPLE else None
        if colleague is None:
            return ""
        action = order.words if order.kind is ReplyKind.CONFIRMATION else ""
        expires = staff_tokens.expiry(now, self._people.rules.token_lifetime)
        return staff_tokens.issue(self._key, colleague, case.number, expires, action)

    def rated(self, number: str, score: int) -> tuple[str, str]:
        """The address to which that rating of a case goes, and what is put behind the subject where the address has no room for a token."""
        address = self._identity.address
        keyed_address = keyed.rating_address(self._key, address, number, score) if self._identity.plus_addressing else address
        return keyed_address, "" if keyed_address != address else f" (ref {keyed.rating_mark(self._key, number, score)})"

    def _author(self, order: ReplyOrder) -> str:
        if order.kind not in BY_PEOPLE:
            return self._from
        return named_address(f"{self._people.called(order.colleague)} ({self._identity.name})", self._identity.address)

    def _automatic(self, order: ReplyOrder) -> list[tuple[str, str]]:
        # A person's words are no automatic message, and the customer's own responder may answer them.
        if order.kind not in SUBMITTED:
            return []
        return [("Auto-Submitted", SUBMITTED[order.kind]), ("X-Auto-Response-Suppress", "All")]

    def _message_id(self, order: ReplyOrder, case: Case, content: bytes) -> str:
        return self._id(order, tokens.sign(self._key, *bound_by_id(order.kind, case.number, order.recipient, content)))

    def _id(self, order: ReplyOrder, token: str) -> str:
        return f"{order.kind}.{token}@{self._identity.address.rpartition('@')[2]}"

    def _reply_to(self, order: ReplyOrder, case: Case, now: datetime) -> str:
        address = self._identity.address
        if not self._identity.plus_addressing or order.kind in _OF_NO_CASE:
            return address
        if token := self.token(order, case, now):
            return staff_tokens.addressed(address, token)
        return keyed.answer_address(self._key, address, case.number)

    def _reverse_path(self, message_id: str) -> str:
        address = self._identity.address
        return keyed.report_address(self._key, address, message_id) if self._identity.plus_addressing else address


@lru_cache(maxsize=16)
def _date(second: datetime) -> str:
    # What is decided together leaves with one date.
    return format_datetime(second)


def bound_by_id(kind: ReplyKind, number: str, recipient: str, content: bytes) -> tuple[str, ...]:
    """What a Message-ID of ours vouches for; `content` is everything after its own field."""
    return "message-id", kind, number, recipient, hashlib.sha256(content).hexdigest()


def thread_fields(message: Message | None, room: int = _ROOM) -> list[tuple[str, str]]:
    """In-Reply-To and References (RFC 5322 §3.6.4), as many as there is room for; the nearest ones are kept."""
    if message is None or not _PLAIN_ID.fullmatch(message.message_id):
        return []
    parent = f"<{message.message_id}>"
    room -= len(f"In-Reply-To: {parent}\r\nReferences: {parent}\r\n")
    if room < 0:
        return []
    kept = [parent]
    for message_id in reversed(message.references[-_REFERENCES + 1 :]):
        room -= len(message_id) + len("\r\n <>")
        if room < 0 or not _PLAIN_ID.fullmatch(message_id):
            break
        kept.insert(0, f"<{message_id}>")
    return [("In-Reply-To", parent), ("References", "\r\n ".join(kept))]
