"""Orders in SQL tables: how numbers and addresses are found, how changes are followed, where documents come from, and what is said of mistakes."""

import asyncio
import sqlite3
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.orders.making import ANN, RECEIPT, at, order
from tests.orders.tables import MAPPING, FlatPlace, Table, TablesPlace
from tests.rows import rows
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.orders.books.sql import SqlBook
from triage.sections.sql import SqlSettings

PLAIN = "create table orders (number text, status text, addresses text, placed_at text, updated_at text)"


@pytest.fixture
def table(tmp_path: Path) -> Table:
    """An empty database."""
    return Table(tmp_path)


def filled(table: Table, found: Sequence[Sequence[object]], create: str = PLAIN) -> None:
    """A table of orders with these rows."""
    table.run(create)
    with table.owned() as shop:
        for row in found:
            shop.execute(f"insert into orders values ({', '.join('?' * len(row))})", row)


async def numbers(book: SqlBook, *asked: str) -> list[str]:
    """Which orders are found; the book stays open."""
    return sorted(one.number for one in await book.by_numbers(asked))


async def refused(book: SqlBook) -> str:
    """Why it refuses; the book is closed."""
    with pytest.raises(OrderSystemRefusedError) as caught:
        await book.by_numbers(["A1"])
    await book.close()
    return str(caught.value)


SPELLED = ["A-1", "a 1", "#A1", "A1X", "B--2", "c3 "]


async def test_spellings_of_a_number(table: Table) -> None:
    """Capitals, blanks, dashes and a number sign make no difference, in the mail and in the table; several that fit all come."""
    filled(table, [(number, "shipped", ANN, None, None) for number in SPELLED])
    book = table.book()
    assert await numbers(book, "a1") == ["#A1", "A-1", "a 1"]
    assert await numbers(book, "#b2", "C-3") == ["B--2", "c3"]
    assert await numbers(book, "A1%", "A_X", "") == []
    await book.close()


async def test_a_column_of_normal_numbers(table: Table) -> None:
    """Where the shop has one, it is asked, so that its index serves."""
    create = PLAIN.replace(")", ", bare text)")
    filled(table, [("A-1", "shipped", ANN, None, None, "A1"), ("A-2", "shipped", ANN, None, None, "wrong")], create)
    book = table.book(normal_number="bare")
    assert await numbers(book, "a-1", "a2", "wrong") == ["A-1"]
    await book.close()


async def test_whole_numbers(table: Table) -> None:
    """A column of integers is asked for integers; what is none finds nothing."""
    filled(table, [(1001, "shipped", ANN, None, None), (7, "shipped", ANN, None, None)], PLAIN.replace("number text", "number integer"))
    book = table.book()
    assert await numbers(book, "#1001") == ["1001"]
    # Another spelling of the same value is another number.
    assert await numbers(book, "0007", "1001a", "9" * 40, "१००१") == []
    await book.close()


async def test_the_index_is_used(table: Table) -> None:
    """The index of the page about orders serves the question as it is asked."""
    filled(table, [("A-1", "shipped", ANN, None, None)])
    table.run(
        "create index orders_number on orders (upper(replace(replace(number, ' ', ''), '-', '')))",
        "create index orders_address on orders (lower(addresses))",
    )
    book = table.book()
    assert await numbers(book, "a1") == ["A-1"]
    with sqlite3.connect(table.path) as shop:
        for wanted, index in (
            ("upper(replace(replace(number, ' ', ''), '-', '')) in (?, ?)", "orders_number"),
            ("lower(addresses) = ?", "orders_address"),
        ):
            plan = shop.execute(f"explain query plan select * from orders where {wanted}", ["A1"] * wanted.count("?")).fetchall()
            assert index in plan[0][3]
    shop.close()
    await book.close()


