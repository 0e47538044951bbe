"""What follows from a promise that was not kept, and from a delivery report on mail of ours."""

from collections.abc import Sequence
from datetime import datetime

from triage.case import Case, CaseEvent, CaseStatus, Deadline
from triage.decision import Decision, Outcome
from triage.message import DeliveryReport
from triage.people import People
from triage.policy.escalate import Call, Moment, escalate
from triage.policy.table import Policy
from triage.reply import Delivery, ReplyKind
from triage.staff import Notice, NoticeKind
from triage.topic import Due

_DONE = frozenset({CaseStatus.SOLVED, CaseStatus.CLOSED})


def overdue(
    deadline: Deadline, case: Case, *, people: People, policy: Policy, now: datetime, due: Due, log: Sequence[CaseEvent] = ()
) -> Decision:
    """A missed promise on record, and management told of it, unless the case is done or they were told before."""
    if case.status in _DONE:
        return Decision(outcome=Outcome.NOTED, reason="the case is done", case_id=case.id)
    if deadline.kind == "remind":
        return _woken(case, now)
    reason = _reason(deadline, people)
    detail = {"promise": deadline.kind, "due": deadline.due_at.isoformat(), "why": reason}
    if deadline.bound:
        detail["bound"] = deadline.bound
    missed = CaseEvent(at=now, kind="missed", provenance="clock", detail=detail)
    calls = [Call(department=policy.escalation.management, reason=reason)]
    # Whoever is told of a missed promise hears of it at once, and has as long to answer as a department is given to take a case over.
    at_once = Moment(now=now, leave_by=now, resolve_by=due(now, policy.promises.assign), due=due)
    escalation = escalate(calls, people, policy, at_once, case_id=case.id, log=log)
    return Decision(
        outcome=Outcome.NOTED,
        reason=reason,
        case_id=case.id,
        events=(missed, *escalation.events),
        replies=escalation.orders,
        deadlines=escalation.deadlines,
    )


def _woken(case: Case, now: datetime) -> Decision:
    woken = CaseEvent(at=now, kind="woken", provenance="clock", detail={"was": str(case.status)})
    told = (Notice(kind=NoticeKind.REMINDED, case_id=case.id, colleague=case.assignee),) if case.assignee else ()
    return Decision(
        outcome=Outcome.NOTED, reason="its day has come", case_id=case.id, status=CaseStatus.OPEN, events=(woken,), notices=told
    )


def _reason(deadline: Deadline, people: People) -> str:
    when = deadline.due_at.strftime("%Y-%m-%d %H:%M UTC")
    match deadline.kind:
        case "acknowledge":
            return f"the customer was to have our first answer by {when} and has none"
        case "assign":
            return f"the case was to have a representative by {when} and has none"
        case "resolve":
            return f"the customer was promised a result or word of progress by {when}"
        case _:
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
    if report.permanent and delivery and delivery.kind in (ReplyKind.ACKNOWLEDGMENT, ReplyKind.ANSWER):
        why = "mail to the customer fails for good: another way to reach them is needed"
        events.append(CaseEvent(at=now, kind="unreachable", provenance="mail", detail={"why": why}))
    return tuple(events)
