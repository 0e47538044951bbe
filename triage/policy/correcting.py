"""What follows when a person says what a case is about: its category, who acts on it, and the promises not yet acted on."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from triage.case import DONE, Case, CaseEvent, CaseStatus, Deadline, Priority
from triage.correction import SPAM, Provenance, Ruling
from triage.decision import Decision, Outcome
from triage.people import People
from triage.policy.escalate import Call, Escalation, Moment, escalate, theirs
from triage.policy.table import Policy
from triage.topic import Clocks, Topic

_RISING = tuple(Priority)

#: With "open", "kept" or "missed".
Promises = Sequence[tuple[Deadline, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """A case as it is after a correction, and what that brings about."""

    case: Case
    decision: Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Correcting:
    """Everything a correction rests on."""

    case: Case
    ruling: Ruling
    author: str
    provenance: Provenance
    #: Names the message that a person moved; empty where they named the case.
    moved: str
    people: People
    policy: Policy
    now: datetime
    due: Clocks
    log: Sequence[CaseEvent]
    promises: Promises


def corrected(given: Correcting) -> Corrected | None:
    """The case and what follows; None where the person says what the case says already."""
    case, ruling = given.case, given.ruling
    if _says_nothing_new(case, ruling):
        return None
    before, topic = topic_of(case, given.policy), _topic(given)
    done = ruling.spam or (case.status in DONE and not is_spam(case))
    escalation = Escalation() if done else _escalation(given, topic)
    after = _after(given, before, topic, escalation)
    return Corrected(
        case=after,
        decision=Decision(
            outcome=Outcome.NOTED,
            reason="a person corrected the category",
            case_id=case.id,
            status=_status(given, escalation),
            events=(_event(given, after), *escalation.events),
            replies=escalation.orders,
            deadlines=() if done else (*_promised_anew(given, topic), *escalation.deadlines),
            kept=tuple(_released(given, before, topic)),
            folder=topic.folder,
        ),
    )


def topic_of(case: Case, policy: Policy) -> Topic:
    """What the policy says of a case as it stands, its folder included."""
    if is_spam(case):
        return replace(policy.topic(*SPAM), folder=policy.folders.spam)
    return policy.unsorted if case.abstained else policy.topic(case.category, case.issue)


def is_spam(case: Case) -> bool:
    """True for a case that a person closed as spam."""
    return case.status is CaseStatus.CLOSED and (case.category, case.issue) == SPAM


def _says_nothing_new(case: Case, ruling: Ruling) -> bool:
    if ruling.unsorted:
        return case.abstained
    if ruling.spam or is_spam(case):
        return ruling.spam and is_spam(case)
    return not case.abstained and case.category == ruling.category and ruling.issue in ("", case.issue)


def _topic(given: Correcting) -> Topic:
    ruling, policy = given.ruling, given.policy
    if ruling.unsorted:
        return policy.unsorted
    topic = policy.topic(ruling.category, _issue(given))
    return replace(topic, folder=policy.folders.spam) if ruling.spam else topic


def _issue(given: Correcting) -> str:
    # A folder names the category alone: the issue we had found stays where it is one of that category.
    same = given.case.category == given.ruling.category and not is_spam(given.case)
    return given.ruling.issue or (given.case.issue if same else "")


def _after(given: Correcting, before: Topic, topic: Topic, escalation: Escalation) -> Case:
    case, ruling = given.case, given.ruling
    # What the customer's own words had raised stays raised.
    raised = case.priority is not before.priority
    return replace(
        case,
        category=case.category if ruling.unsorted else ruling.category,
        issue=case.issue if ruling.unsorted else _issue(given),
        confidence=case.confidence if ruling.unsorted else 1.0,
        abstained=ruling.unsorted,
        priority=max(case.priority, topic.priority, key=_RISING.index) if raised else topic.priority,
        departments=(*case.departments, *(key for key in escalation.departments if key not in case.departments)),
    )


def _status(given: Correcting, escalation: Escalation) -> CaseStatus | None:
    if given.ruling.spam:
        return CaseStatus.CLOSED
    if escalation.departments:
        return CaseStatus.ON_HOLD
    return CaseStatus.OPEN if is_spam(given.case) else None


def _escalation(given: Correcting, topic: Topic) -> Escalation:
    calls = [Call(department=topic.department, reason=theirs(topic))] if topic.escalate and topic.department else []
    case, due = given.case, given.due
    times = Moment(
        now=given.now,
        leave_by=due(given.now, given.policy.promises.assign),
        resolve_by=_by(given, topic, "resolve"),
        due=due,
    )
    return escalate(calls, given.people, given.policy, times, case_id=case.id, log=given.log)


def _by(given: Correcting, topic: Topic, kind: str) -> datetime:
    """When a promise falls due under the new topic: counted from arrival, and never sooner than anybody can act."""
    promised = topic.acknowledge if kind == "acknowledge" else topic.resolve
    return max(given.due(given.case.received_at, promised), given.due(given.now, given.policy.promises.assign))


def _promised_anew(given: Correcting, topic: Topic) -> Iterator[Deadline]:
    case = given.case
    states = {deadline.kind: (deadline, state) for deadline, state in given.promises if not deadline.bound}
    for kind in ("acknowledge", "resolve"):
        if kind == "acknowledge" and (case.acknowledged_at or not case.requester):
            continue
        deadline, state = states.get(kind, (None, ""))
        wanted = _by(given, topic, kind)
        if deadline is None or (state != "open" and not is_spam(case)):
            continue
        # The customer was told the first promise: it may become shorter, not longer.
        told = kind == "resolve" and case.acknowledged_at and state == "open"
        due_at = min(wanted, deadline.due_at) if told else wanted
        if due_at != deadline.due_at or state != "open":
            yield replace(deadline, due_at=due_at)


def _released(given: Correcting, before: Topic, topic: Topic) -> Iterator[tuple[str, str]]:
    """Promises that bind nobody any more: all of them for spam, else that of a department called upon for the former topic alone."""
    waiting = [deadline for deadline, state in given.promises if state == "open"]
    if given.ruling.spam:
        yield from ((deadline.kind, deadline.bound) for deadline in waiting)
        return
    for deadline in waiting:
        if deadline.kind == "reply" and deadline.bound != topic.department and _called_only_for(before, deadline.bound, given.log):
            yield deadline.kind, deadline.bound


def _called_only_for(topic: Topic, department: str, log: Iterable[CaseEvent]) -> bool:
    return any(
        event.kind == "escalated" and event.detail.get("to") == department and event.detail.get("why") == theirs(topic) for event in log
    )


def _event(given: Correcting, after: Case) -> CaseEvent:
    detail = {"was": _named(given.case), "now": _named(after), "spam": "yes" if given.ruling.spam else "", "message": given.moved}
    said = {key: text for key, text in detail.items() if text}
    return CaseEvent(at=given.now, kind="corrected", actor=given.author, provenance=given.provenance.value, detail=said)


def _named(case: Case) -> str:
    return "to be sorted" if case.abstained else f"{case.category}/{case.issue}" if case.issue else case.category
