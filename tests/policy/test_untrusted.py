"""Messages that may not be obeyed: kept, told to whom it concerns, and nothing given away."""

from typing import Any

import pytest

from tests.making import ARRIVED, DUE, JANE, NOW, PEOPLE, SHIPPED, case, reading
from triage.decision import Decision, Match, Outcome
from triage.message import Address
from triage.policy.incoming import Incoming
from triage.policy.untrusted import told, untrusted
from triage.reading import Effect, Finding
from triage.reply import ReplyKind

AGENT = PEOPLE.colleagues["jane"]
EVE = "eve@evil.example"
EVERYBODY = frozenset({EVE, AGENT.address, "finance@shop.example", JANE.addr_spec})


def judged(author: str = EVE, *, effects: tuple[Effect, ...] = (), tell: frozenset[str] = EVERYBODY, **given: Any) -> Decision:
    """What becomes of a message by that author."""
    incoming = Incoming(
        reading=reading(effects=effects, from_=(Address(addr_spec=author),) if author else ()),
        match=Match(case_id=42),
        limits=given.pop("limits", ()),
        people=PEOPLE,
        policy=SHIPPED,
        received_at=ARRIVED,
        now=NOW,
        due=DUE,
    )
    holder = given.pop("holder", AGENT)
    return untrusted(incoming, given.pop("case", case()), "its Sender is somebody else", holder=holder, tell=tell)


def kinds(decision: Decision) -> list[tuple[ReplyKind, str]]:
    """What is written, and to whom."""
    return [(order.kind, order.recipient) for order in decision.replies]


def test_it_is_a_note_that_people_see() -> None:
    """The case is as it was; the message lies where people sort by hand, and the history says why."""
    decision = judged()
    assert (decision.outcome, decision.case_id, decision.status, decision.change) == (Outcome.NOTED, 42, None, None)
    assert decision.folder == SHIPPED.folders.sort_by_hand
    (event,) = decision.events
    assert (event.kind, event.actor, event.detail["why"]) == ("untrusted", EVE, "its Sender is somebody else")


def test_the_holder_and_the_stranger_are_told() -> None:
    """The one learns that the token was used, at the address in the settings; the other next to nothing."""
    decision = judged()
    assert kinds(decision) == [(ReplyKind.REFUSAL, AGENT.address), (ReplyKind.DISCLAIMER, EVE)]
    assert EVE in decision.replies[0].reason
    assert decision.replies[1].reason == ""
    assert told(decision) == (AGENT.address, EVE)


def test_a_colleague_s_address_is_never_told_twice_over() -> None:
    """Whoever wrote in an agent's name is not answered; the agent is, at her own address."""
    assert kinds(judged(AGENT.address)) == [(ReplyKind.REFUSAL, AGENT.address)]


def test_without_a_token_the_one_whose_name_was_used_is_told() -> None:
    """A mail in Finance's name is told to Finance."""
    assert kinds(judged("finance@shop.example", holder=None)) == [(ReplyKind.REFUSAL, "finance@shop.example")]


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (frozenset(), []),
        (frozenset({EVE}), [(ReplyKind.DISCLAIMER, EVE)]),
        (frozenset({AGENT.address}), [(ReplyKind.REFUSAL, AGENT.address)]),
    ],
)
def test_only_those_who_may_be_told_are(tell: frozenset[str], expected: list[tuple[ReplyKind, str]]) -> None:
    """Whoever was told within the hour is not told again."""
    assert kinds(judged(tell=tell)) == expected


@pytest.mark.parametrize("effect", [Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM, Effect.NO_ANSWER])
def test_a_stranger_who_may_not_be_answered_is_not(effect: Effect) -> None:
    """The rules that protect everybody from automatic mail protect strangers too."""
    assert kinds(judged(effects=(effect,))) == [(ReplyKind.REFUSAL, AGENT.address)]


def test_limits_hold_for_strangers() -> None:
    """Too much mail to one address stops this as well."""
    limit = Finding(rule="limits", effect=Effect.NO_ANSWER, reason="four today")
    assert kinds(judged(limits=(limit,))) == [(ReplyKind.REFUSAL, AGENT.address)]


def test_nobody_is_told_where_no_author_is_certain() -> None:
    """Without one author there is nobody to answer; the holder hears of it."""
    assert kinds(judged("")) == [(ReplyKind.REFUSAL, AGENT.address)]


def test_without_a_case_nothing_is_written() -> None:
    """A token of a case that there is not leads nowhere."""
    decision = judged(case=None)
    assert (decision.replies, decision.events, decision.case_id) == ((), (), None)


def test_nothing_of_the_case_goes_to_the_stranger() -> None:
    """The order for the stranger's letter has neither words nor reason to put into it."""
    stranger = judged().replies[1]
    assert (stranger.words, stranger.reason, stranger.colleague, stranger.department) == ("", "", "", "")
