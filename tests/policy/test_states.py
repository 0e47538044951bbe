"""Where a message belongs as its case stands, and what moving it there means; nothing here needs a server."""

from typing import Any

import pytest

from tests.making import NOW, SHIPPED, case
from triage.case import Case, CaseStatus, State
from triage.decision import Outcome
from triage.policy.states import belongs, folders_of, put_into
from triage.records import Filed
from triage.staff import NoticeKind

SPAM = case(category="other", issue="spam", status=CaseStatus.CLOSED)


def filed(folder: str = "Orders", state: State | None = State.OPEN, *, lies: str | None = None, **more: Any) -> Filed:
    """A message, and what became of the latest order for it."""
    fields = {"waits": False, "given_up": False, "outcome": Outcome.OPENED, **more}
    return Filed(message_row=1, account="support", folder=folder, lies=folder if lies is None else lies, state=state, **fields)


def wanted(status: CaseStatus, lies: str = "Orders", *, state: State | None = State.OPEN, folders: bool = True, **fields: object) -> str:
    """Where a message that lies in a folder goes when its case has that status."""
    of = case(status=status, **fields)
    return belongs(filed(lies, state), of, (), SHIPPED, folders=folders)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (CaseStatus.NEW, State.OPEN),
        (CaseStatus.OPEN, State.OPEN),
        (CaseStatus.ON_HOLD, State.OPEN),
        (CaseStatus.PENDING, State.WAITING),
        (CaseStatus.SOLVED, State.DONE),
        (CaseStatus.CLOSED, State.DONE),
    ],
)
def test_each_status_is_shown_as_one_of_three(status: CaseStatus, state: State) -> None:
    """What a department is asked about is still ours; only what the customer must answer waits."""
    assert State.of(status) is state
    assert state.keyword == f"triage-{state.value}"


@pytest.mark.parametrize(
    ("status", "lies", "folder"),
    [
        (CaseStatus.OPEN, "Orders", ""),
        (CaseStatus.PENDING, "Orders", "Waiting"),
        (CaseStatus.SOLVED, "Orders", "Done"),
        (CaseStatus.CLOSED, "Waiting", "Done"),
        (CaseStatus.OPEN, "Done", "Orders"),
        (CaseStatus.ON_HOLD, "Waiting", "Orders"),
        (CaseStatus.SOLVED, "Automatic", ""),
        (CaseStatus.SOLVED, "Disputes", ""),
        (CaseStatus.SOLVED, "", ""),
    ],
)
def test_messages_go_where_their_case_stands(status: CaseStatus, lies: str, folder: str) -> None:
    """Between the folder of the category and those of the states; what lies anywhere else is left there."""
    assert wanted(status, lies, state=State.of(status) if not folder else State.OPEN) == folder


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize("lies", ["Orders", "Waiting", "Done"])
@pytest.mark.parametrize("folders", [True, False])
def test_what_was_done_once_is_well(status: CaseStatus, lies: str, folders: bool) -> None:
    """Carried out, the same case asks for nothing more: no order follows from one of ours."""
    first = wanted(status, lies, state=None, folders=folders)
    assert wanted(status, first, state=State.of(status), folders=folders) == ""


@pytest.mark.parametrize("status", [CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.SOLVED])
def test_without_folders_only_the_keyword_changes(status: CaseStatus) -> None:
    """The message stays where it lies and is marked anew where it shows another state."""
    assert wanted(status, state=State.of(status), folders=False) == ""
    assert wanted(status, state=None, folders=False) == "Orders"


def test_an_order_on_its_way_is_replaced_only_by_another_place() -> None:
    """What waits to be filed shows the state of that moment anyway."""
    fresh = filed(waits=True, state=None, lies="")
    assert belongs(fresh, case(), (), SHIPPED, folders=True) == ""
    assert belongs(fresh, case(status=CaseStatus.SOLVED), (), SHIPPED, folders=True) == "Done"


