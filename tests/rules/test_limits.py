"""Limits on automatic mail: what is counted, where the line is, and who is exempt."""

import pytest

from triage.decision import History
from triage.message import Address, Message
from triage.reading import Effect
from triage.rules.limits import check_limits
from triage.sections.sending import SendLimits

LIMITS = SendLimits()


def from_(addr_spec: str) -> Message:
    return Message(from_=(Address(addr_spec=addr_spec),))


@pytest.mark.parametrize(
    ("history", "word"),
    [
        (History(sent_to_author_day=4), "in a day"),
        (History(sent_to_author_week=10), "in a week"),
        (History(sent_to_domain_hour=50), "customer.example"),
        (History(author_in_case_recent=4), "ten minutes"),
    ],
)
def test_a_limit_that_is_reached_withholds_the_answer(history: History, word: str) -> None:
    """One more automatic message over any limit is withheld with a reason, and the case is not lost."""
    (finding,) = check_limits(from_("eve@customer.example"), history, LIMITS)
    assert finding.effect is Effect.NO_ANSWER
    assert word in finding.reason


@pytest.mark.parametrize(
    "history",
    [
        History(),
        History(sent_to_author_day=3, sent_to_author_week=9, sent_to_domain_hour=49, author_in_case_recent=3),
    ],
)
def test_below_the_limits_nothing_is_withheld(history: History) -> None:
    """The last message within every limit is still answered."""
    assert check_limits(from_("eve@customer.example"), history, LIMITS) == ()


def test_shared_domains_are_not_limited_as_one() -> None:
    """Fifty people at a free mail provider are fifty people, not one sender."""
    assert check_limits(from_("eve@gmail.com"), History(sent_to_domain_hour=500), LIMITS) == ()


def test_all_broken_limits_are_named() -> None:
    """Every limit that is reached gives its own finding, so that a person sees the whole reason."""
    found = check_limits(Message(), History(sent_to_author_day=9, sent_to_author_week=99), LIMITS)
    assert len(found) == 2
