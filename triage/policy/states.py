"""Where a message of a case belongs as the case stands, and what it means that a person puts it where another state belongs."""

from collections.abc import Collection, Mapping
from datetime import datetime

from triage.case import Case, CaseEvent, CaseStatus, State
from triage.correction import Provenance
from triage.decision import Decision, Outcome
from triage.policy.correcting import is_spam, topic_of
from triage.policy.table import Policy
from triage.records import Filed
from triage.staff import Notice, NoticeKind


def folders_of(policy: Policy) -> Mapping[State, str]:
    """The folders that stand for a state; a case at work lies in the folder of its category."""
    return {State.WAITING: policy.folders.waiting, State.DONE: policy.folders.done}


def belongs(filed: Filed, case: Case, former: Collection[Case], policy: Policy, *, folders: bool) -> str:
    """The folder that a message of the case is to be filed into again; "" where it is well as it is, or no longer ours to move.

    `case` is the case as it stands, `former` those that became a part of it. Without `folders` the message stays and only shows the state.
    """
    lies = filed.folder if filed.waits else filed.lies
    # Notes of machines lie elsewhere, and what a person put aside stays there.
    if lies not in {_own(filed, each, policy) for each in (case, *former)} | set(folders_of(policy).values()):
        return ""
    state = State.of(case.status)
    own = _own(filed, case, policy)
    wanted = folders_of(policy).get(state, own) if folders and not is_spam(case) else own if folders else lies
    well = lies == wanted and (filed.waits or filed.state is state)
    return "" if well or (filed.given_up and filed.folder == wanted) else wanted


def _own(filed: Filed, case: Case, policy: Policy) -> str:
    if filed.outcome is Outcome.UNREADABLE and case.abstained:
        return policy.unreadable.folder
    return topic_of(case, policy).folder


def put_into(state: State, case: Case, *, author: str, message: int, now: datetime) -> Decision | None:
    """What follows when a person puts a message of the case where that state belongs; None where the case is in it already."""
    if State.of(case.status) is state:
        return None
    status, kind = _MEANT[state]
    detail = {"was": str(case.status), "message": str(message)}
    told = (Notice(kind=NoticeKind.REOPENED, case_id=case.id, colleague=case.assignee),) if kind == "reopened" and case.assignee else ()
    return Decision(
        outcome=Outcome.NOTED,
        reason=f"a person moved a message of it: {state}",
        case_id=case.id,
        status=status,
        events=(CaseEvent(at=now, kind=kind, actor=author, provenance=Provenance.FOLDER.value, detail=detail),),
        kept=(("resolve", ""),) if state is State.DONE else (),
        notices=told,
    )


_MEANT: Mapping[State, tuple[CaseStatus, str]] = {
    State.OPEN: (CaseStatus.OPEN, "reopened"),
    State.WAITING: (CaseStatus.PENDING, "waits"),
    State.DONE: (CaseStatus.SOLVED, "resolved"),
}
