"""Which case a message continues: participants join, strangers do not, and what is long done is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.effort import effort
from tests.making import JANE, NOW, PEOPLE, candidate, order_number, reading
from triage.case import CaseStatus
from triage.decision import Candidate, Match
from triage.message import Address
from triage.reading import Effect, Reading
from triage.threads.match import match

WINDOW = timedelta(days=30)
EVE = Address(addr_spec="eve@other.example")
DONE = [CaseStatus.SOLVED, CaseStatus.CLOSED]


def matched(candidates: Sequence[Candidate], read: Reading | None = None, answered: Sequence[str] = ()) -> Match:
    return match(read or reading(), candidates, staff=PEOPLE.staff, window=WINDOW, now=NOW, answered=answered)


def by_thread(**fields: Any) -> Candidate:
    return candidate(by_thread=True, **fields)


def by_number(**fields: Any) -> Candidate:
    return candidate(by_number=True, **fields)


def test_nothing_points_nowhere() -> None:
    """A message without thread or number continues no case."""
    assert matched([]) == Match()


@pytest.mark.parametrize(("pointer", "how"), [(by_thread(), "continues the thread of"), (by_number(), "quotes the number")])
@pytest.mark.parametrize("status", [CaseStatus.NEW, CaseStatus.OPEN, CaseStatus.PENDING, CaseStatus.ON_HOLD, *DONE])
def test_a_participant_joins(pointer: Candidate, how: str, status: CaseStatus) -> None:
    """The requester's answer joins the case by thread or by number, whatever its state."""
    found = matched([candidate(by_thread=pointer.by_thread, by_number=pointer.by_number, status=status)])
    assert (found.case_id, found.linked_case) == (42, None)
    assert found.reason == f"{how} SP-100042"


@pytest.mark.parametrize("authors", [(EVE,), (), (JANE, EVE), (Address(addr_spec="jane@customer.example.evil.example"),)])
@pytest.mark.parametrize("pointer", [by_thread(), by_number()])
def test_a_stranger_does_not_join(authors: tuple[Address, ...], pointer: Candidate) -> None:
    """Who takes no part in a case, or cannot be told for certain, gets a case of their own with the other one linked."""
    found = matched([pointer], reading(from_=authors))
    assert (found.case_id, found.linked_case) == (None, 42)
    assert found.reason == "points to SP-100042, but its author takes no part in that case"


def test_a_display_name_is_no_identity() -> None:
    """Bearing the customer's name or address as a display name gives no part in the case."""
    found = matched([by_thread()], reading(from_=(Address(name="jane@customer.example", addr_spec=EVE.addr_spec),)))
    assert found.case_id is None


@pytest.mark.parametrize("sender", sorted(PEOPLE.staff))
@pytest.mark.parametrize("status", list(CaseStatus))
def test_one_of_ours_joins(sender: str, status: CaseStatus) -> None:
    """An agent's or a department's answer joins at any time, even long after."""
    pointer = by_thread(status=status, solved_at=NOW - timedelta(days=400))
    found = matched([pointer], reading(from_=(Address(addr_spec=sender),)))
    assert found == Match(case_id=42, reason="continues the thread of SP-100042, from one of our own")


@pytest.mark.parametrize("effect", [Effect.REPORT, Effect.AUTOMATIC])
@pytest.mark.parametrize("status", list(CaseStatus))
def test_a_machine_s_note_joins_by_its_thread(effect: Effect, status: CaseStatus) -> None:
    """Delivery reports and automatic replies to our mail join for a note, whoever sends them."""
    read = reading(effects=(effect,), from_=(Address(addr_spec="mailer-daemon@other.example"),))
    assert matched([by_thread(status=status, solved_at=NOW - timedelta(days=400))], read).case_id == 42


def test_a_machine_does_not_join_by_a_number_alone() -> None:
    """A newsletter that happens to hold a case number joins nothing."""
    read = reading(effects=(Effect.AUTOMATIC,), from_=(EVE,))
    assert matched([by_number()], read).case_id is None


def test_the_keyed_address_lets_in_its_bearer() -> None:
    """Who writes from a second address to the address that the customer was given joins; it opens no other case."""
    read = reading(from_=(EVE,))
    assert matched([by_number()], read, ["SP-100042"]).reason == "is sent to the keyed address of SP-100042"
    assert matched([by_number()], read, ["SP-100042"]).case_id == 42
    assert matched([by_number()], read, ["SP-100043"]).case_id is None


@pytest.mark.parametrize("status", DONE)
@pytest.mark.parametrize(("days", "joins"), [(0, True), (29, True), (30, True), (31, False), (400, False)])
def test_a_case_done_long_ago_is_not_taken_up_again(status: CaseStatus, days: int, joins: bool) -> None:
    """Beyond the window a follow-up opens a new case with the old one linked."""
    found = matched([by_thread(status=status, solved_at=NOW - timedelta(days=days))])
    assert (found.case_id, found.linked_case) == ((42, None) if joins else (None, 42))
    assert ("too long ago" in found.reason) == (not joins)


