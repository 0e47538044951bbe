"""Which case a person's message from the shared mailbox belongs to."""

from datetime import UTC, datetime

import pytest

from triage.case import Case, CaseStatus
from triage.decision import Candidate
from triage.message import Address, Message
from triage.reading import Fact, Facts
from triage.threads.written import Written, written

AT = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
ANN, CARRIER = Address(addr_spec="ann@customer.example"), Address(addr_spec="claims@carrier.example")


def candidate(case_id: int, *, by_thread: bool = True, participant: str = "ann@customer.example") -> Candidate:
    """A case that the message points to."""
    return Candidate(
        case_id=case_id, number=f"SP-10000{case_id}", status=CaseStatus.OPEN, participants=frozenset({participant}), by_thread=by_thread,
        by_number=not by_thread,
    )  # fmt: skip


def case(case_id: int, subject: str, *orders: str) -> Case:
    """An open case of Ann's."""
    return Case(
        id=case_id, number=f"SP-10000{case_id}", category="order", issue="", confidence=1.0, abstained=False, requester=ANN,
        subject=subject, order_numbers=orders, opened_at=AT, received_at=AT,
    )  # fmt: skip


def facts(*orders: str) -> Facts:
    """Order numbers in the message."""
    return Facts(found=tuple(Fact(kind="order_number", value=order, source="text") for order in orders))


def to(*addresses: Address, subject: str = "Hello", cc: tuple[Address, ...] = ()) -> Message:
    """A message to these."""
    return Message(to=addresses, cc=cc, subject=subject)


def test_by_thread() -> None:
    """A thread whose customer is among the recipients is answered, in Cc as well; it outweighs a number."""
    named = [candidate(1, by_thread=False), candidate(2)]
    for message in (to(ANN), to(CARRIER, cc=(ANN,))):
        found = written(message, facts(), named, [])
        assert (found.case_id, found.to_customer, found.reason) == (2, True, "answers a message of SP-100002")


def test_by_number() -> None:
    """A case number in a message to its customer is enough."""
    found = written(to(ANN), facts(), [candidate(1, by_thread=False)], [case(1, "a"), case(2, "b")])
    assert (found.case_id, found.to_customer, found.reason) == (1, True, "names SP-100001")


@pytest.mark.parametrize("by_thread", [True, False])
def test_to_others(by_thread: bool) -> None:
    """In the thread of a case, or with its number, to somebody else: about the case, and no answer."""
    found = written(to(CARRIER), facts(), [candidate(1, by_thread=by_thread)], [])
    assert (found.case_id, found.to_customer) == (1, False)


def test_the_thread_of_another_customer() -> None:
    """Sent to a customer in the thread of somebody else's case, it is not taken for an answer to either."""
    found = written(to(ANN), facts(), [candidate(1, participant="eve@other.example")], [case(2, "mine")])
    assert (found.case_id, found.to_customer) == (1, False)


@pytest.mark.parametrize(
    ("subject", "orders", "expected"),
    [
        ("News", ("ORD2",), 2),
        ("AW: Re: Where is it?", (), 1),
        ("where  is it?", ("ORD1", "ORD2"), 1),
        ("News", (), None),
        ("", (), None),
    ],
    ids=["order", "subject", "both orders, one subject", "nothing", "no subject"],
)
def test_by_recipient(subject: str, orders: tuple[str, ...], expected: int | None) -> None:
    """Of several cases of the customer's the order or the subject tells which is meant; otherwise nothing is assumed."""
    waiting = [case(1, "Where is it?", "ORD1"), case(2, "Invoice", "ORD2"), case(3, "", "ORD3")]
    found = written(to(ANN, subject=subject), facts(*orders), [], waiting)
    assert (found.case_id, found.to_customer) == (expected, expected is not None)
    if expected is None:
        assert "3 open cases" in found.reason


def test_the_only_case() -> None:
    """One open case of the recipient's is the one that is meant."""
    found = written(to(ANN), facts("ORD9"), [], [case(7, "Anything")])
    assert (found.case_id, found.reason) == (7, "goes to the customer of SP-100007")


def test_nobody_of_ours() -> None:
    """Whoever has no case is no customer."""
    assert written(to(CARRIER), facts(), [], []) == Written()


def test_a_subject_of_marks_alone() -> None:
    """A subject that never ends in marks is read no further than it makes sense."""
    found = written(to(ANN, subject="Re:" * 20_000), facts(), [], [case(1, "Re:" * 10), case(2, "x")])
    assert found.case_id is None