async def test_addresses(table: Table) -> None:
    """Whatever the case, the newest first, those without a date last, and no more than asked for; a part of one is none."""
    found = [
        ("A1", "shipped", ANN.upper(), "2026-11-01", None),
        ("A2", "shipped", ANN, None, None),
        ("A3", "shipped", ANN, "2026-11-03", None),
    ]
    filled(table, [*found, ("B1", "shipped", f"x{ANN}", "2026-11-09", None)])
    book = table.book()
    assert [one.number for one in await book.by_address(ANN, 5)] == ["A3", "A1", "A2"]
    assert [one.number for one in await book.by_address(ANN, 1)] == ["A3"]
    assert await book.by_address("ann\x00@customer.example", 5) == []
    assert await book.by_address("", 5) == []
    await book.close()


async def test_addresses_in_a_table_of_their_own(table: Table) -> None:
    """An order has as many as there are rows; it is found by each of them, also by those that are only linked."""
    filled(table, [("A1", "shipped", None), ("A2", "shipped", None)], "create table orders (number text, status text, note text)")
    table.run("create table people (nr text, mail text)", "create table household (nr text, mail text)")
    with table.owned() as shop:
        shop.executemany("insert into people values (?, ?)", [("A1", ANN), ("A1", "Second@Customer.example"), ("A2", "bob@other.example")])
        shop.execute("insert into household values ('A2', ?)", (ANN,))
    part = {"order": "nr", "fields": {"address": "mail"}}
    book = table.book(addresses={"table": "people", **part}, linked={"table": "household", **part})
    first, second = await book.by_address("second@customer.example", 5), await book.by_address(ANN, 5)
    assert [(one.number, one.addresses) for one in first] == [("A1", (ANN, "Second@Customer.example"))]
    assert [(one.number, one.linked) for one in second] == [("A2", (ANN,)), ("A1", ())]
    assert await book.by_address("nobody@customer.example", 5) == []
    await book.close()


async def test_statements_do_not_grow_with_orders(table: Table) -> None:
    """Ten orders with all their parts take as many statements as one, also where they come as changes."""
    place = TablesPlace(table)
    await place.fill([order("ORD99")], {})
    book = table.book(**MAPPING)
    _none, mark = await book.changed("", 10)
    await place.fill([order(f"ORD{number}", updated_at=at(25)) for number in range(10)], {})
    said: list[str] = []
    with book._link._engine.connect() as connection:
        connection.connection.driver_connection.set_trace_callback(said.append)  # type: ignore[union-attr]
    assert len(await book.by_numbers(["ORD1"])) == 1
    one = len(said)
    assert len(await book.by_numbers([f"ORD{number}" for number in range(10)])) == 10
    assert len(said) == 2 * one
    found, _mark = await book.changed(mark, 10)
    assert (len(found), len(found[0].payments)) == (10, 1)
    assert len(said) == 3 * one
    await book.close()


@pytest.mark.parametrize(("kind", "value"), [("text", "7"), ("integer", 7), ("real", 7)])
async def test_keys_of_other_types(table: Table, kind: str, value: object) -> None:
    """A key that is a number in one table may be text in another; where the database takes values for equal that differ, that is said."""
    filled(table, [(7, "A1", "shipped", ANN)], "create table orders (id integer, number text, status text, addresses text)")
    table.run(f"create table lines (order_id {kind}, name text)")
    with table.owned() as shop:
        shop.execute("insert into lines values (?, 'Vase')", (value,))
    book = table.book(key="id", items={"table": "lines", "order": "order_id"})
    if kind == "real":
        assert "lines: column order_id: expected values as in id" in await refused(book)
    else:
        [found] = await book.by_numbers(["A1"])
        assert [item.name for item in found.items] == ["Vase"]
        await book.close()


async def test_nothing_can_be_written(table: Table) -> None:
    """The database is opened for reading; a file that is not there is not made."""
    filled(table, [])
    book = table.book()
    with pytest.raises(OrderSystemAwayError, match="readonly"):
        await book._link.run(lambda db: db.exec_driver_sql("insert into orders (number) values ('X')"))
    await book.close()
    absent = SqlBook(SqlSettings(url=f"sqlite:///{table.path}.absent", table="orders"), time_out=5)
    with pytest.raises(OrderSystemAwayError, match="unable to open database file"):
        await absent.by_numbers(["A1"])
    await absent.close()
    assert not table.path.with_suffix(".db.absent").exists()


