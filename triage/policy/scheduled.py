"""What is done when its time has come: word of progress, the letter that closes a case, a look at whether what was said has come true."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.case import DONE, Case, CaseEvent, CaseStatus, Deadline
from triage.decision import CaseChange, Decision, Outcome, ReplyOrder
from triage.people import People
from triage.policy.escalate import Call, Moment, escalate
from triage.policy.opening import RISING
from triage.policy.reminding import in_charge, reminder
from triage.policy.table import Policy
from triage.policy.telling import may_write, tell
from triage.policy.timing import States
from triage.reply import ReplyKind
from triage.staff import MISSED, Notice, NoticeKind
from triage.topic import Clocks

_DAY = timedelta(days=1)
#: Lines of the history by which the customer has heard from us.
_WORDS_OF_OURS = frozenset({"replied", "updated", "told"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """Something whose time has come, with all that is known around it."""

    deadline: Deadline
    case: Case
    log: Sequence[CaseEvent]
    people: People
    policy: Policy
    now: datetime
    due: Clocks
    #: Message-IDs of the customer in this case, oldest first.
    thread: tuple[str, ...] = ()
    #: What else there is of the case, with "open", "paused", "kept" or "missed".
    states: States = ()
    #: The customer was asked of late how we did.
    asked: bool = False

    def decision(self, reason: str) -> Decision:
        """A decision about the case that changes nothing yet."""
        return Decision(outcome=Outcome.NOTED, reason=reason, case_id=self.case.id)

    def event(self, kind: str, **detail: str) -> CaseEvent:
        """A line of the history, by the clock."""
        return CaseEvent(at=self.now, kind=kind, provenance="clock", detail={key: text for key, text in detail.items() if text})

    @property
    def may_write(self) -> bool:
        """Whether the customer may be written to by a machine."""
        return may_write(self.case, self.log)


def scheduled(occasion: Occasion) -> Decision:
    """What follows from an occasion of one of the kinds of SCHEDULED."""
    return SCHEDULED[occasion.deadline.kind](occasion)


def _woken(occasion: Occasion) -> Decision:
    case = occasion.case
    if case.status in DONE:
        return occasion.decision("the case is done")
    told = (Notice(kind=NoticeKind.REMINDED, case_id=case.id, colleague=case.assignee),) if case.assignee else ()
    woken = occasion.event("woken", was=str(case.status))
    return replace(occasion.decision("its day has come"), status=CaseStatus.OPEN, events=(woken,), notices=told)


def _update(occasion: Occasion) -> Decision:
    """Word of progress, where the customer waits for us and has not heard from us for long enough."""
    case, promises = occasion.case, occasion.policy.promises
    every = promises.update
    if case.status in DONE | {CaseStatus.PENDING} or not occasion.may_write or not isinstance(every, timedelta):
        return occasion.decision("nobody waits for word of progress")
    last = max((event.at for event in occasion.log if event.kind in _WORDS_OF_OURS), default=None)
    if last is not None and last + every > occasion.now:
        return replace(occasion.decision("the customer has heard from us"), deadlines=(_again(occasion, last + every),))
    if sum(event.kind == "updated" for event in occasion.log) >= promises.updates:
        return occasion.decision("word of progress was sent often enough")
    by = occasion.now + promises.resolve
    order = _to_customer(occasion, ReplyKind.PROGRESS, deadline=max(occasion.now, case.received_at + promises.resolve))
    return replace(
        occasion.decision("word of progress"),
        events=(occasion.event("updated", what="progress", by=by.isoformat()),),
        replies=(replace(order, answer_by=by),),
        deadlines=(_again(occasion, occasion.now + every),),
    )


def _closing(occasion: Occasion) -> Decision:
    """The letter that confirms the solution; it asks how we did, unless the customer was asked of late or has said so already."""
    case, feedback = occasion.case, occasion.policy.feedback
    if case.status not in DONE or not occasion.may_write:
        return occasion.decision("the case was taken up again, or nobody may be written to")
    if (case.category, case.issue) == ("other", "spam") or any(
        event.kind == "closing" for event in occasion.log if event.at > _solved(case)
    ):
        return occasion.decision("no letter for this case")
    asks = feedback.survey and not occasion.asked and case.rating is None
    order = replace(_to_customer(occasion, ReplyKind.SURVEY if asks else ReplyKind.CLOSING, occasion.now + _DAY), text="closing")
    told = occasion.event("closing", asks="how we did" if asks else "")
    return replace(occasion.decision("the solution is confirmed"), events=(told,), replies=(order,))


def _solved(case: Case) -> datetime:
    return case.solved_at or case.opened_at


def _silence(occasion: Occasion) -> Decision:
    """Taken as solved, because the customer who was to act has not written again."""
    if occasion.case.status is not CaseStatus.PENDING:
        return occasion.decision("it does not wait for the customer any more")
    if any(deadline.kind == "remind" and state == "open" for deadline, state in occasion.states):
        return occasion.decision("a person has said until when it waits")
    resolved = occasion.event("resolved", resolution="the customer had our answer and did not write again", how="silence")
    return replace(occasion.decision("the customer did not write again"), status=CaseStatus.SOLVED, events=(resolved,))


def _look(occasion: Occasion) -> Decision:
    """Whoever looks after the case sees whether what was said has come true."""
    case, deadline = occasion.case, occasion.deadline
    key = in_charge(case, occasion.people, occasion.policy)
    if case.status in DONE or not key:
        return occasion.decision("nobody is to look after it")
    why = _why_look(occasion)
    told = occasion.event("due", what=deadline.kind, why=why)
    return replace(occasion.decision(why), events=(told,), reminders=(reminder(deadline, MISSED, key, why),))


def _why_look(occasion: Occasion) -> str:
    deadline, log = occasion.deadline, occasion.log
    if deadline.kind == "check":
        name = occasion.people.called(deadline.bound) if deadline.bound else "a department"
        return f"{name} has answered: is the matter settled, and does the customer know?"
    said = next((event.detail.get("words", "") for event in reversed(log) if event.kind == "promised"), "")
    return f"the customer was told “{said}”: has it come true?" if said else "something was promised to the customer: has it come true?"


def _aged(occasion: Occasion) -> Decision:
    """A case that is not solved so long after it arrived is taken to whom the policy says."""
    case, policy, now = occasion.case, occasion.policy, occasion.now
    trigger = next((one for one in policy.trigger if one.age is not None and one.name == occasion.deadline.bound), None)
    category = "" if case.abstained else case.category
    if trigger is None or case.status in DONE | {CaseStatus.PENDING} or not trigger.concerns(category, case.issue):
        return occasion.decision("the policy does not ask for it any more")
    why = f"{trigger.name}: not solved since {occasion.people.clock(case.received_at)}"
    by = now + policy.promises.assign
    times = Moment(now=now, leave_by=now, resolve_by=max(by, case.received_at + policy.promises.resolve), due=occasion.due)
    calls = [Call(department=key, reason=why) for key in trigger.departments]
    escalation = escalate(calls, occasion.people, policy, times, case_id=case.id, log=occasion.log)
    told = tell(
        case, escalation, policy=policy, log=occasion.log, triggers=[trigger], by=now + policy.promises.resolve, now=now,
        thread=occasion.thread,
    )  # fmt: skip
    events, letters = told or ((), ())
    return replace(
        occasion.decision(why),
        events=(*escalation.events, *events),
        replies=(*(replace(order, of_case=True) for order in escalation.orders), *letters),
        deadlines=escalation.deadlines,
        status=CaseStatus.ON_HOLD if escalation.departments else None,
        change=CaseChange(priority=max(case.priority, trigger.priority, key=RISING.index)),
    )


def _resumed(occasion: Occasion) -> Decision:
    """An answer did not arrive, so the case waits for us again."""
    return replace(occasion.decision("an answer did not arrive"), status=CaseStatus.OPEN)


def _informed(occasion: Occasion) -> Decision:
    """Solved unless the customer answers: facts of the order system have reached a server of theirs, and nobody has done anything since."""
    wrote = next((event.kind for event in reversed(occasion.log) if event.kind in ("opened", "follow_up")), "")
    if occasion.case.status not in (CaseStatus.NEW, CaseStatus.OPEN) or wrote != "opened":
        return occasion.decision("the case has moved on")
    resolved = occasion.event("resolved", resolution="answered from the order system, unless the customer answers", how="orders")
    return replace(occasion.decision("answered from the order system"), status=CaseStatus.SOLVED, events=(resolved,))


def _again(occasion: Occasion, at: datetime) -> Deadline:
    return Deadline(case_id=occasion.case.id, kind=occasion.deadline.kind, due_at=at)


def _to_customer(occasion: Occasion, kind: ReplyKind, deadline: datetime) -> ReplyOrder:
    requester = occasion.case.requester
    recipient = requester.addr_spec if requester else ""
    return ReplyOrder(kind=kind, recipient=recipient, deadline=deadline, thread=occasion.thread)


#: What is done when its time has come; whatever else is due is a promise that was missed.
SCHEDULED: Mapping[str, Callable[[Occasion], Decision]] = {
    "remind": _woken,
    "update": _update,
    "closing": _closing,
    "silence": _silence,
    "promised": _look,
    "check": _look,
    "resume": _resumed,
    "informed": _informed,
    "escalate": _aged,
}
