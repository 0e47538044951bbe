"""What has risen: exact chances, the correction for all that was looked at, and how often chance alone raises a false alarm."""

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.reports.trends import FALSE_DISCOVERIES, Series, among, dispersion, over_share, rises

WEEKS = [7.0] * 12


def series(name: str, before: Sequence[int], now: int, what: str = "matter") -> Series:
    """How often something came up."""
    return Series(what=what, name=name, before=before, now=now)


def at_least(hits: int, of: int, chance: float) -> float:
    """The chance of so many hits or more, added up one by one."""
    return sum(math.comb(of, k) * chance**k * (1 - chance) ** (of - k) for k in range(hits, of + 1))


@settings(max_examples=60)
@given(st.integers(1, 40), st.integers(0, 40), st.floats(0.01, 0.99))
def test_chances_are_exact(of: int, hits: int, chance: float) -> None:
    """The chance of so many or more is the sum of the single ones."""
    hits = min(hits, of)
    assert over_share(hits, of, chance) == pytest.approx(at_least(hits, of, chance), abs=1e-9)


@pytest.mark.parametrize(
    ("before", "now", "rises_"),
    [
        ([2] * 12, 2, False),
        ([2] * 12, 5, False),
        ([2] * 12, 12, True),
        ([0] * 12, 4, False),
        ([0] * 12, 8, True),
        ([100] * 12, 105, False),
        ([100] * 12, 122, False),
        ([100] * 12, 150, True),
        ([10] * 12, 0, False),
        ([1, 40, 2, 60, 1, 50, 3, 45, 0, 55, 2, 44], 60, False),
        ([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9], 9, False),
    ],
    ids=str,
)
def test_what_is_a_rise(before: list[int], now: int, rises_: bool) -> None:
    """More than its own history explains; neither little, nor fewer than five, nor what has always swung so far."""
    found = rises([series("x", before, now)], WEEKS, 7.0)
    assert bool(found) is rises_
    if found:
        assert found[0].now == now
        assert found[0].expected == pytest.approx(sum(before) / 12)
        assert found[0].q <= FALSE_DISCOVERIES


def test_a_shorter_period_is_measured_by_its_length() -> None:
    """Of a week that has only begun no whole week's number is expected, and of a short history not too little."""
    many = [series("x", [14] * 12, 9)]
    assert rises(many, WEEKS, 7.0) == ()
    assert [it.expected for it in rises(many, WEEKS, 1.0)] == [2.0]
    assert rises([series("x", [3], 14)], [7.0], 7.0) != ()
    assert rises([series("x", [3], 14)], [1.0], 7.0) == ()


def test_nothing_to_compare_with() -> None:
    """Without a history, or without anything that came up, nothing has risen."""
    assert rises([], WEEKS, 7.0) == ()
    assert rises([series("x", [], 50)], [], 7.0) == ()
    assert rises([series("x", [0] * 12, 0)], WEEKS, 7.0) == ()


def test_the_surest_comes_first() -> None:
    """Rises are told in the order of their certainty, with what kind of thing they are."""
    found = rises([series("b", [2] * 12, 14, "product"), series("a", [2] * 12, 30), series("c", [2] * 12, 2)], WEEKS, 7.0)
    assert [(it.what, it.name) for it in found] == [("matter", "a"), ("product", "b")]
    assert found[0].q < found[1].q


def test_chance_alone_raises_few_alarms() -> None:
    """Over many reports in which nothing has changed, few have an alarm, however many things are looked at."""
    chance = random.Random(7)
    alarmed = sum(bool(rises([_steady(chance, number) for number in range(30)], WEEKS, 7.0)) for _ in range(200))
    assert alarmed <= 200 * FALSE_DISCOVERIES * 1.6


def test_what_swings_by_itself_raises_few_alarms() -> None:
    """The same of counts that swing twice as far as chance alone lets them."""
    chance = random.Random(8)
    alarmed = sum(bool(rises([_steady(chance, number, swing=0.4) for number in range(30)], WEEKS, 7.0)) for _ in range(200))
    assert alarmed <= 200 * FALSE_DISCOVERIES * 2.5


@pytest.mark.parametrize(("now", "at_least_found"), [(40, 50), (50, 85), (60, 97)])
def test_real_rises_are_found(now: int, at_least_found: int) -> None:
    """Of what comes up twenty times a week half of all doublings and nearly every tripling is found among thirty others."""
    chance = random.Random(9)
    found = 0
    for _ in range(100):
        others = [_steady(chance, number) for number in range(30)]
        risen = series("risen", [_poisson(chance, 20) for _ in WEEKS], _poisson(chance, now))
        found += any(it.name == "risen" for it in rises([*others, risen], WEEKS, 7.0))
    assert found >= at_least_found


def _steady(chance: random.Random, number: int, swing: float = 0.0) -> Series:
    mean = 2 + number

    def draw() -> int:
        return _poisson(chance, mean * chance.gammavariate(1 / swing**2, swing**2) if swing else mean)

    return series(f"s{number}", [draw() for _ in WEEKS], draw())


def _poisson(chance: random.Random, mean: float) -> int:
    limit, many, product = math.exp(-mean), 0, chance.random()
    while product > limit:
        many, product = many + 1, product * chance.random()
    return many


@pytest.mark.parametrize(
    ("counts", "expected"),
    [([5, 5, 5, 5], 0.0), ([], 1.0), ([9, 1], 1.0), ([0, 0, 0], 1.0), ([0, 10, 0, 10], 20 / 3), ([4, 6, 5, 5], 2 / 15)],
    ids=str,
)
def test_dispersion(counts: list[int], expected: float) -> None:
    """How far counts swing, where one is what chance does; too short a history says nothing."""
    assert dispersion(counts, [7.0] * len(counts)) == pytest.approx(expected)


def test_vendors_with_more_chargebacks_than_their_share() -> None:
    """A vendor stands out by its share of the chargebacks against its share of all cases, not by being large."""
    cases = {"Acme": 100, "Large": 800, "Small": 100}
    assert [name for name, _q in among({"Acme": 12, "Large": 10}, cases)] == ["Acme"]
    assert among({"Large": 20, "Acme": 2}, cases) == []
    assert among({}, cases) == []
    assert among({"": 9}, cases) == []
    assert among({"Acme": 1}, {}) == []
