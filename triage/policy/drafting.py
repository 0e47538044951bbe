"""When an answer is suggested: the case waits for us, the policy wants it, and nobody has answered since the customer wrote."""

from collections.abc import Sequence

from triage.case import Case, CaseEvent, CaseStatus
from triage.decision import Outcome
from triage.inquiry import Checked
from triage.policy.table import Policy
from triage.records import MessageRecord

_OURS_TO_ANSWER = frozenset({CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.ON_HOLD})
_OF_CUSTOMERS = frozenset({Outcome.OPENED, Outcome.FOLLOW_UP})
_WROTE = frozenset({"opened", "follow_up"})


def to_answer(case: Case, log: Sequence[CaseEvent], messages: Sequence[MessageRecord], policy: Policy) -> MessageRecord | None:
    """The customer's message that an answer is to be suggested to; None where none is."""
    wanted = not case.abstained and policy.topic(case.category, case.issue).draft
    if not wanted or case.requester is None or case.unreachable or case.merged_into is not None:
        return None
    latest = next((event.kind for event in reversed(log) if event.kind in _WROTE or event.kind == "replied"), "")
    if case.status not in _OURS_TO_ANSWER or latest not in _WROTE:
        return None
    theirs = [one for one in messages if one.outcome in _OF_CUSTOMERS and one.author == case.requester.addr_spec]
    return theirs[-1] if theirs else None


def about(case: Case, message: MessageRecord, orders: Sequence[Checked] = ()) -> str:
    """What a draft depends on: another message, another category or newer facts of an order call for another one."""
    facts = "".join(f" {one.number}@{one.at:%Y-%m-%dT%H:%M:%S}" for one in orders if one.may_be_told)
    return f"{message.id} {case.category}/{case.issue}{facts}"
