"""Every letter written once for an invented case, so that a bad template shows before a customer's message does it."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from triage.case import Case
from triage.decision import ReplyOrder
from triage.inquiry import AnswerKind, Checked, Enclosure, OrderAnswer, Verdict
from triage.message import Address, Message
from triage.order import (
    AlertKind,
    Attempt,
    Document,
    DocumentKind,
    Money,
    Order,
    OrderStatus,
    Payment,
    PaymentStatus,
    Refund,
    RefundStatus,
)
from triage.reading import Classification, Fact, Facts, Reading
from triage.reply import TO_CUSTOMER, ReplyKind
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.table import RESPONDERS
from triage.staff import NoticeKind

_AT = datetime(2026, 1, 1, tzinfo=UTC)
#: Late and with next to nothing in the message: so an acknowledgment has the most to say.
_LATE = _AT + timedelta(hours=1)
_LANGUAGES = ("en", "de")
_OF_ORDERS = frozenset({ReplyKind.RESOLUTION, ReplyKind.ADVICE})
_TO_PEOPLE = tuple(kind for kind in ReplyKind if kind not in TO_CUSTOMER | {ReplyKind.ESCALATION} or kind is ReplyKind.ANSWER)
_LETTERS = tuple(kind for kind in ReplyKind if kind in TO_CUSTOMER - {ReplyKind.ACKNOWLEDGMENT, ReplyKind.ANSWER} - _OF_ORDERS)
_CUSTOMER = Address(name="A Customer", addr_spec="customer@example.org")


def trials(desk: Desk, matters: Iterable[tuple[str, str]]) -> Iterator[Letter]:
    """An acknowledgment of every matter and of what has none, an escalation to every department, and one letter of each other kind."""
    acknowledged = [(*matter, "") for matter in matters] + [("other", "", "unsorted"), ("other", "", "unreadable")]
    for language in _LANGUAGES:
        for category, issue, text in acknowledged:
            order = ReplyOrder(kind=ReplyKind.ACKNOWLEDGMENT, recipient=_CUSTOMER.addr_spec, deadline=_AT, text=text)
            yield RESPONDERS[order.kind](desk, _assignment(desk, order, (category, issue), language))
        for kind in _LETTERS:
            order = ReplyOrder(kind=kind, recipient=_CUSTOMER.addr_spec, deadline=_AT, answer_by=_LATE)
            yield RESPONDERS[kind](desk, _assignment(desk, order, ("other", ""), language))
    for department, settings in desk.people.departments.items():
        order = ReplyOrder(kind=ReplyKind.ESCALATION, recipient=settings.address, department=department, deadline=_AT, reason="a trial")
        yield RESPONDERS[order.kind](desk, _assignment(desk, order, ("other", ""), "en"))
    for kind in _TO_PEOPLE:
        order = ReplyOrder(
            kind=kind, recipient=_CUSTOMER.addr_spec, deadline=_AT, colleague="a colleague", words="?", news=tuple(NoticeKind)
        )
        yield RESPONDERS[kind](desk, _assignment(desk, order, ("other", ""), "en"))


def order_trials(desk: Desk) -> Iterator[Letter]:
    """What customers are told of orders: an answer of each kind and word of each change, in each language."""
    for language in _LANGUAGES:
        for status in OrderStatus:
            told = [(ReplyKind.RESOLUTION, "", kind) for kind in AnswerKind]
            told += [(ReplyKind.ADVICE, kind.value, AnswerKind.STATUS) for kind in AlertKind]
            for kind, text, answer in told:
                order = ReplyOrder(kind=kind, recipient=_CUSTOMER.addr_spec, deadline=_AT, text=text, answer=_told(answer, status))
                yield RESPONDERS[kind](desk, _assignment(desk, order, ("order", ""), language))


def _told(kind: AnswerKind, status: OrderStatus) -> OrderAnswer:
    document = Document(kind=DocumentKind.RECEIPT, number="R1")
    amount = Money(amount=Decimal(1), currency="EUR")
    failed = Attempt(status=PaymentStatus.FAILED, reason="declined")
    order = Order(
        number="ORD1",
        status=status,
        payments=(Payment(amount=amount, status=PaymentStatus.FAILED, attempts=(failed,)),),
        refunds=(Refund(amount=amount, status=RefundStatus.SENT),),
    )
    return OrderAnswer(kind=kind, order=order, source="a trial", at=_AT, enclosure=Enclosure(document=document, content=b"?"))


def _assignment(desk: Desk, order: ReplyOrder, matter: tuple[str, str], language: str) -> Assignment:
    category, issue = matter
    case = Case(
        id=1,
        number="SP-100001",
        category=category,
        issue=issue,
        confidence=0.9,
        abstained=False,
        requester=_CUSTOMER,
        subject="A trial",
        language=language,
        # The longest an acknowledgment gets: two departments at once.
        departments=tuple(desk.people.departments)[:2],
        opened_at=_AT,
        received_at=_AT,
    )
    message = Message(message_id="trial@example.org", from_=(_CUSTOMER,), subject="?", text="?\n!")
    reading = Reading(
        message=message,
        facts=Facts(found=(Fact(kind="order_number", value="ORD1", source="text"),)),
        classification=Classification(category=category, issue=issue, confidence=0.9),
    )
    told = _told(AnswerKind.STATUS, OrderStatus.SHIPPED)
    checked = Checked(number="ORD1", verdict=Verdict.FORGED, order=told.order, source="a trial", at=_AT, proposals=("A trial.",))
    return Assignment(order=order, case=case, log=(), reading=reading, raw=None, now=_LATE, orders=(checked,))
