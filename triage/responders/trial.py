"""Every letter written once for an invented case, so that a bad template shows before a customer's message does it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from triage.case import Case
from triage.decision import ReplyOrder
from triage.message import Address, Message
from triage.reading import Classification, Fact, Facts, Reading
from triage.reply import ReplyKind
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.table import RESPONDERS

_AT = datetime(2026, 1, 1, tzinfo=UTC)
_LANGUAGES = ("en", "de")
_CUSTOMER = Address(name="A Customer", addr_spec="customer@example.org")


def trials(desk: Desk, categories: Iterable[str]) -> Iterator[Letter]:
    """An acknowledgment for every category and for what has none, and an escalation to every department."""
    acknowledgments = [(category, "") for category in categories] + [("other", "unsorted"), ("other", "unreadable")]
    for language in _LANGUAGES:
        for category, text in acknowledgments:
            order = ReplyOrder(kind=ReplyKind.ACKNOWLEDGMENT, recipient=_CUSTOMER.addr_spec, deadline=_AT, text=text)
            yield RESPONDERS[order.kind](desk, _assignment(order, category, language))
    for department, settings in desk.people.departments.items():
        order = ReplyOrder(kind=ReplyKind.ESCALATION, recipient=settings.address, department=department, deadline=_AT, reason="a trial")
        yield RESPONDERS[order.kind](desk, _assignment(order, "other", "en"))


def _assignment(order: ReplyOrder, category: str, language: str) -> Assignment:
    case = Case(
        id=1,
        number="SP-100001",
        category=category,
        issue="other",
        confidence=0.9,
        abstained=False,
        requester=_CUSTOMER,
        subject="A trial",
        language=language,
        opened_at=_AT,
        received_at=_AT,
    )
    message = Message(message_id="trial@example.org", from_=(_CUSTOMER,), subject="A trial", text="A text\nof two lines")
    reading = Reading(
        message=message,
        facts=Facts(found=(Fact(kind="order_number", value="ORD1", source="text"),)),
        classification=Classification(category=category, issue="other", confidence=0.9),
    )
    return Assignment(order=order, case=case, log=(), reading=reading, raw=None, now=_AT)
