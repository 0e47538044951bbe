"""How cases look: a list that fits a terminal of 80 columns, one case's whole history, and both as JSON."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.case import Case, CaseEvent, Deadline
from triage.cli.context import Json
from triage.cli.places import printable
from triage.reading import percent
from triage.records import MessageRecord
from triage.reply import Delivery

#: Characters of a message shown per case; the mailbox has the whole.
_SHOWN = 1500
#: In the history how sure something is stands as it was kept.
_PROPORTION = re.compile(r"\b[01]\.\d\d\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeCase:
    """Everything the store knows of one case."""

    case: Case
    events: Sequence[CaseEvent]
    messages: Sequence[MessageRecord]
    deliveries: Sequence[Delivery]
    deadlines: Sequence[tuple[Deadline, str]]


_HEADINGS = ("case", "arrived (UTC)", "status", "about", "order", "requester")
#: What is left of matter and address on a terminal that is too narrow for both.
_LEAST = 12


def list_cases(found: Sequence[Case]) -> None:
    """A table, newest first; where it is too wide, matter and requester are cut, and never number, time or status."""
    rows = [tuple(printable(cell) for cell in _row(case)) for case in found]
    widths = [max(map(cell_len, column)) for column in zip(_HEADINGS, *rows, strict=True)]
    console = _console()
    # Between two columns lie two blanks.
    spare = console.width - sum(widths[:3]) - widths[4] - 2 * (len(widths) - 1)
    widths[3] = min(widths[3], max(spare - _LEAST, _LEAST))
    widths[5] = min(widths[5], max(spare - widths[3], _LEAST))
    table = Table(box=None, pad_edge=False)
    for heading, width in zip(_HEADINGS, widths, strict=True):
        table.add_column(heading, overflow="ellipsis", no_wrap=True, width=width)
    for row in rows:
        table.add_row(*map(Text, row))
    console.print(table)
    console.print(f"{len(found)} {'case' if len(found) == 1 else 'cases'}" if found else "no cases")


def _row(case: Case) -> tuple[str, ...]:
    requester = case.requester.addr_spec if case.requester else "unknown"
    return (case.number, f"{case.received_at:%m-%d %H:%M}", case.status.replace("_", " "), _about(case), _orders(case), requester)


def show_case(whole: WholeCase) -> None:
    """The case from its first message to its last event."""
    console = _console()
    case = whole.case
    _say(console, f"{case.number}  {case.subject or '(no subject)'}", first="")
    for label, value in _facts(case):
        _say(console, f"{label:<13}{value}", then=15)
    console.print("[bold]promises[/bold]")
    for deadline, state in whole.deadlines:
        bound = f" {deadline.bound}" if deadline.bound else ""
        _say(console, f"{deadline.kind} by {deadline.due_at:%Y-%m-%d %H:%M} UTC{bound} [{state}]")
    console.print("[bold]mail[/bold]")
    for delivery in whole.deliveries:
        when = f"{delivery.sent_at:%Y-%m-%d %H:%M} UTC" if delivery.sent_at else delivery.smtp_reply
        _say(console, f"{delivery.kind} to {delivery.recipient}: {delivery.status} {when}")
    console.print("[bold]history (UTC)[/bold]")
    for event in whole.events:
        detail = "; ".join(f"{key}: {_told(key, value)}" for key, value in event.detail.items())
        _say(console, f"{event.at:%m-%d %H:%M:%S} {event.kind} by {event.actor}{': ' if detail else ''}{detail}")
    for message in whole.messages:
        _say(console, f"message {message.id} from {message.author or 'unknown'}, {message.received_at:%Y-%m-%d %H:%M} UTC", first="")
        for line in message.text[:_SHOWN].splitlines():
            _say(console, line, first="  | ")


def _told(key: str, value: str) -> str:
    """A detail as people read it: how sure something is, as everywhere else."""
    return _PROPORTION.sub(lambda found: percent(float(found[0])), value) if key in ("confidence", "also") else value


def case_json(case: Case) -> dict[str, Json]:
    """A case as the list shows it."""
    return {
        "number": case.number,
        "status": case.status,
        "category": case.category,
        "issue": case.issue,
        "confidence": round(case.confidence, 4),
        "abstained": case.abstained,
        "priority": case.priority,
        "requester": case.requester.addr_spec if case.requester else None,
        "requester_name": case.requester.name if case.requester else None,
        "subject": case.subject,
        "language": case.language,
        "order_numbers": list(case.order_numbers),
        "departments": list(case.departments),
        "received_at": case.received_at.isoformat(),
        "opened_at": case.opened_at.isoformat(),
        "acknowledged_at": case.acknowledged_at.isoformat() if case.acknowledged_at else None,
        "unreachable": case.unreachable,
        "rating": case.rating.score if case.rating else None,
        "rating_comment": case.rating.comment if case.rating else "",
    }


def whole_json(whole: WholeCase) -> dict[str, Json]:
    """Everything of one case."""
    return {
        **case_json(whole.case),
        "deadlines": [{"kind": it.kind, "due": it.due_at.isoformat(), "bound": it.bound, "state": state} for it, state in whole.deadlines],
        "deliveries": [delivery_json(delivery) for delivery in whole.deliveries],
        "events": [
            {"at": it.at.isoformat(), "kind": it.kind, "actor": it.actor, "provenance": it.provenance, "detail": dict(it.detail)}
            for it in whole.events
        ],
        "messages": [
            {"id": it.id, "received_at": it.received_at.isoformat(), "author": it.author, "subject": it.subject, "text": it.text}
            for it in whole.messages
        ],
    }


def delivery_json(delivery: Delivery) -> dict[str, Json]:
    """One message of ours."""
    return {
        "kind": delivery.kind,
        "to": delivery.recipient,
        "subject": delivery.subject,
        "status": delivery.status,
        "message_id": delivery.message_id,
        "sent_at": delivery.sent_at.isoformat() if delivery.sent_at else None,
        "deadline": delivery.deadline.isoformat(),
        "reply": delivery.smtp_reply,
    }


def _console() -> Console:
    # Mail is shown as it was written: no colours for numbers, no pictures for words between colons.
    return Console(highlight=False, emoji=False)


def _say(console: Console, text: str, *, first: str = "  ", then: int = 4) -> None:
    """Print it indented also where it wraps: text of a stranger's must never look like a line of ours."""
    shown = Text(printable(text), style="" if first else "bold")
    for number, line in enumerate(shown.wrap(console, console.width - max(then, len(first)))):
        line.rstrip()
        console.print(Text(" " * then if number else first).append_text(line), soft_wrap=True)


