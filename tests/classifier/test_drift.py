"""Drift is told from chance, also where there are few messages and where shares swing by themselves."""

import random

import pytest

from tests.effort import effort
from triage.classifier.drift import drift, fisher, level, quantile, swing
from triage.said import EVERYTHING, Drift, Said, Share, Shift

WEEKS = 12


def said(category: str = "order", confidence: float = 0.9, **fields: object) -> Said:
    """What was said of one message."""
    return Said(category=category, confidence=confidence, **fields)  # type: ignore[arg-type]


def notable(found: Drift) -> set[tuple[str, str]]:
    """What moved by more than chance."""
    return {(each.category, each.measure) for each in found.moved}


def shift(found: Drift, category: str, measure: str) -> Shift:
    """One of its comparisons."""
    return next(each for each in found.shifts if (each.category, each.measure) == (category, measure))


@pytest.mark.parametrize(
    ("one", "other", "p"),
    [
        # The lady tasting tea, Fisher 1935.
        (Share(hits=3, of=4), Share(hits=1, of=4), 0.485714),
        (Share(hits=4, of=4), Share(hits=0, of=4), 0.028571),
        (Share(hits=1, of=10), Share(hits=11, of=14), 0.002759),
        (Share(hits=0, of=5), Share(hits=0, of=7), 1.0),
        (Share(hits=0, of=0), Share(hits=3, of=9), 1.0),
        (Share(hits=0, of=0), Share(hits=0, of=0), 1.0),
        (Share(hits=500, of=5000), Share(hits=500, of=5000), 1.0),
        (Share(hits=9000, of=10000), Share(hits=10, of=10000), 0.0),
    ],
)
def test_fishers_exact_test(one: Share, other: Share, p: float) -> None:
    """Known values, from small tables to large ones, the same in either direction."""
    assert fisher(one, other) == pytest.approx(p, abs=1e-4)
    assert fisher(other, one) == pytest.approx(p, abs=1e-4)


def test_it_agrees_with_scipy() -> None:
    """The library that training brings along says the same, also where most terms are too small to be added up."""
    from scipy.stats import fisher_exact

    tables = [
        (7, 20, 2, 31), (0, 9, 6, 11), (40, 100, 61, 100), (3, 1000, 15, 900), (1, 3, 900, 9000), (0, 400, 9, 90000), (5200, 10500, 50000, 102000),
    ]  # fmt: skip
    for hits, of, others, out_of in tables:
        theirs = fisher_exact([[hits, of - hits], [others, out_of - others]]).pvalue
        assert fisher(Share(hits=hits, of=of), Share(hits=others, of=out_of)) == pytest.approx(theirs, rel=1e-6)


def test_a_quarter_of_a_large_shop_is_compared_quickly() -> None:
    """Of a hundred thousand messages only the terms that weigh anything are added up."""
    one, other = Share(hits=60_000, of=120_000), Share(hits=60_300, of=121_000)
    assert fisher(one, other) > 0.01
    assert effort(lambda: fisher(one, other), limit=0.2) < 0.2


def test_what_moved_is_notable_and_the_rest_is_not() -> None:
    """Corrections of one category rise from 1 in 50 to 20 in 50: that is told, of that category and of all together."""
    before = [said(corrected=number < 1) for number in range(50)] + [said("invoice") for _ in range(50)]
    after = [said(corrected=number < 20) for number in range(50)] + [said("invoice") for _ in range(50)]
    found = drift([before], after)
    assert notable(found) == {(EVERYTHING, "corrected"), ("order", "corrected")}
    corrected = shift(found, "order", "corrected")
    assert (corrected.before, corrected.after) == (Share(hits=1, of=50), Share(hits=20, of=50))
    assert [each.category for each in found.now] == [each.category for each in found.before] == [EVERYTHING, "invoice", "order"]


def test_what_was_said_alike_counts_as_often_as_it_was() -> None:
    """Messages counted together are the same as messages one by one."""
    one_by_one = drift([[said(abstained=number < 4, strange=0.2) for number in range(20)]], [said(strange=0.2)] * 9)
    together = drift([[said(abstained=True, strange=0.2, many=4), said(strange=0.2, many=16)]], [said(strange=0.2, many=9)])
    assert one_by_one == together


def test_a_handful_proves_nothing() -> None:
    """One correction in three messages is no drift."""
    assert notable(drift([[said()] * 3], [said(corrected=True), said(), said()])) == set()


def test_less_sure_than_usual() -> None:
    """Confidence is compared with what was usual before: half of the earlier messages were below it, at most."""
    before = [said(confidence=0.90 + number / 1000) for number in range(60)]
    after = [said(confidence=0.70 + number / 1000) for number in range(60)]
    doubtful = shift(drift([before], after), "order", "doubtful")
    assert (doubtful.before.hits, doubtful.after.hits) == (29, 60)
    assert doubtful.notable


def test_words_that_are_new() -> None:
    """A new kind of mail among much that is as ever shows in the share of messages with more new words than nine tenths had."""
    before = [said(strange=number / 1000) for number in range(500)]
    after = [said(strange=number / 1000) for number in range(85)] + [said(strange=0.6)] * 25
    found = drift([before], after)
    strange = shift(found, "order", "strange")
    assert (strange.before.hits, strange.after.hits) == (50, 25)
    assert notable(found) == {("order", "strange"), (EVERYTHING, "strange")}


