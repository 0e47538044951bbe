"""The embedded order book as a file: others write it, it grows, and it is read while that happens."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.orders.making import ANN, RECEIPT, at, order
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.orders.books.sqlite import SqliteBook


@pytest.fixture
async def book(tmp_path: Path) -> AsyncIterator[SqliteBook]:
    """An open book with one order."""
    opened = SqliteBook(tmp_path / "orders.db", busy_timeout=0.05)
    await opened.put([order()], {RECEIPT.where: b"%PDF"})
    yield opened
    await opened.close()


async def test_another_program_writes_it(book: SqliteBook, tmp_path: Path) -> None:
    """What a shop's own program puts into the file in plain SQL is found."""
    content = {"number": "S-77", "status": "processing", "addresses": [ANN], "placed_at": "2026-11-21T08:00:00+00:00"}
    other = sqlite3.connect(tmp_path / "orders.db")
    with other:
        other.execute(
            "insert into orders(id, number, placed_at, content) values ('S77', 'S77', '2026-11-21T08:00:00+00:00', ?)",
            (json.dumps(content),),
        )
        other.execute("insert into customers(address, id) values (?, 'S77')", (ANN,))
    other.close()
    [found] = await book.by_numbers(["s-77"])
    assert (found.number, found.placed_at) == ("S-77", at(21, 8))
    assert [one.number for one in await book.by_address(ANN, 5)] == ["S-77", "ORD1234"]


async def test_it_is_read_while_somebody_writes(book: SqliteBook, tmp_path: Path) -> None:
    """A long write by another program delays no look-up; our own write is refused for now."""
    other = sqlite3.connect(tmp_path / "orders.db", isolation_level=None)
    other.execute("begin immediate")
    other.execute("delete from orders")
    assert [one.number for one in await book.by_numbers(["ORD1234"])] == ["ORD1234"]
    with pytest.raises(OrderSystemAwayError, match="cannot be read now"):
        await book.put([order("ORD2")])
    other.execute("rollback")
    other.close()
    await book.put([order("ORD2")])
    assert len(await book.by_address(ANN, 5)) == 2


async def test_a_changed_address_is_no_longer_found(book: SqliteBook) -> None:
    """An order whose customer has changed is not found by the old address."""
    await book.put([order(addresses=("new@customer.example",))])
    assert await book.by_address(ANN, 5) == []
    assert len(await book.by_address("new@customer.example", 5)) == 1


async def test_an_order_that_is_no_order(book: SqliteBook, tmp_path: Path) -> None:
    """What somebody wrote wrongly is refused by the name of the field; other orders are not touched by it."""
    other = sqlite3.connect(tmp_path / "orders.db")
    with other:
        other.execute("insert into orders(id, number, placed_at, content) values ('X', 'X', '', '{\"number\": \"X\"}')")
    other.close()
    with pytest.raises(OrderSystemRefusedError, match="status"):
        await book.by_numbers(["X"])
    assert await book.by_numbers(["ORD1234"]) == [order()]


async def test_many_at_once(book: SqliteBook) -> None:
    """Hundreds of questions at the same moment each get their own answer."""
    await book.put([order(f"N{number}") for number in range(300)])
    found = await asyncio.gather(*(book.by_numbers([f"N{number}"]) for number in range(300)))
    assert [one.number for [one] in found] == [f"N{number}" for number in range(300)]


async def test_many_at_once_one_of_which_cannot_be_read(book: SqliteBook, tmp_path: Path) -> None:
    """A row that another program has written in another encoding is an error for whoever asks about it, and for nobody beside."""
    other = sqlite3.connect(tmp_path / "orders.db")
    with other:
        other.execute("insert into orders(id, number, placed_at, content) values ('X', 'X', '', cast(x'7bfc7d' as text))")
    other.close()
    asked = [book.by_numbers(numbers) for numbers in (["X"], ["ORD1234"], ["ORD 1234", "X"], ["ord-1234", "ORD1234"], ["ORD9"])]
    unreadable, found, both, twice, none = await asyncio.gather(*asked, return_exceptions=True)
    assert (found, twice, none) == ([order()], [order()], [])
    for error in (unreadable, both):
        assert isinstance(error, OrderSystemAwayError)
        assert "cannot be read now" in str(error)


async def test_odd_numbers_beside_others(book: SqliteBook) -> None:
    """What no order number looks like spoils no answer that is found by the same statement."""
    asked = [book.by_numbers([number]) for number in ("", "\0", "\ud800", "\\", '"],', "ORD1234", "x" * 100_000)]
    assert await asyncio.gather(*asked) == [[], [], [], [], [], [order()], []]


async def test_an_empty_write_changes_nothing(book: SqliteBook) -> None:
    """No orders are no change; the same order once more is one."""
    _none, mark = await book.changed("", 5)
    await book.put([])
    assert await book.changed(mark, 5) == ([], mark)
    await book.put([order()])
    [again], later = await book.changed(mark, 5)
    assert again == order()
    assert later != mark


async def test_a_document_belongs_to_its_order(book: SqliteBook) -> None:
    """The same place in another order is another document."""
    with pytest.raises(OrderSystemRefusedError):
        await book.document(replace(order(), number="ORD2"), RECEIPT)
    assert await book.document(order(), RECEIPT) == b"%PDF"
