"""The customer-service log entry of a case, row by row, as far as it is known."""

from collections.abc import Iterable, Sequence

from triage.case import DONE, CaseEvent
from triage.inquiry import Checked
from triage.responders.desk import Assignment, Desk
from triage.responders.names import one_line

UNKNOWN = "unknown"
_LOOKED_AT = 1000
#: How events read in the log; others are not actions.
_ACTIONS = {
    "opened": "case opened",
    "assigned": "given to a representative",
    "withheld": "acknowledgment left to a person",
    "acknowledged": "acknowledged",
    "follow_up": "the customer wrote again",
    "thanks": "the customer said thanks",
    "note": "note added",
    "answered": "a department answered",
    "missed": "a promise was missed",
    "unreachable": "the customer cannot be reached by mail",
}
_INITIAL = frozenset({"opened", "withheld", "acknowledged"})


def entry(desk: Desk, assignment: Assignment, text: str, orders: Sequence[Checked] = ()) -> tuple[tuple[str, str], ...]:
    """(label, value) for every field of the log, in its order; what nobody knows reads "unknown".

    `text` is what the customer wrote, `orders` what the order system said that the reader may know.
    """
    case = assignment.case
    facts = assignment.reading.facts if assignment.reading else None
    phones = facts.values("phone") if facts else ()
    names = facts.values("name") if facts else ()
    done = case.status in DONE
    rows = (
        ("Customer name", (case.requester.name if case.requester else "") or next(iter(names), "")),
        ("E-mail", case.requester.addr_spec if case.requester else ""),
        ("Telephone", ", ".join(phones)),
        ("Order number", ", ".join(case.order_numbers)),
        # A date in the text may be any date: without the order system nobody knows which is the order's.
        ("Order date", _ordered(desk, orders)),
        ("Issue type", assignment.topic(desk).title if not case.abstained else "not sorted yet"),
        ("Issue description", _description(assignment.case.subject, text)),
        ("Initial action", _actions(desk, assignment.log, initial=True)),
        ("Follow-up actions", _actions(desk, assignment.log, initial=False) or "none yet"),
        ("Escalation", ", ".join(desk.people.names(_escalated(assignment))) or "no escalation needed"),
        ("Resolution status", "resolved" if done else f"pending; promised by {desk.tell(assignment.resolve_by(desk), 'en')}"),
        ("Resolution date", desk.tell(case.solved_at, "en") if case.solved_at else ("" if done else "not resolved yet")),
        ("Customer satisfaction", f"{case.rating.score} of 5" if case.rating else "" if done else "not asked yet"),
        ("Rating and comments", case.rating.comment or "no comment" if case.rating else "" if done else "not asked yet"),
        ("Representative", desk.people.called(case.assignee)),
    )
    return tuple((label, one_line(value, 400) or UNKNOWN) for label, value in rows)


def _ordered(desk: Desk, orders: Sequence[Checked]) -> str:
    placed = (one.order.placed_at for one in orders if one.order is not None and one.named)
    return next((f"{desk.people.local(at):%Y-%m-%d} (order system)" for at in placed if at), "")


def _description(subject: str, text: str) -> str:
    # The whole text stands beside the entry; it is not looked through again for its first words.
    parts = (one_line(subject, 120), one_line(text[:_LOOKED_AT], 160))
    return " – ".join(part for part in parts if part)


def _actions(desk: Desk, log: Sequence[CaseEvent], *, initial: bool) -> str:
    def said(events: Iterable[CaseEvent]) -> Iterable[str]:
        for event in events:
            if event.kind in _ACTIONS and (event.kind in _INITIAL) == initial:
                yield f"{desk.people.clock(event.at)} {_ACTIONS[event.kind]}"

    return "; ".join(said(log))


def _escalated(assignment: Assignment) -> tuple[str, ...]:
    logged = (event.detail.get("to", "") for event in assignment.log if event.kind == "escalated")
    named = (*assignment.case.departments, *logged, assignment.order.department)
    return tuple(dict.fromkeys(key for key in named if key))
