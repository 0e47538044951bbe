"""What follows when a person wrote to a customer, or about a case, from the shared mailbox itself."""

from datetime import datetime

from triage.case import DONE, Case, CaseEvent, CaseStatus
from triage.decision import Decision, Outcome
from triage.message import Message
from triage.staff import Notice, NoticeKind

#: Of the text, as far as the history repeats it; the whole is kept with the message.
_REPEATED = 2000
PROVENANCE = "mail-sent"


def answered_directly(
    case: Case, message: Message, *, by: str, name: str, how: str, why: str, owed: bool, after: CaseStatus, sent_at: datetime, now: datetime
) -> Decision:
    """A person's answer: promises are kept and the case waits for the customer, unless a department still owes us something (`owed`)."""
    detail = {"by": by, "known_by": how, "why": why, "text": message.text[:_REPEATED], "message_id": message.message_id}
    stays = case.status in DONE or (owed and case.status is CaseStatus.ON_HOLD)
    return Decision(
        outcome=Outcome.SENT,
        reason=why,
        case_id=case.id,
        status=None if stays else after,
        events=(_event("replied", name, {**detail, "sent_at": sent_at.isoformat()}, now),),
        kept=(("acknowledge", ""), ("assign", ""), ("answer", ""), ("resolve", "")),
        # Whoever answers a case that is nobody's looks after it; whoever's it is hears of it.
        assignee=by if by and not case.assignee else None,
        notices=(Notice(kind=NoticeKind.NOTE, case_id=case.id, colleague=case.assignee),) if case.assignee not in ("", by) else (),
    )


def wrote_about(case: Case, message: Message, *, by: str, name: str, why: str, now: datetime) -> Decision:
    """Mail about a case to somebody other than its customer is on record and settles nothing."""
    to = ", ".join(address.addr_spec for address in message.to)
    detail = {"by": by, "why": why, "to": to, "text": message.text[:_REPEATED], "message_id": message.message_id}
    return Decision(outcome=Outcome.SENT, reason=why, case_id=case.id, events=(_event("note", name, detail, now),))


def _event(kind: str, actor: str, detail: dict[str, str], now: datetime) -> CaseEvent:
    said = {key: text for key, text in detail.items() if text}
    return CaseEvent(at=now, kind=kind, actor=actor, provenance=PROVENANCE, detail=said)
