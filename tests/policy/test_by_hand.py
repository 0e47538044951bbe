"""A case that is taken down by hand follows from what a message would lead to, without what only mail has."""

from typing import Any

import pytest

from tests.making import ARRIVED, DUE, NOW, PEOPLE, SHIPPED, order_number, reading
from triage.case import CaseEvent, CaseStatus
from triage.decision import Decision, Match, Outcome
from triage.entry import Channel
from triage.policy.by_hand import Contact, by_hand
from triage.policy.decide import decide
from triage.reply import ReplyKind


def contact(**fields: Any) -> Contact:
    """Jane took a call."""
    return Contact(**{"channel": Channel.PHONE, "at": ARRIVED, "by": "Jane Adams", "agent": "jane", **fields})


def would_be(**fields: Any) -> Decision:
    """What follows from a message that says the same: a double charge, which finance deals with."""
    said = reading("payment", "payment_duplicate", facts=[order_number("ORD1")], **fields)
    return decide(said, Match(), None, (), people=PEOPLE, policy=SHIPPED, received_at=ARRIVED, now=NOW, due=DUE)


def made(decision: Decision | None = None, **fields: Any) -> Decision:
    """What is made of it."""
    return by_hand(decision or would_be(), contact(**fields), NOW)


def event(decision: Decision, kind: str) -> CaseEvent:
    """The one event of that kind."""
    (found,) = [event for event in decision.events if event.kind == kind]
    return found


def kinds(decision: Decision) -> list[str]:
    """Kinds of the replies."""
    return [order.kind.value for order in decision.replies]


def test_it_opens_as_mail_does() -> None:
    """Priority, department, escalation and the promise of a result are those that a message would have."""
    plain, taken = would_be(), made()
    assert plain.new_case
    assert taken.new_case
    assert (taken.new_case.priority, taken.new_case.departments) == (plain.new_case.priority, ("finance",))
    assert event(taken, "escalated") == event(plain, "escalated")
    assert {it.kind for it in taken.deadlines} == {it.kind for it in plain.deadlines} - {"acknowledge"}
    assert taken.outcome is Outcome.OPENED
    assert taken.folder == ""


def test_the_history_says_how_and_by_whom() -> None:
    """The first lines name the channel, who took it down, and what the customer is called."""
    taken = made(customer="Tom", phone="+49 30 1234567")
    opened = event(taken, "opened")
    assert (opened.actor, opened.provenance) == ("Jane Adams", "cli")
    assert opened.detail == {"channel": "phone", "received_at": ARRIVED.isoformat(), "customer": "Tom", "phone": "+49 30 1234567"}
    assert event(taken, "assigned").detail == {"to": "jane", "name": "Jane Adams", "why": "took it down (phone)"}
    assert taken.assignee == "jane"
    assert [it.kind for it in taken.events][:3] == ["opened", "acknowledged", "assigned"]


def test_whoever_is_no_agent_is_given_nothing() -> None:
    """Taken down by somebody else the case waits to be given out."""
    taken = made(agent="", by="reception")
    assert taken.assignee is None
    assert "assigned" not in [it.kind for it in taken.events]
    assert event(taken, "opened").actor == "reception"


def test_the_customer_was_heard() -> None:
    """A conversation is an acknowledgment: the promise is kept, and mail leaves only where that is wished."""
    assert kinds(made()) == ["escalation"]
    assert ("acknowledge", "") in made().kept
    assert kinds(made(acknowledge=True)) == ["acknowledgment", "escalation"]


def test_nothing_is_said_of_withheld_mail() -> None:
    """Why a machine might not answer is of no consequence where a person speaks."""
    from triage.reading import Effect

    withheld = would_be(effects=[Effect.NO_ANSWER])
    assert "withheld" in [it.kind for it in withheld.events]
    assert "withheld" not in [it.kind for it in made(withheld).events]


def test_order_numbers_are_joined() -> None:
    """Those that were given come before those that were found, each once."""
    taken = made(order_numbers=("ORD2", "ORD1"))
    assert taken.new_case
    assert taken.new_case.order_numbers == ("ORD2", "ORD1")


def test_settled_in_the_conversation() -> None:
    """What is settled at once calls upon nobody, promises nothing, and is on record with how."""
    taken = made(resolution="refunded on the spot")
    assert taken.status is CaseStatus.SOLVED
    assert taken.new_case
    assert taken.new_case.departments == ()
    assert (kinds(taken), taken.deadlines) == ([], ())
    assert event(taken, "resolved").detail == {"resolution": "refunded on the spot"}
    assert event(taken, "replied").detail == {"text": "refunded on the spot", "channel": "phone"}
    assert "escalated" not in [it.kind for it in taken.events]
    assert ("resolve", "") in taken.kept
    assert kinds(made(resolution="done", acknowledge=True)) == [ReplyKind.ACKNOWLEDGMENT]


@pytest.mark.parametrize("outcome", [Outcome.SPAM, Outcome.AUTOMATIC])
def test_what_opens_no_case(outcome: Outcome) -> None:
    """A decision without a case is a mistake of the caller's."""
    with pytest.raises(ValueError, match="expected one that opens a case"):
        by_hand(Decision(outcome=outcome, reason="x"), contact(), NOW)
