"""Compares what became of the sample messages with what must become of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set

from triage.case import Case, CaseStatus
from triage.decision import Outcome
from triage.demo.day import Sample
from triage.demo.letters import attachments, text
from triage.demo.place import DEPARTMENTS
from triage.demo.servers import Envelope
from triage.demo.shop import Change
from triage.demo.watch import Notice, Standing
from triage.inquiry import Verdict
from triage.order import Order
from triage.reply import Delivery, DeliveryStatus, ReplyKind

#: By the number of the sample.
Standings = Mapping[str, Standing]
#: What was found and what was expected; equal when all is well.
Check = Callable[[Sample, Standing, Standings], tuple[object, object]]

_SORTED = {True: "sorted", False: "left to a person"}
_KEY_BY_ADDRESS = {address: key for key, (_name, address) in DEPARTMENTS.items()}


def problems(day: Sequence[Sample], standings: Standings, undeliverable: Mapping[str, str]) -> list[str]:
    """What is not as it should be, in words; empty when every message is in the state it should be in."""
    found = list(undeliverable.values())
    for sample in day:
        standing = standings.get(sample.number)
        if standing:
            found += [f"{sample.file}: {line}" for line in _differences(sample, standing, standings)]
        elif sample.number not in undeliverable:
            found.append(f"{sample.file}: has not settled")
    return found


def posted(deliveries: Sequence[Delivery], sent: Sequence[Envelope]) -> list[str]:
    """Where the outbox and what really went over the wire disagree; each delivery has a reverse-path of its own."""
    times = Counter(envelope.sender for envelope in sent)
    return [
        f"{delivery.kind} {delivery.message_id}: is {delivery.status} and was submitted {times[delivery.reverse_path]} times"
        for delivery in deliveries
        if delivery.status is not DeliveryStatus.SENT or times[delivery.reverse_path] != 1
    ]


def untold(changes: Sequence[Change], notices: Mapping[str, Notice]) -> list[str]:
    """Changes of which their customers were not told, or somebody else was."""
    expected = {change.order.number: change.recipient for change in changes}
    told = {number: notice.delivery.recipient for number, notice in notices.items() if notice.delivery.status is DeliveryStatus.SENT}
    return [
        f"change of {number}: told to {told.get(number) or 'nobody'}, expected {recipient}"
        for number, recipient in expected.items()
        if told.get(number) != recipient
    ]


def unsolved(cases: Sequence[Case], answered: Set[int]) -> list[str]:
    """Cases that facts have answered and that are not solved."""
    return [
        f"{case.number} was answered: is {case.status}, expected solved"
        for case in cases
        if case.id in answered and case.status is not CaseStatus.SOLVED
    ]


def _differences(sample: Sample, standing: Standing, standings: Standings) -> Iterator[str]:
    for what, check in CHECKS.items():
        found, expected = check(sample, standing, standings)
        if found != expected:
            yield f"{what} is {_said(found)}, expected {_said(expected)}"


def _said(value: object) -> str:
    listed = value if isinstance(value, tuple) else (value,)
    return ", ".join(str(one) for one in listed if one not in (None, "")) or "none"


def _outcome(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    return standing.record.outcome, sample.outcome


def _about(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    case = standing.case
    if case is None or sample.outcome is not Outcome.OPENED:
        return "", ""
    if case.abstained or not sample.sorted:
        return _SORTED[not case.abstained], _SORTED[sample.sorted]
    return f"{case.category}/{case.issue}", sample.about or f"{case.category}/{case.issue}"


def _orders(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    return standing.case.order_numbers if standing.case and sample.outcome is Outcome.OPENED else (), sample.orders


def _acknowledged(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    written = tuple(delivery.recipient for delivery in standing.of_kind(ReplyKind.ACKNOWLEDGMENT))
    return written, (standing.record.author,) if sample.is_answered else ()


def _escalated(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    told = (_KEY_BY_ADDRESS.get(delivery.recipient, delivery.recipient) for delivery in standing.of_kind(ReplyKind.ESCALATION))
    return tuple(sorted(told)), tuple(sorted(sample.escalated_to))


def _folder(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    return standing.record.filed_folder, sample.folder


def _case(sample: Sample, standing: Standing, standings: Standings) -> tuple[object, object]:
    if sample.outcome is Outcome.OPENED or sample.case is None:
        return "one of its own" if standing.case else "", "one of its own" if sample.outcome is Outcome.OPENED else ""
    return _number(standing), _number(standings.get(sample.case))


def _beside(sample: Sample, standing: Standing, standings: Standings) -> tuple[object, object]:
    if standing.case is None or sample.outcome is not Outcome.OPENED:
        return None, None
    beside = standings.get(sample.beside) if sample.beside else None
    return standing.case.linked_case, beside.case.id if beside and beside.case else None


def _verdicts(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    if standing.case is None or sample.outcome is not Outcome.OPENED:
        return (), ()
    expected = (Verdict.OWNER,) * len(sample.orders) if sample.verdicts is None else sample.verdicts
    return tuple(one.verdict for one in standing.checked), expected


def _told(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    answers = standing.of_kind(ReplyKind.RESOLUTION)
    said = (standing.told, *(mail.recipient for mail in answers))
    return said, (sample.told, standing.record.author) if sample.told else ("",)


def _attached(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    return sum(len(attachments(mail)) for mail in standing.of_kind(ReplyKind.RESOLUTION)), sample.attached


def _disclosed(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    """What of an order stands in mail to somebody who may not be told of it."""
    said = " ".join(text(mail) for mail in standing.deliveries if mail.recipient == standing.record.author)
    facts = (fact for one in standing.checked if not one.may_be_told for fact in (one.number, *_facts(one.order)))
    return tuple(fact for fact in facts if fact in said), ()


def _facts(order: Order | None) -> Iterator[str]:
    if order is not None:
        yield from (item.name for item in order.items)
        yield from (shipment.tracking_number for shipment in order.shipments if shipment.tracking_number)
        yield from (str(amount) for amount in (order.total,) if amount)


def _masked(sample: Sample, standing: Standing, _standings: Standings) -> tuple[object, object]:
    return standing.said["masked"], sample.masked


def _number(standing: Standing | None) -> str:
    return standing.case.number if standing and standing.case else ""


#: Everything that is expected of a message, in the order it is told.
CHECKS: Mapping[str, Check] = {
    "outcome": _outcome,
    "category and issue": _about,
    "order number": _orders,
    "acknowledged": _acknowledged,
    "escalated to": _escalated,
    "folder": _folder,
    "case": _case,
    "linked case": _beside,
    "masked numbers": _masked,
    "orders checked": _verdicts,
    "told of the order": _told,
    "documents": _attached,
    "disclosed": _disclosed,
}
