"""The acknowledgment: thanks, the case number, what happens next and by when; nothing of what the sender wrote (RFC 3834 §3.2)."""

from collections.abc import Mapping

from triage.errors import TemplateError
from triage.message import Message
from triage.responders.compose import Entity, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import greetable

#: An automatic response has no business being large (RFC 3834 §2).
AT_MOST = 2047
#: What the text may take of that: the fields need the rest.
_TEXT_AT_MOST = 1160
_SUBJECTS = {"de": "Wir haben Ihre Nachricht erhalten"}
_SUBJECT = "We have received your message"

#: Less than this in subject and text together tells nobody what the matter is.
_SAYS_LITTLE = 12

#: Leaves where the template cannot: a broken template is the operator's trouble, not the customer's.
_BUILT_IN = {
    "en": "Hello,\n\nthank you for your message. It has reached us and has the case number {number}.\n\n"
    "{by}\n\nTo add anything, just answer this message.\n\n{sender}\n",
    "de": "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Sie ist bei uns eingegangen und hat die Fallnummer {number}.\n\n"
    "{by}\n\nWenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Nachricht.\n\n{sender}\n",
}
_BUILT_IN_TIME = {"en": "You will hear from us by {by}.", "de": "Sie hören von uns bis {by}."}
_BUILT_IN_SOON = {"en": "You will hear from us as soon as we can.", "de": "Sie hören so bald wie möglich von uns."}


def acknowledge(desk: Desk, assignment: Assignment) -> Letter:
    """The acknowledgment of a case, from the template of its category and the customer's language."""
    case = assignment.case
    context = _context(desk, assignment)
    fallback = ""
    try:
        entity = _from_template(desk, _template(desk, assignment), context)
    except TemplateError as error:
        fallback = str(error)
        entity = text_entity(_built_in(case.number, case.language, context))
    return Letter(
        subject=f"[{case.number}] {_SUBJECTS.get(case.language, _SUBJECT)}",
        entity=entity,
        answers=assignment.message,
        at_most=AT_MOST,
        fallback=fallback,
    )


def _from_template(desk: Desk, name: str, context: Mapping[str, object]) -> Entity:
    entity = text_entity(desk.templates.render(name, context))
    octets = len(entity.content)
    if octets > _TEXT_AT_MOST:
        raise TemplateError(f"{name}: {octets} octets, expected at most {_TEXT_AT_MOST}")
    return entity


def _built_in(number: str, language: str, context: Mapping[str, object]) -> str:
    known = language if language in _BUILT_IN else "en"
    by = context["resolve_by"]
    when = (_BUILT_IN_TIME if by else _BUILT_IN_SOON)[known].format(by=by)
    return _BUILT_IN[known].format(number=number, by=when, sender=context["sender"])


def _template(desk: Desk, assignment: Assignment) -> str:
    name = f"acknowledgment/{assignment.order.text or assignment.case.category}"
    translated = f"{name}.{assignment.case.language}.txt"
    return translated if translated in desk.templates else f"{name}.txt"


def _context(desk: Desk, assignment: Assignment) -> Mapping[str, object]:
    case = assignment.case
    topic = assignment.topic(desk)
    # What a person still has to sort is not yet known to be about an order.
    sorted_ = not assignment.order.text
    requester = case.requester
    resolve_by = assignment.resolve_by(desk)
    return {
        "name": greetable(requester.name) if requester else "",
        "case_number": case.number,
        "sender": desk.people.identity.name,
        # A time that has passed is no promise: after a long outage the customer is told that we are late instead.
        "resolve_by": desk.tell(resolve_by, case.language) if assignment.now < resolve_by else "",
        "late": assignment.now > assignment.order.deadline,
        "next_step": topic.next_step(case.language) if sorted_ else "",
        "departments": desk.people.names(case.departments),
        "help_url": desk.people.identity.help_url,
        "ask_order_number": sorted_ and topic.ask_order_number and not case.order_numbers,
        "ask_description": assignment.order.text != "unreadable" and _says_little(assignment.message),
        "ask_photos": sorted_ and topic.ask_photos and not _has_pictures(assignment),
    }


def _says_little(message: Message | None) -> bool:
    return message is not None and len(f"{message.subject}{message.text}".strip()) < _SAYS_LITTLE


def _has_pictures(assignment: Assignment) -> bool:
    message = assignment.message
    return message is not None and any(file.content_type.startswith("image/") and not file.inline for file in message.attachments)
