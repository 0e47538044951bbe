"""What the customer is told of an escalation: who has the case now, what happens next, and by when."""

from collections.abc import Sequence
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import ReplyOrder
from triage.policy.escalate import Escalation
from triage.policy.table import Policy
from triage.policy.trigger import Trigger
from triage.reply import ReplyKind

Told = tuple[tuple[CaseEvent, ...], tuple[ReplyOrder, ...]]


def may_write(case: Case, log: Sequence[CaseEvent]) -> bool:
    """Whether the customer may be written to by a machine: somebody or something of ours has done so before, and it did not fail."""
    greeted = case.acknowledged_at is not None or any(event.kind == "replied" for event in log)
    return case.requester is not None and not case.unreachable and case.merged_into is None and greeted


def tell(
    case: Case,
    escalation: Escalation,
    *,
    policy: Policy,
    log: Sequence[CaseEvent],
    triggers: Sequence[Trigger] = (),
    by: datetime,
    now: datetime,
    thread: tuple[str, ...] = (),
) -> Told | None:
    """A letter and its event; None where nobody but management was called upon, or the customer may not be written to."""
    # What goes wrong with us is no news to a customer, but that somebody else looks into the matter is.
    called = [key for key in escalation.departments if key != policy.management]
    if not called or case.requester is None or not may_write(case, log):
        return None
    said = next((policy.next_steps[one.tell] for one in triggers if one.tell), {})
    order = ReplyOrder(
        kind=ReplyKind.ESCALATED,
        recipient=case.requester.addr_spec,
        deadline=max(by, now),
        answer_by=by,
        words=said.get(case.language) or said.get("en", ""),
        thread=thread,
    )
    detail = {"what": "escalation", "to": ", ".join(called), "by": by.isoformat()}
    return (CaseEvent(at=now, kind="told", provenance="policy", detail=detail),), (order,)
