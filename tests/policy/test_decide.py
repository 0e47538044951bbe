"""The decision table, row by row: what becomes of a message."""

import pytest

from tests.making import JANE, SHIPPED, case, decided, order_number, reading
from triage.case import CaseStatus, Priority
from triage.decision import Match, Outcome
from triage.message import Address
from triage.reading import Effect
from triage.reply import ReplyKind

FOLDERS = SHIPPED.folders
AUTOMATIC, REPORT, SPAM, STAFF, NO_ANSWER, NOTE = (
    Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM, Effect.STAFF, Effect.NO_ANSWER, Effect.NOTE,
)  # fmt: skip

ROWS = [
    # effects found, continues a case, outcome, folder, acknowledged
    ((), False, Outcome.OPENED, "Orders", True),
    ((NOTE,), False, Outcome.OPENED, "Orders", True),
    ((NO_ANSWER,), False, Outcome.OPENED, "Orders", False),
    ((STAFF,), False, Outcome.OPENED, "Orders", False),
    ((SPAM,), False, Outcome.SPAM, FOLDERS.spam, False),
    ((AUTOMATIC,), False, Outcome.AUTOMATIC, FOLDERS.automatic, False),
    ((REPORT,), False, Outcome.REPORT, FOLDERS.reports, False),
    ((REPORT, AUTOMATIC, SPAM), False, Outcome.REPORT, FOLDERS.reports, False),
    ((SPAM, AUTOMATIC), False, Outcome.SPAM, FOLDERS.spam, False),
    ((STAFF, AUTOMATIC), False, Outcome.AUTOMATIC, FOLDERS.automatic, False),
    ((), True, Outcome.FOLLOW_UP, "Orders", False),
    ((NO_ANSWER,), True, Outcome.FOLLOW_UP, "Orders", False),
    ((SPAM,), True, Outcome.FOLLOW_UP, "Orders", False),
    ((STAFF,), True, Outcome.NOTED, "Orders", False),
    ((AUTOMATIC,), True, Outcome.NOTED, FOLDERS.automatic, False),
    ((STAFF, AUTOMATIC), True, Outcome.NOTED, FOLDERS.automatic, False),
    ((REPORT,), True, Outcome.REPORT, FOLDERS.reports, False),
]


@pytest.mark.parametrize(("effects", "continues", "outcome", "folder", "acknowledged"), ROWS)
def test_every_row_of_the_table(effects: tuple[Effect, ...], continues: bool, outcome: Outcome, folder: str, acknowledged: bool) -> None:
    """What was found and whether the message continues a case decide the outcome, the folder and whether it is acknowledged."""
    decision = decided(reading(effects=effects), case=case() if continues else None)
    assert (decision.outcome, decision.folder) == (outcome, folder)
    assert [reply.kind for reply in decision.replies] == [ReplyKind.ACKNOWLEDGMENT] * acknowledged
    assert (decision.new_case is not None) == (outcome is Outcome.OPENED)
    assert decision.case_id == (42 if continues else None)


@pytest.mark.parametrize("effect", [AUTOMATIC, REPORT, SPAM])
def test_a_machine_opens_no_case_and_promises_nothing(effect: Effect) -> None:
    """A machine's message makes no case, no mail, no promise, and says why."""
    decision = decided(reading("payment", "payment_duplicate", effects=(effect,), text="my lawyer will hear of this fraud"))
    assert (decision.new_case, decision.replies, decision.deadlines) == (None, (), ())
    assert decision.reason == f"because of {effect}"


def test_a_machine_s_note_changes_nothing_but_the_history() -> None:
    """An out-of-office note on a solved case is kept on it and wakes nobody."""
    decision = decided(reading(effects=(AUTOMATIC,), text="I am away"), case=case(status=CaseStatus.SOLVED))
    assert (decision.status, decision.replies, decision.deadlines) == (None, (), ())
    (note,) = decision.events
    assert (note.kind, note.actor, note.detail["why"]) == ("note", JANE.addr_spec, "because of automatic")


