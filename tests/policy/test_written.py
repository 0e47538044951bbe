"""A person's mail from the shared mailbox: which promises it keeps, what becomes of the case, and who is told."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from triage.case import Case, CaseStatus
from triage.decision import Decision, Outcome
from triage.message import Address, Message
from triage.policy.written import answered_directly, wrote_about
from triage.staff import NoticeKind

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
NOW = AT + timedelta(hours=1)
CASE = Case(
    id=7, number="SP-100007", category="order", issue="", confidence=1.0, abstained=False, subject="Where is it?", opened_at=AT,
    received_at=AT, requester=Address(addr_spec="ann@customer.example"), status=CaseStatus.OPEN,
)  # fmt: skip
MESSAGE = Message(message_id="m1@shop.example", text="It leaves today.", to=(Address(addr_spec="ann@customer.example"),))


def answered(
    case: Case = CASE, message: Message = MESSAGE, *, by: str = "jane", owed: bool = False, after: CaseStatus = CaseStatus.PENDING
) -> Decision:
    """What follows from an answer of somebody's."""
    name = {"jane": "Jane Adams"}.get(by, "unknown representative")
    return answered_directly(
        case, message, by=by, name=name, how="the signature", why="answers SP-100007", owed=owed, after=after, sent_at=AT, now=NOW
    )


@pytest.mark.parametrize(
    ("status", "owed", "becomes"),
    [
        (CaseStatus.NEW, False, CaseStatus.PENDING),
        (CaseStatus.OPEN, False, CaseStatus.PENDING),
        (CaseStatus.OPEN, True, CaseStatus.PENDING),
        (CaseStatus.PENDING, False, CaseStatus.PENDING),
        (CaseStatus.ON_HOLD, False, CaseStatus.PENDING),
        (CaseStatus.ON_HOLD, True, None),
        (CaseStatus.SOLVED, False, None),
        (CaseStatus.CLOSED, False, None),
    ],
)
def test_what_becomes_of_the_case(status: CaseStatus, owed: bool, becomes: CaseStatus | None) -> None:
    """It waits for the customer, unless it is done, or a department still owes us its answer."""
    assert answered(replace(CASE, status=status), owed=owed).status is becomes


@pytest.mark.parametrize("after", [CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.SOLVED])
def test_the_house_decides(after: CaseStatus) -> None:
    """What a case becomes once the customer was answered is the house's to say."""
    assert answered(after=after).status is after


def test_our_promises_are_kept() -> None:
    """First answer, assignment and word of progress; a department's promise is not ours to keep."""
    assert answered().kept == (("acknowledge", ""), ("assign", ""), ("answer", ""), ("resolve", ""))


def test_what_is_on_record() -> None:
    """Who, how that is known, why it counts, when it was sent, and the words; nothing leaves by it."""
    decision = answered()
    [event] = decision.events
    assert (event.kind, event.actor, event.provenance, event.at) == ("replied", "Jane Adams", "mail-sent", NOW)
    assert event.detail == {
        "by": "jane",
        "known_by": "the signature",
        "why": "answers SP-100007",
        "text": "It leaves today.",
        "message_id": "m1@shop.example",
        "sent_at": AT.isoformat(),
    }
    assert (decision.outcome, decision.case_id, decision.replies, decision.folder) == (Outcome.SENT, 7, (), "")


def test_long_words() -> None:
    """The history repeats the beginning; the whole is kept with the message."""
    [event] = answered(message=replace(MESSAGE, text="x" * 64_000)).events
    assert len(event.detail["text"]) == 2000


@pytest.mark.parametrize(
    ("assignee", "by", "becomes", "told"),
    [
        ("", "jane", "jane", []),
        ("", "", None, []),
        ("jane", "jane", None, []),
        ("bob", "jane", None, ["bob"]),
        ("bob", "", None, ["bob"]),
    ],
)
def test_whose_the_case_is(assignee: str, by: str, becomes: str | None, told: list[str]) -> None:
    """Nobody's case becomes that of whoever answers it; whoever looks after it hears of answers by others, and not of the own."""
    decision = answered(replace(CASE, assignee=assignee), by=by)
    assert decision.assignee == becomes
    assert [(notice.colleague, notice.kind) for notice in decision.notices] == [(key, NoticeKind.NOTE) for key in told]


def test_mail_to_others() -> None:
    """It is a note with whom it went to, and changes nothing."""
    message = replace(MESSAGE, to=(Address(addr_spec="claims@carrier.example"), Address(addr_spec="desk@carrier.example")))
    decision = wrote_about(CASE, message, by="", name="unknown representative", why="about SP-100007", now=NOW)
    [event] = decision.events
    assert (event.kind, event.detail["to"]) == ("note", "claims@carrier.example, desk@carrier.example")
    assert "by" not in event.detail
    assert (decision.status, decision.kept, decision.notices, decision.assignee) == (None, (), (), None)
