"""Asking again: how often, how long, whom it tells, and when it stops."""

import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.orders.away import Switch
from tests.orders.house import asking, house
from tests.orders.making import ANN
from tests.spine.office import JANE, Office
from triage.case import CaseStatus
from triage.orders.books.sqlite import SqliteBook


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[Switch]:
    """A book with Ann's order that can be made to fail."""
    made = Switch(SqliteBook(tmp_path / "orders.db"))
    yield made
    await made.close()


@pytest.fixture
async def office(tmp_path: Path, switch: Switch) -> AsyncIterator[Office]:
    """An office whose order system was away when Ann asked."""
    async with house(tmp_path, book=switch, mode="off") as opened:
        switch.away()
        await opened.get(asking(), minutes=0)
        yield opened


async def waiting(office: Office) -> int:
    """How many cases the order system is still to be asked about, at any time."""
    return len(await office.ask(lambda tx: tx.orders.unanswered(office.clock() + timedelta(days=30), 100)))


async def test_it_asks_less_and_less_often(office: Office, switch: Switch) -> None:
    """After a minute, after one more, two, four, and at the end once an hour."""
    switch.calls.clear()
    asked = []
    for minute in range(1, 12 * 60):
        office.clock.forward(minutes=1)
        before = len(switch.calls)
        await office.stages[1].work()
        if len(switch.calls) > before:
            asked.append(minute)
    gaps = [later - earlier for earlier, later in itertools.pairwise(asked)]
    assert asked[0] <= 2
    assert gaps[:6] == [1, 2, 4, 8, 16, 32]
    assert set(gaps[6:]) == {60}


async def test_one_that_is_still_away_is_asked_once_a_round(office: Office, switch: Switch) -> None:
    """Of many cases the first finds out for all of them."""
    for number in range(5):
        await office.get(
            asking(text=f"Where is my order ORD1234? I ask for the {number}. time, in other words, because nobody tells me."), minutes=0
        )
    switch.calls.clear()
    office.clock.forward(minutes=5)
    assert await office.stages[1].work() == 0
    assert len(switch.calls) == 1
    assert await waiting(office) == 6
    switch.fault = None
    office.clock.forward(minutes=5)
    assert await office.stages[1].work() == 6
    assert await waiting(office) == 0


async def test_it_gives_up_after_days(office: Office) -> None:
    """An order system that never comes back is not asked for ever."""
    for _ in range(100):
        office.clock.forward(minutes=61)
        await office.stages[1].work()
    assert await waiting(office) == 0
    assert await office.events("order_checked") == []


async def test_a_case_that_is_done_needs_no_news(office: Office, switch: Switch) -> None:
    """The facts go into the case, and nobody is written to about it."""
    await office.store.transact(lambda tx: tx.cases.set_status(1, CaseStatus.SOLVED, office.clock()))
    office.clock.forward(minutes=1)
    await office.work()
    before = len(office.came(JANE))
    switch.fault = None
    office.clock.forward(minutes=10)
    await office.work()
    assert len(await office.events("order_checked")) == 1
    assert len(office.came(JANE)) == before


async def test_what_it_finds_is_kept(office: Office, switch: Switch) -> None:
    """The facts are there for every later letter to colleagues."""
    switch.fault = None
    office.clock.forward(minutes=10)
    await office.work()
    [found] = await office.ask(lambda tx: tx.orders.of_case(1))
    assert (found.number, found.may_be_told) == ("ORD1234", True)
    assert found.order is not None
    assert found.order.addresses == (ANN,)
    assert await office.stages[1].work() == 0


async def test_an_order_system_that_knows_nothing(tmp_path: Path) -> None:
    """Who names no order and has none is not asked about again, and nothing is said of it."""
    empty = Switch(SqliteBook(tmp_path / "b" / "orders.db"))
    async with house(tmp_path / "b", known=(), book=empty) as office:
        empty.away()
        await office.get(asking(text="Where is my parcel? It should have come last week."), minutes=0)
        assert await waiting(office) == 1
        empty.fault = None
        office.clock.forward(minutes=10)
        await office.work()
        assert await waiting(office) == 0
        assert await office.events("order_checked") == []
    await empty.close()
