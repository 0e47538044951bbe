"""Who else gets an answer: whom the agent names and nobody besides, and strangers to the case only after a second step."""

import pytest

from tests.making import JANE
from tests.policy.test_answering import AGENT, FINANCE, OFFICE, asked, done, kinds, told
from triage.decision import HeldAnswers
from triage.message import Address
from triage.policy.answering import answered
from triage.policy.colleague import Rival
from triage.reply import ReplyKind

EVE, TOM = "eve@elsewhere.example", "tom@elsewhere.example"
IN = frozenset({JANE.addr_spec, EVE, TOM})


def test_those_who_take_part_get_it_at_once() -> None:
    """Each by a message of their own that shows the same: to the customer, and who else has it."""
    decision = done(f"#cc {EVE}, {TOM.upper()}\nDear Ann,", participants=IN)
    assert [(order.kind, order.recipient, order.addressee, order.copies, order.held) for order in decision.replies] == [
        (ReplyKind.ANSWER, JANE.addr_spec, "", (EVE, TOM), False),
        (ReplyKind.COPY, EVE, JANE.addr_spec, (EVE, TOM), False),
        (ReplyKind.COPY, TOM, JANE.addr_spec, (EVE, TOM), False),
    ]
    assert len({(order.words, order.not_before, order.colleague, order.thread) for order in decision.replies}) == 1
    assert told(decision) == ["replied"]


def test_a_stranger_takes_a_second_step() -> None:
    """All of the answer waits; the agent is asked, and the question says who it is and what follows."""
    decision = done(f"#cc {EVE} {TOM}\nDear Ann,", participants=frozenset({JANE.addr_spec, EVE}))
    assert kinds(decision) == [ReplyKind.ANSWER, ReplyKind.COPY, ReplyKind.COPY, ReplyKind.CONFIRMATION]
    assert [order.held for order in decision.replies] == [True, True, True, False]
    question = decision.replies[-1]
    assert (question.recipient, question.words) == (AGENT.address, f"#cc {TOM}\n#reply")
    assert f"{TOM}, who has had no part" in question.reason
    assert EVE not in question.reason
    assert told(decision) == ["proposed", "held"]
    assert decision.status is None


def test_the_second_step_lets_it_leave() -> None:
    """Confirmed, the answer that waits leaves with its copies."""
    decision = done(f"#cc {EVE}\n#reply", confirmed=True, waiting=True)
    assert decision.change
    assert (decision.change.answers, kinds(decision)) == (HeldAnswers.RELEASED, [])
    assert told(decision) == ["replied"]


def test_without_it_nobody_is_slipped_in() -> None:
    """#reply alone releases what waits; with further names it is no release, and the words are asked for again."""
    decision = done(f"#cc {EVE}\n#reply", waiting=True)
    assert kinds(decision) == [ReplyKind.REFUSAL]
    assert decision.change is None


def test_both_a_stranger_and_a_colleague_who_was_first() -> None:
    """The agent hears of both; the answer waits."""
    decision = done(f"#cc {EVE}\nDear Ann,", rival=Rival(name="Bob", text="Done."))
    assert kinds(decision) == [ReplyKind.ANSWER, ReplyKind.COPY, ReplyKind.CONFIRMATION, ReplyKind.COLLISION]


@pytest.mark.parametrize("address", ["support@shop.example", "finance@shop.example", "desk@carrier.example", "anybody@shop.example"])
def test_nobody_of_ours_is_shown_to_the_customer(address: str) -> None:
    """Neither our own address nor a colleague's nor any of our domain: nothing is sent."""
    decision = done(f"#cc {address}\nDear Ann,")
    assert kinds(decision) == [ReplyKind.REFUSAL]
    assert "one of ours" in decision.replies[0].reason


def test_the_customer_is_no_copy() -> None:
    """She has the answer already."""
    (order,) = done(f"#cc {JANE.addr_spec}\nDear Ann,").replies
    assert (order.recipient, order.copies) == (JANE.addr_spec, ())


def test_what_a_mail_client_adds_is_nobody_s_wish() -> None:
    """Whoever stands in To or Cc of the agent's message, from reply-all or the customer's own list, gets nothing of ours."""
    answer = asked("Dear Ann,")
    message = answer.incoming.message
    object.__setattr__(message, "cc", (Address(name="", addr_spec=EVE), Address(name="", addr_spec=FINANCE.address)))
    (order,) = answered(answer).replies
    assert (order.recipient, order.copies) == (JANE.addr_spec, ())
    assert EVE not in OFFICE.staff


@pytest.mark.parametrize("by", [FINANCE, OFFICE.colleagues["carrier"]])
def test_departments_let_nobody_in(by: object) -> None:
    """Only agents and managers do."""
    decision = done(f"#reply\n#cc {EVE}\nDear Ann,", by, participants=IN)
    assert kinds(decision) == [ReplyKind.REFUSAL]
