"""The columns of the log in their order: what each is called and what it says. No field is ever left empty."""

from collections.abc import Callable, Mapping
from datetime import datetime, tzinfo

from triage.entry import Action, Entry

UNKNOWN = "unknown"


def moment(at: datetime, zone: tzinfo) -> str:
    """A time to the minute, in that zone."""
    return f"{at.astimezone(zone):%Y-%m-%d %H:%M}"


def resolution(entry: Entry, zone: tzinfo) -> str:
    """Whether it is resolved and how, or when the customer was promised that it will be."""
    if entry.done:
        return f"resolved: {entry.resolution}" if entry.resolution else "resolved"
    return f"pending; promised by {moment(entry.due_at, zone)}" if entry.due_at else "pending; no time was promised"


#: Of entries; each is given the time zone in which times are told.
COLUMNS: Mapping[str, Callable[[Entry, tzinfo], str]] = {
    "case": lambda it, _: it.number,
    "arrived": lambda it, zone: moment(it.received_at, zone),
    "channel": lambda it, _: it.channel.replace("_", " "),
    "customer name": lambda it, _: it.customer,
    "e-mail": lambda it, _: it.email,
    "telephone": lambda it, _: it.phone,
    "order number": lambda it, _: ", ".join(it.order_numbers),
    "order date": lambda it, _: f"{it.order_date.isoformat()} ({it.order_date_source})" if it.order_date else "",
    "issue type": lambda it, _: matter(it),
    "issue description": lambda it, _: it.description,
    "initial action": lambda it, _: it.initial_action,
    "follow-up actions": lambda it, _: it.follow_up_actions or "none yet",
    "escalation": lambda it, _: ", ".join(it.department_names) or "no escalation needed",
    "resolution status": resolution,
    "resolution date": lambda it, zone: moment(it.resolved_at, zone) if it.resolved_at else "not resolved yet",
    "customer satisfaction": lambda it, _: satisfaction(it),
    "rating and comments": lambda it, _: _rating(it),
    "representative": lambda it, _: it.representative_name or "nobody yet",
}
#: Of actions.
ACTION_COLUMNS: Mapping[str, Callable[[Action, tzinfo], str]] = {
    "time": lambda it, zone: moment(it.at, zone),
    "case": lambda it, _: it.number,
    "action": lambda it, _: it.what,
    "by": lambda it, _: it.who,
    "known from": lambda it, _: it.how,
    "details": lambda it, _: it.detail or "none",
}
_SATISFIED, _NEUTRAL = 4, 3


def row(entry: Entry, zone: tzinfo) -> tuple[str, ...]:
    """What every column says of the entry."""
    return tuple(" ".join(says(entry, zone).split()) or UNKNOWN for says in COLUMNS.values())


def action_row(action: Action, zone: tzinfo) -> tuple[str, ...]:
    """The same of an action."""
    return tuple(" ".join(says(action, zone).split()) or UNKNOWN for says in ACTION_COLUMNS.values())


def matter(entry: Entry) -> str:
    """Category and issue in words."""
    if entry.abstained:
        return "to be sorted by a person"
    return f"{entry.category}: {entry.issue.replace('_', ' ')}" if entry.issue else entry.category


def satisfaction(entry: Entry) -> str:
    """What the rating comes to, or why there is none."""
    if entry.rating is None:
        return "no answer yet" if entry.asked else "not asked yet"
    return "satisfied" if entry.rating >= _SATISFIED else "neutral" if entry.rating == _NEUTRAL else "dissatisfied"


def _rating(entry: Entry) -> str:
    if entry.rating is None:
        return "none yet"
    return f"{entry.rating}/5" + (f": {entry.comment}" if entry.comment else "")
