"""What follows from a rating, by what the policy says of low ones."""

from dataclasses import replace

from tests.making import ARRIVED, DUE, NOW, PEOPLE, SHIPPED, case, event, reading
from tests.rows import rows
from triage.case import Case, CaseStatus, Rating
from triage.decision import Decision, Match, Outcome
from triage.policy.incoming import Incoming
from triage.policy.promises import Feedback
from triage.policy.rating import rated
from triage.staff import NoticeKind

SOLVED = case(status=CaseStatus.SOLVED, assignee="jane")


def rate(score: int, of: Case = SOLVED, log: tuple[object, ...] = (), **feedback: object) -> Decision:
    policy = SHIPPED.model_copy(update={"feedback": Feedback(**feedback)})  # type: ignore[arg-type]
    incoming = Incoming(
        reading=reading(), match=Match(), limits=(), people=PEOPLE, policy=policy, received_at=ARRIVED, now=NOW, due=DUE, log=log,
    )  # type: ignore[arg-type]  # fmt: skip
    return rated(incoming, of, Rating(score=score, comment="so so"), "words")


@rows("score", range(1, 6))
@rows("on_low", ["reopen", "escalate", "record"])
@rows("low", [0, 2, 3])
def test_each_rating_is_kept_and_low_ones_are_acted_upon(score: int, on_low: str, low: int) -> None:
    """Whatever the policy, the rating is on record; a case is opened again, or management is told, only for a low one and where that is wanted."""
    decision = rate(score, on_low=on_low, low=low)
    assert (decision.outcome, decision.change and decision.change.rating) == (Outcome.RATED, Rating(score=score, comment="so so"))
    assert decision.events[0].kind == "rated"
    assert decision.events[0].detail["score"] == str(score)
    reopens, escalates = (score <= low and on_low == what for what in ("reopen", "escalate"))
    assert (decision.status is CaseStatus.OPEN) == reopens
    assert [order.department for order in decision.replies] == (["management"] if escalates else [])
    assert [notice.kind for notice in decision.notices] == [NoticeKind.REOPENED if reopens else NoticeKind.RATED]


def test_a_case_at_work_is_not_opened_again() -> None:
    """Who rates while somebody works on it changes no status."""
    decision = rate(1, replace(SOLVED, status=CaseStatus.ON_HOLD))
    assert (decision.status, [one.kind for one in decision.events]) == (None, ["rated"])


def test_management_is_told_once() -> None:
    """A second low rating of a case that management knows is on record only."""
    assert rate(1, log=(event("escalated", to="management"),), on_low="escalate").replies == ()


def test_without_anybody_in_charge_nobody_is_told() -> None:
    """A case that nobody looks after is rated all the same; one that is not sorted lies where such cases lie."""
    decision = rate(5, replace(SOLVED, assignee="", abstained=True))
    assert (decision.notices, decision.folder) == ((), "Sort by hand")
