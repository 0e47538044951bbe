"""A new case: its words, promises, history, and the acknowledgment that may be withheld."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.making import ARRIVED, DUE, JANE, NOW, PEOPLE, SHIPPED, decided, message, reading
from triage.case import CaseStatus
from triage.decision import Decision, Outcome
from triage.message import Address, Message
from triage.policy.decide import unreadable
from triage.policy.table import Policy
from triage.reading import Classification, Effect, Finding, Matter
from triage.reply import ReplyKind


def kinds(decision: Decision) -> list[str]:
    return [event.kind for event in decision.events]


def salvaged(*findings: Finding, **fields: object) -> Decision:
    return unreadable(
        message(text="", **fields),
        "two readers died",
        findings,
        people=PEOPLE,
        policy=SHIPPED,
        received_at=ARRIVED,
        now=NOW,
        due=DUE,
    )


def test_a_new_case_says_what_was_read() -> None:
    """The case has the requester, subject, language, category, issue, confidence and times of its message."""
    new = decided(reading("invoice", "invoice_request", subject="Invoice please", language="de")).new_case
    assert new is not None
    assert (new.requester, new.subject, new.language) == (JANE, "Invoice please", "de")
    assert (new.category, new.issue, new.confidence, new.abstained) == ("invoice", "invoice_request", 0.91, False)
    assert (new.opened_at, new.received_at, new.status) == (NOW, ARRIVED, CaseStatus.NEW)


def test_promises_count_from_arrival() -> None:
    """First answer within 24 hours and a result within 48 hours of arrival, however late the message was read."""
    late = ARRIVED + timedelta(hours=20)
    decision = decided(reading(), now=late)
    assert {deadline.kind: deadline.due_at - ARRIVED for deadline in decision.deadlines} == {
        "acknowledge": timedelta(hours=24),
        "resolve": timedelta(hours=48),
    }
    assert decision.replies[0].deadline == ARRIVED + timedelta(hours=24)


def test_a_category_s_own_promises_are_kept() -> None:
    """A category that promises other times has its deadlines moved."""
    policy = Policy.parse('[category.order]\ntitle = "O"\nfolder = "O"\nacknowledge = "2h"\nresolve = "7d"\n')
    decision = decided(reading(), policy=policy)
    assert [deadline.due_at - ARRIVED for deadline in decision.deadlines] == [timedelta(hours=2), timedelta(days=7)]


def test_the_history_begins_with_opening_and_classification() -> None:
    """The first two events say who wrote and what it was taken for, and how we know."""
    decision = decided(reading())
    first, second = decision.events
    assert (first.kind, first.actor, first.provenance, first.at) == ("opened", JANE.addr_spec, "mail", NOW)
    assert first.detail == {"subject": "My order", "message_id": "first@customer.example", "received_at": ARRIVED.isoformat()}
    assert (second.kind, second.actor, second.provenance) == ("classified", "daemon", "model")
    assert second.detail == {"category": "order", "issue": "order_status", "confidence": "0.91", "priority": "normal", "model": "m1"}


def test_the_history_says_what_else_it_may_be_and_why() -> None:
    """Reasons and alternatives of the classification are on record; without a model it is a rule that classified."""
    read = reading()
    said = Classification(
        category="dispute",
        issue="refund_policy",
        confidence=0.6,
        alternatives=(Matter(category="invoice", issue="invoice_request", confidence=0.3),),
        reasons=("the word refund", "no order number"),
    )
    event = decided(replace(read, classification=said)).events[1]
    assert event.provenance == "rule"
    assert event.detail["reasons"] == "the word refund; no order number"
    assert event.detail["also"] == "invoice/invoice_request 0.30"


@pytest.mark.parametrize("effect", [Effect.NO_ANSWER, Effect.STAFF])
def test_a_withheld_acknowledgment_says_why(effect: Effect) -> None:
    """An event names the rule and the reason, and the promise to answer stays, for a person to keep."""
    decision = decided(reading(effects=(effect,)))
    event = decision.events[2]
    assert (event.kind, event.provenance) == ("withheld", "rule")
    assert event.detail == {"what": "acknowledgment", "rule": f"rule_{effect}", "why": f"because of {effect}"}
    assert "acknowledge" in {deadline.kind for deadline in decision.deadlines}


def test_a_limit_withholds_the_acknowledgment_too() -> None:
    """A sender who had enough automatic mail today gets a case and no mail."""
    limit = Finding(rule="per_sender", effect=Effect.NO_ANSWER, reason="4 messages today")
    decision = decided(reading(), limits=(limit,))
    assert (decision.outcome, decision.replies) == (Outcome.OPENED, ())
    assert decision.events[2].detail["why"] == "4 messages today"


@pytest.mark.parametrize("authors", [(), (JANE, Address(addr_spec="eve@other.example"))])
def test_no_certain_author_means_no_acknowledgment(authors: tuple[Address, ...]) -> None:
    """A message with no author, or with two, opens a case that nobody is promised an answer to."""
    decision = decided(reading(from_=authors))
    assert decision.new_case is not None
    assert (decision.new_case.requester, decision.replies) == (None, ())
    assert decision.events[0].actor == "unknown"
    assert decision.events[2].detail["rule"] == "author_unclear"
    assert [deadline.kind for deadline in decision.deadlines] == ["resolve"]


def test_a_withheld_acknowledgment_still_escalates() -> None:
    """Departments are told also where the customer may not be answered by a machine."""
    decision = decided(reading("payment", "payment_duplicate", effects=(Effect.NO_ANSWER,)))
    assert [reply.kind for reply in decision.replies] == [ReplyKind.ESCALATION]


def test_an_unreadable_message_opens_a_case_for_people() -> None:
    """What could be seen of it becomes a case; its clear author is told that it could not be opened."""
    decision = salvaged()
    assert (decision.outcome, decision.reason, decision.folder) == (Outcome.UNREADABLE, "two readers died", "Unreadable")
    assert decision.new_case is not None
    assert (decision.new_case.requester, decision.new_case.abstained, decision.new_case.category) == (JANE, True, "other")
    assert [(reply.recipient, reply.text) for reply in decision.replies] == [(JANE.addr_spec, "unreadable")]
    assert decision.events[1].detail["reasons"] == "two readers died"


@pytest.mark.parametrize("effect", [effect for effect in Effect if effect is not Effect.NOTE])
def test_an_unreadable_message_is_acknowledged_only_where_nothing_speaks_against_it(effect: Effect) -> None:
    """An unreadable message that looks like a machine's, spam or our own gets a case and no answer."""
    decision = salvaged(Finding(rule="r", effect=effect, reason="it speaks against it"))
    assert (decision.outcome, decision.replies) == (Outcome.UNREADABLE, ())
    assert "withheld" in kinds(decision)


def test_an_unreadable_message_without_author_is_not_answered() -> None:
    """Nobody can be told where nobody is named."""
    assert salvaged(from_=()).replies == ()


def test_a_decision_is_the_same_each_time() -> None:
    """The same message decided again gives the same decision, to the letter."""
    assert decided(reading("dispute", "quality")) == decided(reading("dispute", "quality"))


def test_the_customer_s_text_stays_out_of_the_history() -> None:
    """Events hold the subject and identifiers; the text is in the message's own record."""
    decision = decided(reading(text="canary in the coal mine"))
    assert "canary" not in repr(decision)


def test_a_bare_message_is_decided_too() -> None:
    """A message with nothing in it at all opens a case for people."""
    assert decided(replace(reading(), message=Message())).outcome is Outcome.OPENED
