"""Deliveries that a person must decide on: what is known of each, and the decision carried out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.ports import Transaction
from triage.records import MessageRecord
from triage.reply import Cause, Delivery, DeliveryStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class Stuck:
    """A delivery that is uncertain or has failed, with what its case was told of it."""

    case: Case
    delivery: Delivery
    history: Sequence[CaseEvent]

    @property
    def known(self) -> str:
        """What speaks for and against its having arrived, in words."""
        it = self.delivery
        if it.receipt_seen_at:
            return "its receipt copy was found: a server accepted it"
        if it.begun_at is None:
            return "it never reached DATA: surely not accepted"
        if it.status is DeliveryStatus.FAILED:
            return "refused: not accepted"
        return (
            "its receipt copy is not there so far" if it.receipted else "no receipt copy went along: nobody knows whether it was accepted"
        )


def stuck(tx: Transaction, number: str = "") -> list[Stuck]:
    """Uncertain deliveries, then failed ones that nobody has given up; of one case, or of all."""
    found = [it for status in (DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED) for it in tx.deliveries.find(status=status)]
    listed = [it for it in found if it.cause is not Cause.DROPPED and number.upper() in ("", it.case_number)]
    return [Stuck(case=case, delivery=it, history=_told(tx, it)) for it in listed if (case := tx.cases.get(it.case_id))]


def unreadable(tx: Transaction, number: str = "") -> list[MessageRecord]:
    """Messages that nothing could read and whose case is open: their originals lie in the mailbox for a person to see."""
    return [it for it in tx.messages.set_aside() if not number or ((case := tx.cases.by_number(number)) and case.id == it.case_id)]


def decide(tx: Transaction, chosen: Stuck, *, send: bool, now: datetime) -> bool:
    """Send it again, or give it up; False where the daemon has settled it meanwhile. The case is told who decided."""
    move = tx.deliveries.requeue if send else tx.deliveries.drop
    if not move(chosen.delivery.id, now):
        return False
    what = "to be sent again" if send else "given up"
    detail = {"delivery": chosen.delivery.kind.value, "to": chosen.delivery.recipient, "status": what, "was": chosen.delivery.status.value}
    tx.cases.record(chosen.case.id, [CaseEvent(at=now, kind="delivery", actor="person", provenance="cli", detail=detail)])
    return True


def _told(tx: Transaction, delivery: Delivery) -> list[CaseEvent]:
    def concerns(event: CaseEvent) -> bool:
        return event.detail.get("delivery") == delivery.kind and event.detail.get("to") == delivery.recipient

    return [event for event in tx.cases.events(delivery.case_id) if event.kind == "delivery" and concerns(event)]