async def test_another_program_writes(table: Table) -> None:
    """While it holds the file for itself, the book is away within its time-out; afterwards it answers."""
    filled(table, [("A1", "shipped", ANN, None, None)])
    book = table.book(0.3)
    other = sqlite3.connect(table.path, isolation_level=None)
    other.execute("begin exclusive")
    with pytest.raises(OrderSystemAwayError, match=r"locked|gave no answer within"):
        await book.by_numbers(["A1"])
    other.execute("rollback")
    other.close()
    async with asyncio.timeout(20):
        while True:
            try:
                assert await numbers(book, "A1") == ["A1"]
            except OrderSystemAwayError:
                continue
            break
    await book.close()


async def test_a_question_without_end(table: Table) -> None:
    """It is broken off within the database, and the threads are free for others."""
    table.run(
        """create view orders as with recursive endless(number) as (select 1 union all select number + 1 from endless)
           select number, 'shipped' as status, 'x@y.example' as addresses from endless where number < 0"""
    )
    book = table.book(0.2)
    for _ in range(3):
        with pytest.raises(OrderSystemAwayError, match=r"gave no answer within 0\.2 s"):
            await book.by_numbers(["A1"])
    # It ends at once: no thread is still counting.
    await book.close()


async def test_many_at_once(table: Table) -> None:
    """More questions than connections each get their own answer."""
    filled(table, [(f"N{number}", "shipped", ANN, None, None) for number in range(40)])
    book = table.book()
    found = await asyncio.gather(*(numbers(book, f"N{number}") for number in range(40)))
    assert found == [[f"N{number}"] for number in range(40)]
    await book.close()


@rows(
    ("given", "said"),
    [
        ({"table": "bestellungen"}, "there is no table or view 'bestellungen': expected one of orders, view_of_it"),
        ({"table": "shop.orders"}, 'unknown database "shop"'),
        (
            {"fields": {"number": "nr"}},
            "orders.sql.fields.number = 'nr': 'orders' has no such column: expected one of number, status, addresses",
        ),
        ({"fields": {"status": ""}}, "orders.sql.fields.status: expected the column of 'orders' that holds it: one of number, status"),
        (
            {"fields": {"addresses": ""}},
            "orders.sql.fields.addresses: expected the column with the customer's address, or a table [orders.sql.addresses]",
        ),
        ({"key": "id"}, "orders.sql.key = 'id': 'orders' has no such column"),
        ({"changes": "rowversion"}, "orders.sql.changes = 'rowversion'"),
        ({"normal_number": "bare"}, "orders.sql.normal_number = 'bare'"),
        ({"items": {"table": "lines", "order": "id"}}, "there is no table or view 'lines'"),
        (
            {"items": {"table": "view_of_it", "order": "id"}},
            "orders.sql.items.fields.name: expected the column of 'view_of_it' that holds it",
        ),
        ({"history": {"table": "view_of_it", "order": "id", "fields": {"at": "updated_at"}}}, "orders.sql.history.order = 'id'"),
        (
            {"history": {"table": "view_of_it", "order": "number", "sort": "n", "fields": {"at": "updated_at"}}},
            "orders.sql.history.sort = 'n'",
        ),
        (
            {"currency": "", "fields": {"total": "number"}},
            "orders.sql.currency: expected a currency such as EUR, or its column, for the amounts in orders.total",
        ),
    ],
)
async def test_mistakes_in_the_mapping(given: dict[str, Any], said: str, tmp_path: Path) -> None:
    """The key, the value, and what there is instead."""
    table = Table(tmp_path)
    table.run(PLAIN, "create view view_of_it as select * from orders")
    assert said in await refused(table.book(**given))


