"""A message that continues a case: the customer's follow-up, a department's answer, or a machine's note."""

from datetime import timedelta

from triage.case import Case, CaseStatus
from triage.decision import Decision, Outcome, ReplyOrder
from triage.policy.escalate import Call, Escalation, Moment, escalate
from triage.policy.incoming import Incoming
from triage.policy.opening import calls_of, moment
from triage.policy.telling import Told, tell
from triage.policy.triggers import Hits, only_asks_how_it_stands, only_thanks, triggered
from triage.reply import ReplyKind
from triage.staff import Notice, NoticeKind
from triage.topic import Topic

_DAY = timedelta(days=1)
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
    hits = triggered(incoming, "" if case.abstained else case.category, case.issue)
    times = moment(incoming, topic)
    escalation = escalate(_calls(incoming, hits), incoming.people, incoming.policy, times, case_id=case.id, log=incoming.log)
    told_events, told = _told(incoming, case, escalation, hits, times) or _status(incoming, case) or ((), ())
    reopened = case.status in _RESTING
    written = incoming.author_event("follow_up", why=incoming.match.reason, reopened="yes" if reopened else "")
    status = CaseStatus.OPEN if reopened else None
    return Decision(
        outcome=Outcome.FOLLOW_UP,
        reason=incoming.match.reason,
        case_id=case.id,
        status=CaseStatus.ON_HOLD if escalation.departments else status,
        events=(written, *escalation.events, *told_events),
        replies=(*escalation.orders, *told),
        deadlines=escalation.deadlines,
        notices=(Notice(kind=NoticeKind.FOLLOW_UP, case_id=case.id, colleague=case.assignee),) if case.assignee else (),
        folder=topic.folder,
    )


def _status(incoming: Incoming, case: Case) -> Told | None:
    """How the case stands, for its requester who asks nothing else: nothing about an order, and once a day at most."""
    customer, log = incoming.customer, incoming.log
    asked = incoming.policy.threads.tell_status and only_asks_how_it_stands(incoming.message)
    if not asked or customer is None or case.requester is None or customer.addr_spec != case.requester.addr_spec:
        return None
    failed = incoming.message.authentication_result("dmarc") == "fail"
    if failed or incoming.withheld() or any(event.kind == "told" and event.at > incoming.now - _DAY for event in log):
        return None
    # The same time as the acknowledgment names, until that is over.
    resolve = _topic(incoming, case).resolve
    promised = incoming.due(case.received_at, resolve)
    by = promised if promised > incoming.now else incoming.due(incoming.now, resolve)
    thread = (*incoming.message.references, incoming.message.message_id) if incoming.message.message_id else ()
    order = ReplyOrder(kind=ReplyKind.STATUS, recipient=customer.addr_spec, deadline=incoming.now + _DAY, answer_by=by, thread=thread)
    return (incoming.event("told", "policy", {"what": "how the case stands", "by": by.isoformat()}),), (order,)


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


def _told(incoming: Incoming, case: Case, escalation: Escalation, hits: Hits, times: Moment) -> Told | None:
    """What the customer hears of whom the message was passed on to, where a machine may answer it."""
    if incoming.withheld():
        return None
    thread = (incoming.message.message_id,) if incoming.message.message_id else ()
    triggers = [trigger for trigger, _why in hits]
    return tell(
        case, escalation, policy=incoming.policy, log=incoming.log, triggers=triggers, by=times.resolve_by, now=incoming.now, thread=thread
    )


def _calls(incoming: Incoming, hits: Hits) -> list[Call]:
    calls = calls_of(hits)
    told = incoming.policy.escalation
    # This message counts too; asking for equality calls once, not with every message after.
    if 1 + sum(event.kind == "follow_up" for event in incoming.log) == told.follow_ups:
        calls.append(Call(department=told.management, reason=f"the customer has written {told.follow_ups} times more without a solution"))
    return calls


def _topic(incoming: Incoming, case: Case) -> Topic:
    return incoming.policy.unsorted if case.abstained else incoming.policy.topic(case.category, case.issue)
