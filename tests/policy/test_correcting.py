"""What follows when a person says what a case is about."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.making import ARRIVED, DUE, NOW, PEOPLE, SHIPPED, case, event
from triage.case import CaseStatus, Deadline, Priority
from triage.correction import Provenance, Ruling
from triage.policy.correcting import Corrected, Correcting, corrected
from triage.policy.folders import SPAM_RULING

REFUND = Ruling(category="dispute", issue="refund_request")
ACKNOWLEDGE = Deadline(case_id=42, kind="acknowledge", due_at=ARRIVED + timedelta(hours=24))
RESOLVE = Deadline(case_id=42, kind="resolve", due_at=ARRIVED + timedelta(hours=48))
TO_FINANCE = Deadline(case_id=42, kind="reply", due_at=ARRIVED + timedelta(hours=24), bound="finance")


def correct(ruling: Ruling, **given: Any) -> Corrected | None:
    """What follows from that ruling; fields of the case by their names."""
    rest = {
        "promises": given.pop("promises", [(ACKNOWLEDGE, "open"), (RESOLVE, "open")]),
        "log": given.pop("log", ()),
        "policy": given.pop("policy", SHIPPED),
        "moved": given.pop("moved", ""),
    }
    return corrected(
        Correcting(case=case(**given), ruling=ruling, author="Jane", provenance=Provenance.CLI, people=PEOPLE, now=NOW, due=DUE, **rest)
    )


def changed(ruling: Ruling, **given: Any) -> Corrected:
    """The same where something does follow."""
    found = correct(ruling, **given)
    assert found
    return found


def test_the_case_takes_the_persons_word() -> None:
    """Category and issue are theirs, certain, and the history says who and how."""
    found = changed(REFUND, moved="7")
    assert (found.case.category, found.case.issue, found.case.confidence, found.case.abstained) == ("dispute", "refund_request", 1.0, False)
    assert found.case.priority is Priority.HIGH
    assert found.decision.folder == "Disputes"
    first = found.decision.events[0]
    assert (first.kind, first.actor, first.provenance) == ("corrected", "Jane", "cli")
    assert first.detail == {"was": "order/order_status", "now": "dispute/refund_request", "message": "7"}


def test_the_department_that_must_act_is_told_once() -> None:
    """An issue that escalates writes to its department, which has a promise to keep; never to the customer."""
    found = changed(REFUND)
    assert [(order.kind.value, order.department) for order in found.decision.replies] == [("escalation", "finance")]
    assert [deadline.bound for deadline in found.decision.deadlines if deadline.kind == "reply"] == ["finance"]
    assert found.decision.status is CaseStatus.ON_HOLD
    assert found.case.departments == ("finance",)
    again = changed(REFUND, log=[event("escalated", to="finance", why="before")])
    assert again.decision.replies == ()
    assert again.decision.status is None


def test_a_department_that_was_called_in_error_is_released() -> None:
    """Its promise ends where it was called for the former matter alone, not where the customer's words called it."""
    was = {"category": "payment", "issue": "payment_duplicate", "departments": ("finance",), "status": CaseStatus.ON_HOLD}
    asked = event("escalated", to="finance", why="“Payment: charged twice” is theirs")
    promises = [(RESOLVE, "open"), (TO_FINANCE, "open")]
    to_order = Ruling(category="order", issue="delivery_lost")
    assert changed(to_order, log=[asked], promises=promises, **was).decision.kept == (("reply", "finance"),)
    by_words = event("escalated", to="finance", why="fraud: the customer writes “scammed”")
    assert changed(to_order, log=[by_words], promises=promises, **was).decision.kept == ()
    assert changed(REFUND, log=[asked], promises=promises, **was).decision.kept == ()


@pytest.mark.parametrize(
    ("ruling", "fields"),
    [
        (Ruling(category="order"), {}),
        (Ruling(category="order", issue="order_status"), {}),
        (Ruling(), {"abstained": True}),
        (SPAM_RULING, {"category": "other", "issue": "spam", "status": CaseStatus.CLOSED}),
    ],
)
def test_what_is_known_changes_nothing(ruling: Ruling, fields: dict[str, Any]) -> None:
    """Saying again what the case says already is no correction."""
    assert correct(ruling, **fields) is None