def _orders(case: Case) -> str:
    more = len(case.order_numbers) - 1
    return "".join(case.order_numbers[:1]) + (f" +{more}" if more > 0 else "")


def _about(case: Case) -> str:
    return "to be sorted" if case.abstained else f"{case.category}/{case.issue}" if case.issue else case.category


def _facts(case: Case) -> list[tuple[str, str]]:
    requester = case.requester
    # Of what a person is to sort the best guess is shown.
    best = f": {case.category}/{case.issue or '?'}" if case.abstained else ""
    return [
        ("status", f"{case.status.replace('_', ' ')}, priority {case.priority}"),
        ("about", f"{_about(case)} ({percent(case.confidence)} sure{best})"),
        ("requester", f"{requester.name} <{requester.addr_spec}>" if requester else "unknown"),
        ("order", ", ".join(case.order_numbers) or "unknown"),
        ("departments", ", ".join(case.departments) or "none"),
        ("arrived", f"{case.received_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("acknowledged", f"{case.acknowledged_at:%Y-%m-%d %H:%M:%S} UTC" if case.acknowledged_at else "not yet"),
        *([("rating", f"{case.rating.score} of 5{': ' if case.rating.comment else ''}{case.rating.comment}")] if case.rating else []),
        *([("unreachable", "mail to the customer fails for good")] if case.unreachable else []),
    ]
