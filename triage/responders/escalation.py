"""The escalation: all that a department needs in order to act, and how to answer; the customer's message goes along."""

from collections.abc import Iterable, Mapping
from itertools import islice

from triage.case import Case
from triage.errors import TemplateError
from triage.message import Message
from triage.reading import Fact, Facts, Reading
from triage.responders.compose import Attached, attachment_entity, multipart, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.entry import entry
from triage.responders.envelope import Letter
from triage.responders.names import one_line, visible
from triage.responders.warnings import warnings

#: Shown in the mail; the whole is attached.
_SHOWN = 20_000
_FACTS = 40
#: Larger originals stay where they are: many servers refuse messages beyond ten megabytes, and base64 adds a third.
_ATTACHED = 7_000_000
#: Less likely matters would only distract.
_WORTH_NAMING = 0.05
_SUBTYPES = {"txt": "plain", "html": "html"}

_Pairs = tuple[tuple[str, str], ...]


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
    return Letter(subject=_subject(desk, assignment), entity=entity, fallback=fallback)


def _template(desk: Desk, assignment: Assignment, ending: str) -> str:
    own = f"escalation/{assignment.order.department}.{ending}"
    return own if own in desk.templates else f"escalation/default.{ending}"


def _subject(desk: Desk, assignment: Assignment) -> str:
    # Titles are ours; the customer's subject stands in the text, where it cannot pass for our words.
    return f"[{assignment.case.number}] {_title(desk, assignment)} ({assignment.case.priority})"


def _title(desk: Desk, assignment: Assignment) -> str:
    return "Not sorted yet" if assignment.case.abstained else assignment.topic(desk).title


def _context(desk: Desk, assignment: Assignment, about_original: str) -> Mapping[str, object]:
    order, case, reading, message = assignment.order, assignment.case, assignment.reading, assignment.message
    text = visible(message.text) if message else ""
    return {
        "case_number": case.number,
        "title": _title(desk, assignment),
        "category": case.category,
        "issue": case.issue,
        "priority": case.priority,
        "department": desk.people.names((order.department,))[0],
        "reason": visible(order.reason),
        "answer_by": desk.tell(order.answer_by or assignment.resolve_by(desk), "en"),
        "rows": entry(desk, assignment, text) + _matters(case, reading),
        "facts": _facts(reading.facts) if reading else (),
        "warnings": warnings(message, reading.facts) if message and reading else (),
        "text": text[:_SHOWN],
        "cut": len(text) > _SHOWN,
        "about_original": about_original,
        "sender": desk.people.identity.name,
    }


def _matters(case: Case, reading: Reading | None) -> _Pairs:
    sure = "" if case.abstained else f", {_percent(case.confidence)} sure"
    also = [matter for matter in reading.classification.alternatives if matter.confidence >= _WORTH_NAMING][:3] if reading else ()
    named = ", ".join(f"{_named(matter.category, matter.issue)} ({_percent(matter.confidence)})" for matter in also)
    rows = (("Category", f"{_named(case.category, case.issue)}{sure}"), ("It may also be", named))
    return rows if named else rows[:1]


def _named(category: str, issue: str) -> str:
    return f"{category} / {issue}" if issue else category


def _facts(facts: Facts) -> _Pairs:
    """What was found, each thing once with all the places where it stood."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.kind, fact.value), []).append(fact)
    return tuple(
        (kind.replace("_", " "), f"{one_line(value, 120)} ({_places(same)}, {_percent(max(fact.confidence for fact in same))} sure)")
        for (kind, value), same in islice(found.items(), _FACTS)
    )


def _places(facts: Iterable[Fact]) -> str:
    return " and ".join(dict.fromkeys(fact.source for fact in facts))


def _percent(probability: float) -> str:
    # Nothing that was read out of a message is certain, whatever it is rounded to.
    return f"{min(probability, 0.99):.0%}"


def _original(assignment: Assignment) -> tuple[Attached | None, str]:
    """The customer's message as a file, and a sentence about it."""
    message, raw = assignment.message, assignment.raw
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
