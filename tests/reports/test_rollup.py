"""Counts and durations rolled up: each group adds up to the whole, and percentiles are those of the plain list."""

import math
import statistics
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reports.making import BERLIN, NOVEMBER
from triage.figures import Cell, Counts, Rated, Span, Took
from triage.reports import rollup
from triage.reports.period import period_of

SECONDS = st.lists(st.integers(0, 10**7), min_size=1, max_size=60)


def took(hours: float = 0, **fields: Any) -> Took:
    """A case that arrived so many hours into the month."""
    given = {
        "received": int((NOVEMBER.start + timedelta(hours=hours)).timestamp()), "representative": "jane", "category": "order",
        "issue": "order_status", "departments": "|finance|", "channel": "email", "product": "", "vendor": "", "acknowledgment": 60, "answer": 3600, "resolution": 7200,
    }  # fmt: skip
    return Took(**{**given, **fields})


def cell(*names: str, **counts: int) -> Cell:
    """Counts of cases with these names."""
    return Cell(names=names, counts=Counts(**{"received": 1, **counts}))


CELLS = (
    cell("jane", "|finance|it|", "dispute", "quality", "email", received=5, solved=2),
    cell("jane", "", "order", "order_status", "email", received=3, solved=1),
    cell("", "|it|", "payment", "", "phone", received=2),
    cell("bob", "", "order", "order_cancel", "walk_in", received=1, solved=1),
)


@given(SECONDS)
def test_percentiles_are_those_of_the_list(seconds: list[int]) -> None:
    """Mean, median and nearest rank, each computed in another way."""
    found = rollup.times(list(seconds))
    assert found.n == len(seconds)
    assert found.mean == pytest.approx(sum(seconds) / len(seconds))
    assert found.median == statistics.median(sorted(seconds))
    within = found.p90
    assert within is not None
    # Nine tenths are done by then, and with any earlier time fewer would be.
    assert sum(one <= within for one in seconds) >= 0.9 * len(seconds) - 1e-9
    assert sum(one < within for one in seconds) < math.ceil(0.9 * len(seconds))


def test_nothing_took_no_time() -> None:
    """Where nothing happened there is no time, rather than none at all."""
    found = rollup.times([])
    assert (found.n, found.mean, found.median, found.p90) == (0, None, None, None)


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("representative", [("JANE", 8), ("nobody yet", 2), ("BOB", 1)]),
        ("department", [("IT", 7), ("FINANCE", 5)]),
        ("category", [("dispute", 5), ("order", 4), ("payment", 2)]),
        ("matter", [("dispute/quality", 5), ("order/order_status", 3), ("payment", 2), ("order/order_cancel", 1)]),
        ("channel", [("email", 8), ("phone", 2), ("walk in", 1)]),
    ],
)
def test_groups(by: str, expected: list[tuple[str, int]]) -> None:
    """Each case is in each group that it is named for, the largest group first, under the names that people know."""
    gathered = rollup.Gathered((), NOVEMBER, BERLIN)
    found = rollup.groups(by, CELLS, gathered, (), str.upper)
    assert [(it.name, it.counts.received) for it in found] == expected


def test_the_whole_is_the_sum() -> None:
    """All cells together, and those of some categories."""
    durations = rollup.Durations()
    everything = rollup.whole("all", CELLS, durations)
    assert (everything.counts.received, everything.counts.solved) == (11, 4)
    disputes = rollup.whole("disputes", CELLS, durations, among=("dispute", "payment"))
    assert (disputes.counts.received, disputes.counts.solved) == (7, 2)


def test_durations_go_to_their_groups() -> None:
    """Each case's durations are in all the groups it is in, and what has not happened is in none."""
    gathered = rollup.Gathered(
        (
            took(),
            took(representative="bob", answer=None, resolution=100),
            took(
                category="payment",
                issue="",
                departments="|it|finance|",
                acknowledgment=None,
                channel="walk_in",
                product="Kettle",
                vendor="Acme",
            ),
        ),
        NOVEMBER,
        BERLIN,
    )
    assert (gathered.total.acknowledgment, gathered.total.answer) == ([60, 60], [3600, 3600])
    assert gathered.disputes.resolution == [7200]
    assert gathered.of("representative", "bob").resolution == [100]
    assert gathered.of("representative", "bob").answer == []
    assert gathered.of("department", "finance").resolution == [7200, 100, 7200]
    assert gathered.of("department", "it").resolution == [7200]
    assert gathered.of("category", "payment").resolution == [7200]
    assert gathered.of("matter", "payment").resolution == [7200]
    assert gathered.of("matter", "nothing").resolution == []
    assert gathered.of("channel", "email").resolution == [7200, 100]
    assert gathered.of("channel", "walk in").answer == [3600]
    assert gathered.of("product", "Kettle").resolution == gathered.of("vendor", "Acme").resolution == [7200]
    assert gathered.of("product", "").resolution == []


