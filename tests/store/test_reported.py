"""Which reports were mailed to whom: each is noted once, and only for whom it was noted."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from tests.store.conftest import SqlitePlace
from tests.store.test_log import entry
from tests.store.words import NOON, Each, later
from triage.figures import Span
from triage.reports.period import before, period_of

WHERE = ZoneInfo("Europe/Berlin")
WEEK, MONTH = (period_of(span, date(2026, 6, 1), WHERE) for span in (Span.WEEK, Span.MONTH))


async def test_each_is_noted_once(each: Each) -> None:
    """A second note of the same report to the same reader is refused by the database itself."""
    assert await each.reported.knows(WEEK, "management") is False
    await each.reported.note(WEEK, "management", NOON)
    assert await each.reported.knows(WEEK, "management") is True
    with pytest.raises(ValueError, match="contradicts"):
        await each.reported.note(WEEK, "management", later(hours=1))


async def test_a_note_is_of_one_report_and_one_reader(each: Each) -> None:
    """Neither another period, nor another span that begins on the same day, nor another reader is meant."""
    await each.reported.note(WEEK, "management", NOON)
    assert WEEK.first == MONTH.first
    assert await each.reported.knows(MONTH, "management") is False
    assert await each.reported.knows(before(WEEK, WHERE), "management") is False
    assert await each.reported.knows(WEEK, "max") is False


async def test_when_the_shop_began(each: Each) -> None:
    """The first arrival that the log knows, to the second, whatever was put first."""
    assert await each.reported.begun() is None
    await each.log.put(entry(2, received_at=later(hours=2)), "")
    await each.log.put(entry(1, received_at=later(hours=1)), "")
    assert await each.reported.begun() == later(hours=1)


async def test_it_is_remembered(place: SqlitePlace) -> None:
    """A daemon that is started anew knows what was mailed."""
    first = place.open()
    await first.transact(lambda tx: tx.reported.note(WEEK, "management", NOON))
    await first.close()
    second = place.open()
    assert await second.query(lambda tx: tx.reported.knows(WEEK, "management"))
    await second.close()
