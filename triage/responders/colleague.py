"""Mail to colleagues, as text and html: its frame carries the mark to answer above, the token, and what they may order."""

import re
from collections.abc import Mapping

from triage.command import Word
from triage.errors import TemplateError
from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE
from triage.message import Message
from triage.responders.compose import multipart, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import visible

_SUBTYPES = {"txt": "plain", "html": "html"}
_PLAIN = re.compile(r"[^a-z0-9-]")


def letter_to_colleague(desk: Desk, assignment: Assignment, template: str, subject: str, context: Mapping[str, object]) -> Letter:
    """The letter from its two templates; plain words where they are broken, so that news is never lost."""
    number = assignment.case.number
    whole = {**_frame(desk, assignment), **context}
    fallback = ""
    try:
        parts = [text_entity(desk.templates.render(f"{template}.{ending}", whole), subtype) for ending, subtype in _SUBTYPES.items()]
        entity = multipart("alternative", parts, number)
    except TemplateError as error:
        fallback = str(error)
        entity = text_entity(_built_in(whole))
    return Letter(subject=f"[{number}] {subject}", entity=entity, answers=_thread(desk, number), fallback=fallback)


def _frame(desk: Desk, assignment: Assignment) -> dict[str, object]:
    order, case = assignment.order, assignment.case
    return {
        "reply_above": REPLY_ABOVE,
        "customer_begins": CUSTOMER_BEGINS,
        "customer_ends": CUSTOMER_ENDS,
        "token": desk.token(order, case, assignment.now),
        "case_number": case.number,
        "name": desk.people.called(order.colleague or order.department),
        "sender": desk.people.identity.name,
        "reason": visible(order.reason),
        "words": visible(order.words),
        "commands": tuple(f"#{word}" for word in Word),
    }


def _thread(desk: Desk, number: str) -> Message:
    # A message that never was: by it all that we write to a colleague about one case stands together in a mail client.
    domain = desk.people.identity.address.rpartition("@")[2]
    return Message(message_id=f"{_PLAIN.sub('', number.lower())}.people@{domain}")


def _built_in(context: Mapping[str, object]) -> str:
    return (
        f"{context['reply_above']}\n(ref {context['token']})\n\nCase {context['case_number']}\n\n{context['reason']}\n\n"
        f"{context['words']}\n\n{context['sender']}\n"
    )