def test_ratings_go_to_their_groups() -> None:
    """A rating is that of the representative, the departments, the category, the matter, the channel, the product and the vendor."""
    rated = [
        Rated(
            number="1", score=5, comment="", representative="jane", matter="dispute/quality", category="dispute", issue="quality",
            channel="email", departments=("finance", "it"), product="Kettle", vendor="Acme",
        ),
        Rated(
            number="2", score=2, comment="", representative="jane", matter="order/order_status", category="order", issue="order_status",
            channel="email", departments=("it",), product="Kettle",
        ),
        Rated(number="3", score=1, comment="", representative="", matter="to be sorted", category="payment", channel="phone"),
    ]  # fmt: skip
    gathered = rollup.Gathered((), NOVEMBER, BERLIN)

    def csat(by: str, cells: Sequence[Cell] = CELLS) -> dict[str, float | None]:
        return {it.name: it.csat for it in rollup.groups(by, cells, gathered, rated, str)}

    assert csat("representative") == {"jane": 3.5, "nobody yet": 1, "bob": None}
    assert csat("category") == {"dispute": 5, "order": 2, "payment": 1}
    assert csat("matter") == {"dispute/quality": 5, "order/order_status": 2, "payment": 1, "order/order_cancel": None}
    assert csat("department") == {"it": 3.5, "finance": 5}
    assert csat("channel") == {"email": 3.5, "phone": 1, "walk in": None}
    assert csat("product", [cell("Kettle", received=4), cell("Lamp")]) == {"Kettle": 3.5, "Lamp": None}
    assert csat("vendor", [cell("Acme")]) == {"Acme": 5}


def test_opinions_of_groups_add_up_to_all() -> None:
    """A group that was rated in the period has its rating there, though all its cases arrived before."""
    gathered = rollup.Gathered((), NOVEMBER, BERLIN)
    late = Rated(number="1", score=4, comment="", representative="jane", matter="order", category="order", vendor="Initech")
    [acme, initech] = rollup.groups("vendor", [cell("Acme")], gathered, [late], str)
    assert (acme.name, acme.ratings) == ("Acme", 0)
    assert (initech.name, initech.counts, initech.csat) == ("Initech", Counts(), 4)


def test_products_and_vendors_have_durations() -> None:
    """Counts that were asked for by themselves meet the durations that were gathered with all others."""
    gathered = rollup.Gathered((took(product="Kettle"), took(product="Kettle", answer=7200), took(product="Lamp")), NOVEMBER, BERLIN)
    found = rollup.groups("product", [cell("Kettle", received=2, escalated=1), cell("Lamp")], gathered, (), str)
    assert [(it.name, it.counts.escalated, it.answer.n, it.answer.median) for it in found] == [("Kettle", 1, 2, 5400), ("Lamp", 0, 1, 3600)]


def test_days_of_the_calendar() -> None:
    """A case belongs to the day it arrived on where we are, also on the day that has an hour more."""
    autumn = period_of(Span.WEEK, date(2026, 10, 25), BERLIN)

    def at(text: str, resolution: int | None = 3600) -> Took:
        return took(received=int(datetime.fromisoformat(text).timestamp()), resolution=resolution)

    gathered = rollup.Gathered(
        (
            at("2026-10-19T00:00+02:00"),
            at("2026-10-24T23:59+02:00", None),
            at("2026-10-25T00:00+02:00", 48 * 3600),
            at("2026-10-25T23:59+01:00", 48 * 3600 + 1),
        ),
        autumn,
        BERLIN,
    )
    assert [(day.day.day, day.received, day.resolved) for day in gathered.days] == [
        (19, 1, 1), (20, 0, 0), (21, 0, 0), (22, 0, 0), (23, 0, 0), (24, 1, 0), (25, 2, 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ages", "expected"),
    [
        ([], [0, 0, 0, 0, 0]),
        ([0, 86399], [2, 0, 0, 0, 0]),
        ([86400, 2 * 86400 - 1], [0, 2, 0, 0, 0]),
        ([2 * 86400, 7 * 86400 - 1], [0, 0, 2, 0, 0]),
        ([7 * 86400, 30 * 86400 - 1], [0, 0, 0, 2, 0]),
        ([30 * 86400, 10**9], [0, 0, 0, 0, 2]),
    ],
)
def test_ages(ages: list[int], expected: list[int]) -> None:
    """Each age is in one class, and the classes are there also where they are empty."""
    found = rollup.waiting(ages)
    assert list(found.by_age.values()) == expected
    assert found.many == len(ages)
    assert found.oldest == (timedelta(seconds=max(ages)) if ages else None)