@pytest.mark.parametrize("status", list(CaseStatus))
@pytest.mark.parametrize("author", ["support@shop.example", "adams@shop.example", "finance@shop.example"])
def test_a_message_in_our_name_is_a_note_and_nothing_else(author: str, status: CaseStatus) -> None:
    """Anybody can write our address into a message: without a token it keeps no promise, wakes nothing and sends nothing."""
    decision = decided(reading(effects=(STAFF,), from_=(Address(addr_spec=author),)), case=case(status=status, assignee="jane"))
    assert (decision.status, decision.kept, decision.replies, decision.notices) == (None, (), (), ())
    assert [event.kind for event in decision.events] == ["note"]


def test_a_department_s_out_of_office_note_keeps_no_promise() -> None:
    """A machine that answers for the department has not answered."""
    read = reading(effects=(STAFF, AUTOMATIC), from_=(Address(addr_spec="finance@shop.example"),))
    decision = decided(read, case=case(status=CaseStatus.ON_HOLD))
    assert (decision.kept, decision.status) == ((), None)


@pytest.mark.parametrize("sender", ["adams@shop.example", "support@shop.example"])
def test_one_of_us_gets_a_case_without_acknowledgment(sender: str) -> None:
    """An agent who writes to support, or a form that writes in our name, is not lost and not acknowledged."""
    decision = decided(reading(effects=(STAFF,), from_=(Address(addr_spec=sender),)))
    assert decision.outcome is Outcome.OPENED
    assert decision.replies == ()


@pytest.mark.parametrize("sender", ["support@shop.example", "help@shop.example"])
def test_our_own_address_is_never_the_requester(sender: str) -> None:
    """Mail in our own name makes a case without a requester, so that nothing is ever sent to ourselves."""
    decision = decided(reading(from_=(Address(addr_spec=sender),)))
    assert decision.new_case is not None
    assert decision.new_case.requester is None
    assert decision.replies == ()


@pytest.mark.parametrize("sender", ["support@shop.example", "help@shop.example", "adams@shop.example", "finance@shop.example"])
def test_one_of_us_is_not_acknowledged_even_where_no_rule_saw_it(sender: str) -> None:
    """Our own addresses and staff get no acknowledgment, whatever the rules found."""
    assert decided(reading("other", "other", from_=(Address(addr_spec=sender),))).replies == ()


def test_a_case_at_hand_but_not_sure_goes_to_people() -> None:
    """Below the threshold the message is filed for people to sort, acknowledged as unsorted, and escalated to nobody."""
    decision = decided(reading("payment", "payment_duplicate", abstained=True))
    assert decision.folder == FOLDERS.sort_by_hand
    assert [(reply.kind, reply.text) for reply in decision.replies] == [(ReplyKind.ACKNOWLEDGMENT, "unsorted")]
    assert decision.new_case is not None
    assert (decision.new_case.abstained, decision.new_case.departments) == (True, ())


def test_a_follow_up_to_an_unsorted_case_goes_to_people_too() -> None:
    """What continues an unsorted case is filed beside it."""
    assert decided(reading(), case=case(abstained=True)).folder == FOLDERS.sort_by_hand


def test_a_stranger_s_case_is_linked_not_joined() -> None:
    """A message that may not join a case opens its own, with the other one shown beside it."""
    decision = decided(reading(), match=Match(linked_case=7, reason="a stranger quotes SP-100007"))
    assert decision.new_case is not None
    assert decision.new_case.linked_case == 7
    assert decision.reason == "a stranger quotes SP-100007"
    assert decision.events[0].detail["linked_case"] == "7"


def test_all_order_numbers_are_kept() -> None:
    """Several order numbers stay several; none is picked."""
    decision = decided(reading(facts=(order_number("ORD1"), order_number("ORD2"), order_number("ORD1", "subject"))))
    assert decision.new_case is not None
    assert decision.new_case.order_numbers == ("ORD1", "ORD2")


def test_a_person_whom_no_machine_may_answer_comes_sooner_to_people() -> None:
    """Where the acknowledgment is withheld from a customer, the case has at least high priority."""
    held, free = decided(reading(effects=(NO_ANSWER,))), decided(reading())
    assert held.new_case is not None
    assert free.new_case is not None
    assert (held.new_case.priority, free.new_case.priority) == (Priority.HIGH, Priority.NORMAL)
