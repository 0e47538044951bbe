"""Letters to a customer about a case under way, as text and html: how it stands, who has it now, that it is solved, and how we did."""

from collections.abc import Mapping
from urllib.parse import quote

from triage.decision import ReplyOrder
from triage.errors import TemplateError
from triage.message import Message
from triage.reply import ReplyKind
from triage.responders.compose import multipart, text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import greetable

_SUBJECTS: Mapping[str, Mapping[str, str]] = {
    ReplyKind.PROGRESS: {"en": "We are still working on your case", "de": "Wir arbeiten noch an Ihrem Fall"},
    ReplyKind.STATUS: {"en": "How your case stands", "de": "Wie es um Ihren Fall steht"},
    ReplyKind.ESCALATED: {"en": "Who is looking into your case", "de": "Wer sich um Ihren Fall kümmert"},
    ReplyKind.CLOSING: {"en": "Your case is solved", "de": "Ihr Fall ist gelöst"},
    ReplyKind.SURVEY: {"en": "How did we do?", "de": "Wie zufrieden waren Sie mit uns?"},
}
_LABELS = {
    "en": ("very bad", "bad", "fair", "good", "very good"),
    "de": ("sehr schlecht", "schlecht", "mittelmäßig", "gut", "sehr gut"),
}
#: What stands in the message that a link opens; the customer may add to it.
_RATED = {"en": "My rating: {score} of 5\n\nMy comment: ", "de": "Meine Bewertung: {score} von 5\n\nMein Kommentar: "}
_QUESTION = {"en": "How did we do?", "de": "Wie zufrieden waren Sie mit uns?"}
#: Leaves where the template cannot.
_BUILT_IN = {
    "en": "Hello,\n\nthis is about your case {number}: {subject}.\n\n"
    "If you want to tell us anything, just answer this message.\n\n{sender}\n",
    "de": "Guten Tag,\n\nes geht um Ihren Fall {number}: {subject}.\n\n"
    "Wenn Sie uns etwas sagen möchten, antworten Sie einfach auf diese Nachricht.\n\n{sender}\n",
}


def tell_customer(desk: Desk, assignment: Assignment) -> Letter:
    """The letter, threaded to what the customer wrote; the language is the customer's where there is a text in it."""
    case, order = assignment.case, assignment.order
    language = case.language if case.language in _LABELS else "en"
    subject = _SUBJECTS[_text(order)][language]
    fallback = ""
    try:
        text, page = _rendered(desk, assignment, language)
        entity = multipart("alternative", [text_entity(text), text_entity(page, "html")], case.number)
    except TemplateError as error:
        fallback = str(error)
        entity = text_entity(_BUILT_IN[language].format(number=case.number, subject=subject, sender=desk.people.identity.name))
    thread = order.thread
    return Letter(
        subject=f"[{case.number}] {subject}",
        entity=entity,
        answers=Message(message_id=thread[-1], references=thread[:-1]) if thread else None,
        fallback=fallback,
    )


def _rendered(desk: Desk, assignment: Assignment, language: str) -> tuple[str, str]:
    """The letter as text, and the same words as html."""
    name = _template(desk, _text(assignment.order), language)
    context = _context(desk, assignment, language)
    plain = desk.templates.render(name, {**context, "ratings": ()})
    # What stands below the mark of a signature (RFC 3676 §4.3) is in the frame of the html already.
    blocks = plain.rpartition("\n-- \n")[0].strip().split("\n\n")
    paragraphs = [[line.strip() for line in block.splitlines() if line.strip()] for block in blocks]
    page = desk.templates.render(
        "customer/letter.html", {**context, "paragraphs": [lines for lines in paragraphs if lines], "question": _QUESTION[language]}
    )
    return desk.templates.render(name, context), page


def _text(order: ReplyOrder) -> str:
    """Which text it is: the letter that closes a case may ask how we did, as the monthly survey does."""
    return order.text or order.kind.value


def _template(desk: Desk, text: str, language: str) -> str:
    translated = f"customer/{text}.{language}.txt"
    return translated if translated in desk.templates else f"customer/{text}.txt"


def _context(desk: Desk, assignment: Assignment, language: str) -> Mapping[str, object]:
    case, order = assignment.case, assignment.order
    topic = assignment.topic(desk)
    asks = order.kind is ReplyKind.SURVEY
    told = next(
        (event.detail.get("to", "").split(", ") for event in reversed(assignment.log) if event.kind == "told" and "to" in event.detail), []
    )
    # Management is told of what goes wrong with us; to a customer that is no news.
    called = tuple(key for key in (*case.departments, *told) if key and key != desk.guide.management)
    return {
        "name": greetable(case.requester.name) if case.requester else "",
        "case_number": case.number,
        "since": desk.tell(case.received_at, language),
        "sender": desk.people.identity.name,
        "departments": desk.people.names(tuple(told) if order.kind is ReplyKind.ESCALATED and told else tuple(dict.fromkeys(called))),
        "next_step": order.words or ("" if case.abstained else topic.next_step(language)),
        "by": desk.tell(order.answer_by, language) if order.answer_by else "",
        "ratings": tuple(_rating(desk, case.number, language, score) for score in range(5, 0, -1)) if asks else (),
    }


def _rating(desk: Desk, number: str, language: str, score: int) -> tuple[int, str, str]:
    """Score, what it means, and a link that opens a message which says so; nothing is counted by following it (RFC 6068)."""
    address, mark = desk.rated(number, score)
    subject = f"[{number}] {score}/5{mark}"
    body = _RATED[language].format(score=score).replace("\n", "\r\n")
    link = f"mailto:{quote(address, safe='@+.-_')}?subject={quote(subject, safe='')}&body={quote(body, safe='')}"
    return score, _LABELS[language][score - 1], link
