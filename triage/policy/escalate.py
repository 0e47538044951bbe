"""Whom a case is escalated to, by when they answer, and the orders and events that follow."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import CaseEvent, Deadline
from triage.decision import ReplyOrder
from triage.people import People
from triage.policy.table import Policy
from triage.reply import ReplyKind
from triage.sections.people import DepartmentSettings
from triage.topic import Clocks, Topic


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A department that is to be called upon, and why."""

    department: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When it happens, and what bounds it."""

    now: datetime
    #: When the mail to the department has to have left.
    leave_by: datetime
    #: When the customer was promised a resolution.
    resolve_by: datetime
    due: Clocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalation:
    """What calling upon departments comes to."""

    departments: tuple[str, ...] = ()
    orders: tuple[ReplyOrder, ...] = ()
    events: tuple[CaseEvent, ...] = ()
    deadlines: tuple[Deadline, ...] = ()


def escalate(
    calls: Sequence[Call], people: People, policy: Policy, moment: Moment, *, case_id: int = 0, log: Iterable[CaseEvent] = ()
) -> Escalation:
    """One order, event and deadline for each department that the log does not show to be called upon yet.

    A call that nobody can answer leaves an event that says so.
    """
    known = _called(log)
    reasons: dict[str, list[str]] = {}
    events: list[CaseEvent] = []
    for call in calls:
        key = _configured(call.department, people, policy)
        if key in known:
            continue
        if key:
            swapped = "" if key == call.department else f" (in place of {call.department}, which is not configured)"
            reasons.setdefault(key, []).append(call.reason + swapped)
        else:
            events.append(_nobody(call, moment.now))
    orders, deadlines = [], []
    for key, why in reasons.items():
        department = people.departments[key]
        order = ReplyOrder(
            kind=ReplyKind.ESCALATION,
            recipient=department.address,
            department=key,
            deadline=moment.leave_by,
            reason="; ".join(dict.fromkeys(why)),
            answer_by=_answer_by(department, policy, moment),
        )
        orders.append(order)
        deadlines.append(Deadline(case_id=case_id, kind="reply", due_at=order.answer_by or moment.resolve_by, bound=key))
        events.append(_told(order, department.name, moment.now))
    return Escalation(departments=tuple(reasons), orders=tuple(orders), events=tuple(events), deadlines=tuple(deadlines))


def theirs(topic: Topic) -> str:
    """Why a department is called upon for a matter of its own."""
    return f"“{topic.title}” is theirs"


def _called(log: Iterable[CaseEvent]) -> frozenset[str]:
    return frozenset(event.detail.get("to", "") for event in log if event.kind == "escalated")


def _configured(department: str, people: People, policy: Policy) -> str:
    return next((key for key in (department, policy.escalation.fallback_department) if key in people.departments), "")


def _answer_by(department: DepartmentSettings, policy: Policy, moment: Moment) -> datetime:
    # Nobody is asked to answer after the customer's time is up, nor before the mail can have been read.
    earliest = moment.due(moment.now, policy.promises.assign)
    due = moment.due if department.around_the_clock else moment.due.staffed
    return max(min(due(moment.now, department.reply_within), moment.resolve_by), earliest)


def _told(order: ReplyOrder, name: str, now: datetime) -> CaseEvent:
    by = order.answer_by.isoformat() if order.answer_by else ""
    detail = {"to": order.department, "name": name, "why": order.reason, "answer_by": by}
    return CaseEvent(at=now, kind="escalated", provenance="policy", detail=detail)


def _nobody(call: Call, now: datetime) -> CaseEvent:
    why = f"{call.reason}; no department {call.department!r} is configured, and none stands in"
    return CaseEvent(at=now, kind="not_escalated", provenance="policy", detail={"to": call.department, "why": why})