def test_messages_that_nobody_looked_at_say_nothing_of_words() -> None:
    """Readings of a former version, and messages of three words, are in no share of new words."""
    assert [each.measure for each in drift([[said()] * 9], [said()] * 9).shifts if each.category == "order"] == [
        "unsure",
        "corrected",
        "doubtful",
    ]
    mixed = drift([[said(strange=0.1)] * 9], [said(), said(strange=0.1)])
    assert shift(mixed, "order", "strange").after == Share(hits=0, of=1)
    assert (level("order", [said()]).strange, level("order", [said(), said(strange=0.1)]).strange) == (None, 0.1)


def test_many_comparisons_are_allowed_for() -> None:
    """The same difference weighs less among many categories: chance has more chances."""
    few = drift([[said()] * 40], [said(abstained=number < 6) for number in range(40)])
    names = [f"category {number}" for number in range(30)]
    many = drift(
        [[said()] * 40 + [said(name) for name in names]],
        [said(abstained=number < 6) for number in range(40)] + [said(name) for name in names],
    )
    alone, among = (shift(found, "order", "unsure") for found in (few, many))
    assert alone.p < among.p


def test_a_new_category_and_an_empty_period() -> None:
    """Nothing before, or nothing now, is told as it is and is never notable."""
    for before, after in (([], [said()]), ([[said()]], []), ([[]], [said()])):
        found = drift(before, after)
        assert notable(found) == set()
        assert found.shifts[0].category == EVERYTHING
        assert (found.weeks, found.now[0].many) == (sum(bool(each) for each in before), len(after))
    assert drift([], []) == Drift()


def test_which_model_answered() -> None:
    """Messages are counted by the model, so that another model is not taken for other mail."""
    found = drift([[said(model="a"), said(model="b", many=3)]], [said(model="c", many=7)])
    assert (found.models, found.models_before) == ({"c": 7}, {"b": 3, "a": 1})
    assert list(found.models_before) == ["b", "a"]


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, None),
        ([(3.0, 1)], 0.5, 3.0),
        ([(1.0, 1), (2.0, 1)], 0.5, 1.0),
        ([(2.0, 1), (1.0, 9)], 0.9, 1.0),
        ([(2.0, 2), (1.0, 8)], 0.9, 2.0),
    ],
)
def test_nearest_rank(values: list[tuple[float, int]], share: float, expected: float | None) -> None:
    """The least value that so large a share of all reaches at most."""
    assert quantile(values, share) == expected


@pytest.mark.parametrize(
    ("hits", "expected"),
    [([5, 5, 5, 5], 0.0), ([0, 0, 0], 1.0), ([10, 10, 10], 1.0), ([5, 9], 1.0), ([0, 10, 0, 10], 40 / 3)],
)
def test_how_much_a_share_swings(hits: list[int], expected: float) -> None:
    """One is what chance does; of few weeks, or of what is always or never so, nothing can be seen."""
    assert swing([Share(hits=hit, of=10) for hit in hits]) == pytest.approx(expected)


def test_a_week_without_mail_does_not_swing() -> None:
    """Nothing of nothing says nothing."""
    assert swing([Share(hits=5, of=10), Share(hits=0, of=0), Share(hits=5, of=10)]) == 0.0


def test_what_swings_by_itself_is_no_drift() -> None:
    """A share that was now 10 %, now 50 % all the time has not moved when it is 45 %; one that stood at 28 % all the time has."""
    swinging = [[said(abstained=True, many=5 if week % 2 else 25), said(many=45 if week % 2 else 25)] for week in range(WEEKS)]
    steady = [[said(abstained=True, many=15), said(many=35)] for _ in range(WEEKS)]
    after = [said(abstained=True, many=45), said(many=55)]
    assert ("order", "unsure") not in notable(drift(swinging, after))
    assert ("order", "unsure") in notable(drift(steady, after))


def _week(chance: random.Random, category: str, many: int, share: float, spread: float) -> list[Said]:
    own = min(0.95, max(0.01, chance.gauss(share, spread)))
    hits = sum(chance.random() < own for _ in range(many))
    return [said(category, 0.9, abstained=True, many=hits), said(category, 0.9, many=many - hits)]


@pytest.mark.parametrize(("spread", "at_most"), [(0.0, 8), (0.06, 16)])
def test_chance_alone_raises_few_alarms(spread: float, at_most: int) -> None:
    """Over a hundred reports on six categories in which nothing has changed, few have an alarm; also where shares swing by themselves."""
    chance, alarms = random.Random(5), 0
    for _ in range(100):
        weeks = [[it for number in range(6) for it in _week(chance, f"c{number}", 8 * 2**number, 0.12, spread)] for _ in range(WEEKS + 1)]
        alarms += bool(notable(drift(weeks[:-1], weeks[-1])))
    assert alarms <= at_most


def test_what_really_moves_is_found() -> None:
    """A category of forty messages a week of which two fifths instead of an eighth are left to people is found three times in four."""
    chance, found = random.Random(6), 0
    for _ in range(60):
        weeks = [_week(chance, "order", 40, 0.12, 0.0) + _week(chance, "other", 200, 0.12, 0.0) for _ in range(WEEKS)]
        now = _week(chance, "order", 40, 0.40, 0.0) + _week(chance, "other", 200, 0.12, 0.0)
        found += ("order", "unsure") in notable(drift(weeks, now))
    assert found >= 45
