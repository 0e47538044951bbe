"""When an answer is suggested, and to which of the customer's messages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.making import SHIPPED
from triage.case import Case, CaseEvent, CaseStatus
from triage.decision import Outcome
from triage.message import Address, MessageKey
from triage.policy.drafting import about, to_answer
from triage.records import MessageRecord

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANN = "ann@customer.example"
CASE = Case(
    id=7,
    number="SP-100007",
    category="order",
    issue="order_status",
    confidence=0.9,
    abstained=False,
    subject="Where is it?",
    opened_at=AT,
    received_at=AT,
    requester=Address(addr_spec=ANN),
    status=CaseStatus.OPEN,
)


def log(*kinds: str) -> list[CaseEvent]:
    """A history of these kinds, a minute apart."""
    return [
        CaseEvent(
            at=AT + timedelta(minutes=minute),
            kind=kind,
            provenance="mail",
        )
        for minute, kind in enumerate(kinds)
    ]


def record(row: int, outcome: Outcome = Outcome.OPENED, author: str = ANN) -> MessageRecord:
    """A message of the case."""
    return MessageRecord(
        id=row,
        key=MessageKey(
            account="support",
            mailbox="INBOX",
            uid_validity=1,
            uid=row,
        ),
        received_at=AT + timedelta(minutes=row),
        size=1,
        outcome=outcome,
        case_id=7,
        author=author,
    )


def answered(case: Case = CASE, *kinds: str, messages: tuple[MessageRecord, ...] = (record(1),)) -> int | None:
    """Row of the message that an answer is suggested to."""
    found = to_answer(case, log(*(kinds or ("opened",))), messages, SHIPPED)
    return found.id if found else None


@pytest.mark.parametrize(
    ("status", "wanted"),
    [
        (CaseStatus.NEW, True),
        (CaseStatus.OPEN, True),
        (CaseStatus.ON_HOLD, True),
        (CaseStatus.PENDING, False),
        (CaseStatus.SOLVED, False),
        (CaseStatus.CLOSED, False),
    ],
)
def test_while_it_is_ours_to_answer(status: CaseStatus, wanted: bool) -> None:
    """Not while the customer must act, nor when the case is done; also while a department is asked."""
    assert (answered(replace(CASE, status=status)) is not None) is wanted


@pytest.mark.parametrize(
    ("kinds", "wanted"),
    [
        (("opened", "classified", "escalated"), True),
        (("opened", "replied"), False),
        (("opened", "replied", "note", "answered"), False),
        (("opened", "replied", "follow_up"), True),
        (("opened", "replied", "thanks"), False),
        (("opened", "follow_up", "drafted", "delivery"), True),
        (("classified",), False),
    ],
    ids=[
        "new",
        "answered",
        "answered, then notes",
        "answered, and written again",
        "answered and thanked",
        "twice written",
        "by hand",
    ],
)
def test_since_the_customer_wrote(kinds: tuple[str, ...], wanted: bool) -> None:
    """An answer ends it until the customer writes again; thanks and notes are no reason for another."""
    assert (answered(CASE, *kinds) is not None) is wanted


@pytest.mark.parametrize(
    "case",
    [
        replace(CASE, requester=None),
        replace(CASE, unreachable=True),
        replace(CASE, merged_into=3),
        replace(CASE, abstained=True),
        replace(CASE, category="other", issue="feedback"),
        replace(CASE, category="unknown", issue=""),
    ],
    ids=[
        "nobody to answer",
        "unreachable",
        "merged",
        "not sorted",
        "not wanted by the policy",
        "unknown to the policy",
    ],
)
def test_cases_without(case: Case) -> None:
    """Where there is nobody to write to, where it is not clear what about, or where the policy does not want it."""
    assert answered(case) is None


def test_the_latest_of_the_customer() -> None:
    """Notes of machines, colleagues' mail and answers of our own are none that is to be answered."""
    messages = (
        record(1),
        record(2, Outcome.FOLLOW_UP),
        record(3, Outcome.NOTED),
        record(4, Outcome.SENT, "support@shop.example"),
        record(5, Outcome.DUPLICATE),
        record(6, Outcome.FOLLOW_UP, "eve@other.example"),
    )
    assert answered(messages=messages) == 2
    assert answered(messages=messages[2:]) is None
    assert answered(messages=()) is None


def test_what_a_draft_depends_on() -> None:
    """Another message, category or issue calls for another draft; nothing else does."""
    same = about(CASE, record(1))
    assert about(replace(CASE, status=CaseStatus.ON_HOLD, assignee="jane"), record(1)) == same
    others = {
        about(CASE, record(2)),
        about(replace(CASE, issue="delivery_lost"), record(1)),
        about(replace(CASE, category="invoice", issue=""), record(1)),
    }
    assert len(others | {same}) == 4
