"""Whether the answers of one period differ from those of the weeks before by more than chance, category by category."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from triage.said import EVERYTHING, Drift, Level, Said, Share, Shift

#: What is stranger than so much of the earlier mail is unusual: new matters are few among much that is as ever.
_USUAL = 0.9
#: Stretches from which it can be seen how much a share swings by itself.
_ENOUGH = 3
#: Terms further from the middle than so many standard deviations add nothing that anybody could see.
_FAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class _Compared:
    """One measure of one category, in each earlier stretch and now."""

    category: str
    measure: str
    stretches: Sequence[Share]
    after: Share

    @property
    def before(self) -> Share:
        return Share(hits=sum(it.hits for it in self.stretches), of=sum(it.of for it in self.stretches))


def drift(before: Sequence[Sequence[Said]], after: Sequence[Said]) -> Drift:
    """What was said in the earlier stretches and now, and every measure of every category in both, all categories together first."""
    known = [stretch for stretch in before if stretch]
    earlier = [*chain.from_iterable(known)]
    categories = [EVERYTHING, *sorted({each.category for each in (*earlier, *after)})] if earlier or after else []
    compared = [it for category in categories for it in _compared(category, [_of(category, each) for each in known], _of(category, after))]
    return Drift(
        weeks=len(known),
        now=tuple(level(category, _of(category, after)) for category in categories),
        before=tuple(level(category, _of(category, earlier)) for category in categories),
        shifts=tuple(_adjusted(_shifts(compared))),
        models=_models(after),
        models_before=_models(earlier),
    )


def level(category: str, said: Sequence[Said]) -> Level:
    """What was said of these messages as a whole."""
    return Level(
        category=category,
        many=sum(each.many for each in said),
        sure=_mean([(each.confidence, each.many) for each in said]),
        unsure=_share(said, _MEASURES["unsure"]),
        corrected=_share(said, _MEASURES["corrected"]),
        strange=_mean(_strangeness(said)),
    )


def quantile(values: Iterable[tuple[float, int]], share: float) -> float | None:
    """The least value that so large a share of all reaches at most (nearest rank), each counted so many times; None of none."""
    ordered = sorted(values)
    rank, counted = math.ceil(share * sum(many for _value, many in ordered)), 0
    for value, many in ordered:
        counted += many
        if counted >= rank:
            return value
    return None


def _mean(values: Sequence[tuple[float, int]]) -> float | None:
    return round(sum(value * many for value, many in values) / sum(many for _value, many in values), 4) if values else None


def _of(category: str, said: Iterable[Said]) -> list[Said]:
    return [each for each in said if category in (EVERYTHING, each.category)]


def _models(said: Iterable[Said]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for each in said:
        found[each.model] += each.many
    return dict(found.most_common())


def _strangeness(said: Iterable[Said]) -> list[tuple[float, int]]:
    return [(each.strange, each.many) for each in said if each.strange is not None]


_MEASURES: dict[str, Callable[[Said], bool]] = {
    "unsure": lambda each: each.abstained,
    "corrected": lambda each: each.corrected,
}


def _compared(category: str, before: Sequence[Sequence[Said]], after: Sequence[Said]) -> Iterable[_Compared]:
    earlier = [*chain.from_iterable(before)]
    sure = quantile([(each.confidence, each.many) for each in earlier], 0.5) or 0.0
    usual = quantile(_strangeness(earlier), _USUAL)
    measures = _MEASURES | {"doubtful": lambda each: each.confidence < sure}
    if usual is not None:
        measures["strange"] = lambda each: each.strange is not None and each.strange > usual
    for measure, counts in measures.items():
        shares = [_share(_looked_at(measure, stretch), counts) for stretch in (*before, after)]
        yield _Compared(category=category, measure=measure, stretches=shares[:-1], after=shares[-1])


def _looked_at(measure: str, said: Sequence[Said]) -> Sequence[Said]:
    return [each for each in said if each.strange is not None] if measure == "strange" else said


def _share(said: Sequence[Said], counts: Callable[[Said], bool]) -> Share:
    return Share(hits=sum(each.many for each in said if counts(each)), of=sum(each.many for each in said))


def _shifts(compared: Sequence[_Compared]) -> list[Shift]:
    # How much one share swings can hardly be seen in a dozen weeks: it is believed as far as all of them together bear it out.
    swings = [swing(one.stretches) for one in compared]
    usual = max(1.0, sum(swings) / max(len(swings), 1))
    return [
        Shift(
            category=one.category,
            measure=one.measure,
            before=one.before,
            after=one.after,
            p=fisher(_lighter(one.before, weight), _lighter(one.after, weight)),
        )
        for one, its in zip(compared, swings, strict=True)
        for weight in [max(usual, (usual + its) / 2)]
    ]


def swing(stretches: Sequence[Share]) -> float:
    """How much a share swings beyond what chance alone does (Pearson), about 1 where it is chance: so many messages then weigh as one."""
    hits, of = sum(it.hits for it in stretches), sum(it.of for it in stretches)
    if len(stretches) < _ENOUGH or not 0 < hits < of:
        return 1.0
    usual = hits / of
    found = ((it.hits - it.of * usual) ** 2 / (it.of * usual * (1 - usual)) for it in stretches if it.of)
    return sum(found) / (len(stretches) - 1)


def _lighter(share: Share, weight: float) -> Share:
    return Share(hits=round(share.hits / weight), of=round(share.of / weight))


def fisher(one: Share, other: Share) -> float:
    """Two-sided probability of shares at least so far apart by chance (Fisher's exact test): right for small numbers too."""
    hits, total = one.hits + other.hits, one.of + other.of
    if not hits or not one.of or not other.of:
        return 1.0
    middle = one.of * hits / total
    reach = _FAR * (1 + math.sqrt(middle * (1 - hits / total) * (1 - one.of / total)))
    least, most = max(0, hits - other.of, math.ceil(middle - reach)), min(hits, one.of, math.floor(middle + reach))
    if not least <= one.hits <= most:
        return 0.0
    whole = _log_choose(total, hits)
    chances = [math.exp(_log_choose(one.of, k) + _log_choose(other.of, hits - k) - whole) for k in range(least, most + 1)]
    # Rounding must not leave out what is exactly as unlikely as what was seen.
    seen = chances[one.hits - least] * (1 + 1e-9)
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
