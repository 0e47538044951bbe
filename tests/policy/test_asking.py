"""A customer who asks nothing but how the case stands is told, if it is surely the customer, and once a day."""

from datetime import timedelta

import pytest

from tests.making import ARRIVED, JANE, NOW, SHIPPED, case, decided, message, reading
from triage.case import CaseEvent, CaseStatus
from triage.message import Address, Attachment
from triage.policy.table import Policy
from triage.policy.triggers import only_asks_how_it_stands
from triage.reading import Effect, Finding
from triage.reply import ReplyKind
from triage.sections.places import project_root

ASKS = [
    "Any news?",
    "any update",
    "Status?",
    "status",
    "What is the status of my case SP-100042?",
    "Hello,\n\nis there any news on my case yet?\n\nBest regards\nJane Doe",
    "Could you please give me an update?",
    "Gibt es schon Neuigkeiten?",
    "Wie ist der Stand der Dinge?",
    "Guten Tag, wie ist der aktuelle Stand? Mit freundlichen Grüßen, Jane Doe",
    "Hallo, gibt es etwas Neues zu meinem Fall SP-100042? Danke",
]
ASKS_FOR_MORE = [
    "What is the status of my order?",
    "Status of ORD123456?",
    "Any news? I still want my money back.",
    "I have good news for you",
    "Please update my address",
    "Update: it is broken again",
    "Where is my parcel? Any news?",
    "status 5",
    "Gibt es Neuigkeiten zur Erstattung?",
    "Hello?",
    "",
    "Any news? " + "Please! " * 20,
]


@pytest.mark.parametrize("text", ASKS)
def test_the_question_is_seen(text: str) -> None:
    """A short question about the case in plain words, in English and German, with greeting and number."""
    assert only_asks_how_it_stands(message(text=text))


@pytest.mark.parametrize("text", ASKS_FOR_MORE)
def test_one_word_more_and_a_person_answers(text: str) -> None:
    """An order, a refund, an address or a statement beside it is no mere question."""
    assert not only_asks_how_it_stands(message(text=text, subject="My order"))


def test_a_subject_alone_may_ask() -> None:
    """People write it into the subject and send an empty message; a picture says something that we cannot read."""
    picture = Attachment(filename="a.jpg", content_type="image/jpeg", size=3, sha256="0")
    assert only_asks_how_it_stands(message(text="", subject="SP-100042 status?"))
    assert not only_asks_how_it_stands(message(text="Any news?", attachments=(picture,)))


def asked(*log: CaseEvent, of: dict[str, object] | None = None, limits: tuple[Finding, ...] = (), **fields: object) -> object:
    """What becomes of the question."""
    return decided(reading(**{"text": "Any news?", **fields}), case=case(**of or {}), log=log, limits=limits)


@pytest.mark.parametrize("status", [CaseStatus.NEW, CaseStatus.ON_HOLD, CaseStatus.SOLVED])
def test_the_requester_is_told(status: CaseStatus) -> None:
    """One letter to the requester, in the thread, with the time by which more is heard; people are told of the question all the same."""
    decision = asked(of={"status": status, "assignee": "jane"}, message_id="q@customer.example", references=("a@customer.example",))
    (order,) = decision.replies
    assert (order.kind, order.recipient, order.thread) == (ReplyKind.STATUS, JANE.addr_spec, ("a@customer.example", "q@customer.example"))
    assert order.answer_by == ARRIVED + timedelta(hours=48)
    assert [event.kind for event in decision.events] == ["follow_up", "told"]
    assert len(decision.notices) == 1


def test_a_time_that_has_passed_is_not_promised_again() -> None:
    """Where the first promise is over, the next one counts from now."""
    decision = asked(of={"received_at": NOW - timedelta(days=5)})
    assert decision.replies[0].answer_by == NOW + timedelta(hours=48)


def test_the_time_is_that_of_the_matter() -> None:
    """Where the policy promises a matter another time, the letter names what the acknowledgment named."""
    text = (project_root() / "config" / "policy.toml").read_text(encoding="utf-8")
    policy = Policy.parse(text.replace("[category.order]\n", '[category.order]\nresolve = "72h"\n', 1))
    decision = decided(reading(text="Any news?"), case=case(category="order", issue=""), policy=policy)
    assert decision.replies[0].answer_by == ARRIVED + timedelta(hours=72)


def test_once_a_day() -> None:
    """Asked again within a day it is a follow-up like any other; a day later it is answered."""
    told = CaseEvent(at=NOW - timedelta(hours=23), kind="told", provenance="policy")
    assert asked(told).replies == ()
    assert len(asked(CaseEvent(at=NOW - timedelta(hours=25), kind="told", provenance="policy")).replies) == 1


@pytest.mark.parametrize(
    ("of", "fields", "limits"),
    [
        ({"requester": Address(addr_spec="other@customer.example")}, {}, ()),
        ({"requester": None}, {}, ()),
        ({}, {"from_": (JANE, Address(addr_spec="b@customer.example"))}, ()),
        ({}, {"authentication": (("dmarc", "fail"),)}, ()),
        ({}, {}, (Finding(rule="limits", effect=Effect.NO_ANSWER, reason="enough"),)),
    ],
    ids=["another participant", "no requester", "two authors", "authentication fails", "limits"],
)
def test_nobody_else_is_told(of: dict[str, object], fields: dict[str, object], limits: tuple[Finding, ...]) -> None:
    """Whoever is not surely the requester, or has had enough of our automatic mail, gets no letter; the question is on record."""
    decision = asked(of=of, limits=limits, **fields)
    assert [order.kind for order in decision.replies if order.kind is ReplyKind.STATUS] == []
    assert decision.events[0].kind == "follow_up"


def test_it_can_be_switched_off() -> None:
    """With tell_status = false people answer."""
    quiet = SHIPPED.model_copy(update={"threads": SHIPPED.threads.model_copy(update={"tell_status": False})})
    assert decided(reading(text="Any news?"), case=case(), policy=quiet).replies == ()
