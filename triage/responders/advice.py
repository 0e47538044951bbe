"""Word of a change to an order, before the customer asks."""

from triage.errors import TemplateError
from triage.message import Message
from triage.responders.compose import text_entity
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.names import greetable, one_line
from triage.responders.resolution import answer_of, built_in, order_words, translated

_SUBJECTS = {"de": "Neuigkeiten zu Ihrer Bestellung"}
_SUBJECT = "News of your order"


def advise(desk: Desk, assignment: Assignment) -> Letter:
    """The letter, from the template of what happened (the order's `text`) and the customer's language."""
    answer, case = answer_of(assignment), assignment.case
    context = {
        "name": greetable(answer.order.customer),
        "case_number": case.number,
        "sender": desk.people.identity.name,
        "as_of": desk.tell(answer.at, case.language),
        **order_words(answer.order, case.language),
    }
    fallback = ""
    try:
        entity = text_entity(desk.templates.render(translated(desk, f"advice/{assignment.order.text}", case.language), context))
    except TemplateError as error:
        fallback, entity = str(error), text_entity(built_in(context))
    number, thread = one_line(answer.order.number, 60), assignment.order.thread
    return Letter(
        subject=f"[{case.number}] {_SUBJECTS.get(case.language, _SUBJECT)} {number}",
        entity=entity,
        answers=Message(message_id=thread[-1], references=thread[:-1]) if thread else None,
        fallback=fallback,
    )
