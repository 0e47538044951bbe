"""Who is reminded of a promise before its time: whoever looks after the case, then the departments."""

from collections.abc import Iterator

from triage.case import DONE, Case, Deadline
from triage.people import People
from triage.policy.table import Policy
from triage.staff import Reminder

_WHAT = {
    "acknowledge": "the customer is to have our first answer",
    "assign": "the case is to have a representative",
    "answer": "a person is to answer the customer",
    "solve": "the case is to be solved",
    "resolve": "the customer is to have a result or word of progress",
    "reply": "your answer is due",
    "dispute": "the payment provider is to have our answer to the dispute",
}


def reminders(deadline: Deadline, case: Case, people: People, policy: Policy) -> Iterator[Reminder]:
    """One for each who is told at this step; nobody is told of a case that is done."""
    if case.status in DONE or case.merged_into is not None:
        return
    percent = (policy.reminders.person, policy.reminders.department)[min(deadline.step, 1)]
    why = f"{_WHAT.get(deadline.kind, deadline.kind)} by {people.clock(deadline.due_at)}"
    for key in dict.fromkeys(_told(deadline, case, people, policy)):
        if key in people.colleagues:
            yield reminder(deadline, percent, key, why)


def reminder(deadline: Deadline, step: int, recipient: str, why: str) -> Reminder:
    """That one of them is told of this promise."""
    it = deadline
    return Reminder(case_id=it.case_id, kind=it.kind, bound=it.bound, due_at=it.due_at, step=step, recipient=recipient, why=why)


def in_charge(case: Case, people: People, policy: Policy) -> str:
    """Key of whoever looks after the case, else of the department whose matter it is, else of management."""
    topic = policy.unsorted if case.abstained else policy.topic(case.category, case.issue)
    found = (case.assignee, *case.departments, topic.department, policy.escalation.management)
    return next((key for key in found if key in people.colleagues), "")


def _told(deadline: Deadline, case: Case, people: People, policy: Policy) -> tuple[str, ...]:
    if deadline.step == 0:
        # What a department owes is no business of a person's before it is late.
        return () if deadline.bound else (case.assignee,)
    if deadline.bound:
        return (deadline.bound,)
    called = tuple(key for key in case.departments if key in people.departments)
    return called or (in_charge(case, people, policy),)