def test_the_window_is_only_for_cases_that_are_done() -> None:
    """A case at work is joined however old."""
    assert matched([by_thread(solved_at=NOW - timedelta(days=400))]).case_id == 42


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize(
    ("facts", "same"),
    [
        ((), True),
        ((order_number("ORD1"),), True),
        ((order_number("ORD2"),), False),
        ((order_number("ORD2", "subject"),), False),
        ((order_number("ORD1"), order_number("ORD2")), True),
        ((order_number("ORD2", "quoted"),), True),
    ],
)
def test_another_order_is_another_case(status: CaseStatus, facts: tuple[Any, ...], same: bool) -> None:
    """A reply on a case that is done, naming only another order in its own words, opens a new linked case."""
    found = matched([by_thread(status=status, order_numbers=("ORD1",))], reading(facts=facts))
    joins = same or status not in DONE
    assert (found.case_id, found.linked_case) == ((42, None) if joins else (None, 42))


def test_a_case_without_order_number_takes_any() -> None:
    """The order number that we asked for is not another order."""
    assert matched([by_thread(status=CaseStatus.SOLVED)], reading(facts=(order_number("ORD2"),))).case_id == 42


@pytest.mark.parametrize(
    ("candidates", "chosen"),
    [
        ([by_number(case_id=1), by_thread(case_id=2)], 2),
        ([by_thread(case_id=1), by_thread(case_id=2, status=CaseStatus.SOLVED)], 1),
        ([by_thread(case_id=1), by_thread(case_id=2)], 2),
        ([by_thread(case_id=1, participants=frozenset({EVE.addr_spec})), by_number(case_id=2)], 2),
    ],
)
def test_of_several_cases_the_nearest_is_joined(candidates: list[Candidate], chosen: int) -> None:
    """Thread before number, at work before done, later before earlier, and only where the author takes part."""
    assert matched(candidates).case_id == chosen
    assert matched(candidates[::-1]).case_id == chosen


def test_a_case_that_may_not_be_joined_does_not_hide_one_that_may() -> None:
    """An answer in the thread of a case done long ago that quotes a case at work joins the latter."""
    old = by_thread(case_id=1, number="SP-100001", status=CaseStatus.CLOSED, solved_at=NOW - timedelta(days=99))
    assert matched([old, by_number(case_id=2)]).case_id == 2
    assert matched([old, by_thread(case_id=3, status=CaseStatus.CLOSED, solved_at=NOW - timedelta(days=98))]).linked_case == 3


@given(
    st.lists(
        st.builds(
            candidate,
            case_id=st.integers(1, 9),
            status=st.sampled_from(list(CaseStatus)),
            participants=st.sampled_from([frozenset({JANE.addr_spec}), frozenset({"bob@x.example"}), frozenset()]),
            by_thread=st.booleans(),
            by_number=st.booleans(),
            order_numbers=st.sampled_from([(), ("ORD1",), ("ORD2",)]),
            solved_at=st.sampled_from([None, NOW, NOW - timedelta(days=99)]),
        ),
        max_size=4,
    )
)
def test_a_stranger_never_joins_whatever_points_there(candidates: list[Candidate]) -> None:
    """No combination of cases lets a stranger into one, and at most one case is named."""
    found = matched(candidates, reading(from_=(EVE,)))
    assert found.case_id is None
    assert (found.linked_case is None) == (not candidates)
    own = matched(candidates)
    assert own.case_id is None or own.linked_case is None


SOLVED = {"status": CaseStatus.SOLVED, "solved_at": NOW - timedelta(days=3), "category": "order", "order_numbers": ("ORD1",)}


def said(
    category: str, confidence: float = 0.95, *, order: str = "", abstained: bool = False, text: str = "Please send me the invoice."
) -> Reading:
    """A message that is about a category, as sure as that."""
    read = reading(category, facts=[order_number(order)] if order else (), text=text)
    classification = replace(read.classification, category=category, confidence=confidence, abstained=abstained)
    return replace(read, classification=classification)


@pytest.mark.parametrize(
    ("read", "fields", "why"),
    [
        (said("invoice"), {}, "that case is done and this is a matter of invoice"),
        (said("invoice"), {"status": CaseStatus.CLOSED}, "that case is done and this is a matter of invoice"),
        (said("invoice", order="ORD2"), {"status": CaseStatus.OPEN}, "this is about another order, and a matter of invoice"),
        (said("dispute", order="ORD2"), {"status": CaseStatus.PENDING}, "this is about another order, and a matter of dispute"),
        (said("invoice"), {"status": CaseStatus.OPEN}, ""),
        (said("invoice", order="ORD1"), {}, ""),
        (said("invoice", order="ORD2"), {"status": CaseStatus.OPEN, "order_numbers": ()}, ""),
        (said("invoice", 0.89), {}, ""),
        (said("invoice", abstained=True), {}, ""),
        (said("order"), {}, ""),
        (said("other"), {}, ""),
        (said("dispute"), {}, ""),
        (said("invoice"), {"category": ""}, ""),
        (said("invoice", text="Thanks, but the invoice is still missing."), {}, ""),
        (said("invoice", text="Die Rechnung fehlt immer noch."), {}, ""),
    ],
)
def test_another_matter_on_an_old_thread(read: Reading, fields: dict[str, Any], why: str) -> None:
    """A new linked case only where it is as good as certain: another category, and another order or a case that is done and not come back to."""
    found = matched([by_thread(**{**SOLVED, **fields})], read)
    assert (found.case_id, found.linked_case) == ((None, 42) if why else (42, None))
    assert found.reason == (f"continues the thread of SP-100042, but {why}" if why else "continues the thread of SP-100042")


def test_long_text_is_looked_at_quickly() -> None:
    """Sixty-four kilobytes of almost such words take no time."""
    long = said("invoice", text="nach wie vo" * 6000)
    assert effort(lambda: matched([by_thread(**SOLVED)], long), 0.02) < 0.02
