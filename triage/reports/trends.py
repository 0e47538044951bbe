"""What has risen against its own history by more than chance: an exact test for small counts, corrected for all that is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import stats

from triage.figures import Rise

#: Of all that is called a rise, so much may be chance.
FALSE_DISCOVERIES = 0.05
#: Fewer cases are a matter for whoever answers them, and less of a rise is none that anybody can act on.
_FEWEST, _LEAST_RATIO = 5, 1.25
#: Stretches of history from which it can be seen how much counts swing by themselves.
_ENOUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """How often something came up, before and now."""

    what: str
    name: str
    before: Sequence[int]
    now: int


def rises(series: Sequence[Series], lengths: Sequence[float], length: float) -> tuple[Rise, ...]:
    """What has risen, the surest first; `lengths` are those of the stretches before, `length` is that of the one looked at."""
    # What to look at must not depend on what is found there: all that came up often enough at any time.
    looked_at = [one for one in series if one.now + sum(one.before) >= _FEWEST]
    if not looked_at or not lengths:
        return ()
    # How much counts swing can hardly be seen in a dozen of them: each is believed as far as all together bear it out.
    swings = [dispersion(one.before, lengths) for one in looked_at]
    usual = max(1.0, sum(swings) / len(swings))
    chances = [_chance(one, max(usual, (usual + its) / 2), lengths, length) for one, its in zip(looked_at, swings, strict=True)]
    corrected = stats.false_discovery_control(chances, method="bh")
    found = [
        Rise(what=one.what, name=one.name, now=one.now, expected=_expected(one, lengths, length), q=float(q))
        for one, q in zip(looked_at, corrected, strict=True)
    ]
    notable = [it for it in found if it.q <= FALSE_DISCOVERIES and it.now >= max(_FEWEST, _LEAST_RATIO * it.expected)]
    return tuple(sorted(notable, key=lambda it: (it.q, -it.now, it.name)))


def _expected(one: Series, lengths: Sequence[float], length: float) -> float:
    return sum(one.before) * length / sum(lengths)


def _chance(one: Series, swing: float, lengths: Sequence[float], length: float) -> float:
    """How likely so many or more are, given all there were (conditional binomial test of two Poisson rates)."""
    now, before = int(one.now / swing), sum(one.before) / swing
    return float(stats.binomtest(now, max(now + round(before), 1), length / (length + sum(lengths)), alternative="greater").pvalue)


def dispersion(counts: Sequence[int], lengths: Sequence[float]) -> float:
    """How much counts swing beyond what chance alone does (Pearson), about 1 where it is chance: so many cases then weigh as one."""
    total = sum(counts)
    if len(counts) < _ENOUGH or not total:
        return 1.0
    usual = [total * length / sum(lengths) for length in lengths]
    return sum((count - mean) ** 2 / mean for count, mean in zip(counts, usual, strict=True)) / (len(counts) - 1)


def over_share(hits: int, of: int, share: float) -> float:
    """How likely so many hits or more are where each has this chance (exact binomial test)."""
    return float(stats.binomtest(hits, of, share, alternative="greater").pvalue) if of else 1.0


def among(chargebacks: Mapping[str, int], cases: Mapping[str, int]) -> list[tuple[str, float]]:
    """(vendor, q) of those with more chargebacks than their share of all cases explains, the surest first."""
    names = [name for name in chargebacks if name]
    total, everything = sum(chargebacks.values()), sum(cases.values())
    if not names or not everything:
        return []
    chances = [over_share(chargebacks[name], total, min(1.0, cases.get(name, 0) / everything)) for name in names]
    corrected = stats.false_discovery_control(chances, method="bh")
    return sorted(((name, float(q)) for name, q in zip(names, corrected, strict=True) if q <= FALSE_DISCOVERIES), key=lambda it: it[1])
