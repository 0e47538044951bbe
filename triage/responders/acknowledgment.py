"""The acknowledgment: thanks, the case number, what happens next and by when; nothing of what the sender wrote (RFC 3834 §3.2)."""

from collections.abc import Mapping

from triage.errors import TemplateError
from triage.responders.compose import text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import greetable

#: An automatic response has no business being large (RFC 3834 §2).
AT_MOST = 2047
#: What the text may take of that: the fields need the rest.
_TEXT_AT_MOST = 1300
_SUBJECTS = {"de": "Wir haben Ihre Nachricht erhalten"}
_SUBJECT = "We have received your message"

#: Leaves where the template cannot: a broken template is the operator's trouble, not the customer's.
_BUILT_IN = {
    "en": "Hello,\n\nthank you for your message. It has reached us and has the case number {number}.\n\n"
    "You will hear from us by {by}.\n\nTo add anything, just answer this message.\n\n{sender}\n",
    "de": "Guten Tag,\n\nvielen Dank für Ihre Nachricht. Sie ist bei uns eingegangen und hat die Fallnummer {number}.\n\n"
    "Sie hören von uns bis {by}.\n\nWenn Sie etwas ergänzen möchten, antworten Sie einfach auf diese Nachricht.\n\n{sender}\n",
}


def acknowledge(desk: Desk, assignment: Assignment) -> Letter:
    """The acknowledgment of a case, from the template of its category and the customer's language."""
    case = assignment.case
    context = _context(desk, assignment)
    fallback = ""
    try:
        entity = _from_template(desk, _template(desk, assignment), context)
    except TemplateError as error:
        fallback = str(error)
        built_in = _BUILT_IN.get(case.language, _BUILT_IN["en"])
        entity = text_entity(built_in.format(number=case.number, by=context["resolve_by"], sender=context["sender"]))
    return Letter(
        subject=f"[{case.number}] {_SUBJECTS.get(case.language, _SUBJECT)}",
        entity=entity,
        answers=assignment.message,
        at_most=AT_MOST,
        fallback=fallback,
    )


def _from_template(desk: Desk, name: str, context: Mapping[str, object]) -> bytes:
    entity = text_entity(desk.templates.render(name, context))
    if len(entity) > _TEXT_AT_MOST:
        raise TemplateError(f"{name}: {len(entity)} octets, expected at most {_TEXT_AT_MOST}")
    return entity


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
    return {
        "name": greetable(requester.name) if requester else "",
        "case_number": case.number,
        "sender": desk.people.identity.name,
        "resolve_by": desk.tell(assignment.resolve_by(desk), case.language),
        "next_step": topic.next_step(case.language) if sorted_ else "",
        "departments": desk.people.names(case.departments),
        "ask_order_number": sorted_ and topic.ask_order_number and not case.order_numbers,
        "ask_photos": sorted_ and topic.ask_photos and not _has_pictures(assignment),
    }


def _has_pictures(assignment: Assignment) -> bool:
    message = assignment.message
    return message is not None and any(file.content_type.startswith("image/") and not file.inline for file in message.attachments)
