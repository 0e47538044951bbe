"""Whom to tell that mail to somebody who works with us fails for good, whether a report said so or the server at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import CaseEvent
from triage.people import People
from triage.ports import Transaction
from triage.reply import Cause, Delivery, Receipt, ReplyKind
from triage.staff import Notice, NoticeKind, Role

#: Mail of ours that somebody is to act upon.
_ACTED_UPON = (ReplyKind.NOTIFICATION, ReplyKind.DIGEST, ReplyKind.ESCALATION, ReplyKind.REMINDERS)
#: The address is not at fault.
_NOT_THE_ADDRESS = frozenset({Cause.CONTENT, Cause.OURS, Cause.DROPPED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreached:
    """Knows who is in charge."""

    people: People
    #: Key of the department that is told of what nobody else is.
    management: str

    def notices(self, tx: Transaction, delivery: Delivery, now: datetime) -> tuple[Notice, ...]:
        """One to another person, once until the colleague is heard of again; none for other mail of ours."""
        colleague = self.people.colleague_at(delivery.recipient)
        if delivery.kind not in _ACTED_UPON or colleague is None or not tx.colleagues.set_unreachable(colleague.key, now):
            return ()
        other = next((key for key in self._in_charge() if key != colleague.key), "")
        return (Notice(kind=NoticeKind.COLLEAGUE_UNREACHABLE, case_id=delivery.case_id, colleague=other),) if other else ()

    def refused(self, tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime) -> None:
        """The server refused the address itself: what a delivery report would have led to is done."""
        if receipt.cause in _NOT_THE_ADDRESS:
            return
        for notice in self.notices(tx, delivery, now):
            tx.notices.add(notice, now)
            why = f"mail to {self.people.called(self._key(delivery))} fails for good; {self.people.called(notice.colleague)} is told"
            tx.cases.record(delivery.case_id, [CaseEvent(at=now, kind="unreachable", provenance="smtp", detail={"why": why})])

    def _key(self, delivery: Delivery) -> str:
        found = self.people.colleague_at(delivery.recipient)
        return found.key if found else ""

    def _in_charge(self) -> Sequence[str]:
        there = self.people.agents_at_work
        managers = [one.key for one in there if one.role is Role.MANAGER]
        return (*managers, self.management, *(one.key for one in there))
