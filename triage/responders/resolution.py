"""The answer out of the order system: facts with their time, a document where one was asked for, and how to say that it does not help."""

import re
from collections.abc import Mapping
from datetime import datetime

from triage.errors import TemplateError
from triage.inquiry import AnswerKind, OrderAnswer
from triage.order import Order
from triage.responders.compose import Attached, attachment_entity, multipart, text_entity
from triage.responders.days import day
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import greetable, one_line

_SUBJECTS = {"de": "Ihre Bestellung"}
_SUBJECT = "Your order"
#: A link as carriers make them, and nothing that a mail client could take for more than one.
_LINK = re.compile(r"https?://[A-Za-z0-9.-]{3,120}(?::\d{2,5})?(?:/[A-Za-z0-9._~%/?#&=+,;:@!-]{0,400})?")
#: What the built-in text tells.
_TOLD = {
    "order": "Order", "status": "Status", "reason": "Reason", "carrier": "Carrier", "tracking": "Tracking number", "link": "Follow it here",
    "expected": "Expected", "refund": "Refund", "refund_status": "Status of the refund",
}  # fmt: skip
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]{1,80}")
_ENDINGS = {"application/pdf": ".pdf", "text/plain": ".txt", "text/html": ".html", "application/xml": ".xml", "image/png": ".png"}


def resolve(desk: Desk, assignment: Assignment) -> Letter:
    """The letter, from the template of its kind and the customer's language."""
    answer = answer_of(assignment)
    language = assignment.case.language
    context = _context(desk, assignment, answer)
    fallback = ""
    try:
        body = text_entity(desk.templates.render(translated(desk, f"resolution/{answer.kind}", language), context))
    except TemplateError as error:
        fallback, body = str(error), text_entity(built_in(context))
    file = _file(answer)
    return Letter(
        subject=f"[{assignment.case.number}] {_SUBJECTS.get(language, _SUBJECT)} {one_line(answer.order.number, 60)}",
        entity=multipart("mixed", [body, attachment_entity(file)], assignment.case.number) if file else body,
        answers=assignment.message,
        fallback=fallback,
    )


def answer_of(assignment: Assignment) -> OrderAnswer:
    """What the letter tells of an order."""
    if assignment.order.answer is None:
        raise ValueError(f"{assignment.order.kind}: expected an answer from the order system")
    return assignment.order.answer


def translated(desk: Desk, name: str, language: str) -> str:
    """The template in that language, else in English."""
    own = f"{name}.{language}.txt"
    return own if own in desk.templates else f"{name}.txt"


def built_in(context: Mapping[str, object]) -> str:
    """Plain lines that stand in for a broken template."""
    told = "\n".join(f"{label}: {context[key]}" for key, label in _TOLD.items() if context[key])
    return f"Hello,\n\n{told}\n\nAs of: {context['as_of']}\nCase: {context['case_number']}\n\n{context['sender']}\n"


def _context(desk: Desk, assignment: Assignment, answer: OrderAnswer) -> Mapping[str, object]:
    case, language = assignment.case, assignment.case.language
    return {
        "name": greetable(case.requester.name) if case.requester else "",
        "case_number": case.number,
        "sender": desk.people.identity.name,
        "as_of": desk.tell(answer.at, language),
        **order_words(answer.order, language),
        "document": answer.enclosure.document.kind.value if answer.enclosure else "",
        "document_number": one_line(answer.enclosure.document.number, 60) if answer.enclosure else "",
    }


def order_words(order: Order, language: str) -> dict[str, str]:
    """What a customer may be told of an order, ready to be read; "" where the order system does not say."""
    return {
        "order": one_line(order.number, 60),
        "status": order.status.value,
        "reason": one_line(order.reason, 300),
        **_shipping(order, language),
        **_refund(order, language),
        **_payment(order, language),
    }


def _shipping(order: Order, language: str) -> dict[str, str]:
    last = order.shipments[-1] if order.shipments else None
    link = last.tracking_url.strip() if last else ""
    return {
        "shipped": _day(last.shipped_at if last else None, language),
        "carrier": one_line(last.carrier, 60) if last else "",
        "tracking": one_line(last.tracking_number, 60) if last else "",
        "link": link if _LINK.fullmatch(link) else "",
        "expected": _day(order.expected, language),
    }


def _refund(order: Order, language: str) -> dict[str, str]:
    latest = order.refunds[-1] if order.refunds else None
    return {
        "refund": str(latest.amount) if latest else "",
        "refund_status": latest.status.value if latest else "",
        "refund_method": one_line(latest.method, 40) if latest else "",
        "refund_requested": _day(latest.requested_at if latest else None, language),
        "refund_sent": _day(latest.sent_at if latest else None, language),
        "refund_expected": _day(latest.expected_at if latest else None, language),
    }


def _payment(order: Order, language: str) -> dict[str, str]:
    latest = order.payments[-1] if order.payments else None
    failed = latest.failed if latest else None
    return {
        "amount": str(latest.amount) if latest else "",
        "method": one_line(failed.method or (latest.method if latest else ""), 40) if failed else "",
        "failure": failed.reason if failed else "",
        "failed_on": _day(failed.at if failed else None, language),
    }


def _day(at: datetime | None, language: str) -> str:
    return day(at, language) if at else ""


def _file(answer: OrderAnswer) -> Attached | None:
    enclosure = answer.enclosure
    if answer.kind is not AnswerKind.DOCUMENT or enclosure is None:
        return None
    document, kind = enclosure.document, enclosure.document.content_type.lower()
    stem = _UNSAFE.sub("_", document.number or answer.order.number).strip("._")[:60] or "copy"
    safe = kind if _KIND.fullmatch(kind) else "application/octet-stream"
    return Attached(filename=f"{document.kind}-{stem}{_ENDINGS.get(safe, '')}", content_type=safe, content=enclosure.content)
