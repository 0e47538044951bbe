"""The answer: a person's own words to the customer, in the customer's thread, with the files that came along."""

import re

from triage.case import Case
from triage.errors import TemplateError
from triage.message import Attachment, Message
from triage.responders.compose import Attached, attachment_entity, multipart, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import one_line

_ANSWERED = re.compile(r"^(?:(?:re|aw|antw|sv|vs|fw|fwd|wg)(?:\[\d{1,3}\])?\s?:\s{0,5}){1,9}", re.IGNORECASE)
_KIND = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}/[a-z0-9][a-z0-9.+-]{0,80}")
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]{1,255}")


def answer(desk: Desk, assignment: Assignment) -> Letter:
    """The words with their signature; In-Reply-To and References are the customer's own Message-IDs."""
    case, order = assignment.case, assignment.order
    context = {
        "words": order.words,
        "name": desk.people.called(order.colleague),
        "sender": desk.people.identity.name,
        "own_signature": _own_signature(desk, assignment),
    }
    fallback = ""
    try:
        text = desk.templates.render("answer/default.txt", context)
    except TemplateError as error:
        fallback, text = str(error), f"{order.words}\n\n{context['name']}\n{context['sender']}\n"
    body = text_entity(text)
    files = [attachment_entity(_attached(file, place)) for place, file in enumerate(_files(assignment), 1)]
    thread = order.thread
    return Letter(
        subject=subject_of(case),
        entity=multipart("mixed", [body, *files], case.number) if files else body,
        answers=Message(message_id=thread[-1], references=thread[:-1]) if thread else None,
        fallback=fallback,
    )


def subject_of(case: Case) -> str:
    """Of an answer to the customer: what the customer wrote there, with the number of the case."""
    subject = _ANSWERED.sub("", one_line(case.subject, 150)) or "Your message"
    return f"Re: {subject}" if case.number in subject else f"Re: {subject} [{case.number}]"


def _own_signature(desk: Desk, assignment: Assignment) -> str:
    own = desk.people.rules.signature == "own" and assignment.message is not None
    return assignment.message.signature.removeprefix("-- \n").strip() if own and assignment.message else ""


def _files(assignment: Assignment) -> tuple[Attachment, ...]:
    return tuple(file for file in assignment.message.attachments if file.content) if assignment.message else ()


def _attached(file: Attachment, place: int) -> Attached:
    # A name of our making: what is left of theirs without anything that a mail client or a shell could take for more than a name.
    stem = _UNSAFE.sub("_", file.filename).strip("._")[-80:] or f"file-{place}"
    kind = file.content_type.lower()
    return Attached(filename=stem, content_type=kind if _KIND.fullmatch(kind) else "application/octet-stream", content=file.content)
