"""The guard around an order system: it waits only so long, leaves a failing one alone, and remembers for a moment."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.orders.away import Switch
from tests.orders.making import ANN, RECEIPT, order
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.orders.books.guarded import GuardedBook
from triage.orders.books.sqlite import SqliteBook


class Seconds:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        """What it shows."""
        return self.at


@pytest.fixture
async def switch(tmp_path: Path) -> AsyncIterator[Switch]:
    """A book with two orders, behind a switch."""
    book = SqliteBook(tmp_path / "orders.db")
    await book.put([order(), order("ORD5678")], {RECEIPT.where: b"%PDF"})
    yield Switch(book)
    await book.close()


@pytest.fixture
def clock() -> Seconds:
    """A clock to turn."""
    return Seconds()


@pytest.fixture
def guarded(switch: Switch, clock: Seconds) -> GuardedBook:
    """The book as the daemon has it."""
    return GuardedBook(switch, time_out=0.05, remember=30, pause=60, clock=clock)


async def test_answers_are_remembered_for_a_moment(guarded: GuardedBook, switch: Switch, clock: Seconds) -> None:
    """The same number and the same address are asked for once, until what is known of them is too old."""
    for _ in range(3):
        assert [one.number for one in await guarded.by_numbers(["ord-1234"])] == ["ORD1234"]
        assert len(await guarded.by_address(ANN.upper(), 5)) == 2
    assert switch.calls == ["numbers ORD1234", f"address {ANN.upper()}"]
    clock.at += 31
    await guarded.by_numbers(["ORD1234"])
    assert switch.calls[2:] == ["numbers ORD1234"]


async def test_only_what_is_not_known_is_asked_for(guarded: GuardedBook, switch: Switch) -> None:
    """Of several numbers those that are remembered are not asked for; a number that nobody has is remembered, too."""
    await guarded.by_numbers(["ORD1234"])
    found = await guarded.by_numbers(["ORD5678", "ORD1234", "ORD9999"])
    assert [one.number for one in found] == ["ORD5678", "ORD1234"]
    assert switch.calls[1] == "numbers ORD5678 ORD9999"
    assert await guarded.by_numbers(["ORD9999"]) == []
    assert len(switch.calls) == 2


async def test_a_change_makes_it_forget(guarded: GuardedBook, switch: Switch) -> None:
    """When orders have changed, nothing old is told."""
    await guarded.by_numbers(["ORD1234"])
    _none, mark = await guarded.changed("", 10)
    await guarded.by_numbers(["ORD1234"])
    assert switch.calls.count("numbers ORD1234") == 1
    inner = switch.inner
    assert isinstance(inner, SqliteBook)
    await inner.put([order(reason="late")])
    changed, _mark = await guarded.changed(mark, 10)
    assert [one.reason for one in changed] == ["late"]
    assert [one.reason for one in await guarded.by_numbers(["ORD1234"])] == ["late"]


async def test_documents_pass_through(guarded: GuardedBook, switch: Switch) -> None:
    """A document is fetched each time it is asked for."""
    for _ in range(2):
        assert await guarded.document(order(), RECEIPT) == b"%PDF"
    assert switch.calls == ["document R-77"] * 2


async def test_a_slow_answer_is_not_waited_for(guarded: GuardedBook, switch: Switch) -> None:
    """After the time-out it counts as away, and the call is over."""
    switch.seconds = 10
    async with asyncio.timeout(20):
        with pytest.raises(OrderSystemAwayError, match=r"gave no answer within 0.05 s"):
            await guarded.by_numbers(["ORD1234"])


async def test_the_circuit(guarded: GuardedBook, switch: Switch, clock: Seconds) -> None:
    """After three failures nobody asks; after the pause one call finds out, and the others do not wait for it."""
    switch.away()
    for _ in range(5):
        with pytest.raises(OrderSystemAwayError):
            await guarded.by_numbers(["ORD1234"])
    assert len(switch.calls) == 3
    clock.at += 61
    with pytest.raises(OrderSystemAwayError):
        await guarded.by_numbers(["ORD1234"])
    with pytest.raises(OrderSystemAwayError, match="left alone"):
        await guarded.by_numbers(["ORD1234"])
    assert len(switch.calls) == 4
    switch.fault = None
    clock.at += 61
    for _ in range(3):
        await guarded.by_address(ANN, 1)
        clock.at += 31
    assert len(switch.calls) == 7


async def test_several_at_once_while_it_is_tried(guarded: GuardedBook, switch: Switch, clock: Seconds) -> None:
    """Of many messages that come when the pause is over, one asks."""
    switch.away()
    for _ in range(3):
        with pytest.raises(OrderSystemAwayError):
            await guarded.by_address(ANN, 1)
    clock.at += 61
    switch.seconds = 0.01
    answers = await asyncio.gather(*(guarded.by_address(ANN, 1) for _ in range(10)), return_exceptions=True)
    assert all(isinstance(answer, OrderSystemAwayError) for answer in answers)
    assert len(switch.calls) == 4


async def test_a_refusal_is_no_absence(guarded: GuardedBook, switch: Switch) -> None:
    """Wrong access is told each time, because somebody may mend it at any moment."""
    switch.fault = OrderSystemRefusedError("wrong key")
    for _ in range(5):
        with pytest.raises(OrderSystemRefusedError):
            await guarded.by_numbers(["ORD1234"])
    assert len(switch.calls) == 5


async def test_its_memory_is_bounded(switch: Switch, clock: Seconds) -> None:
    """Of very many numbers the first ones are forgotten."""
    guarded = GuardedBook(switch, time_out=5, remember=30, clock=clock)
    await guarded.by_numbers([f"N{number}" for number in range(2001)])
    await guarded.by_numbers(["N2000"])
    assert len(switch.calls) == 1
    await guarded.by_numbers(["N0"])
    assert len(switch.calls) == 2
    await guarded.close()
