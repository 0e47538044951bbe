"""The figures of a quarter that was played, beside what the raw events say."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tests.proof.recount import COUNTS, recount
from tests.spine.office import Office
from triage.app import People
from triage.figures import Group, Period, Report, Span
from triage.reporting import counted
from triage.reports.period import period_of
from triage.stages.log import KeepLog

WHERE = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)


@dataclass
class Verdict:
    """What two ways of counting have found."""

    cases: int = 0
    reports: int = 0
    compared: int = 0
    resolved: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True where every figure agrees."""
        return not self.problems and self.compared > 0

    def details(self) -> list[str]:
        """Figures that differ."""
        return self.problems[:20]

    def __str__(self) -> str:
        return f"{self.cases} cases, {self.reports} reports, {self.compared} figures counted twice; {self.resolved}; {len(self.problems)} differ"


def periods() -> Iterator[Period]:
    """Every week, month and the quarter."""
    yield period_of(Span.QUARTER, FIRST, WHERE)
    for month in (10, 11, 12):
        yield period_of(Span.MONTH, date(2026, month, 1), WHERE)
    day = FIRST
    while day <= LAST:
        yield period_of(Span.WEEK, day, WHERE)
        day += timedelta(days=7)


async def judged(office: Office) -> Verdict:
    """Each figure of each report beside what the raw events say."""
    people, now = People.of(office.settings), office.clock.at
    await KeepLog(store=office.store, people=people, now=office.clock).catch_up()
    verdict = Verdict()
    with sqlite3.connect(office.settings.paths.store) as db:
        for period in periods():
            report = await office.ask(lambda tx, period=period: counted(tx, period, now, people.called, WHERE))
            ours, raw = told(report), recount(db, period.start, period.end, now)
            verdict.reports += 1
            verdict.compared += len(raw)
            verdict.problems += [
                f"{period.title}, {name}: report {ours.get(name)}, events {value}"
                for name, value in raw.items()
                if ours.get(name, 0) != value
            ]
            verdict.problems += [
                f"{period.title}, {name}: report {value}, events nothing" for name, value in ours.items() if value and name not in raw
            ]
            if period.span is Span.QUARTER:
                counts = report.total.counts
                verdict.cases = counts.received
                verdict.resolved = (
                    f"acknowledged in time {counts.acknowledged}, resolved in time {counts.resolved} of {counts.resolution_due}"
                )
    return verdict


def told(report: Report) -> dict[str, object]:
    """What the report says, under the names of the recount."""
    flat: dict[str, object] = {"solved in the period": report.solved, "waiting": report.waiting.many, "ratings": report.total.ratings}
    flat["points"] = report.total.points
    for name, group in (("all", report.total), ("disputes", report.disputes)):
        flat |= {f"{name} {count}": getattr(group.counts, count) for count in COUNTS}
        flat |= _timed(name, group)
    for by in ("matter", "category", "representative", "department", "channel", "product", "vendor"):
        for group in report.by[by]:
            flat |= {f"{by} {group.name} {count}": getattr(group.counts, count) for count in COUNTS}
            flat |= _timed(f"{by} {group.name}", group) | {f"{by} {group.name} {it}": getattr(group, it) for it in ("ratings", "points")}
    for when, levels in (("", report.model.now), ("before, ", report.model.before)):
        for it in levels:
            said = {"answers": it.many, "unsure": it.unsure.hits, "corrected": it.corrected.hits}
            flat |= {f"{when}model {it.category} {name}": many for name, many in said.items()}
    for promise, misses in report.misses.items():
        flat[f"missed {promise}"] = misses.many
    flat |= {f"excluded {name}": many for name, many in report.excluded.items()}
    return flat


def _timed(name: str, group: Group) -> dict[str, object]:
    said: dict[str, object] = {}
    for kind in ("acknowledgment", "answer", "resolution"):
        its = getattr(group, kind)
        said |= {f"{name} {kind} n": its.n, f"{name} {kind} median": its.median or 0, f"{name} {kind} p90": its.p90 or 0}
        said[f"{name} {kind} mean"] = round(its.mean or 0, 3)
    return said
