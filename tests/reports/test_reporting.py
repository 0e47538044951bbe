"""A report put together on a real store: groups add up to the whole, causes have their evidence, and asking changes nothing."""

import dataclasses
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.bench import reports as generator
from tests.store.test_log import entry
from tests.stores import laid
from triage.figures import Counts, Period, Promise, Report, Span
from triage.people import People
from triage.reporting import counted, made
from triage.reports.period import period_of
from triage.sections.people import AgentSettings, DepartmentSettings
from triage.store.connect import connect
from triage.store.transaction import SqliteTransaction

WHERE = generator.WHERE
PEOPLE = People(
    identity=generator.PEOPLE.identity,
    departments={"finance": DepartmentSettings(name="Finance", address="finance@shop.example")},
    agents={"agent1": AgentSettings(name="Jane Adams", address="jane@shop.example")},
)
QUARTER = period_of(Span.QUARTER, date(2026, 12, 1), WHERE)
MANY = 1600


@pytest.fixture(scope="module")
def tx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The tables of a store with two years of cases."""
    path: Path = tmp_path_factory.mktemp("store") / "triage.db"
    generator.filled(path, MANY)
    db = connect(laid(path))
    yield SqliteTransaction(db, "SP")
    db.close()


@pytest.fixture(scope="module")
def report(tx: Any) -> Report:
    """The last quarter of them."""
    return made(tx, QUARTER, generator.NOW, PEOPLE.called, WHERE)


def test_the_whole(report: Report) -> None:
    """About an eighth of two years' cases, none of them lost between the tables."""
    assert abs(report.total.counts.received - MANY / 8) < 5
    assert report.before.counts.received > 0
    assert sum(day.received for day in report.days) == report.total.counts.received
    assert sum(day.resolved for day in report.days) == report.total.counts.resolved


@pytest.mark.parametrize("by", ["representative", "category", "matter", "channel"])
def test_groups_add_up(report: Report, by: str) -> None:
    """Each case is in one group of each kind: their counts, durations and ratings add up to the whole."""
    groups = report.by[by]
    assert sum((it.counts for it in groups), Counts()) == report.total.counts
    for kind in ("acknowledgment", "answer", "resolution"):
        assert sum(getattr(it, kind).n for it in groups) == getattr(report.total, kind).n
    assert sum(it.ratings for it in groups) == report.total.ratings


@pytest.mark.parametrize("by", ["department", "product", "vendor"])
def test_groups_of_some_cases(report: Report, by: str) -> None:
    """Not every case went to a department or names a product; one that went to two counts in both."""
    assert 0 < max(it.counts.received for it in report.by[by]) < report.total.counts.received
    for it in report.by[by]:
        assert it.answer.n == it.resolution.n + it.counts.received - it.counts.solved
        assert it.ratings


def test_people_are_called_by_their_names(report: Report) -> None:
    """Whoever is in the settings has a name; whoever left keeps the key."""
    names = {it.name for it in report.by["representative"]}
    assert "Jane Adams" in names
    assert "agent2" in names
    assert "Finance" in {it.name for it in report.by["department"]}


def test_disputes_are_part_of_the_whole(report: Report) -> None:
    """Disputes and payments are the two categories, and nothing else."""
    by_name = {it.name: it.counts for it in report.by["category"]}
    assert report.disputes.counts == by_name["dispute"] + by_name["payment"]


def test_misses_are_the_rest(report: Report) -> None:
    """What was not reached of what was due is missed, each by its reason."""
    counts = report.total.counts
    assert report.misses[Promise.ACKNOWLEDGMENT].many == counts.acknowledgment_due - counts.acknowledged
    assert report.misses[Promise.RESOLUTION].many == counts.resolution_due - counts.resolved
    assert report.misses[Promise.UPDATE].many == counts.update_due - counts.updated
    assert all(it.took is None or it.took > timedelta(hours=48) for it in report.misses[Promise.RESOLUTION].listed)


def test_nothing_has_risen_by_chance(report: Report) -> None:
    """Two years of steady cases show no rise."""
    assert report.causes.rises == ()


def test_asking_changes_nothing(tx: Any, report: Report) -> None:
    """The same question has the same answer."""
    assert made(tx, QUARTER, generator.NOW, PEOPLE.called, WHERE) == report


def test_figures_alone_are_those_of_the_report(tx: Any, report: Report) -> None:
    """Looking for causes changes no figure."""
    alone = counted(tx, QUARTER, generator.NOW, PEOPLE.called, WHERE)
    assert dataclasses.replace(report, causes=alone.causes) == alone


def put(tx: Any, number: int, at: datetime, **fields: Any) -> None:
    """An entry of the log."""
    tx.log.put(entry(number, received_at=at, opened_at=at, **fields), fields.get("description", ""))


def weekly(tx: Any, week: Period, first: int, many: int, **fields: Any) -> None:
    """So many cases in a week."""
    for number in range(many):
        put(tx, first + number, week.start + timedelta(hours=number + 1), email=f"u{first + number}@customer.example", **fields)


