"""Who is given a case: the matter, the language, absences, the load, and who stands in."""

from datetime import date
from typing import Any

import pytest

from tests.making import ARRIVED, NOW, PEOPLE, SHIPPED, case
from triage.clocks.due import due_at
from triage.decision import Decision
from triage.people import People
from triage.policy.assignment import assign, bench
from triage.sections.people import AgentSettings
from triage.staff import NoticeKind, Workload

TODAY = date(2026, 11, 25)


def agent(name: str, **fields: Any) -> AgentSettings:
    """An agent in the settings."""
    return AgentSettings(name=name.title(), address=f"{name}@shop.example", **fields)


def given(agents: dict[str, AgentSettings], *, rooms: bool = True, **of: Any) -> Decision:
    """What becomes of a case with these agents."""
    loads = of.pop("loads", {})
    out_of_reach, in_turn = of.pop("unreachable", ()), of.pop("in_turn", False)
    people = People(identity=PEOPLE.identity, departments=PEOPLE.departments if rooms else {}, agents=agents)
    there = bench(
        people, {key: Workload(open_cases=many, latest=last) for key, (many, last) in loads.items()}, out_of_reach, TODAY, in_turn=in_turn
    )
    return assign(case(**of), there, people=people, policy=SHIPPED, now=NOW, due=due_at)


AWAY = {"from": TODAY, "to": TODAY}
SPECIALISTS = {
    "ann": agent("ann", categories=("order",), languages=("en",)),
    "bob": agent("bob", categories=("payment",), languages=("en", "de")),
    "cem": agent("cem", languages=("tr",)),
    "max": agent("max", role="manager"),
}
ROWS = [
    (
        "the matter and the language",
        SPECIALISTS,
        {"category": "payment", "language": "de"},
        "bob",
    ),
    (
        "the matter before the language",
        SPECIALISTS,
        {"category": "order", "language": "de"},
        "ann",
    ),
    (
        "the language where nobody knows the matter",
        {k: SPECIALISTS[k] for k in ("ann", "bob")},
        {"category": "invoice", "language": "de"},
        "bob",
    ),
    (
        "whoever is there",
        {"ann": SPECIALISTS["ann"]},
        {"category": "invoice", "language": "fr"},
        "ann",
    ),
    (
        "an unknown language bars nobody",
        SPECIALISTS,
        {"category": "order", "language": ""},
        "ann",
    ),
    (
        "what is not sorted fits everybody",
        {"bob": SPECIALISTS["bob"]},
        {"category": "other", "abstained": True, "language": "en"},
        "bob",
    ),
    (
        "fewest cases",
        {"ann": agent("ann"), "bob": agent("bob")},
        {"loads": {"ann": (3, 1), "bob": (2, 9)}},
        "bob",
    ),
    (
        "whoever waited longest among equals",
        {"ann": agent("ann"), "bob": agent("bob")},
        {"loads": {"ann": (2, 9), "bob": (2, 4)}},
        "bob",
    ),
    (
        "in turn whatever the load",
        {"ann": agent("ann"), "bob": agent("bob")},
        {"loads": {"ann": (9, 1), "bob": (1, 2)}, "in_turn": True},
        "ann",
    ),
    (
        "not on a day of absence",
        {"ann": agent("ann", away=(AWAY,)), "bob": agent("bob")},
        {"loads": {"bob": (50, 50)}},
        "bob",
    ),
    (
        "not where mail fails",
        {"ann": agent("ann"), "bob": agent("bob")},
        {"unreachable": ("ann",), "loads": {"bob": (5, 5)}},
        "bob",
    ),
    (
        "not who is disabled",
        {"ann": agent("ann", active=False), "bob": agent("bob")},
        {"loads": {"bob": (5, 5)}},
        "bob",
    ),
    (
        "a manager only where no agent is there",
        {"ann": agent("ann", away=(AWAY,)), "max": agent("max", role="manager")},
        {},
        "max",
    ),
    (
        "a department where nobody is there",
        {"ann": agent("ann", away=(AWAY,))},
        {"departments": ("finance",)},
        "finance",
    ),
    (
        "management where no department has it",
        {"ann": agent("ann", active=False)},
        {},
        "management",
    ),
]


@pytest.mark.parametrize(("agents", "of", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_case_goes_to_whoever_fits_best(agents: dict[str, AgentSettings], of: dict[str, Any], expected: str) -> None:
    """Each row of the order of preference gives the case to that one, on record and with a notice."""
    decision = given(agents, **of)
    assert decision.assignee == expected
    (event,) = decision.events
    assert (event.kind, event.detail["to"]) == ("assigned", expected)
    assert event.detail["why"]
    assert [(notice.kind, notice.colleague) for notice in decision.notices] == [(NoticeKind.ASSIGNED, expected)]
    assert decision.kept == (("assign", ""),)


def test_a_case_that_changes_hands_says_so() -> None:
    """Whoever takes a case over is told that it was somebody else's."""
    decision = given({"ann": agent("ann"), "bob": agent("bob", active=False)}, assignee="bob")
    assert decision.assignee == "ann"
    assert decision.events[0].detail["instead_of"] == "Bob"
    assert decision.notices[0].kind is NoticeKind.REASSIGNED


def test_where_nobody_can_take_it_a_promise_is_set() -> None:
    """With nobody there and no department, the case has an hour from arrival to find somebody."""
    decision = given({"ann": agent("ann", active=False)}, rooms=False)
    assert (decision.assignee, decision.events, decision.notices) == (None, (), ())
    (deadline,) = decision.deadlines
    assert (deadline.kind, deadline.due_at - ARRIVED) == ("assign", SHIPPED.promises.assign)


def test_many_cases_are_spread_evenly() -> None:
    """Nine cases in one go leave three agents with three each."""
    people = People(identity=PEOPLE.identity, agents={name: agent(name) for name in ("ann", "bob", "cem")})
    there, got = bench(people, {}, (), TODAY, in_turn=False), []
    for number in range(9):
        key = assign(case(id=number), there, people=people, policy=SHIPPED, now=NOW, due=due_at).assignee or ""
        there = there.after(key, number)
        got.append(key)
    assert sorted(got) == ["ann"] * 3 + ["bob"] * 3 + ["cem"] * 3
