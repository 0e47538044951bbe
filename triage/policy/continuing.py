"""A message that continues a case: the customer's follow-up, a department's answer, or a machine's note."""

from triage.case import Case, CaseStatus
from triage.decision import Decision, Outcome
from triage.policy.escalate import Call, escalate
from triage.policy.incoming import Incoming
from triage.policy.opening import calls_of, moment
from triage.policy.triggers import only_thanks, triggered
from triage.staff import Notice, NoticeKind
from triage.topic import Topic

_RESTING = frozenset({CaseStatus.PENDING, CaseStatus.SOLVED, CaseStatus.CLOSED})


def report(incoming: Incoming, case: Case, why: str) -> Decision:
    """A delivery report on mail of this case; what it says is on record by `report_events`."""
    return Decision(outcome=Outcome.REPORT, reason=why, case_id=case.id, folder=incoming.policy.folders.reports)


def note(incoming: Incoming, case: Case, why: str) -> Decision:
    """A machine's message is kept on its case and changes nothing else."""
    event = incoming.author_event("note", why=why)
    return Decision(outcome=Outcome.NOTED, reason=why, case_id=case.id, events=(event,), folder=incoming.policy.folders.automatic)


def staff_note(incoming: Incoming, case: Case, why: str) -> Decision:
    """A message from our own address: a note that changes nothing, because anybody can write that address into a message."""
    event = incoming.author_event("note", why=why)
    return Decision(outcome=Outcome.NOTED, reason=why, case_id=case.id, events=(event,), folder=_topic(incoming, case).folder)


def follow_up(incoming: Incoming, case: Case, _: str) -> Decision:
    """The customer's further message: it wakes a case at rest, unless it only says thanks, and is not acknowledged again."""
    if incoming.match.repeated:
        return _repeated(incoming, case)
    topic = _topic(incoming, case)
    if only_thanks(incoming.message):
        event = incoming.author_event("thanks", why="says thanks and nothing else")
        return Decision(outcome=Outcome.FOLLOW_UP, reason="only thanks", case_id=case.id, events=(event,), folder=topic.folder)
    escalation = escalate(_calls(incoming), incoming.people, incoming.policy, moment(incoming, topic), case_id=case.id, log=incoming.log)
    reopened = case.status in _RESTING
    status = CaseStatus.OPEN if reopened else None
    return Decision(
        outcome=Outcome.FOLLOW_UP,
        reason=incoming.match.reason,
        case_id=case.id,
        status=CaseStatus.ON_HOLD if escalation.departments else status,
        events=(incoming.author_event("follow_up", why=incoming.match.reason, reopened="yes" if reopened else ""), *escalation.events),
        replies=escalation.orders,
        deadlines=escalation.deadlines,
        notices=(Notice(kind=NoticeKind.FOLLOW_UP, case_id=case.id, colleague=case.assignee),) if case.assignee else (),
        folder=topic.folder,
    )


def _repeated(incoming: Incoming, case: Case) -> Decision:
    """The same once more: it is kept with its case and wakes it, and neither counts as a follow-up nor is acknowledged."""
    event = incoming.author_event("repeated", why=incoming.match.reason)
    return Decision(
        outcome=Outcome.FOLLOW_UP,
        reason=incoming.match.reason,
        case_id=case.id,
        status=CaseStatus.OPEN if case.status in _RESTING else None,
        events=(event,),
        folder=_topic(incoming, case).folder,
    )


def _calls(incoming: Incoming) -> list[Call]:
    calls = calls_of(triggered(incoming.message, incoming.policy))
    told = incoming.policy.escalation
    # This message counts too; asking for equality calls once, not with every message after.
    if 1 + sum(event.kind == "follow_up" for event in incoming.log) == told.follow_ups:
        calls.append(Call(department=told.management, reason=f"the customer has written {told.follow_ups} times more without a solution"))
    return calls


def _topic(incoming: Incoming, case: Case) -> Topic:
    return incoming.policy.unsorted if case.abstained else incoming.policy.topic(case.category, case.issue)
