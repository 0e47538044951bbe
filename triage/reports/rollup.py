"""Counts and durations of a period rolled up into the figures of its groups."""

import math
import statistics
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta, tzinfo

from triage.figures import DISPUTES, RESOLVED_WITHIN, Cell, Counts, Day, Group, Period, Rated, Times, Took, Waiting

NOBODY = "nobody yet"
#: What a cell's names are, in their order; those of a duration go on with product and vendor.
CELLS = ("representative", "departments", "category", "issue", "channel")
#: Counted by themselves, because few cases have them.
ALONE = ("product", "vendor")
_REPRESENTATIVE, _DEPARTMENTS, _CATEGORY, _ISSUE, _CHANNEL, _PRODUCT, _VENDOR = range(len(CELLS) + len(ALONE))
_SHARE = 0.9
_AGES: tuple[tuple[str, timedelta], ...] = (
    ("under 1 day", timedelta(days=1)), ("1 to 2 days", timedelta(days=2)), ("2 to 7 days", timedelta(days=7)),
    ("7 to 30 days", timedelta(days=30)), ("over 30 days", timedelta.max),
)  # fmt: skip
#: Names of the groups a row belongs to.
_NamesOf = Callable[[Sequence[str]], Iterable[str]]


def matter(category: str, issue: str) -> str:
    """Category and issue as one name."""
    return f"{category}/{issue}" if issue else category


def departments_of(listed: str) -> list[str]:
    """The departments of a column that lists them between bars; a case that went to none belongs to none."""
    return [key for key in listed.split("|") if key]


#: How cases are grouped; each case is in each group that it is named for.
BY: Mapping[str, _NamesOf] = {
    "representative": lambda names: (names[_REPRESENTATIVE],),
    "department": lambda names: departments_of(names[_DEPARTMENTS]),
    "category": lambda names: (names[_CATEGORY],),
    "matter": lambda names: (matter(names[_CATEGORY], names[_ISSUE]),),
    "channel": lambda names: (names[_CHANNEL].replace("_", " "),),
    "product": lambda names: filter(None, (names[_PRODUCT],)),
    "vendor": lambda names: filter(None, (names[_VENDOR],)),
}


@dataclass(slots=True)
class Durations:
    """Durations of the cases of a group, as they come in."""

    acknowledgment: list[int] = field(default_factory=list)
    answer: list[int] = field(default_factory=list)
    resolution: list[int] = field(default_factory=list)

    def add(self, acknowledgment: int | None, answer: int | None, resolution: int | None) -> None:
        """One case more."""
        if acknowledgment is not None:
            self.acknowledgment.append(acknowledgment)
        if answer is not None:
            self.answer.append(answer)
        if resolution is not None:
            self.resolution.append(resolution)

    def extend(self, others: "Durations") -> None:
        """Those of more cases."""
        self.acknowledgment += others.acknowledgment
        self.answer += others.answer
        self.resolution += others.resolution


def times(seconds: list[int]) -> Times:
    """Mean, median, and the time within which nine tenths were done (nearest rank)."""
    if not seconds:
        return Times()
    seconds.sort()
    rank = math.ceil(_SHARE * len(seconds)) - 1
    return Times(n=len(seconds), mean=statistics.fmean(seconds), median=statistics.median(seconds), p90=float(seconds[rank]))


class Gathered:
    """The durations of a period by group, from one pass over its cases."""

    def __init__(self, tooks: Iterable[Took], period: Period, where: tzinfo) -> None:
        self.total, self.disputes = Durations(), Durations()
        self._by: dict[str, dict[str, Durations]] = {by: defaultdict(Durations) for by in BY}
        days = [period.first + timedelta(days=number) for number in range((period.last - period.first).days + 1)]
        midnights = [datetime.combine(day, time(), where).timestamp() for day in days]
        self._days, self._received, self._resolved = days, [0] * len(days), [0] * len(days)
        within = int(RESOLVED_WITHIN.total_seconds())
        # Cases with the same names go to the same groups: far fewer than cases.
        alike: dict[tuple[str, ...], Durations] = defaultdict(Durations)
        for took in tooks:
            alike[took.names].add(took.acknowledgment, took.answer, took.resolution)
            # Days are of the calendar: where the clock is changed one has 23 hours, another 25.
            number = bisect_right(midnights, took.received) - 1
            self._received[number] += 1
            self._resolved[number] += took.resolution is not None and took.resolution <= within
        for names, durations in alike.items():
            self._add(names, durations)

    def _add(self, names: Sequence[str], durations: Durations) -> None:
        self.total.extend(durations)
        if names[_CATEGORY] in DISPUTES:
            self.disputes.extend(durations)
        for by, names_of in BY.items():
            for name in names_of(names):
                self._by[by][name].extend(durations)

    def of(self, by: str, name: str) -> Durations:
        """Those of one group."""
        return self._by[by].get(name, Durations())

    @property
    def days(self) -> tuple[Day, ...]:
        """Every day of the period."""
        counted = zip(self._days, self._received, self._resolved, strict=True)
        return tuple(Day(day=day, received=received, resolved=resolved) for day, received, resolved in counted)


def group(name: str, counts: Counts, took: Durations, scores: Iterable[int] = ()) -> Group:
    """The figures of one group."""
    given = list(scores)
    return Group(
        name=name,
        counts=counts,
        acknowledgment=times(took.acknowledgment),
        answer=times(took.answer),
        resolution=times(took.resolution),
        ratings=len(given),
        points=sum(given),
    )


def whole(name: str, cells: Iterable[Cell], took: Durations, scores: Iterable[int] = (), among: Sequence[str] = ()) -> Group:
    """All cells in one group, or those of some categories."""
    chosen = (cell.counts for cell in cells if not among or cell.names[_CATEGORY] in among)
    return group(name, sum(chosen, Counts()), took, scores)


def groups(by: str, cells: Iterable[Cell], gathered: Gathered, rated: Sequence[Rated], called: Callable[[str], str]) -> tuple[Group, ...]:
    """The groups of one kind, the largest first, under the names that people know them by."""
    counts: dict[str, Counts] = defaultdict(Counts)
    for cell in cells:
        for name in cell.names if by in ALONE else BY[by](cell.names):
            counts[name] += cell.counts
    scores: dict[str, list[int]] = defaultdict(list)
    for rating in rated:
        for name in _rated_in(by, rating):
            scores[name].append(rating.score)
            # Rated now, though all its cases arrived before: else the opinions of the groups would not add up to all.
            counts.setdefault(name, Counts())
    named = by in ("representative", "department")
    found = [group(name, its, gathered.of(by, name), scores[name]) for name, its in counts.items()]
    return ranked(replace(it, name=(called(it.name) if it.name else NOBODY) if named else it.name) for it in found)


def ranked(found: Iterable[Group]) -> tuple[Group, ...]:
    """The largest first, by name among equals."""
    return tuple(sorted(found, key=lambda it: (-it.counts.received, it.name)))


def _rated_in(by: str, rating: Rated) -> Iterable[str]:
    departments = f"|{'|'.join(rating.departments)}|"
    about = (rating.category, rating.issue, rating.channel, rating.product, rating.vendor)
    return BY[by]((rating.representative, departments, *about))


def waiting(ages: Sequence[int]) -> Waiting:
    """Ages in seconds by how old that is."""
    by_age = dict.fromkeys((name for name, _ in _AGES), 0)
    for age in ages:
        by_age[next(name for name, below in _AGES if age < below.total_seconds())] += 1
    return Waiting(many=len(ages), oldest=timedelta(seconds=max(ages)) if ages else None, by_age=by_age)
