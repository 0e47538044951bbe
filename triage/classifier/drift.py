"""Whether the answers of one period differ from those of another by more than chance, category by category."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from statistics import median

from triage.correction import Said

#: Adjusted for how many comparisons are made at once.
_NOTABLE = 0.05
#: All categories together.
EVERYTHING = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How one measure moved in one category."""

    category: str
    #: unsure: left to people; corrected: people said otherwise; doubtful: less sure than half of the earlier period was.
    measure: str
    before: Share
    after: Share
    #: How likely chance alone moves it so far; adjusted for all comparisons (Holm).
    p: float

    @property
    def notable(self) -> bool:
        """True where chance is no good explanation."""
        return self.p < _NOTABLE


def drift(before: Sequence[Said], after: Sequence[Said]) -> list[Shift]:
    """Every measure of every category in both periods, all categories together first."""
    categories = [EVERYTHING, *sorted({each.category for each in (*before, *after)})]
    return _adjusted([shift for category in categories for shift in _shifts(category, _of(category, before), _of(category, after))])


def _of(category: str, said: Iterable[Said]) -> list[Said]:
    return [each for each in said if category in (EVERYTHING, each.category)]


def _shifts(category: str, before: Sequence[Said], after: Sequence[Said]) -> Iterable[Shift]:
    usual = median(each.confidence for each in before) if before else 0.0
    measures: dict[str, Callable[[Said], bool]] = {
        "unsure": lambda each: each.abstained,
        "corrected": lambda each: each.corrected,
        "doubtful": lambda each: each.confidence < usual,
    }
    for measure, counts in measures.items():
        first, second = _share(before, counts), _share(after, counts)
        yield Shift(category=category, measure=measure, before=first, after=second, p=fisher(first, second))


def _share(said: Sequence[Said], counts: Callable[[Said], bool]) -> Share:
    return Share(hits=sum(map(counts, said)), of=len(said))


def fisher(one: Share, other: Share) -> float:
    """Two-sided probability of shares at least so far apart by chance (Fisher's exact test): right for small numbers too."""
    hits, total = one.hits + other.hits, one.of + other.of
    possible = range(max(0, hits - other.of), min(hits, one.of) + 1)
    whole = _log_choose(total, hits)
    chances = [math.exp(_log_choose(one.of, k) + _log_choose(other.of, hits - k) - whole) for k in possible]
    # Rounding must not leave out what is exactly as unlikely as what was seen.
    seen = chances[one.hits - possible.start] * (1 + 1e-9)
    return min(1.0, sum(chance for chance in chances if chance <= seen))


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _adjusted(shifts: Sequence[Shift]) -> list[Shift]:
    """With each p multiplied by how many comparisons are at least as unlikely to be beaten by chance (Holm 1979)."""
    order = sorted(range(len(shifts)), key=lambda number: shifts[number].p)
    adjusted, largest = list(shifts), 0.0
    for rank, number in enumerate(order):
        largest = max(largest, min(1.0, shifts[number].p * (len(shifts) - rank)))
        adjusted[number] = replace(shifts[number], p=largest)
    return adjusted
