"""Missed promises go to management once; delivery reports are on record."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.making import ARRIVED, DUE, IDENTITY, NOW, PEOPLE, SHIPPED, case, event
from triage.case import CaseStatus, Deadline
from triage.decision import Decision, Outcome
from triage.message import DeliveryReport
from triage.people import People
from triage.policy.overdue import overdue, report_events
from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.staff import MISSED

LATE = ARRIVED + timedelta(hours=50)


def missed(kind: str = "resolve", bound: str = "", **given: Any) -> Decision:
    of = given.pop("of", case())
    deadline = Deadline(case_id=42, kind=kind, due_at=datetime(2026, 11, 27, 9, tzinfo=UTC), bound=bound)
    return overdue(deadline, of, **{"people": PEOPLE, "policy": SHIPPED, "now": LATE, "due": DUE, **given})


def delivery(kind: ReplyKind = ReplyKind.ACKNOWLEDGMENT) -> Delivery:
    return Delivery(
        id=1,
        case_id=42,
        kind=kind,
        recipient="jane@customer.example",
        reverse_path="support+b.x@shop.example",
        message_id="m@shop.example",
        subject="s",
        content=b"",
        deadline=ARRIVED,
        status=DeliveryStatus.SENT,
        created_at=ARRIVED,
        next_attempt_at=ARRIVED,
    )


@pytest.mark.parametrize(
    ("kind", "bound", "reason"),
    [
        ("acknowledge", "", "the customer was to have our first answer by 2026-11-27 10:00 CET and has none"),
        ("resolve", "", "the customer was promised a result or word of progress by 2026-11-27 10:00 CET"),
        ("answer", "", "a person was to answer the customer by 2026-11-27 10:00 CET and has not"),
        ("solve", "", "the case was to be solved by 2026-11-27 10:00 CET and is not"),
        ("reply", "finance", "Finance was to answer by 2026-11-27 10:00 CET and has not"),
        ("reply", "warehouse", "warehouse was to answer by 2026-11-27 10:00 CET and has not"),
        ("reply", "", "somebody was to answer by 2026-11-27 10:00 CET and has not"),
    ],
)
def test_a_missed_promise_goes_to_management(kind: str, bound: str, reason: str) -> None:
    """Each kind of promise, when missed, is on record and told to management in words."""
    decision = missed(kind, bound)
    (told,) = decision.reminders
    assert (told.recipient, told.why, told.kind, told.bound, told.step) == ("management", reason, kind, bound, MISSED)
    assert decision.replies == ()
    assert decision.reason == reason
    assert [line.kind for line in decision.events] == ["missed", "escalated"]
    assert decision.events[0].detail.get("bound", "") == bound
    assert (decision.outcome, decision.case_id, decision.folder) == (Outcome.NOTED, 42, "")


def test_management_is_told_once_for_each_case() -> None:
    """A second missed promise of the same case is on record only; so is management's own."""
    log = missed().events
    for kind, bound in (("acknowledge", ""), ("reply", "management")):
        again = missed(kind, bound, log=log)
        assert (again.reminders, [line.kind for line in again.events]) == ((), ["missed"])


@pytest.mark.parametrize("status", [CaseStatus.SOLVED, CaseStatus.CLOSED])
def test_a_case_that_is_done_misses_nothing(status: CaseStatus) -> None:
    """A promise that runs out after the case was solved changes nothing."""
    decision = missed(of=case(status=status))
    assert (decision.events, decision.reminders) == ((), ())


def test_without_management_the_history_says_that_nobody_was_told() -> None:
    """Where nobody is configured, the missed promise and the missing department are on record."""
    decision = missed(people=People(identity=IDENTITY))
    assert decision.reminders == ()
    assert [line.kind for line in decision.events] == ["missed", "not_escalated"]


def test_other_escalations_do_not_keep_it_from_management() -> None:
    """That finance has the case does not mean that management knows of the missed promise."""
    assert missed(log=[event("escalated", to="finance")]).reminders


@pytest.mark.parametrize(
    ("action", "status", "kinds"),
    [
        ("failed", "5.1.1", ["report", "unreachable"]),
        ("failed", "", ["report", "unreachable"]),
        ("failed", "4.4.7", ["report"]),
        ("delayed", "4.4.1", ["report"]),
        ("delivered", "2.0.0", ["report"]),
    ],
)
def test_a_report_is_on_record_and_permanent_failure_means_unreachable(action: str, status: str, kinds: list[str]) -> None:
    """Every report is an event; only a permanent failure says that the customer cannot be reached."""
    report = DeliveryReport(action=action, status=status, recipient="jane@customer.example", diagnostic="d" * 500)
    events = report_events(report, delivery(), NOW)
    assert [line.kind for line in events] == kinds
    assert events[0].detail["of"] == "acknowledgment"
    assert events[0].detail["message_id"] == "m@shop.example"
    assert len(events[0].detail["diagnostic"]) == 300


def test_a_failed_escalation_does_not_make_the_customer_unreachable() -> None:
    """A department's full mailbox says nothing about the customer."""
    events = report_events(DeliveryReport(action="failed", status="5.2.2"), delivery(ReplyKind.ESCALATION), NOW)
    assert [line.kind for line in events] == ["report"]
    assert events[0].detail["recipient"] == "jane@customer.example"


def test_a_report_on_nothing_of_ours_is_only_noted() -> None:
    """Backscatter for mail that we never sent is an event with what it says, and no more."""
    events = report_events(DeliveryReport(action="failed", status="5.1.1", original_message_id="x@y.example"), None, NOW)
    assert [(line.kind, dict(line.detail)) for line in events] == [
        ("report", {"action": "failed", "status": "5.1.1", "message_id": "x@y.example"})
    ]
