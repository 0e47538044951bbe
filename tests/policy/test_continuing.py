"""Follow-ups: they wake a case at rest, are not acknowledged again, and thanks let it sleep."""

import pytest

from tests.making import JANE, SHIPPED, case, decided, message, reading
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.message import Address, Attachment
from triage.policy.triggers import only_thanks

PICTURE = Attachment(filename="a.jpg", content_type="image/jpeg", size=3, sha256="0")
THANKS = [
    "Thank you!",
    "Thanks",
    "thx",
    "Thanks a lot for your help!\n\nBest regards\nJane Doe",
    "Thank you so much, everything is fine now.",
    "Perfect, thank you. Solved!",
    "Thanks for your quick support",
    "Danke!",
    "Vielen Dank für Ihre Hilfe!\nMit freundlichen Grüßen\nJane Doe",
    "Super, klappt jetzt. Danke!",
    "Merci beaucoup pour votre aide",
    "Muchas gracias por su ayuda",
    "Grazie mille!",
    "Muito obrigada",
    "Hartelijk bedankt",
    "Tack så mycket!",
    "Tak",
    "Dziękuję bardzo",
    "It’s fixed, thanks",
]
MORE_THAN_THANKS = [
    "Thanks, but it is still broken",
    "Thanks, when will it arrive?",
    "Thank you for nothing",
    "Thanks in advance for the refund",
    "Help! Thanks",
    "Please help, thanks",
    "Thanks, ORD123456",
    "Thanks. Please cancel it.",
    "It does not work, thanks",
    "Danke, aber es geht nicht",
    "Danke, wann kommt es?",
    "Hello",
    "OK",
    "",
    "Thank you " + "very " * 40 + "much",
    "Merci de me rembourser",
    "Gracias, no funciona",
    "No thanks",
    "Thank you, goodbye. I am going elsewhere",
]


@pytest.mark.parametrize("text", THANKS)
def test_thanks_are_seen_as_thanks(text: str) -> None:
    """A short thank-you in any of several languages is nothing but thanks."""
    assert only_thanks(message(text=text))


@pytest.mark.parametrize("text", MORE_THAN_THANKS)
def test_anything_beside_the_thanks_is_for_a_person(text: str) -> None:
    """One word more than courtesy, and a person reads it."""
    assert not only_thanks(message(text=text))


def test_thanks_with_a_picture_are_for_a_person() -> None:
    """An attachment says something that we cannot read."""
    assert not only_thanks(message(text="Thanks!", attachments=(PICTURE,)))


def test_a_signature_is_only_known_by_the_sender_s_own_name() -> None:
    """Another name under the thanks is a word more."""
    assert only_thanks(message(text="Thanks\nJane"))
    assert not only_thanks(message(text="Thanks\nBob"))
    assert not only_thanks(message(text="Thanks\nJane", from_=()))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (CaseStatus.NEW, None),
        (CaseStatus.OPEN, None),
        (CaseStatus.ON_HOLD, None),
        (CaseStatus.PENDING, CaseStatus.OPEN),
        (CaseStatus.SOLVED, CaseStatus.OPEN),
        (CaseStatus.CLOSED, CaseStatus.OPEN),
    ],
)
def test_a_follow_up_wakes_a_case_at_rest(before: CaseStatus, after: CaseStatus | None) -> None:
    """A case that waits for the customer or is done becomes open; one at work stays as it is."""
    decision = decided(reading(text="It is still broken."), case=case(status=before))
    assert (decision.outcome, decision.status, decision.case_id) == (Outcome.FOLLOW_UP, after, 42)
    (event,) = decision.events
    assert (event.kind, event.actor) == ("follow_up", JANE.addr_spec)
    assert event.detail.get("reopened") == ("yes" if after else None)


@pytest.mark.parametrize("status", list(CaseStatus))
def test_a_follow_up_is_never_acknowledged_again(status: CaseStatus) -> None:
    """One acknowledgment for each case, whatever state it is in; and no new promise."""
    decision = decided(reading(), case=case(status=status))
    assert (decision.replies, decision.deadlines, decision.new_case) == ((), (), None)


@pytest.mark.parametrize("status", list(CaseStatus))
def test_thanks_change_nothing(status: CaseStatus) -> None:
    """Thanks on a case in any state leave it so, and are on record."""
    decision = decided(reading(text="Thank you!"), case=case(status=status))
    assert (decision.outcome, decision.status, decision.replies) == (Outcome.FOLLOW_UP, None, ())
    assert [event.kind for event in decision.events] == ["thanks"]


def test_thanks_that_open_a_case_are_a_case() -> None:
    """A thank-you that continues nothing is acknowledged like any other message."""
    assert decided(reading("other", "feedback", text="Thank you!")).outcome is Outcome.OPENED


@pytest.mark.parametrize(("category", "issue"), SHIPPED.matters)
def test_a_follow_up_is_filed_with_its_case(category: str, issue: str) -> None:
    """The case's topic says where a follow-up is filed, not what the follow-up by itself would be taken for."""
    decision = decided(reading("other", "feedback"), case=case(category=category, issue=issue))
    assert decision.folder == SHIPPED.topic(category, issue).folder


def test_a_colleague_of_the_customer_is_the_actor() -> None:
    """The history names who really wrote the follow-up."""
    read = reading(from_=(Address(addr_spec="john@customer.example"),))
    assert decided(read, case=case()).events[0].actor == "john@customer.example"
