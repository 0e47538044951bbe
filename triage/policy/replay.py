"""What the policy as it stands would do with a case there is: whom it would have called upon, and why."""

from collections.abc import Sequence
from datetime import timedelta

from triage.case import Case, CaseEvent
from triage.decision import Match
from triage.people import People
from triage.policy.escalate import theirs
from triage.policy.incoming import Incoming
from triage.policy.table import Policy
from triage.policy.triggers import triggered
from triage.reading import Reading
from triage.topic import Clocks, Repeats

#: Whom it would call upon, and why, by trigger; the first is the category's own.
Calls = dict[str, list[str]]


def would_call(
    case: Case, reading: Reading, log: Sequence[CaseEvent], repeats: Repeats, *, policy: Policy, people: People, due: Clocks
) -> Calls:
    """Departments by what would have called upon them; "category" is the matter itself."""
    category = "" if case.abstained else case.category
    topic = policy.topic(category, case.issue) if category else policy.unsorted
    found: Calls = {f"category: {theirs(topic)}": [topic.department]} if topic.escalate and topic.department else {}
    incoming = Incoming(
        reading=reading, match=Match(), limits=(), people=people, policy=policy, received_at=case.received_at, now=case.opened_at,
        due=due, repeats=repeats,
    )  # fmt: skip
    for trigger, why in triggered(incoming, category, case.issue):
        found[f"{trigger.name}: {why}"] = list(trigger.departments)
    missed = {event.detail.get("promise", "") for event in log if event.kind == "missed"}
    for trigger in policy.trigger:
        if not trigger.of_message and trigger.concerns(category, case.issue) and (why := _later(trigger.age, case, log)):
            found[f"{trigger.name}: {why}"] = list(trigger.departments)
        if trigger.missed and trigger.concerns(category, case.issue) and missed & set(trigger.missed):
            found[f"{trigger.name}: a promise was missed"] = list(trigger.departments)
        if trigger.rating and case.rating and case.rating.score <= trigger.rating and trigger.concerns(category, case.issue):
            found[f"{trigger.name}: rated {case.rating.score} of 5"] = list(trigger.departments)
    return found


def called(log: Sequence[CaseEvent]) -> set[str]:
    """The departments that were called upon."""
    return {event.detail.get("to", "") for event in log if event.kind == "escalated"} - {""}


def _later(age: timedelta | None, case: Case, log: Sequence[CaseEvent]) -> str:
    """Why an old case would have been looked at; "" where it was solved, or waited for its customer, by then."""
    if age is None:
        return ""
    by = case.received_at + age
    until = case.solved_at or max((event.at for event in log), default=case.opened_at)
    return f"not solved after {age.total_seconds() / 3600:g} hours" if until > by else ""
