"""What follows from a promise that was not kept, and from a delivery report on mail of ours."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from triage.case import DONE, Case, CaseEvent, Deadline
from triage.decision import Decision, Outcome
from triage.message import DeliveryReport
from triage.people import People
from triage.policy.escalate import Call, Moment, escalate
from triage.policy.reminding import reminder
from triage.policy.table import Policy
from triage.reply import TO_CUSTOMER, Delivery
from triage.staff import MISSED
from triage.topic import Clocks


def overdue(
    deadline: Deadline, case: Case, *, people: People, policy: Policy, now: datetime, due: Clocks, log: Sequence[CaseEvent] = ()
) -> Decision:
    """A missed promise on record, and management to be told of it, unless the case is done or they were told before."""
    if case.status in DONE:
        return Decision(outcome=Outcome.NOTED, reason="the case is done", case_id=case.id)
    reason = why_missed(deadline, people)
    detail = {"promise": deadline.kind, "due": deadline.due_at.isoformat(), "why": reason}
    if deadline.bound:
        detail["bound"] = deadline.bound
    missed = CaseEvent(at=now, kind="missed", provenance="clock", detail=detail)
    calls = [Call(department=policy.escalation.management, reason=reason)]
    at_once = Moment(now=now, leave_by=now, resolve_by=due(now, policy.promises.assign), due=due)
    # One message for each case would be a storm after an outage, so the mail is left to whoever bundles reminders.
    escalation = escalate(calls, people, policy, at_once, case_id=case.id, log=log)
    told = [reminder(deadline, MISSED, key, reason) for key in escalation.departments]
    further = escalate(_further(deadline, case, policy, reason), people, policy, at_once, case_id=case.id, log=(*log, *escalation.events))
    return Decision(
        outcome=Outcome.NOTED,
        reason=reason,
        case_id=case.id,
        events=(missed, *escalation.events, *further.events),
        replies=tuple(replace(order, of_case=True) for order in further.orders),
        deadlines=further.deadlines,
        reminders=tuple(told),
    )


def _further(deadline: Deadline, case: Case, policy: Policy, reason: str) -> list[Call]:
    """Whom the policy calls upon besides management when such a promise is missed."""
    category = "" if case.abstained else case.category
    hit = [one for one in policy.trigger if deadline.kind in (one.missed or ()) and one.concerns(category, case.issue)]
    return [Call(department=key, reason=f"{trigger.name}: {reason}") for trigger in hit for key in trigger.departments]


#: What was promised, by its kind; whatever else is due is somebody's answer.
_PROMISED = {
    "acknowledge": "the customer was to have our first answer by {} and has none",
    "assign": "the case was to have a representative by {} and has none",
    "resolve": "the customer was promised a result or word of progress by {}",
    "answer": "a person was to answer the customer by {} and has not",
    "solve": "the case was to be solved by {} and is not",
    "dispute": "the payment provider was to have our answer to the dispute by {}, and nobody has closed the case",
}


def why_missed(deadline: Deadline, people: People) -> str:
    """What was promised by when, and was not done."""
    when = people.clock(deadline.due_at)
    if deadline.kind in _PROMISED:
        return _PROMISED[deadline.kind].format(when)
    return f"{people.names((deadline.bound,))[0] or 'somebody'} was to answer by {when} and has not"


def report_events(report: DeliveryReport, delivery: Delivery | None, now: datetime) -> tuple[CaseEvent, ...]:
    """What a delivery report adds to the history of the case it concerns."""
    said = {
        "action": report.action,
        "status": report.status,
        "recipient": report.recipient or (delivery.recipient if delivery else ""),
        "of": delivery.kind if delivery else "",
        "message_id": delivery.message_id if delivery else report.original_message_id,
        "diagnostic": report.diagnostic[:300],
    }
    events = [CaseEvent(at=now, kind="report", provenance="mail", detail={key: text for key, text in said.items() if text})]
    if report.permanent and delivery and delivery.kind in TO_CUSTOMER:
        why = "mail to the customer fails for good: another way to reach them is needed"
        events.append(CaseEvent(at=now, kind="unreachable", provenance="mail", detail={"why": why}))
    return tuple(events)
