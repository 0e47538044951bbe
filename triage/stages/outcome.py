"""What an attempt to deliver leads to: the next attempt or the end, and what the case is told."""

from dataclasses import replace
from datetime import datetime

from triage.case import CaseEvent, CaseStatus, Deadline
from triage.clocks.retry import GIVE_UP_AFTER, retry_after
from triage.ports import Transaction
from triage.reply import TO_CUSTOMER, Cause, Delivery, DeliveryStatus, Receipt, ReplyKind
from triage.staff import Notice, NoticeKind

#: The customer's server has nothing against the customer here: it is our message that is at fault.
_NOT_THE_RECIPIENT = frozenset({Cause.CONTENT, Cause.OURS, Cause.DROPPED})


def judged(delivery: Delivery, receipt: Receipt, now: datetime) -> Receipt:
    """The receipt, made final where trying again has no more sense."""
    if receipt.status is not DeliveryStatus.DEFERRED:
        return receipt
    if receipt.cause is Cause.CONTENT and delivery.cause is Cause.CONTENT:
        # A content filter said no before; the second time it is believed.
        return replace(receipt, status=DeliveryStatus.FAILED)
    if now - delivery.created_at > GIVE_UP_AFTER:
        return replace(receipt, status=DeliveryStatus.FAILED, text=f"given up after five days: {receipt.text}")
    return receipt


def record(tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime, *, uncopied: bool = False) -> None:
    """Write down what came of an attempt, in the outbox and in the case; `uncopied`: it went without its receipt copy."""
    deferred = receipt.status is DeliveryStatus.DEFERRED
    next_attempt_at = now + retry_after(delivery.attempts, receipt.cause) if deferred else None
    if tx.deliveries.settle(delivery.id, receipt, now, next_attempt_at):
        tell(tx, delivery, receipt, now, **({"copy": "none: the server refused it"} if uncopied else {}))


def tell(tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime, **more: str) -> None:
    """Let the case know what became of its delivery. `now` is when it was accepted, where it was."""
    to_customer = delivery.kind in TO_CUSTOMER
    detail = {"delivery": delivery.kind.value, "status": receipt.status.value, "to": delivery.recipient}
    if delivery.kind is ReplyKind.ANSWER:
        _of_answer(tx, delivery, receipt, now)
    if receipt.status is DeliveryStatus.FAILED and delivery.kind is ReplyKind.COPY:
        _tell_assignee(tx, delivery, NoticeKind.COPY_UNDELIVERED, now)
    if delivery.kind in (ReplyKind.RESOLUTION, ReplyKind.ADVICE):
        _of_resolution(tx, delivery, receipt, now)
    if receipt.status is DeliveryStatus.SENT and delivery.kind is ReplyKind.ACKNOWLEDGMENT:
        tx.cases.set_acknowledged(delivery.case_id, now)
        if now <= delivery.deadline:
            # A late acknowledgment keeps no promise: the clock's stage then says so to whoever must know.
            tx.deadlines.keep(delivery.case_id, "acknowledge", now)
        else:
            detail["late"] = f"promised by {delivery.deadline:%Y-%m-%d %H:%M} UTC"
    if receipt.status is DeliveryStatus.FAILED and to_customer and receipt.cause not in _NOT_THE_RECIPIENT:
        tx.cases.set_unreachable(delivery.case_id)
    if receipt.text:
        detail["reply"] = f"{receipt.code} {receipt.text}".strip() if receipt.code else receipt.text
    tx.cases.record(delivery.case_id, [CaseEvent(at=now, kind="delivery", provenance="smtp", detail=detail | more)])


def _of_resolution(tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """A case that facts have answered is solved unless the customer answers, once a server has the mail; refused, a person takes over."""
    if receipt.status is DeliveryStatus.SENT:
        # Whoever tends the clocks of the case ends them with it.
        tx.deadlines.set(Deadline(case_id=delivery.case_id, kind="informed", due_at=now))
    if receipt.status is DeliveryStatus.FAILED:
        _tell_assignee(tx, delivery, NoticeKind.UNDELIVERED, now)


def _of_answer(tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
    """A person's words keep the promises once a server has them and not before; refused for good, they come back to the agent."""
    if receipt.status is DeliveryStatus.SENT:
        for promise in ("acknowledge", "answer", "resolve"):
            tx.deadlines.keep(delivery.case_id, promise, now)
    if receipt.status is DeliveryStatus.FAILED:
        tx.cases.set_status(delivery.case_id, CaseStatus.OPEN, now)
        # Its clocks stood still while the customer was to act: whoever tends them lets them go on.
        tx.deadlines.set(Deadline(case_id=delivery.case_id, kind="resume", due_at=now))
        _tell_assignee(tx, delivery, NoticeKind.UNDELIVERED, now)


def _tell_assignee(tx: Transaction, delivery: Delivery, kind: NoticeKind, now: datetime) -> None:
    case = tx.cases.get(delivery.case_id)
    if case and case.assignee:
        tx.notices.add(Notice(kind=kind, case_id=case.id, colleague=case.assignee), now)
