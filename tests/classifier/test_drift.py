"""Drift is told from chance, also where there are few messages."""

import pytest

from triage.classifier.drift import EVERYTHING, Share, drift, fisher
from triage.correction import Said


def said(category: str = "order", confidence: float = 0.9, *, abstained: bool = False, corrected: bool = False) -> Said:
    """What was said of one message."""
    return Said(category=category, confidence=confidence, abstained=abstained, corrected=corrected)


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
    ],
)
def test_fishers_exact_test(one: Share, other: Share, p: float) -> None:
    """Known values, from small tables to large ones, the same in either direction."""
    assert fisher(one, other) == pytest.approx(p, abs=1e-4)
    assert fisher(other, one) == pytest.approx(p, abs=1e-4)


def test_it_agrees_with_scipy() -> None:
    """The library that training brings along says the same."""
    from scipy.stats import fisher_exact

    for hits, of, others, out_of in [(7, 20, 2, 31), (0, 9, 6, 11), (40, 100, 61, 100), (3, 1000, 15, 900)]:
        theirs = fisher_exact([[hits, of - hits], [others, out_of - others]]).pvalue
        assert fisher(Share(hits=hits, of=of), Share(hits=others, of=out_of)) == pytest.approx(theirs, rel=1e-6)


def test_what_moved_is_notable_and_the_rest_is_not() -> None:
    """Corrections of one category rise from 1 in 50 to 20 in 50: that is told, of that category and of all together."""
    before = [said(corrected=number < 1) for number in range(50)] + [said("invoice") for _ in range(50)]
    after = [said(corrected=number < 20) for number in range(50)] + [said("invoice") for _ in range(50)]
    shifts = drift(before, after)
    assert {(each.category, each.measure) for each in shifts if each.notable} == {(EVERYTHING, "corrected"), ("order", "corrected")}
    found = next(each for each in shifts if (each.category, each.measure) == ("order", "corrected"))
    assert (found.before, found.after) == (Share(hits=1, of=50), Share(hits=20, of=50))


def test_a_handful_proves_nothing() -> None:
    """One correction in three messages is no drift."""
    assert [each for each in drift([said()] * 3, [said(corrected=True), said(), said()]) if each.notable] == []


def test_less_sure_than_usual() -> None:
    """Confidence is compared with what was usual before: half of the earlier messages were below it, at most."""
    before = [said(confidence=0.90 + number / 1000) for number in range(60)]
    after = [said(confidence=0.70 + number / 1000) for number in range(60)]
    doubtful = next(each for each in drift(before, after) if each.measure == "doubtful")
    assert (doubtful.before.hits, doubtful.after.hits) == (30, 60)
    assert doubtful.notable


def test_many_comparisons_are_allowed_for() -> None:
    """The same difference weighs less among many categories: chance has more chances."""
    few = drift([said()] * 40, [said(abstained=number < 6) for number in range(40)])
    names = [f"category {number}" for number in range(30)]
    many = drift(
        [said()] * 40 + [said(name) for name in names],
        [said(abstained=number < 6) for number in range(40)] + [said(name) for name in names],
    )
    alone, among = (next(it for it in found if (it.category, it.measure) == ("order", "unsure")) for found in (few, many))
    assert alone.p < among.p


def test_a_new_category_and_an_empty_period() -> None:
    """Nothing before, or nothing now, is told as it is and is never notable."""
    for before, after in (([], [said()]), ([said()], []), ([], [])):
        shifts = drift(before, after)
        assert [each for each in shifts if each.notable] == []
        assert shifts[0].category == EVERYTHING
