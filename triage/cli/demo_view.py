"""How the demo looks: each message as it settles, in lines of at most 80 columns, a summary, and all of it as JSON."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from statistics import median

import click
from rich.cells import cell_len

from triage.case import Case
from triage.cli.case_view import case_json, delivery_json
from triage.cli.context import Json, program
from triage.cli.places import printable
from triage.decision import Outcome
from triage.demo import place
from triage.demo.day import Sample
from triage.demo.letters import attachments
from triage.demo.run import Door, Result
from triage.demo.watch import Notice, Standing
from triage.inquiry import Checked, Verdict
from triage.reading import percent
from triage.reply import Delivery, DeliveryStatus, ReplyKind

_WIDTH = 80
_INDENT = " " * 10
_NAMES = {address: name for name, address in place.DEPARTMENTS.values()}
#: What became of a message, where it opened no case.
_BECAME = {
    Outcome.FOLLOW_UP: "continues",
    Outcome.NOTED: "is noted in",
    Outcome.RATED: "says how we did in",
    Outcome.REPORT: "is a delivery report, told in",
    Outcome.DUPLICATE: "is a second copy of a message in",
    Outcome.AUTOMATIC: "was sent by a machine: no case, no answer",
    Outcome.SPAM: "is spam: no case, no answer",
    Outcome.UNREADABLE: "could not be read: a person looks at it in",
}


def opening(door: Door) -> tuple[str, ...]:
    """What is said before the first message."""
    return (
        _bold("A day of support mail at SayPro, on embedded mail servers"),
        f"IMAP 127.0.0.1:{door.imap_port}  SMTP 127.0.0.1:{door.smtp_port}  no encryption  every password: {place.PASSWORD}",
        "",
    )


#: How a message of ours is told.
_SENT = {
    ReplyKind.ACKNOWLEDGMENT: "acknowledged to",
    ReplyKind.RESOLUTION: "answered",
    ReplyKind.ADVICE: "told before asking:",
    ReplyKind.NOTIFICATION: "told",
}
#: What the order system means for whoever wrote; of other verdicts the reason is told.
_WHOSE = {
    Verdict.OWNER: "the author's own",
    Verdict.SOMEBODY_ELSES: "not the author's",
    Verdict.UNKNOWN: "no such order",
}


def narrated(settled: Standing | Notice, at: datetime) -> tuple[str, ...]:
    """What became of one message, or of a change to an order; `at`: when it arrived, or happened."""
    return _notice(settled, at) if isinstance(settled, Notice) else _standing(settled, at)


def _notice(notice: Notice, at: datetime) -> tuple[str, ...]:
    case, one = notice.case, notice.checked
    lines = (
        f"{at.astimezone():%H:%M:%S}  {_bold('the order system')}",
        _INDENT + _cut(case.subject, _WIDTH - len(_INDENT)),
        _INDENT + click.style(f"{case.number}  {case.category}/{case.issue}  {one.number}", fg="green"),
        *(_INDENT + _cut(line, _WIDTH - len(_INDENT)) for line in (_known(one), _sent(notice.delivery, at))),
        "",
    )
    return tuple(lines)


def _known(one: Checked) -> str:
    """What the order system said of an order, which one said so and when, and whether its author may be told."""
    status = f" {one.order.status}" if one.order else ""
    return f"= {one.source} at {one.at.astimezone():%H:%M:%S}: {one.number}{status}, {_WHOSE.get(one.verdict, one.why)}"


def _standing(standing: Standing, arrived_at: datetime) -> tuple[str, ...]:
    """What became of one message: who wrote what, what it is about, what was sent to whom, where it lies."""
    record = standing.record
    lines = [
        f"{arrived_at.astimezone():%H:%M:%S}  {_bold(_cut(record.author or 'unknown author', _WIDTH - len(_INDENT)))}",
        _INDENT + _cut(record.subject or "(no subject)", _WIDTH - len(_INDENT)),
        _INDENT + click.style(_cut(_became(standing), _WIDTH - len(_INDENT)), fg=_colour(standing)),
        *(_INDENT + _cut(_known(one), _WIDTH - len(_INDENT)) for one in standing.checked),
        *(_INDENT + _cut(_sent(mail, arrived_at), _WIDTH - len(_INDENT)) for mail in standing.deliveries),
        *([_INDENT + _cut(f"> filed in {record.filed_folder}", _WIDTH - len(_INDENT))] if record.filed_folder else []),
        "",
    ]
    return tuple(lines)


def summary(result: Result) -> tuple[str, ...]:
    """The day in figures, and what is not as it should be."""
    outcomes = Counter(str(standing.record.outcome).replace("_", " ") for _sample, standing in result.messages if standing)
    acknowledgments = [
        (mail, seconds_after(mail, arrived)) for mail, _case, arrived in result.sent if mail.kind is ReplyKind.ACKNOWLEDGMENT
    ]
    seconds = [after for _mail, after in acknowledgments if after is not None]
    told = Counter(_NAMES.get(mail.recipient, mail.recipient) for mail, _case, _at in result.sent if mail.kind is ReplyKind.ESCALATION)
    answered = Counter(standing.told for _sample, standing in result.messages if standing and standing.told)
    answered.update(Counter(notice=len(result.notices)) if result.notices else {})
    rows = (
        ("messages", _counted(outcomes)),
        ("cases", str(len(result.cases))),
        (
            "acknowledgments",
            f"{len(seconds)} sent, after {median(seconds):.2f} s (median), {max(seconds):.2f} s (slowest)" if seconds else "none",
        ),
        ("order answers", _counted(answered)),
        ("escalations", _counted(told)),
        ("problems", str(len(result.problems)) if result.problems else "none: every message is in the state it should be in"),
    )
    lines = [_bold("The day in figures")]
    for label, value in rows:
        lines += _row(label, value)
    return (*lines, *(click.style(printable(f"PROBLEM {line}"), fg="red") for line in result.problems), "")


def further(result: Result, door: Door, *, once: bool, option: str) -> tuple[str, ...]:
    """How to look closer."""
    number = result.cases[0].number if result.cases else "SP-…"
    lines = [
        _bold("Look further"),
        f"  {program()} {option}cases",
        f"  {program()} {option}case {number}",
    ]
    if once:
        return tuple(lines)
    accounts = (place.SUPPORT, *_NAMES, place.AGENT, place.CUSTOMER)
    return (
        *lines,
        f"  {program()} {option}audit",
        f"Open a mailbox in your mail client (IMAP 127.0.0.1:{door.imap_port}, no encryption,",
        f"password {place.PASSWORD}):",
        *(f"  {account}" for account in accounts),
        f"Or write to {place.SUPPORT} yourself, by SMTP 127.0.0.1:{door.smtp_port};",
        f"as {place.CUSTOMER} you also get the answer.",
        "The servers run until Ctrl-C.",
        "",
    )


def document(result: Result) -> dict[str, Json]:
    """The whole demo as one document."""
    return {
        "messages": [_message_json(sample, standing) for sample, standing in result.messages],
        "cases": [case_json(case) for case in result.cases],
        "sent": [
            {**delivery_json(mail), "case": case.number, "seconds": seconds_after(mail, arrived_at)}
            for mail, case, arrived_at in result.sent
        ],
        "problems": list(result.problems),
        "store": str(result.store),
    }


def seconds_after(mail: Delivery, arrived_at: datetime) -> float | None:
    """How long after the arrival of the message that led to it a message of ours was sent; None while it is not."""
    return round((mail.sent_at - arrived_at).total_seconds(), 3) if mail.sent_at else None


def _message_json(sample: Sample, standing: Standing | None) -> dict[str, Json]:
    if standing is None:
        return {"file": sample.file, "outcome": None}
    said = standing.said
    return {
        "file": sample.file,
        "from": standing.record.author,
        "subject": standing.record.subject,
        "outcome": standing.record.outcome,
        "reason": standing.record.reason,
        "case": standing.case.number if standing.case else None,
        "category": said["category"],
        "issue": said["issue"],
        "confidence": said["confidence"],
        "abstained": said["abstained"],
        "order_numbers": list(standing.order_numbers),
        "findings": [rule for rule, _effect, _reason in said["findings"]],
        "orders": [
            {"number": one.number, "verdict": one.verdict, "source": one.source, "at": one.at.isoformat()} for one in standing.checked
        ],
        "told": standing.told,
        "folder": standing.record.filed_folder,
        "acknowledged": any(mail.status is DeliveryStatus.SENT for mail in standing.of_kind(ReplyKind.ACKNOWLEDGMENT)),
    }


def _became(standing: Standing) -> str:
    outcome, case = standing.record.outcome, standing.case
    if outcome is Outcome.OPENED and case:
        return f"{case.number}  {_about(case)}  {_orders(case.order_numbers)}"
    became = _BECAME.get(outcome, str(outcome)) if outcome else "waits"
    return f"{became} {case.number}" if case else became.removesuffix(", told in")


def _about(case: Case) -> str:
    if case.abstained:
        return f"not sure ({case.category} {percent(case.confidence)}): a person sorts it"
    return f"{case.category}/{case.issue or '?'} {percent(case.confidence)}"


def _orders(numbers: Sequence[str]) -> str:
    return " ".join(numbers) if numbers else "no order number"


def _sent(mail: Delivery, arrived_at: datetime) -> str:
    escalated = f"escalated to {_NAMES.get(mail.recipient, '')}," if mail.kind is ReplyKind.ESCALATION else ""
    what = escalated or _SENT.get(mail.kind, "wrote to")
    after = seconds_after(mail, arrived_at)
    files = "".join(f" with {name}" for name in attachments(mail)) if mail.kind is ReplyKind.RESOLUTION else ""
    return f"> {what} {mail.recipient}" + (f" in {after:.2f} s" if after is not None else f": {mail.status}") + files


def _colour(standing: Standing) -> str:
    if standing.record.outcome is not Outcome.OPENED:
        return "cyan"
    return "yellow" if standing.case and standing.case.abstained else "green"


def _counted(counts: Counter[str]) -> str:
    return f"{counts.total()}: " + ", ".join(f"{count} {name}" for name, count in counts.most_common()) if counts else "none"


def _row(label: str, value: str) -> Iterator[str]:
    """`label: value`, wrapped under itself."""
    return iter(click.wrap_text(value, _WIDTH, f"  {label:<17}", " " * 19).splitlines())


def _bold(text: str) -> str:
    return click.style(text, bold=True)


def _cut(text: str, columns: int) -> str:
    """The text made printable, cut to so many columns."""
    shown = printable(text)
    if cell_len(shown) <= columns:
        return shown
    while cell_len(shown) > columns - 1:
        shown = shown[: max(0, min(len(shown) - 1, columns - 1))]
    return shown + "…"
