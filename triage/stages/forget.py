"""Erases a person, in the transaction it is given: whatever waits for them ends, and what names them is blanked."""

from datetime import datetime

from triage.case import CaseEvent, CaseStatus
from triage.erasing import ERASED, Erased
from triage.ports import Transaction


def forget(tx: Transaction, address: str, now: datetime) -> Erased:
    """What was known of the address, and is no more."""
    known = tx.erasing.known(address)
    for case in tx.cases.find(requester=address):
        tx.deliveries.withdraw(case.id, "the person was erased")
        for deadline, state in tx.deadlines.of_case(case.id):
            if state in ("open", "paused"):
                tx.deadlines.keep(case.id, deadline.kind, now, deadline.bound)
        tx.cases.set_status(case.id, CaseStatus.CLOSED, now)
    for case_id in sorted(tx.erasing.erase(address, now)):
        tx.cases.record(case_id, [CaseEvent(at=now, kind=ERASED, actor="operator", provenance="cli")])
    return known
