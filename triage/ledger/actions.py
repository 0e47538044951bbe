"""Each event of a case as an action in words: one line of the log for each, whatever it is."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from triage.case import CaseEvent
from triage.entry import Action

#: Letters of a value that are shown; the case's history has the whole.
_SHOWN = 300
_Detail = Mapping[str, str]
#: What was done, by the kind of the event; a kind that is not named here stands for itself.
_SAID: Mapping[str, Callable[[_Detail], str]] = {
    "opened": lambda detail: f"case opened{_by(detail, 'channel', ' by ')}",
    "classified": lambda detail: f"sorted as {detail.get('category', '')}{_by(detail, 'issue', '/')}",
    "corrected": lambda detail: f"corrected from {detail.get('was', '?')} to {detail.get('now', '?')}",
    "assigned": lambda detail: f"given to {detail.get('name') or detail.get('to', '?')}",
    "acknowledged": lambda detail: f"acknowledged{_by(detail, 'channel', ' by ')}",
    "withheld": lambda detail: "acknowledgment left to a person",
    "held_in_flood": lambda detail: "acknowledgment waits out a flood",
    "escalated": lambda detail: f"escalated to {detail.get('name') or detail.get('to', '?')}",
    "not_escalated": lambda detail: f"could not be escalated to {detail.get('to', '?')}",
    "follow_up": lambda detail: "the customer wrote again" + (", which reopened the case" if detail.get("reopened") else ""),
    "repeated": lambda detail: "the customer sent the same again",
    "thanks": lambda detail: "the customer said thanks",
    "replied": lambda detail: "the customer was answered",
    "answered": lambda detail: f"{detail.get('department', 'a department')} answered",
    "resolved": lambda detail: "resolved" + _by(detail, "resolution", ": "),
    "reopened": lambda detail: "taken up again",
    "waits": lambda detail: f"waits{_by(detail, 'until', ' until ')}",
    "woken": lambda detail: "its day has come",
    "missed": lambda detail: f"missed a promise: {detail.get('promise', '?')}",
    "merged": lambda detail: f"became a part of {detail.get('into', '?')}",
    "joined": lambda detail: f"{detail.get('case', '?')} became a part of it",
    "unreachable": lambda detail: "mail to the customer fails for good",
    "report": lambda detail: f"a delivery report: {detail.get('action', '?')}",
    "delivery": lambda detail: f"{detail.get('delivery', 'message').replace('_', ' ')} {detail.get('status', '?')}",
    "rated": lambda detail: f"the customer rated it {detail.get('score', '?')}/5",
    "note": lambda detail: "note added",
}


def actions(number: str, events: Iterable[CaseEvent]) -> Iterator[Action]:
    """One action for each event of the case, in their order."""
    for event in events:
        detail = "; ".join(f"{key}: {' '.join(text.split())[:_SHOWN]}" for key, text in event.detail.items())
        yield Action(at=event.at, number=number, what=what(event), who=event.actor, how=event.provenance, detail=detail)


def what(event: CaseEvent) -> str:
    """What was done, in words."""
    said = _SAID.get(event.kind)
    return (said(event.detail) if said else event.kind.replace("_", " "))[:_SHOWN]


def _by(detail: _Detail, key: str, before: str) -> str:
    value = detail.get(key, "").replace("_", " ") if key == "channel" else detail.get(key, "")
    return f"{before}{value}" if value else ""
