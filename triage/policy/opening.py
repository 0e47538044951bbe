"""A message that opens a case: what the case is, whom it is escalated to, and what is promised."""

from collections.abc import Iterator

from triage.case import CaseEvent, CaseStatus, Deadline, NewCase, Priority
from triage.decision import Decision, Outcome, ReplyOrder
from triage.policy.escalate import Call, Escalation, Moment, escalate, theirs
from triage.policy.incoming import Incoming
from triage.policy.informed import informed
from triage.policy.triggers import Hits, triggered
from triage.reply import ReplyKind
from triage.topic import Topic

#: From the least to the most.
RISING = tuple(Priority)


def open_case(incoming: Incoming, topic: Topic, outcome: Outcome, reason: str, text: str = "") -> Decision:
    """A new case with its acknowledgment, escalations, promises and history; `text` names another acknowledgment than the category's."""
    said = incoming.reading.classification
    triggers = triggered(incoming, "" if said.abstained else said.category, said.issue)
    facts = informed(incoming, topic, alarmed=bool(triggers))
    escalation = _escalation(incoming, topic, triggers, answered=bool(facts.orders))
    withheld = incoming.withheld()
    new_case = _case(incoming, topic, triggers, escalation)
    return Decision(
        outcome=outcome,
        reason=reason,
        new_case=new_case,
        events=(*_history(incoming, new_case), *_withheld(incoming, withheld), *facts.events, *escalation.events),
        replies=(*_acknowledgment(incoming, topic, text), *facts.orders, *escalation.orders),
        deadlines=(*_promises(incoming, topic), *escalation.deadlines),
        folder=topic.folder,
    )


def _escalation(incoming: Incoming, topic: Topic, triggers: Hits, *, answered: bool) -> Escalation:
    calls = calls_of(triggers)
    # What the order system has answered needs no department, unless the customer says so.
    if topic.escalate and topic.department and not answered:
        calls.insert(0, Call(department=topic.department, reason=theirs(topic)))
    return escalate(calls, incoming.people, incoming.policy, moment(incoming, topic))


def calls_of(triggers: Hits) -> list[Call]:
    """The departments that triggers call upon."""
    return [Call(department=key, reason=f"{trigger.name}: {why}") for trigger, why in triggers for key in trigger.departments]


def moment(incoming: Incoming, topic: Topic) -> Moment:
    """The times that bound an escalation of this message."""
    return Moment(
        now=incoming.now,
        leave_by=incoming.due(incoming.received_at, incoming.policy.promises.assign),
        resolve_by=incoming.due(incoming.received_at, topic.resolve),
        due=incoming.due,
    )


def _case(incoming: Incoming, topic: Topic, triggers: Hits, escalation: Escalation) -> NewCase:
    said = incoming.reading.classification
    # A customer who may not be answered by a machine must be seen by a person soon.
    held = (Priority.HIGH,) if incoming.withheld() and incoming.customer else ()
    return NewCase(
        category=said.category,
        issue=said.issue,
        confidence=said.confidence,
        abstained=said.abstained,
        priority=max((topic.priority, *held, *(trigger.priority for trigger, _ in triggers)), key=RISING.index),
        requester=incoming.customer,
        subject=incoming.message.subject,
        language=incoming.message.language,
        order_numbers=incoming.reading.facts.order_numbers,
        departments=escalation.departments,
        status=CaseStatus.ON_HOLD if escalation.departments else CaseStatus.NEW,
        opened_at=incoming.now,
        received_at=incoming.received_at,
        linked_case=incoming.match.linked_case,
    )


def _acknowledgment(incoming: Incoming, topic: Topic, text: str) -> Iterator[ReplyOrder]:
    if incoming.customer and not incoming.withheld():
        deadline = incoming.due(incoming.received_at, topic.acknowledge)
        yield ReplyOrder(kind=ReplyKind.ACKNOWLEDGMENT, recipient=incoming.customer.addr_spec, deadline=deadline, text=text)


def _promises(incoming: Incoming, topic: Topic) -> Iterator[Deadline]:
    # Kept also where the acknowledgment is withheld: then it is a person who has to answer in time.
    if incoming.customer:
        yield Deadline(case_id=0, kind="acknowledge", due_at=incoming.due(incoming.received_at, topic.acknowledge))
    yield Deadline(case_id=0, kind="resolve", due_at=incoming.due(incoming.received_at, topic.resolve))


def _history(incoming: Incoming, case: NewCase) -> Iterator[CaseEvent]:
    said = incoming.reading.classification
    linked = str(incoming.match.linked_case or "")
    yield incoming.author_event("opened", received_at=incoming.received_at.isoformat(), why=incoming.match.reason, linked_case=linked)
    yield incoming.event(
        "classified",
        "model" if said.model_version else "rule",
        {
            "category": said.category,
            "issue": said.issue,
            "confidence": f"{said.confidence:.2f}",
            "abstained": "yes" if said.abstained else "",
            "priority": str(case.priority),
            "reasons": "; ".join(said.reasons),
            "also": ", ".join(f"{matter.category}/{matter.issue} {matter.confidence:.2f}" for matter in said.alternatives),
            "model": said.model_version,
        },
    )


def _withheld(incoming: Incoming, withheld: tuple[str, str] | None) -> Iterator[CaseEvent]:
    if withheld:
        rule, why = withheld
        yield incoming.event("withheld", "rule", {"what": "acknowledgment", "rule": rule, "why": why})
