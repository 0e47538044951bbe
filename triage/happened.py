"""Each event of a case in words, for the customer-service log and for mail to colleagues."""

from collections.abc import Callable, Mapping

from triage.case import CaseEvent

#: Letters of a value that are shown; the case's history has the whole.
_SHOWN = 300
_Detail = Mapping[str, str]
#: What was done, by the kind of the event; a kind that is not named here stands for itself.
_SAID: Mapping[str, Callable[[_Detail], str]] = {
    "opened": lambda detail: f"case opened{_by(detail, 'channel', ' by ')}",
    "classified": lambda detail: f"sorted as {detail.get('category', '')}{_by(detail, 'issue', '/')}",
    "corrected": lambda detail: f"corrected from {detail.get('was', '?')} to {detail.get('now', '?')}",
    "changed": lambda detail: f"changed:{_by(detail, 'order', ' order ')}{_by(detail, 'priority', ' priority ')}",
    "assigned": lambda detail: f"given to {detail.get('name') or detail.get('to', '?')}",
    "acknowledged": lambda detail: f"acknowledged{_by(detail, 'channel', ' by ')}",
    "withheld": lambda detail: "acknowledgment left to a person",
    "held_in_flood": lambda detail: "acknowledgment waits out a flood",
    "released": lambda detail: "acknowledgment let go",
    "escalated": lambda detail: f"escalated to {detail.get('name') or detail.get('to', '?')}",
    "not_escalated": lambda detail: f"could not be escalated to {detail.get('to', '?')}",
    "follow_up": lambda detail: "the customer wrote again" + (", which reopened the case" if detail.get("reopened") else ""),
    "repeated": lambda detail: "the customer sent the same again",
    "thanks": lambda detail: "the customer said thanks",
    "staff_mail": lambda detail: "mail from a colleague",
    "untrusted": lambda detail: "mail in a colleague's name was not obeyed",
    "refused": lambda detail: "what mail ordered was not done",
    "proposed": lambda detail: "asked back before it is done",
    "held": lambda detail: "an answer to the customer waits",
    "replied": lambda detail: "the customer was answered",
    "updated": lambda detail: "the customer was told how it stands",
    "told": lambda detail: f"the customer was told {detail.get('what') or 'more'}",
    "promised": lambda detail: "something was promised to the customer",
    "answered": lambda detail: f"{detail.get('department', 'a department')} answered",
    "resolved": lambda detail: "resolved" + _by(detail, "resolution", ": "),
    "closing": lambda detail: "the customer was told that it is resolved",
    "asked": lambda detail: "the customer was asked how we did",
    "reopened": lambda detail: "taken up again",
    "waits": lambda detail: f"waits{_by(detail, 'until', ' until ')}",
    "woken": lambda detail: "its day has come",
    "missed": lambda detail: f"missed a promise: {detail.get('promise', '?')}",
    "merged": lambda detail: f"became a part of {detail.get('into', '?')}",
    "joined": lambda detail: f"{detail.get('case', '?')} became a part of it",
    "split": lambda detail: "a message became a case of its own",
    "unreachable": lambda detail: "mail to the customer fails for good",
    "report": lambda detail: f"a delivery report: {detail.get('action', '?')}",
    "delivery": lambda detail: f"{detail.get('delivery', 'message').replace('_', ' ')} {detail.get('status', '?')}",
    "drafted": lambda detail: "an answer was suggested",
    "rated": lambda detail: f"the customer rated it {detail.get('score', '?')}/5",
    "note": lambda detail: "note added",
    "order_checked": lambda detail: "looked up in the order system",
    "order_not_checked": lambda detail: "the order system did not answer",
    "advised": lambda detail: "the customer was told before asking",
    "not_advised": lambda detail: "the customer was not told, a person looks first",
    "advice_taken_back": lambda detail: "what the customer was to be told is not so any more",
    "payment_event": lambda detail: f"{detail.get('provider', 'a payment provider')} told of it",
}


def what(event: CaseEvent) -> str:
    """What was done, in words."""
    said = _SAID.get(event.kind)
    return (said(event.detail) if said else event.kind.replace("_", " "))[:_SHOWN]


def _by(detail: _Detail, key: str, before: str) -> str:
    value = detail.get(key, "").replace("_", " ") if key == "channel" else detail.get(key, "")
    return f"{before}{value}" if value else ""
