"""What each command does, and who may give it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from triage.case import CaseStatus, Deadline, Priority
from triage.command import Word, day_of
from triage.correction import SPAM, Ruling
from triage.decision import HeldAnswers
from triage.policy.colleague import Answer, Steps, ruling_of
from triage.policy.escalate import Call, Moment, escalate
from triage.staff import NoticeKind, Role

_EVERYTHING = frozenset(Word)
_OF_DEPARTMENTS = frozenset({
    Word.RESOLVE, Word.NOTE, Word.REPLY, Word.ORDER, Word.PENDING, Word.ASSIGN, Word.ESCALATE, Word.CATEGORY, Word.CANCEL, Word.HELP,
})  # fmt: skip
#: A vendor tells us what it knows; what becomes of the case is ours to say.
MAY: Mapping[Role, frozenset[Word]] = {
    Role.AGENT: _EVERYTHING,
    Role.MANAGER: _EVERYTHING,
    Role.DEPARTMENT: _OF_DEPARTMENTS,
    Role.VENDOR: frozenset({Word.NOTE, Word.ORDER, Word.HELP}),
}
#: Finished cases are only taken up again, corrected, or written about.
_ON_CLOSED = frozenset({Word.REOPEN, Word.NOTE, Word.HELP, Word.CATEGORY, Word.SPAM, Word.ORDER, Word.MERGE, Word.CONFIRM, Word.CC})
_MOST_ORDERS = 20


def carry_out(answer: Answer) -> Steps:
    """All that the commands come to, status last; with any problem, nothing is to be done."""
    steps = Steps(problems=list(answer.orders.problems))
    allowed = MAY[answer.colleague.role]
    for command in sorted(answer.orders.commands, key=lambda one: one.word in _STATUS):
        if command.word not in allowed:
            steps.problems.append(f"#{command.word} is not for {answer.colleague.name} ({answer.colleague.role}) to say.")
        elif answer.case.status is CaseStatus.CLOSED and command.word not in _ON_CLOSED:
            steps.problems.append(f"{answer.case.number} is closed, so #{command.word} is not possible: write #reopen first.")
        elif action := ACTIONS.get(command.word):
            action(answer, command.value, steps)
            steps.done.append(str(command))
    return steps


def _resolve(answer: Answer, value: str, steps: Steps) -> None:
    steps.status = CaseStatus.SOLVED
    steps.kept.append(("resolve", ""))
    steps.event(answer, "resolved", {"resolution": value})


def _pending(answer: Answer, value: str, steps: Steps) -> None:
    steps.status = CaseStatus.PENDING
    _remind(answer, value, steps)


def _snooze(answer: Answer, value: str, steps: Steps) -> None:
    steps.status = CaseStatus.ON_HOLD
    _remind(answer, value, steps)


def _remind(answer: Answer, value: str, steps: Steps) -> None:
    day = day_of(value, answer.today) if value else None
    if day:
        steps.deadlines.append(Deadline(case_id=answer.case.id, kind="remind", due_at=answer.morning(day)))
    steps.event(answer, "waits", {"until": day.isoformat() if day else "", "as": str(steps.status)})


def _reopen(answer: Answer, _: str, steps: Steps) -> None:
    steps.status = CaseStatus.OPEN
    steps.event(answer, "reopened", {"was": str(answer.case.status)})
    steps.tell(answer, NoticeKind.REOPENED)


def _spam(answer: Answer, _: str, steps: Steps) -> None:
    steps.change = replace(steps.change, ruling=Ruling(category=SPAM[0], issue=SPAM[1], spam=True), ruled_by=answer.colleague.key)


def _category(answer: Answer, value: str, steps: Steps) -> None:
    policy = answer.incoming.policy
    ruling = ruling_of(value, policy.matters)
    if ruling is None:
        category = value.partition("/")[0].strip().casefold()
        known = [issue for name, issue in policy.matters if name == category and issue] or list(policy.categories)
        steps.problems.append(f"#category {value}: expected one of {', '.join(known)}.")
        return
    steps.change = replace(steps.change, ruling=ruling, ruled_by=answer.colleague.key)


def _assign(answer: Answer, value: str, steps: Steps) -> None:
    key = _called(answer, value)
    if not key:
        known = [one.name for one in answer.people.colleagues.values() if one.role is not Role.VENDOR]
        steps.problems.append(f"#assign {value}: expected one of {', '.join(known)}.")
        return
    steps.assignee = key
    steps.event(answer, "assigned", {"to": key, "name": answer.people.called(key), "why": "by command"})
    steps.kept.append(("assign", ""))
    steps.tell(answer, NoticeKind.REASSIGNED, key)


def _called(answer: Answer, value: str) -> str:
    """Key of the colleague with that key, name or address; "" where there is none, or more than one."""
    wanted = " ".join(value.casefold().split())
    found = [
        one.key
        for one in answer.people.colleagues.values()
        if one.role is not Role.VENDOR and wanted in (one.key.casefold(), one.name.casefold(), *one.addresses)
    ]
    return found[0] if len(found) == 1 else ""


def _escalate(answer: Answer, value: str, steps: Steps) -> None:
    word, _, reason = value.partition(" ")
    rooms = answer.people.departments
    key = next((key for key, room in rooms.items() if word.casefold() in (key.casefold(), room.name.casefold().replace(" ", "_"))), "")
    if not key:
        steps.problems.append(f"#escalate {word}: expected one of {', '.join(rooms)}.")
        return
    incoming = answer.incoming
    topic = incoming.policy.topic(answer.case.category, answer.case.issue)
    resolve_by = max(incoming.due(answer.case.received_at, topic.resolve), incoming.due(answer.now, incoming.policy.promises.assign))
    moment = Moment(now=answer.now, leave_by=answer.now, resolve_by=resolve_by, due=incoming.due)
    why = reason.strip() or f"{answer.colleague.name} asks for it"
    # Asked by a person, a department is called upon again, whatever the log says.
    found = escalate([Call(department=key, reason=why)], answer.people, incoming.policy, moment, case_id=answer.case.id)
    steps.replies += [replace(order, of_case=True) for order in found.orders]
    steps.events += found.events
    steps.deadlines += found.deadlines
    steps.status = CaseStatus.ON_HOLD


def _order(answer: Answer, value: str, steps: Steps) -> None:
    number = "".join(value.split()).upper()
    if not 3 <= len(number) <= 40 or not number.isprintable():
        steps.problems.append(f"#order {value}: expected an order number.")
        return
    numbers = tuple(dict.fromkeys((number, *answer.case.order_numbers)))[:_MOST_ORDERS]
    steps.change = replace(steps.change, order_numbers=numbers)
    steps.event(answer, "changed", {"order": number})


def _priority(answer: Answer, value: str, steps: Steps) -> None:
    if value.casefold() not in set(Priority):
        steps.problems.append(f"#priority {value}: expected one of {', '.join(Priority)}.")
        return
    steps.change = replace(steps.change, priority=Priority(value.casefold()))
    steps.event(answer, "changed", {"priority": value.casefold(), "was": str(answer.case.priority)})


def _merge(answer: Answer, value: str, steps: Steps) -> None:
    other = answer.other
    if other is None or other.id == answer.case.id:
        steps.problems.append(f"#merge {value}: expected the number of another case.")
        return
    ours, theirs = answer.case.requester, other.requester
    if not answer.confirmed and (ours and ours.addr_spec) != (theirs and theirs.addr_spec):
        # Whoever wrote the other case would from now on be answered about this one.
        steps.risky.append(f"#merge {other.number}")
        return
    steps.change = replace(steps.change, merged_into=other.id)
    steps.status = CaseStatus.CLOSED
    steps.event(answer, "merged", {"into": other.number})
    steps.kept += [("resolve", ""), ("acknowledge", "")]


def _split(answer: Answer, _: str, steps: Steps) -> None:
    if answer.latest is None:
        steps.problems.append("#split: the case has but one message of the customer's, so there is nothing to split off.")
        return
    steps.change = replace(steps.change, split_off=answer.latest)


def _cancel(answer: Answer, _: str, steps: Steps) -> None:
    steps.change = replace(steps.change, answers=HeldAnswers.TAKEN_BACK, authors=answer.colleague.addresses)


ACTIONS: Mapping[Word, Callable[[Answer, str, Steps], None]] = {
    Word.RESOLVE: _resolve,
    Word.PENDING: _pending,
    Word.ASSIGN: _assign,
    Word.ESCALATE: _escalate,
    Word.CATEGORY: _category,
    Word.ORDER: _order,
    Word.PRIORITY: _priority,
    Word.MERGE: _merge,
    Word.SPLIT: _split,
    Word.SPAM: _spam,
    Word.REOPEN: _reopen,
    Word.SNOOZE: _snooze,
    Word.CANCEL: _cancel,
}
#: Said last, whatever stands above it: an answer or an escalation would change it again.
_STATUS = frozenset({Word.RESOLVE, Word.PENDING, Word.REOPEN, Word.SNOOZE, Word.SPAM, Word.MERGE})
