"""Counts over the log beside a plain count of the same entries, for any entries at all."""

import math
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.test_log import entry
from tests.store.words import NOON, later
from tests.stores import laid
from triage.entry import Entry, Wanted
from triage.figures import Counts, Promise
from triage.reports import rollup
from triage.store.connect import connect
from triage.store.transaction import SqliteTransaction

#: A week, an hour around each of the promises, and hours in which much happens.
HOURS = st.integers(0, 7 * 24 * 3600) | st.sampled_from(
    [24 * 3600 + extra for extra in (-1, 0, 1)] + [48 * 3600 + extra for extra in (-1, 0, 1)]
)
MAYBE = st.none() | HOURS


@st.composite
def entries(draw: st.DrawFn) -> list[Entry]:
    """Any log."""
    return [_entry(draw, number) for number in range(1, draw(st.integers(0, 12)) + 1)]


def _entry(draw: st.DrawFn, number: int) -> Entry:
    received = NOON + timedelta(seconds=draw(st.integers(-9 * 86400, 9 * 86400)))

    def after() -> datetime | None:
        seconds = draw(MAYBE)
        return None if seconds is None else received + timedelta(seconds=seconds)

    return entry(
        number,
        received_at=received,
        acknowledged_at=after(),
        answered_at=after(),
        updated_at=after(),
        resolved_at=after(),
        escalated_at=after(),
        rated_at=after(),
        rating=draw(st.none() | st.integers(1, 5)),
        category=draw(st.sampled_from(("order", "payment", "dispute"))),
        representative=draw(st.sampled_from(("", "jane", "bob"))),
        departments=draw(st.sampled_from(((), ("finance",), ("finance", "it")))),
        answers=draw(st.integers(0, 3)),
        follow_ups=draw(st.integers(0, 1)),
        reopened=draw(st.integers(0, 1)),
        refused=draw(st.booleans()),
        excluded=draw(st.sampled_from(("", "", "", "closed as spam"))),
        obstacle=draw(st.sampled_from(("", "waits for a department"))),
    )


def plain(it: Entry, now: datetime) -> Counts:
    """One entry counted without SQL."""
    first = min((at for at in (it.acknowledged_at, it.answered_at) if at), default=None)
    news = min((at for at in (it.updated_at, it.resolved_at) if at), default=None)
    day, two = it.received_at + timedelta(hours=24), it.received_at + timedelta(hours=48)
    acknowledged, resolved = bool(first and first <= day), bool(it.resolved_at and it.resolved_at <= two)
    return Counts(
        received=1,
        acknowledged=acknowledged,
        acknowledgment_due=acknowledged or day < now,
        refused=it.refused and not acknowledged and day < now,
        resolved=resolved,
        updated=bool(news and news <= two),
        update_due=bool(news and news <= two) or two < now,
        resolution_due=resolved or two < now,
        solved=it.resolved_at is not None,
        first_contact=it.resolved_at is not None and it.answers < 2 and not it.follow_ups and not it.reopened,
        escalated=it.escalated_at is not None,
        reopened=it.reopened > 0,
    )


def opened(folder: Path, found: Sequence[Entry]) -> Any:
    """The tables with that log alone."""
    db = connect(laid(folder / "triage.db"))
    db.execute("delete from log")
    db.execute("delete from log_entries")
    db.execute("delete from log_words")
    tx = SqliteTransaction(db, "SP")
    for it in found:
        tx.log.put(it, "words")
    return tx


@settings(max_examples=80)
@given(found=entries(), hours=st.integers(-100, 400))
def test_every_count_is_that_of_the_plain_list(tmp_path: Path, found: list[Entry], hours: int) -> None:
    """Counts, durations, misses, ratings and what waits: each as a loop over the entries gives it."""
    now, tx = later(hours=hours), opened(tmp_path, found)
    figures, start, end = tx.figures, NOON - timedelta(days=3), NOON + timedelta(days=3)
    real = [it for it in found if not it.excluded]
    came = [it for it in real if start <= it.received_at < end]
    for by in ("category", "representative"):
        cells = {cell.names[0]: cell.counts for cell in figures.cells(start, end, now, (by,))}
        names = {getattr(it, by) for it in came}
        assert cells == {name: sum((plain(it, now) for it in came if getattr(it, by) == name), Counts()) for name in names}
    _durations(figures, start, end, came)
    for promise in Promise:
        misses = figures.misses(promise, start, end, now, 100)
        assert misses.many == len(misses.listed) == sum(_missed(it, promise, now) for it in came)
    assert figures.solved(start, end) == sum(it.resolved_at is not None and start <= it.resolved_at < end for it in real)
    rated = [it.rating for it in real if it.rating and it.rated_at and start <= it.rated_at < end]
    assert Counter(it.score for it in figures.rated(start, end)) == Counter(figures.scores(start, end)) == Counter(rated)
    matters, whose = figures.history([start, NOON, end], [("category",), ("representative",)])
    for (name,), (before, after) in (*matters.items(), *whose.items()):
        theirs = [it.received_at < NOON for it in came if name in (it.category, it.representative)]
        assert (before, after) == (sum(theirs), len(theirs) - sum(theirs))
    assert sum(map(sum, matters.values())) == sum(map(sum, whose.values())) == len(came)
    open_then = [it for it in real if it.received_at < now and (it.resolved_at is None or it.resolved_at >= now)]
    assert sorted(figures.waiting(now)) == sorted(int((now - it.received_at).total_seconds()) for it in open_then)
    assert [it.case_id for it in tx.log.find(Wanted(since=start, until=end))] == [
        it.case_id for it in sorted((it for it in found if start <= it.received_at < end), key=lambda it: (it.received_at, it.case_id), reverse=True)
    ]  # fmt: skip


def _durations(figures: Any, start: datetime, end: datetime, came: Sequence[Entry]) -> None:
    took = list(figures.took(start, end))
    assert len(took) == len(came)
    assert Counter(figures.durations(start, end)) == Counter((it.acknowledgment, it.answer, it.resolution) for it in took)
    solved = sorted((it.resolved_at - it.received_at).total_seconds() for it in came if it.resolved_at)
    found = rollup.times([it.resolution for it in took if it.resolution is not None])
    assert found.n == len(solved)
    if solved:
        assert found.p90 == solved[math.ceil(0.9 * len(solved)) - 1]


def _missed(it: Entry, promise: Promise, now: datetime) -> bool:
    counts = plain(it, now)
    late = now > it.received_at + timedelta(hours=48)
    return {
        Promise.ACKNOWLEDGMENT: counts.acknowledgment_due > counts.acknowledged,
        Promise.RESOLUTION: counts.resolution_due > counts.resolved,
        Promise.UPDATE: not counts.updated and late,
    }[promise]