def test_a_folder_confirms_what_we_were_not_sure_of() -> None:
    """The category alone keeps an issue of that category, and takes the doubt away."""
    found = changed(Ruling(category="order"), abstained=True, confidence=0.4)
    assert (found.case.issue, found.case.abstained, found.case.confidence) == ("order_status", False, 1.0)
    assert changed(Ruling(category="invoice"), abstained=True).case.issue == ""


def test_put_aside_to_be_sorted() -> None:
    """Without a category the case is unsorted again, and no promise changes."""
    found = changed(Ruling())
    assert (found.case.category, found.case.abstained) == ("order", True)
    assert (found.decision.folder, found.decision.replies, found.decision.deadlines) == ("Sort by hand", (), ())
    assert found.decision.events[0].detail["now"] == "to be sorted"


def test_spam_is_closed_and_binds_nobody() -> None:
    """Every open promise ends, nobody is written to, and the message goes to the folder for spam."""
    found = changed(SPAM_RULING, promises=[(ACKNOWLEDGE, "kept"), (RESOLVE, "open"), (TO_FINANCE, "open")])
    assert found.decision.status is CaseStatus.CLOSED
    assert found.decision.kept == (("resolve", ""), ("reply", "finance"))
    assert (found.decision.replies, found.decision.deadlines, found.decision.folder) == ((), (), "Spam")
    assert found.decision.events[0].detail["spam"] == "yes"


def test_no_spam_after_all() -> None:
    """Taken out of the folder for spam, the case is open again and its promises count anew."""
    was = {"category": "other", "issue": "spam", "status": CaseStatus.CLOSED}
    found = changed(Ruling(category="order"), promises=[(ACKNOWLEDGE, "kept"), (RESOLVE, "kept")], **was)
    assert (found.decision.status, found.case.issue) == (CaseStatus.OPEN, "")
    assert {deadline.kind for deadline in found.decision.deadlines} == {"acknowledge", "resolve"}
    other = changed(Ruling(category="other"), **was)
    assert (other.case.category, other.case.issue, other.decision.status) == ("other", "", CaseStatus.OPEN)


@pytest.mark.parametrize("status", [CaseStatus.SOLVED, CaseStatus.CLOSED])
def test_a_case_that_is_done_wakes_nobody(status: CaseStatus) -> None:
    """Corrected for the record and for learning: no mail, no promise, no change of status."""
    found = changed(REFUND, status=status)
    assert (found.decision.replies, found.decision.deadlines, found.decision.status) == ((), (), None)
    assert found.case.category == "dispute"


def test_promises_not_yet_acted_on_follow_the_category() -> None:
    """A shorter promise replaces an open one; one that was kept stays, and what the customer was told grows no longer."""
    quick = SHIPPED.model_copy(deep=True)
    text = {"acknowledge": timedelta(hours=2), "resolve": timedelta(hours=8)}
    for key in (("dispute", "refund_request"), ("order", "order_status")):
        quick._topics[key] = replace(quick._topics[key], **text)
    found = changed(REFUND, policy=quick, promises=[(ACKNOWLEDGE, "kept"), (RESOLVE, "open")])
    assert [(each.kind, each.due_at) for each in found.decision.deadlines if not each.bound] == [
        ("resolve", DUE(ARRIVED, timedelta(hours=8)))
    ]
    early = replace(RESOLVE, due_at=ARRIVED + timedelta(hours=3))
    told = changed(REFUND, policy=quick, acknowledged_at=NOW, promises=[(early, "open")])
    assert [each for each in told.decision.deadlines if not each.bound] == []


def test_what_the_customers_words_raised_stays_raised() -> None:
    """A priority above the former category's own is kept; otherwise it is the new category's."""
    assert changed(REFUND, priority=Priority.URGENT).case.priority is Priority.URGENT
    assert (
        changed(Ruling(category="order"), category="dispute", issue="refund_request", priority=Priority.HIGH).case.priority
        is Priority.NORMAL
    )