def test_what_could_not_be_filed_is_not_tried_at_every_turn() -> None:
    """Given up once, the same place is not ordered again; another one is."""
    gone = filed("Done", None, given_up=True, lies="Orders")
    assert belongs(gone, case(status=CaseStatus.SOLVED), (), SHIPPED, folders=True) == ""
    assert belongs(gone, case(status=CaseStatus.PENDING), (), SHIPPED, folders=True) == "Waiting"


@pytest.mark.parametrize("lies", ["Done", "Waiting", "Spam"])
def test_spam_stays_spam(lies: str) -> None:
    """A case closed as unwanted is not done: its messages lie with the unwanted ones."""
    assert belongs(filed(lies, State.DONE), SPAM, (), SHIPPED, folders=True) == ("" if lies == "Spam" else "Spam")


@pytest.mark.parametrize(("status", "folder"), [(CaseStatus.SOLVED, "Done"), (CaseStatus.OPEN, "")])
def test_what_nobody_could_read_leaves_its_folder_when_done(status: CaseStatus, folder: str) -> None:
    """Until then it stays where people look for such messages."""
    unread = filed("Unreadable", outcome=Outcome.UNREADABLE)
    assert belongs(unread, case(status=status, abstained=True), (), SHIPPED, folders=True) == folder


@pytest.mark.parametrize("lies", ["Orders", "Disputes"])
def test_what_was_merged_goes_where_the_whole_goes(lies: str) -> None:
    """From the folder of either case."""
    whole, part = case(category="dispute", issue="refund_request"), case(id=43, status=CaseStatus.CLOSED, merged_into=42)
    assert belongs(filed(lies, None), whole, (part,), SHIPPED, folders=True) == "Disputes"


@pytest.mark.parametrize(
    ("state", "status", "becomes", "kind"),
    [
        (State.DONE, CaseStatus.OPEN, CaseStatus.SOLVED, "resolved"),
        (State.DONE, CaseStatus.PENDING, CaseStatus.SOLVED, "resolved"),
        (State.WAITING, CaseStatus.OPEN, CaseStatus.PENDING, "waits"),
        (State.WAITING, CaseStatus.CLOSED, CaseStatus.PENDING, "waits"),
        (State.OPEN, CaseStatus.SOLVED, CaseStatus.OPEN, "reopened"),
        (State.OPEN, CaseStatus.PENDING, CaseStatus.OPEN, "reopened"),
    ],
)
def test_putting_it_there_says_so(state: State, status: CaseStatus, becomes: CaseStatus, kind: str) -> None:
    """The case takes the status, and its history says who did it and how; only being done keeps the promise of a resolution."""
    decision = put_into(state, case(status=status, assignee="jane"), author="a person", message=7, now=NOW)
    assert decision
    [said] = decision.events
    assert (decision.status, said.kind, said.actor, said.provenance) == (becomes, kind, "a person", "mail-folder")
    assert said.detail == {"was": status.value, "message": "7"}
    assert decision.kept == ((("resolve", ""),) if kind == "resolved" else ())
    assert [notice.kind for notice in decision.notices] == ([NoticeKind.REOPENED] if kind == "reopened" else [])


@pytest.mark.parametrize("status", list(CaseStatus))
def test_where_it_stands_already_nothing_is_said(status: CaseStatus) -> None:
    """Our own move, seen by whoever watches, is an echo."""
    assert put_into(State.of(status), case(status=status), author="a person", message=7, now=NOW) is None


def test_nobody_looks_after_it() -> None:
    """Then nobody is told that it was taken up again."""
    decision = put_into(State.OPEN, case(status=CaseStatus.SOLVED), author="a person", message=7, now=NOW)
    assert decision
    assert decision.notices == ()


def test_the_folders() -> None:
    """Named by the policy; a case at work has none of its own."""
    assert dict(folders_of(SHIPPED)) == {State.WAITING: "Waiting", State.DONE: "Done"}
    assert isinstance(SPAM, Case)
