"""The escalation: all that a department needs in order to act, and how to answer; the customer's message goes along."""

from collections.abc import Mapping

from triage.errors import TemplateError
from triage.marks import REPLY_ABOVE
from triage.message import Message
from triage.responders.case_facts import about, title_of
from triage.responders.compose import Attached, attachment_entity, multipart, text_entity, words
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import one_line, visible

#: Larger originals stay where they are: many servers refuse messages beyond ten megabytes, and base64 adds a third.
_ATTACHED = 7_000_000
#: Characters of a field that a person reads at a glance.
_REASON = 300
#: Where a case came from that began with no mail, and what that means for whoever looks for it.
_NO_MAIL: Mapping[str, str] = {
    "cli": "The case was taken down by hand: there is no message in the mailbox.",
    "payments": "A payment provider's word opened the case: there is no message in the mailbox.",
    "orders": "A change of the order opened the case: there is no message in the mailbox.",
}
_SUBTYPES = {"txt": "plain", "html": "html"}


def escalate(desk: Desk, assignment: Assignment) -> Letter:
    """The mail to a department, as text and html, with the customer's message attached."""
    original, about_original = _original(assignment)
    context = _context(desk, assignment, about_original)
    fallback = ""
    try:
        parts = [
            text_entity(desk.templates.render(_template(desk, assignment, ending), context), _SUBTYPES[ending]) for ending in _SUBTYPES
        ]
        body = multipart("alternative", parts, assignment.case.number)
    except TemplateError as error:
        fallback = str(error)
        body = text_entity(_built_in(context))
    entity = multipart("mixed", [body, attachment_entity(original)], assignment.case.number) if original else body
    return Letter(subject=_subject(desk, assignment), entity=entity, fields=_fields(assignment), fallback=fallback)


def _fields(assignment: Assignment) -> tuple[tuple[str, str], ...]:
    """What it was taken for, how sure that is, and why, for rules in the department's own mail client."""
    case, reading = assignment.case, assignment.reading
    why = one_line("; ".join(reading.classification.reasons) if reading else "", _REASON)
    category = "unsure" if case.abstained else f"{case.category}/{case.issue}" if case.issue else case.category
    said = (("X-Triage-Category", category), ("X-Triage-Confidence", f"{case.confidence:.2f}"), ("X-Triage-Reason", why))
    return tuple((name, words(value)) for name, value in said if value)


def _template(desk: Desk, assignment: Assignment, ending: str) -> str:
    own = f"escalation/{assignment.order.department}.{ending}"
    return own if own in desk.templates else f"escalation/default.{ending}"


def _subject(desk: Desk, assignment: Assignment) -> str:
    # Titles are ours; the customer's subject stands in the text, where it cannot pass for our words.
    return f"[{assignment.case.number}] {title_of(desk, assignment)} ({assignment.case.priority})"


def _context(desk: Desk, assignment: Assignment, about_original: str) -> Mapping[str, object]:
    order = assignment.order
    return {
        **about(desk, assignment),
        "department": desk.people.names((order.department,))[0],
        "reason": visible(order.reason),
        "answer_by": desk.tell(order.answer_by or assignment.resolve_by(desk), "en"),
        "about_original": about_original,
        "token": desk.token(order, assignment.case, assignment.now),
        "reply_above": REPLY_ABOVE,
    }


def _original(assignment: Assignment) -> tuple[Attached | None, str]:
    """The customer's message as a file, and a sentence about it."""
    message, raw = assignment.message, assignment.raw
    if not (message and message.message_id) and (said := _without_mail(assignment)):
        return None, said
    if message is None:
        return None, "The customer's messages are in the mailbox."
    if message.masked:
        said = "message.txt holds the customer's text; the original is not attached, because it contains a card number or security code."
        return Attached(filename="message.txt", content_type='text/plain; charset="utf-8"', content=_masked(message)), said
    if raw is None or len(raw.content) > _ATTACHED:
        return None, "The original is too large to be attached; it is in the mailbox." if raw else "The original is in the mailbox."
    whole = "" if raw.size <= len(raw.content) else " It is cut, because it is larger than our limit; the whole is in the mailbox."
    # Not message/rfc822: nobody between here and there may rewrite it, and no mail client opens it unasked.
    return Attached(filename="original.eml", content_type="application/octet-stream", content=raw.content), (
        f"original.eml is the customer's message as it came.{whole}"
    )


def _without_mail(assignment: Assignment) -> str:
    """Why there is no mail; "" where the case began with some."""
    opened = next((event.provenance for event in assignment.log if event.kind == "opened"), "")
    return _NO_MAIL.get(opened, "")


def _masked(message: Message) -> bytes:
    author = message.author.addr_spec if message.author else "unknown"
    head = f"From: {author}\nSubject: {one_line(message.subject, 500)}\n\n"
    return (head + visible(message.full_text or message.text)).encode("utf-8", "replace")


def _built_in(context: Mapping[str, object]) -> str:
    rows = context["rows"]
    listed = "\n".join(f"{label}: {value}" for label, value in rows) if isinstance(rows, tuple) else ""
    return (
        f"Case {context['case_number']}: {context['title']} ({context['priority']})\n\n"
        f"Please act on this case and answer this message by {context['answer_by']}.\nWhy it comes to you: {context['reason']}\n\n"
        f"{listed}\n\nThe customer's text:\n\n{context['text']}\n\n{context['about_original']}\n\n{context['sender']}\n"
    )
