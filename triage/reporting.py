"""A report put together: counted, and looked at for causes. Heavy to import: commands and processes of their own do."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo

from triage.classifier.drift import drift
from triage.figures import DISPUTES, Causes, Group, Period, Promise, Report, Span
from triage.ports import Transaction
from triage.reports import rollup
from triage.reports.causes import advice
from triage.reports.clusters import AT_MOST, clusters
from triage.reports.period import before
from triage.reports.trends import Series, among, rises
from triage.said import Drift, Said

#: Misses that are named one by one; the others are counted by reason.
LISTED = 50
#: So many periods before are the history of a rise.
_HISTORY = {Span.WEEK: 12, Span.MONTH: 6, Span.QUARTER: 4}
#: So many weeks before are what the answers of the model are compared with.
_WEEKS, _WEEK = 12, timedelta(weeks=1)
#: Kinds of things that may rise: the columns they are counted by.
_RISING = {"matter": ("category", "issue"), "product": ("product",), "vendor": ("vendor",)}
#: Whoever writes so often is looked for in so many days up to the end of the period.
_OFTEN, _LOOK_BACK, _SHOWN = 3, timedelta(days=90), 10
_CHARGEBACK = "chargeback"


def made(tx: Transaction, period: Period, now: datetime, called: Callable[[str], str], where: tzinfo) -> Report:
    """The whole report, as far as is known at `now`; `called` is what people call an agent or department."""
    report = counted(tx, period, now, called, where)
    return replace(report, causes=_causes(tx, report, where))


def _drift(tx: Transaction, period: Period, now: datetime) -> Drift:
    """How well the model knew the mail, beside the weeks before: whatever the period, older mail says little of today's."""
    # People correct for days afterwards: of each week so many corrections count as were known as long after it as this is made.
    later = max(timedelta(0), now - period.end)

    def said(start: datetime, end: datetime) -> list[list[Said]]:
        ends = [end - back * _WEEK for back in range(math.ceil((end - start) / _WEEK))]
        return [tx.figures.said(max(start, until - _WEEK), until, until + later) for until in ends]

    before = said(period.start - _WEEKS * _WEEK, period.start)
    return drift(before, [it for week in said(period.start, period.end) for it in week])


def counted(tx: Transaction, period: Period, now: datetime, called: Callable[[str], str], where: tzinfo) -> Report:
    """The figures alone."""
    figures, start, end = tx.figures, period.start, period.end
    cells = figures.cells(start, end, now, rollup.CELLS)
    rated = figures.rated(start, end)
    gathered = rollup.Gathered(figures.took(start, end), period, where)
    counts = {name: figures.cells(start, end, now, (name,)) if name in rollup.ALONE else cells for name in rollup.BY}
    by = {name: rollup.groups(name, its, gathered, rated, called) for name, its in counts.items()}
    misses = {promise: figures.misses(promise, start, end, now, LISTED) for promise in Promise}
    disputed = [one.score for one in rated if one.category in DISPUTES]
    return Report(
        period=period,
        at=now,
        total=rollup.whole("all cases", cells, gathered.total, [one.score for one in rated]),
        disputes=rollup.whole("disputes and payments", cells, gathered.disputes, disputed, among=DISPUTES),
        before=_before(tx, before(period, where), now),
        solved=figures.solved(start, end),
        by=by,
        misses={
            promise: replace(its, listed=tuple(replace(one, representative=called(one.representative)) for one in its.listed))
            for promise, its in misses.items()
        },
        rated=tuple(rated),
        waiting=rollup.waiting(figures.waiting(min(end, now))),
        excluded=figures.excluded(start, end),
        days=gathered.days,
        model=_drift(tx, period, now),
    )


def _before(tx: Transaction, period: Period, now: datetime) -> Group:
    cells = tx.figures.cells(period.start, period.end, now, rollup.CELLS)
    durations = rollup.Durations()
    for took in tx.figures.durations(period.start, period.end):
        durations.add(*took)
    return rollup.whole(period.title, cells, durations, tx.figures.scores(period.start, period.end))


def _causes(tx: Transaction, report: Report, where: tzinfo) -> Causes:
    period, figures = report.period, tx.figures
    series, lengths, length = _history(tx, period, report.at, where)
    since = period.end - max(_LOOK_BACK, period.end - period.start)
    chargebacks, cases = _chargebacks(tx, period, report)
    found = Causes(
        rises=rises(series, lengths, length),
        clusters=clusters(figures.texts(period.start, period.end, AT_MOST)),
        customers=tuple(figures.often(since, period.end, orders=False, at_least=_OFTEN, limit=_SHOWN)),
        orders=tuple(figures.often(since, period.end, orders=True, at_least=_OFTEN, limit=_SHOWN)),
        chargebacks=chargebacks,
    )
    return replace(found, advice=advice(report, found, among(chargebacks, cases)))


def _history(tx: Transaction, period: Period, now: datetime, where: tzinfo) -> tuple[list[Series], list[float], float]:
    """What came up how often in the periods before and in this one, and how long each of them is."""
    periods = [period]
    for _ in range(_HISTORY[period.span]):
        periods.insert(0, before(periods[0], where))
    bounds = [*(one.start for one in periods), period.end]
    counts = dict(zip(_RISING, tx.figures.history(bounds, list(_RISING.values())), strict=True))
    totals = [sum(column) for column in zip(*counts["matter"].values(), strict=True)]
    # Before the first case there is no history, only silence.
    first = next((number for number, total in enumerate(totals) if total), 0)
    series = [
        Series(what=what, name=_called(names), before=found[first:-1], now=found[-1])
        for what, its in counts.items()
        for names, found in its.items()
    ]
    lengths = [(one.end - one.start).total_seconds() for one in periods[first:-1]]
    return series, lengths, max((min(period.end, now) - period.start).total_seconds(), 1.0)


def _called(names: Sequence[str]) -> str:
    return rollup.matter(*names) if len(names) > 1 else names[0]


def _chargebacks(tx: Transaction, period: Period, report: Report) -> tuple[dict[str, int], dict[str, int]]:
    """Chargebacks and all cases by vendor, "" for those whose vendor nobody knows."""
    found = {cell.names: cell.counts.received for cell in tx.figures.cells(period.start, period.end, report.at, ("vendor", "issue"))}
    chargebacks = {vendor: many for (vendor, issue), many in sorted(found.items(), key=lambda it: -it[1]) if issue == _CHARGEBACK}
    every = sum(group.counts.received for group in report.by["matter"] if group.name.endswith(f"/{_CHARGEBACK}"))
    unknown = every - sum(chargebacks.values())
    cases = {group.name: group.counts.received for group in report.by["vendor"]}
    cases[""] = report.total.counts.received - sum(cases.values())
    return chargebacks | ({"": unknown} if unknown else {}), cases