async def test_an_empty_database(table: Table) -> None:
    """There is nothing to choose from."""
    table.run()
    assert "expected one of those that the user may see, and there are none" in await refused(table.book())


async def test_a_table_with_very_many_columns(table: Table) -> None:
    """Not all of them are told."""
    table.run(f"create table orders ({', '.join(f'c{number} text' for number in range(60))})")
    said = await refused(table.book())
    assert said.endswith("c39 …")


async def test_columns_of_the_same_name_that_mean_something_else(table: Table) -> None:
    """A column called as ours is taken for it unless the configuration says that it is none."""
    filled(table, [("A1", "shipped", ANN, "by bicycle")], "create table orders (number text, status text, addresses text, shipping text)")
    assert "orders: column for shipping: expected an amount" in await refused(table.book())
    book = table.book(fields={"shipping": ""})
    assert await numbers(book, "A1") == ["A1"]
    await book.close()


async def test_words_of_the_shop(table: Table) -> None:
    """A state that is not translated is refused with what is expected; a mapping of states mends it."""
    filled(table, [("A1", "unterwegs", ANN, None, None), ("A2", 3, ANN, None, None)])
    said = await refused(table.book())
    assert "orders: the order system's answer is not as expected: status" in said
    assert "'pending', 'processing'" in said
    book = table.book(statuses={"unterwegs": "shipped", "3": "delivered"})
    assert [one.status for one in await book.by_numbers(["A1", "A2"])] == ["shipped", "delivered"]
    await book.close()


async def test_documents_of_a_folder(tmp_path: Path) -> None:
    """They are read only from below it, and only where they are not too large."""
    place = FlatPlace(tmp_path)
    await place.fill([order()], {RECEIPT.where: b"%PDF"})
    (tmp_path / "secret").write_text("of the shop")
    book = place.open()
    assert await book.document(order(), RECEIPT) == b"%PDF"
    for where in ("../secret", str(tmp_path / "secret"), "receipts", "receipts/none.pdf"):
        with pytest.raises(OrderSystemRefusedError, match="is not there, or is too large"):
            await book.document(order(), type(RECEIPT)(kind=RECEIPT.kind, where=where))
    with (tmp_path / "papers" / "large.pdf").open("wb") as large:
        large.truncate((20 << 20) + 1)
    with pytest.raises(OrderSystemRefusedError, match="is too large"):
        await book.document(order(), type(RECEIPT)(kind=RECEIPT.kind, where="large.pdf"))
    await book.close()


async def test_documents_of_a_table(table: Table) -> None:
    """They belong to their order: the same place in another order is another document; what is too large is not fetched."""
    place = TablesPlace(table)
    await place.fill([order(), order("ORD9", documents=())], {RECEIPT.where: b"%PDF"})
    book = place.open()
    assert await book.document(order(), RECEIPT) == b"%PDF"
    with pytest.raises(OrderSystemRefusedError, match="R-77 is not there"):
        await book.document(order("ORD9"), RECEIPT)
    table.run(f"update papers set pdf = zeroblob({(20 << 20) + 1})")
    with pytest.raises(OrderSystemRefusedError, match="is too large"):
        await book.document(order(), RECEIPT)
    await book.close()


async def changes(book: SqlBook, mark: str, limit: int = 10) -> tuple[list[str], str]:
    """The numbers of the orders that changed, and the mark behind them."""
    found, after = await book.changed(mark, limit)
    return [one.number for one in found], after


async def test_changes_at_the_same_moment(table: Table) -> None:
    """A thousand orders that one statement changed come in batches, each of them once."""
    filled(table, [])
    book = table.book()
    _none, mark = await changes(book, "")
    with table.owned() as shop:
        shop.executemany(
            "insert into orders values (?, 'shipped', null, null, '2026-11-20 10:00:00')", [(f"N{number:02}",) for number in range(25)]
        )
    seen: list[str] = []
    while (batch := await changes(book, mark, 10))[0]:
        seen += batch[0]
        mark = batch[1]
    assert seen == [f"N{number:02}" for number in range(25)]
    await book.close()