def test_a_flood_of_broken_kettles(tmp_path: Path) -> None:
    """Twenty complaints where two are usual are found: the rise, its words, the vendor of the chargebacks, and what to do."""
    db = connect(laid(tmp_path / "triage.db"))
    tx: Any = SqliteTransaction(db, "SP")
    week = period_of(Span.WEEK, date(2026, 11, 18), WHERE)
    for back in range(1, 9):
        before = period_of(Span.WEEK, week.first - timedelta(days=7 * back), WHERE)
        weekly(tx, before, 1000 * back, 2, category="dispute", issue="quality", product="Kettle", vendor="Acme", description="a scratch")
        weekly(tx, before, 1000 * back + 500, 15, description=f"where is parcel {back}", vendor="Globex")
    words = "the lid of my new kettle is broken and does not close"
    weekly(tx, week, 1, 20, category="dispute", issue="quality", product="Kettle", vendor="Acme", description=words)
    weekly(tx, week, 50, 15, description="where is it", vendor="Globex")
    weekly(tx, week, 80, 8, category="dispute", issue="chargeback", vendor="Acme", description="my bank takes the money back")
    for number in (1, 2, 3):
        put(tx, 200 + number, week.start, email="again@customer.example", order_numbers=("ORD7",))
    found = made(tx, week, week.end, PEOPLE.called, WHERE).causes
    assert {("matter", "dispute/quality"), ("product", "Kettle"), ("vendor", "Acme")} <= {(it.what, it.name) for it in found.rises}
    assert "Globex" not in {it.name for it in found.rises}
    assert any({"lid", "kettle"} <= set(" ".join(it.words).split()) for it in found.clusters)
    assert found.chargebacks == {"Acme": 8}
    assert [it.name for it in found.customers] == ["again@customer.example"]
    assert [it.name for it in found.orders] == ["ORD7"]
    told = " ".join(f"{it.do} {it.because}" for it in found.advice)
    for said in ("dispute: quality has risen", "kettle", "Talk to Acme about chargebacks", "8 of 8 chargebacks", "order ORD7"):
        assert said in told, said
    db.close()


def test_a_shop_that_has_just_begun(tmp_path: Path) -> None:
    """Without a history nothing has risen, and a store without cases has a report."""
    db = connect(laid(tmp_path / "triage.db"))
    tx: Any = SqliteTransaction(db, "SP")
    week = period_of(Span.WEEK, date(2026, 11, 18), WHERE)
    assert made(tx, week, week.end, PEOPLE.called, WHERE).total.counts == Counts()
    weekly(tx, week, 1, 30)
    first = made(tx, week, week.end, PEOPLE.called, WHERE)
    assert first.total.counts.received == 30
    assert first.causes.rises == ()
    db.close()


def test_the_log_without_cases_is_of_no_consequence(tmp_path: Path) -> None:
    """A period in the future has nothing, and its length is not taken for more than has passed."""
    db = connect(laid(tmp_path / "triage.db"))
    tx: Any = SqliteTransaction(db, "SP")
    month = period_of(Span.MONTH, date(2027, 5, 1), WHERE)
    assert made(tx, month, month.start - timedelta(days=3), PEOPLE.called, WHERE).waiting.many == 0
    db.close()


def answered(tx: Any, week: Period, first: int, many: int, **fields: Any) -> None:
    """So many cases in a week of which the model said something."""
    weekly(tx, week, first, many, **{"model": "m1", "said": "order", "confidence": 0.9, "strange": 0.1, **fields})


def test_a_model_that_drifts(tmp_path: Path) -> None:
    """Twelve weeks beside this one, each with the corrections that were known as long after it; what to do is told."""
    db = connect(laid(tmp_path / "triage.db"))
    tx: Any = SqliteTransaction(db, "SP")
    week = period_of(Span.WEEK, date(2026, 11, 18), WHERE)
    weeks = [period_of(Span.WEEK, week.first - timedelta(days=7 * back), WHERE) for back in range(14)]
    db.execute("begin")
    for number, it in enumerate(weeks):
        answered(tx, it, 1000 * number, 30)
        # Corrected long after they were over, as this one's may be, too, one day.
        answered(tx, it, 1000 * number + 100, 10, corrected_at=it.end + timedelta(days=3))
    answered(tx, week, 500, 15, strange=0.5)
    db.execute("commit")
    found = made(tx, week, week.end + timedelta(hours=6), PEOPLE.called, WHERE)
    assert (found.model.weeks, found.model.now[0].many, found.model.before[0].many) == (12, 55, 480)
    assert {it.measure for it in found.model.moved} == {"strange"}
    assert {it.after.hits for it in found.model.shifts if it.measure == "corrected"} == {0}
    assert {it.before.hits for it in found.model.shifts if it.measure == "corrected"} == {0}
    assert any("triage train --from-folders" in it.do for it in found.causes.advice)
    later = made(tx, week, week.end + timedelta(days=4), PEOPLE.called, WHERE).model
    assert {(it.before.hits, it.after.hits) for it in later.shifts if it.measure == "corrected"} == {(120, 10)}
    db.close()


def test_a_long_period_is_no_worse_for_being_long(tmp_path: Path) -> None:
    """Of a quarter's weeks, too, only the corrections count that were known as long after each: people had no more time for it than before."""
    db = connect(laid(tmp_path / "triage.db"))
    tx: Any = SqliteTransaction(db, "SP")
    db.execute("begin")
    for week in range(25):
        start = QUARTER.end - timedelta(days=7 * (week + 1))
        for number in range(20):
            # Every fourth is corrected, half of them only two weeks later.
            late = timedelta(hours=1) if number % 8 else timedelta(days=14)
            at, fields = (
                start + timedelta(hours=number),
                {"model": "m1", "said": "order", "confidence": 0.9, "email": f"c{week}-{number}@x.example"},
            )
            put(tx, 100 * week + number, at, **fields, corrected_at=None if number % 4 else at + late)
    db.execute("commit")
    found = made(tx, QUARTER, QUARTER.end + timedelta(hours=6), PEOPLE.called, WHERE).model
    corrected = {it.category: (it.before, it.after) for it in found.shifts if it.measure == "corrected"}["order"]
    assert [it.hits / it.of for it in corrected] == [pytest.approx(0.1, abs=0.01)] * 2
    assert [it.of for it in corrected] == [240, pytest.approx(260, abs=10)]
    assert found.moved == ()
    db.close()
