"""What follows when a customer says how we did: it is kept, whoever looks after the case reads it, and a low one is acted upon."""

from triage.case import DONE, Case, CaseStatus, Rating
from triage.decision import CaseChange, Decision, Outcome
from triage.policy.escalate import Call, escalate
from triage.policy.incoming import Incoming
from triage.policy.opening import moment
from triage.staff import Notice, NoticeKind


def rated(incoming: Incoming, case: Case, rating: Rating, how: str) -> Decision:
    """The rating on record; `how` says by what the customer gave it. Nothing is answered, and no case is kept from being closed."""
    feedback = incoming.policy.feedback
    topic = incoming.policy.unsorted if case.abstained else incoming.policy.topic(case.category, case.issue)
    low = rating.score <= feedback.low
    why = f"the customer rated it {rating.score} of 5"
    calls = [Call(department=incoming.policy.management, reason=why)] if low and feedback.on_low == "escalate" else []
    category = "" if case.abstained else case.category
    for trigger in incoming.policy.trigger:
        if trigger.rating is not None and rating.score <= trigger.rating and trigger.concerns(category, case.issue):
            calls += [Call(department=key, reason=f"{trigger.name}: {why}") for key in trigger.departments]
    escalation = escalate(calls, incoming.people, incoming.policy, moment(incoming, topic), case_id=case.id, log=incoming.log)
    reopens = low and feedback.on_low == "reopen" and case.status in DONE
    events = [incoming.author_event("rated", score=str(rating.score), comment=rating.comment, how=how)]
    if reopens:
        events.append(incoming.event("reopened", "policy", {"why": why}))
    told = NoticeKind.REOPENED if reopens else NoticeKind.RATED
    return Decision(
        outcome=Outcome.RATED,
        reason=f"{why}, by {how}",
        case_id=case.id,
        status=CaseStatus.OPEN if reopens else None,
        events=(*events, *escalation.events),
        replies=escalation.orders,
        deadlines=escalation.deadlines,
        change=CaseChange(rating=rating),
        notices=(Notice(kind=told, case_id=case.id, colleague=case.assignee),) if case.assignee else (),
        folder=topic.folder,
    )