async def test_an_empty_table_hides_nothing(table: Table) -> None:
    """The first orders of a new shop are changes as well."""
    filled(table, [])
    book = table.book()
    assert await book.changed("", 10) == ([], "[null, null]")
    table.run(
        "insert into orders values ('A1', 'shipped', null, null, '2026-11-20')",
        "insert into orders values ('A2', 'shipped', null, null, null)",
    )
    assert (await changes(book, "[null, null]"))[0] == ["A1"]
    await book.close()


async def test_a_counter_of_changes(table: Table) -> None:
    """Any column that grows will do."""
    filled(table, [("A1", "shipped", ANN, None, None, 7)], PLAIN.replace(")", ", revision integer)"))
    book = table.book(changes="revision")
    none, mark = await changes(book, "")
    assert (none, mark) == ([], '[["int", "7"], ["str", "A1"]]')
    table.run("insert into orders values ('A2', 'shipped', null, null, null, 8)", "update orders set revision = 9 where number = 'A1'")
    assert (await changes(book, mark))[0] == ["A2", "A1"]
    await book.close()


async def test_a_table_without_changes(table: Table) -> None:
    """Where no column says when an order changed, nothing does."""
    filled(table, [("A1", "shipped", ANN)], "create table orders (number text, status text, addresses text)")
    book = table.book()
    assert await book.changed("", 10) == ([], "")
    assert await book.changed("7", 10) == ([], "7")
    await book.close()


async def test_a_row_that_makes_no_sense_holds_up_no_other(table: Table) -> None:
    """Changes go on behind an order that cannot be read."""
    filled(table, [])
    book = table.book()
    _none, mark = await changes(book, "")
    table.run(*(f"insert into orders values ('{number}', '{status}', null, null, '{at}')" for number, status, at in
                (("A1", "shipped", "2026-11-20"), ("A2", "lost in space", "2026-11-21"), ("A3", "shipped", "2026-11-22"))))  # fmt: skip
    found, later = await changes(book, mark)
    assert found == ["A1", "A3"]
    assert await changes(book, later) == ([], later)
    await book.close()


async def test_what_it_holds(table: Table) -> None:
    """Orders and how new they are; one that cannot be read among the newest is told by its column."""
    filled(table, [("A1", "shipped", ANN, "2026-11-20 10:00", None), ("A2", "shipped", ANN, None, None)])
    book = table.book()
    assert await book.describe() == "2 orders, the newest of 2026-11-20 10:00 UTC"
    table.run("update orders set placed_at = 'lately' where number = 'A1'")
    with pytest.raises(OrderSystemRefusedError, match="orders: column for placed_at: expected a time, not str"):
        await book.describe()
    await book.close()


def test_names_of_places(tmp_path: Path) -> None:
    """What people are told of it has the table and the server or file, never a user."""
    for url, where in (
        ("sqlite:////srv/shop.db", "shop.db"),
        ("postgresql://u@db.example/shop", "db.example"),
        ("postgresql:///shop", "shop"),
    ):
        assert SqlBook(SqlSettings(url=url, table="x.orders"), time_out=1).name == f"order table x.orders at {where}"


async def test_whoever_gives_up_as_the_connection_ends_notices_nothing(table: Table) -> None:
    """Breaking off a question whose connection is closed at that moment is no error of its own."""
    filled(table, [("A1", "shipped", ANN, None, None)])
    book = table.book()
    begun, ended = threading.Event(), threading.Event()

    def slow(connection: Connection) -> None:
        connection.connection.driver_connection.close()  # type: ignore[union-attr]
        begun.set()
        ended.wait(20)

    asked = asyncio.create_task(book._link.run(slow))
    await asyncio.to_thread(begun.wait, 20)
    asked.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asked
    ended.set()
    assert await numbers(book, "A1") == ["A1"]
    await book.close()
