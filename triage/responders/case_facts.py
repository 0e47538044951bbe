"""What whoever acts on a case is shown of it: its log entry, what the message names, what to beware of, and the customer's words."""

from collections.abc import Iterable
from itertools import islice

from triage.case import Case
from triage.inquiry import Checked
from triage.message import Message
from triage.reading import Fact, Facts, Reading, percent
from triage.responders.desk import Assignment, Desk
from triage.responders.entry import entry
from triage.responders.names import one_line, visible
from triage.responders.order_rows import order_proposals, order_rows, order_warnings
from triage.responders.warnings import warnings
from triage.staff import Role

#: Shown in the mail; the whole is in the mailbox.
_SHOWN = 20_000
_FACTS = 40
#: Less likely matters would only distract.
_WORTH_NAMING = 0.05

_Pairs = tuple[tuple[str, str], ...]


def about(desk: Desk, assignment: Assignment) -> dict[str, object]:
    """The part of a template's context that is about the case and the message."""
    case, reading, message = assignment.case, assignment.reading, assignment.message
    text = visible(message.text) if message else ""
    orders = _orders(desk, assignment)
    return {
        "case_number": case.number,
        "title": title_of(desk, assignment),
        "category": case.category,
        "issue": case.issue,
        "priority": case.priority,
        "rows": entry(desk, assignment, text, orders) + _matters(case, reading),
        "facts": _facts(reading.facts) if reading else (),
        # Where nobody has written there is no sender to beware of.
        "warnings": (*(warnings(message, reading.facts) if reading and message and is_written(message) else ()), *order_warnings(orders)),
        "orders": order_rows(orders, desk.people.clock),
        "proposals": order_proposals(orders),
        "text": text[:_SHOWN],
        "cut": len(text) > _SHOWN,
        "sender": desk.people.identity.name,
    }


def _orders(desk: Desk, assignment: Assignment) -> tuple[Checked, ...]:
    """What the order system said; to a vendor only of the author's own order, because nobody outside is told of another customer's."""
    to = desk.people.colleagues.get(assignment.order.department or assignment.order.colleague)
    outside = to is not None and to.role is Role.VENDOR
    return tuple(one for one in assignment.orders if one.may_be_told or not outside)


def is_written(message: Message) -> bool:
    """Whether somebody wrote it, rather than that it stands in for a message in a case that nobody wrote to."""
    return bool(message.from_ or message.message_id or message.text)


def title_of(desk: Desk, assignment: Assignment) -> str:
    """What the case is about, in the policy's words."""
    return "Not sorted yet" if assignment.case.abstained else assignment.topic(desk).title


def _matters(case: Case, reading: Reading | None) -> _Pairs:
    sure = "" if case.abstained else f", {percent(case.confidence)} sure"
    also = [matter for matter in reading.classification.alternatives if matter.confidence >= _WORTH_NAMING][:3] if reading else ()
    named = ", ".join(f"{_named(matter.category, matter.issue)} ({percent(matter.confidence)})" for matter in also)
    rows = (("Category", f"{_named(case.category, case.issue)}{sure}"), ("It may also be", named))
    return rows if named else rows[:1]


def _named(category: str, issue: str) -> str:
    return f"{category} / {issue}" if issue else category


def _facts(facts: Facts) -> _Pairs:
    """What was found, each thing once with all the places where it stood."""
    found: dict[tuple[str, str], list[Fact]] = {}
    for fact in facts:
        found.setdefault((fact.kind, fact.value), []).append(fact)
    return tuple(
        (
            kind.replace("_", " "),
            f"{one_line(value, 120)} ({_places(same)}, {percent(max(fact.confidence for fact in same))} sure)",
        )
        for (kind, value), same in islice(found.items(), _FACTS)
    )


def _places(facts: Iterable[Fact]) -> str:
    return " and ".join(dict.fromkeys(fact.source for fact in facts))
