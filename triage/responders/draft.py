"""Suggested answers: threaded and addressed, with what is known and marked gaps for what a person must say; they are never sent by us."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from email.utils import format_datetime

from triage import tokens
from triage.case import Case
from triage.drafts import Suggestion
from triage.errors import TemplateError
from triage.inquiry import Checked
from triage.message import Address, Message
from triage.order import Order, OrderStatus
from triage.people import People
from triage.records import MessageRecord
from triage.responders.answer import subject_of
from triage.responders.compose import assembled, named_address, text_entity, words
from triage.responders.desk import Tell
from triage.responders.envelope import thread_fields
from triage.responders.names import greetable, visible
from triage.responders.resolution import order_words
from triage.responders.templates import Templates
from triage.topic import Due, Guide

#: By it we know our own drafts.
MARK = "X-Triage-Draft"
#: Of what the customer wrote, as far as it stands below the draft.
_QUOTED = 2000
_BUILT_IN = {
    "en": "Hello,\n\nthank you for your message.\n\n[[your answer]]\n\nKind regards,\n[[your name]]\n{sender}\n",
    "de": "Guten Tag,\n\nvielen Dank für Ihre Nachricht.\n\n[[Ihre Antwort]]\n\nFreundliche Grüße\n[[Ihr Name]]\n{sender}\n",
}
#: Whose words are all that could be known.
_NO_ORDER = Order(number="", status=OrderStatus.PENDING)
_WROTE = {"en": "{name} wrote on {at}:", "de": "{name} schrieb am {at}:"}


class Drafter:
    """Writes suggested answers."""

    def __init__(self, templates: Templates, *, people: People, key: bytes, guide: Guide, tell: Tell, due: Due) -> None:
        self._templates = templates
        self._people = people
        self._key = key
        self._guide = guide
        self._tell = tell
        self._due = due

    def write(self, case: Case, message: MessageRecord, thread: Sequence[str], now: datetime, orders: Sequence[Checked] = ()) -> Suggestion:
        """The draft of an answer to that message; `thread` are the customer's Message-IDs, oldest first.

        Of `orders` only the one that its author may be told of is used, and only where it is one.
        """
        text, fallback = self._text(case, now, orders)
        text = f"{text.rstrip()}\n\n{self._quoted(case, message)}"
        identity = self._people.identity
        token = tokens.sign(self._key, "draft", case.number, str(message.id), text)
        # Not of the form of our automatic mail: a person sends it, perhaps under this very id.
        message_id = f"draft-{token}@{identity.address.rpartition('@')[2]}"
        requester = case.requester
        fields = [
            ("Message-ID", f"<{message_id}>"),
            ("From", named_address(identity.name, identity.address)),
            ("To", named_address(greetable(requester.name), requester.addr_spec) if requester else ""),
            ("Subject", words(subject_of(case))),
            ("Date", format_datetime(now)),
            *(thread_fields(Message(message_id=thread[-1], references=tuple(thread[:-1]))) if thread else ()),
            (MARK, f"{case.number} {token}"),
            ("MIME-Version", "1.0"),
        ]
        return Suggestion(message_id=message_id, content=assembled(fields, text_entity(text)), text=text, fallback=fallback)

    def problems(self, matters: Iterable[tuple[str, str]], now: datetime) -> list[str]:
        """One line for each template that is missing or broken, tried on those of the matters for which drafts are wanted."""
        wanted = [matter for matter in matters if self._guide.topic(*matter).draft]
        trials = [_invented(*matter, language, now) for matter in wanted for language in _BUILT_IN]
        return list(dict.fromkeys(problem for case in trials if (problem := self._text(case, now)[1])))

    def _text(self, case: Case, now: datetime, orders: Sequence[Checked] = ()) -> tuple[str, str]:
        """The text without what the customer wrote, and why it is the built-in one."""
        language = case.language if case.language in _BUILT_IN else "en"
        try:
            return self._templates.render(self._template(case), self._context(case, now, orders)), ""
        except TemplateError as error:
            return _BUILT_IN[language].format(sender=self._people.identity.name), str(error)

    def _template(self, case: Case) -> str:
        """The issue's own text, else its category's, in the customer's language, else in English."""
        languages = (f".{case.language}.txt", ".txt")
        names = [f"draft/{name}{ending}" for ending in languages for name in (case.issue, case.category) if name]
        return next((name for name in names if name in self._templates), names[-1])

    def _context(self, case: Case, now: datetime, orders: Sequence[Checked]) -> Mapping[str, object]:
        resolve_by = self._due(case.received_at, self._guide.topic(case.category, case.issue).resolve)
        return {
            "name": greetable(case.requester.name) if case.requester else "",
            "case_number": case.number,
            "orders": case.order_numbers,
            "departments": self._people.names(case.departments),
            "resolve_by": self._tell(resolve_by, case.language) if now < resolve_by else "",
            "sender": self._people.identity.name,
            "known": self._known(orders, case.language),
        }

    def _known(self, orders: Sequence[Checked], language: str) -> Mapping[str, str]:
        """What may be told of the one order in question; all "" where it is none or several."""
        told = [one for one in orders if one.may_be_told]
        if len(told) != 1 or told[0].order is None or any(one.named and not one.may_be_told for one in orders):
            return dict.fromkeys((*order_words(_NO_ORDER, language), "as_of"), "")
        return {**order_words(told[0].order, language), "as_of": self._tell(told[0].at, language)}

    def _quoted(self, case: Case, message: MessageRecord) -> str:
        language = case.language if case.language in _WROTE else "en"
        name = (case.requester.name or case.requester.addr_spec) if case.requester else ""
        head = _WROTE[language].format(name=visible(name), at=self._tell(message.received_at, language))
        lines = visible(message.text[:_QUOTED]).splitlines() if message.text else []
        return "\n".join([head, *(f"> {line}".rstrip() for line in lines)]) + "\n"


def _invented(category: str, issue: str, language: str, now: datetime) -> Case:
    return Case(
        id=1,
        number="SP-100001",
        category=category,
        issue=issue,
        confidence=1.0,
        abstained=False,
        requester=Address(name="A Customer", addr_spec="customer@example.org"),
        subject="?",
        language=language,
        opened_at=now,
        received_at=now,
    )
