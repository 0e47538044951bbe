"""Orders in a real PostgreSQL: what is refused and what is away, what is broken off, and how the connections heal."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.orders.house import asking, house
from tests.orders.making import ANN, order
from tests.orders.tables import LATER, MAPPING, PostgresTable, TablesPlace
from tests.rows import rows
from tests.servers.ports import free_ports
from tests.servers.postgres import Postgres
from tests.spine.office import EVE, plain
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError, SettingsError
from triage.orders.books.sql import SqlBook

#: Long enough for a busy machine to answer, short enough to be waited for.
_PATIENCE = 20.0
_IMPATIENCE = 0.3


@pytest.fixture
async def shop(postgres: Postgres, tmp_path: Path) -> PostgresTable:
    """Another shop's tables with Ann's order."""
    table = PostgresTable(tmp_path, postgres)
    await TablesPlace(table).fill([order()], {})
    return table


@pytest.fixture
async def book(shop: PostgresTable) -> AsyncIterator[SqlBook]:
    """The adapter on them."""
    opened = shop.book(_PATIENCE, **MAPPING)
    yield opened
    await opened.close()


def simple(shop: PostgresTable, time_out: float = _PATIENCE, **more: Any) -> SqlBook:
    """The adapter on a view of the test's own."""
    return shop.book(time_out, **{"table": "orders", **more})


VIEW = 'create view orders as select "Nr" as number, \'shipped\' as status, email as addresses from "Bestellung"'


async def refused(book: SqlBook) -> str:
    """Why it refuses, in words; the book is closed."""
    with pytest.raises(OrderSystemRefusedError) as caught:
        await book.by_numbers(["ORD1234"])
    await book.close()
    return str(caught.value)


async def test_a_wrong_password(shop: PostgresTable, tmp_path: Path) -> None:
    """It is for a person to mend, and neither password is told; as soon as it is right, there is an answer, without a new start."""
    (tmp_path / "password").write_text("n0t it")
    opened = shop.book(_PATIENCE, **MAPPING)
    with pytest.raises(OrderSystemRefusedError, match="password authentication failed") as caught:
        await opened.by_numbers(["ORD1234"])
    assert "n0t it" not in str(caught.value)
    (tmp_path / "password").write_text("s3cret of the tests")
    assert len(await opened.by_numbers(["ORD1234"])) == 1
    (tmp_path / "password").unlink()
    assert len(await opened.by_numbers(["ORD1234"])) == 1
    await opened.close()


async def test_a_password_that_is_nowhere(shop: PostgresTable, tmp_path: Path) -> None:
    """The source that has none is named."""
    (tmp_path / "password").unlink()
    opened = shop.book(_PATIENCE, **MAPPING)
    with pytest.raises(SettingsError, match="expected a file with the password of reader"):
        await opened.by_numbers(["ORD1234"])
    await opened.close()


async def test_what_is_not_granted(shop: PostgresTable, postgres: Postgres) -> None:
    """A user who may not read the table is told so by the server's own words, without anything of a row."""
    shop.run('revoke select on "Bestellung" from reader')
    assert "permission denied for table Bestellung (42501)" in await refused(shop.book(_PATIENCE, **MAPPING))
    assert 'database "nowhere" does not exist' in await refused(shop.book(url=f"postgresql://reader@127.0.0.1:{postgres.port}/nowhere"))


async def test_encryption_is_asked_for(shop: PostgresTable, postgres: Postgres) -> None:
    """A server that is not this machine must encrypt, unless the address says otherwise."""
    opened = shop.book(url=f"postgresql://reader@0.0.0.0:{postgres.port}/postgres")
    assert "server does not support SSL, but SSL was required" in await refused(opened)
    opened = shop.book(url=f"postgresql://reader@0.0.0.0:{postgres.port}/postgres?sslmode=disable")
    assert "there is no table or view 'orders'" in await refused(opened)


async def test_a_server_that_is_away(shop: PostgresTable) -> None:
    """A port on which nobody listens is away."""
    [port] = free_ports(1)
    opened = shop.book(url=f"postgresql://reader@127.0.0.1:{port}/shop")
    with pytest.raises(OrderSystemAwayError, match="refused"):
        await opened.by_numbers(["ORD1234"])
    await opened.close()


async def test_sessions_that_are_killed(book: SqlBook, shop: PostgresTable, postgres: Postgres) -> None:
    """Connections that went while nobody asked are replaced unseen."""
    await asyncio.gather(*(book.by_numbers(["ORD1234"]) for _ in range(6)))
    killed = postgres.sessions()
    assert 1 <= len(killed) <= 2
    shop.run("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'reader'")
    assert [one.number for one in await book.by_numbers(["ORD1234"])] == ["ORD1234"]
    assert not set(killed) & set(postgres.sessions())


async def test_killed_in_the_middle_of_an_answer(shop: PostgresTable, postgres: Postgres) -> None:
    """The question is asked once more on another connection."""
    shop.run(VIEW.replace("email", "(select email from pg_sleep(1))"))
    opened = simple(shop)
    asked = asyncio.create_task(opened.by_numbers(["ORD1234"]))
    # One that is still being greeted is not asked anything yet.
    while not (pids := postgres.sessions(asleep=True)):
        await asyncio.sleep(0.01)
    os.kill(pids[0], signal.SIGTERM)
    [found] = await asked
    assert (found.number, found.addresses) == ("ORD1234", (ANN,))
    assert pids[0] not in postgres.sessions()
    await opened.close()


async def test_a_slow_question_is_broken_off(shop: PostgresTable, postgres: Postgres) -> None:
    """What takes too long is away after the time-out, and the server does not work on for nobody; the next question is answered."""
    shop.run(VIEW.replace("email", "(select email from pg_sleep(60))"))
    opened = simple(shop, _IMPATIENCE)
    with pytest.raises(OrderSystemAwayError, match=r"gave no answer within|took too long"):
        await opened.by_numbers(["ORD1234"])
    await _until_idle(postgres)
    shop.run("drop view orders", VIEW)
    opened2 = simple(shop)
    assert len(await opened2.by_numbers(["ORD1234"])) == 1
    await opened2.close()
    await opened.close()


async def test_a_lock_is_not_waited_for(shop: PostgresTable, postgres: Postgres) -> None:
    """A table that somebody alters is away; when the lock is gone, the same book answers."""
    opened = shop.book(_IMPATIENCE, **MAPPING)
    with shop.owned() as owner:
        owner.execute('lock table "Bestellung" in access exclusive mode')
        with pytest.raises(OrderSystemAwayError):
            await opened.by_numbers(["ORD1234"])
    await _until_idle(postgres)
    await _patiently(opened)
    await opened.close()


async def test_a_server_that_stands_still(book: SqlBook, postgres: Postgres) -> None:
    """Where no packet comes back, whoever gives up frees the thread and the connection, and the next question is asked on another one."""
    stopped: set[int] = set()
    given_up = 0
    try:
        # More often than there are threads and connections: none of them is lost.
        while given_up < 3:
            await _patiently(book)
            for pid in set(postgres.sessions()) - stopped:
                stopped.add(pid)
                os.kill(pid, signal.SIGSTOP)
            try:
                async with asyncio.timeout(_IMPATIENCE):
                    await book.by_numbers(["ORD1234"])
            except TimeoutError:
                given_up += 1
        await _patiently(book)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)


async def test_a_restart(shop: PostgresTable, tmp_path: Path) -> None:
    """While the server is down it is away; afterwards the same book goes on."""
    from tests.servers import postgres as servers

    with servers.running() as own:
        table = PostgresTable(tmp_path, own)
        await TablesPlace(table).fill([order()], {})
        opened = table.book(_PATIENCE, **MAPPING)
        assert len(await opened.by_numbers(["ORD1234"])) == 1
        own.stop(how=signal.SIGQUIT)
        with pytest.raises(OrderSystemAwayError):
            await opened.by_numbers(["ORD1234"])
        own.start()
        assert len(await opened.by_numbers(["ORD1234"])) == 1
        await opened.close()


async def test_nothing_is_ever_written(shop: PostgresTable) -> None:
    """Even a view that would write, by an owner who may, is refused by the server: the transaction only reads."""
    shop.run(
        "create table looked (at timestamptz)",
        """create function look() returns text language plpgsql security definer as
           $$ begin insert into looked values (now()); return 'ORD1234'; end $$""",
        f"create view orders as select look() as number, 'shipped' as status, '{ANN}'::text as addresses",
    )
    assert "cannot execute INSERT in a read-only transaction (25006)" in await refused(simple(shop))
    with shop.owned() as owner:
        assert owner.execute("select count(*) from looked").fetchone() == (0,)


async def test_a_table_that_is_dropped(book: SqlBook, shop: PostgresTable) -> None:
    """What is missing is named with what there is; when it is back, also with other columns, it is read again."""
    assert len(await book.by_numbers(["ORD1234"])) == 1
    shop.run("alter table steps rename to history")
    with pytest.raises(OrderSystemRefusedError, match=r'relation "steps" does not exist \(42P01\)'):
        await book.by_numbers(["ORD1234"])
    with pytest.raises(
        OrderSystemRefusedError, match="there is no table or view 'steps': expected one of Bestellung, charges, history, lines"
    ):
        await book.by_numbers(["ORD1234"])
    shop.run("alter table history rename to steps", "alter table steps add column author text")
    assert len(await book.by_numbers(["ORD1234"])) == 1


@rows(
    ("columns", "said"),
    [
        ("number bytea, status text, addresses text", "orders: column for number: expected text or a number, not bytes"),
        ("number text, status text, addresses text, total money", "column for total: expected an amount such as 49.90, not str"),
        ("number text, status text, addresses text, placed_at interval", "column for placed_at: expected a time, not timedelta"),
        ("number text, status boolean, addresses text", "column for status: expected text or a number, not bool"),
        ("number text, status text, addresses json", "column for addresses: expected text or a number, not dict"),
    ],
)
async def test_types_that_make_no_sense(shop: PostgresTable, columns: str, said: str) -> None:
    """The column is named with what was expected of it, never its value."""
    shop.run("drop table if exists orders", f"create table orders ({columns})")
    values = {
        "bytea": "'A1'",
        "text": "'A1'",
        "money": "49.90",
        "interval": "'1 day'",
        "boolean": "true",
        "json": "json_build_object('a', 1)",
    }
    wanted = ", ".join(values[column.split()[1]] for column in columns.split(", "))
    shop.run(f"insert into orders values ({wanted})")
    opened = simple(shop)
    with pytest.raises(OrderSystemRefusedError, match=said):
        await opened.describe()
    await opened.close()


async def test_kinds_of_numbers_and_times(shop: PostgresTable) -> None:
    """Keys, amounts and times of all types become what they mean: a time without zone is of the shop's, a day begins at midnight there."""
    shop.run(
        """create table orders (number bigint, status text, addresses text[], total double precision, tax integer, placed_at timestamp,
           updated_at timestamptz, expected_at date, customer varchar(20), reason text)""",
        f"""insert into orders values (1001, 'shipped', array['{ANN}', 'ann@work.example'], 0.1::float8 + 0.2, 7, '2026-11-20 10:00',
            '2026-11-20 10:00+01', '2026-11-26', null, '  ')""",
    )
    opened = simple(shop, time_zone="Europe/Berlin")
    [found] = await opened.by_numbers(["#1001"])
    assert (found.number, found.addresses, found.customer, found.reason) == ("1001", (ANN, "ann@work.example"), "", "")
    assert (str(found.total), found.total and str(found.total.amount), str(found.tax)) == ("0.30 EUR", "0.3", "7.00 EUR")
    moments = [at.isoformat() for at in (found.placed_at, found.updated_at, found.expected_at) if at]
    assert moments == ["2026-11-20T09:00:00+00:00", "2026-11-20T09:00:00+00:00", "2026-11-25T23:00:00+00:00"]
    assert await opened.by_numbers(["1001x", "9" * 30, "²"]) == []
    await opened.close()


@pytest.mark.parametrize("kind", ["timestamptz", "timestamp"])
async def test_changes_settle_before_they_are_told(shop: PostgresTable, kind: str) -> None:
    """Who began to write earlier may be done later: what changed within the last seconds waits, so that nothing falls behind the mark."""
    shop.run(f"create table orders (number text, status text, addresses text, updated_at {kind})")
    clock = [LATER]
    opened = SqlBook(shop.settings(time_zone="Europe/Berlin"), time_out=_PATIENCE, now=lambda: clock[0])
    later = {"timestamptz": "2026-12-01T00:00:00+00", "timestamp": "2026-12-01T01:00:00"}[kind]
    insert = "insert into orders values ('{0}', 'shipped', null, timestamp{1} '{2}' - interval '{3} seconds')"
    kinds = (kind.removeprefix("timestamp"), later)
    shop.run(insert.format("A1", *kinds, 60), insert.format("A2", *kinds, 1))
    none, mark = await opened.changed("", 10)
    assert none == []
    # Begun before A2 and committed after it.
    shop.run(insert.format("A3", *kinds, 2))
    assert await opened.changed(mark, 10) == ([], mark)
    clock[0] += timedelta(seconds=4)
    found, mark = await opened.changed(mark, 1)
    assert [one.number for one in found] == ["A3"]
    found, mark = await opened.changed(mark, 10)
    assert [one.number for one in found] == ["A2"]
    assert await opened.changed(mark, 10) == ([], mark)
    await opened.close()


async def test_what_it_holds(book: SqlBook, shop: PostgresTable) -> None:
    """How many orders there are and how new they are; an empty table has none."""
    assert await book.describe() == "1 order, the newest of 2026-11-18 10:00 UTC"
    shop.run('delete from "Bestellung"')
    assert await book.describe() == "0 orders"


async def test_a_question_is_answered_from_sql(book: SqlBook, tmp_path: Path) -> None:
    """A verified owner's question is answered from the shop's tables with source and time in the case, and a stranger's is not."""
    async with house(tmp_path, book=book) as office:
        await office.get(asking())
        assert "tracking number 00340434161094015902" in plain(office.last(ANN))
        [checked] = await office.events("order_checked")
        assert checked.detail["source"] == "order table Bestellung at 127.0.0.1"
        await office.get(asking(sender=EVE, passed="mx.shop.example; dmarc=pass header.from=evil.example"))
        assert len(office.came(EVE)) == 1
        assert "0034" not in plain(office.last(EVE))


async def _until_idle(postgres: Postgres) -> None:
    with postgres.owner() as owner:
        while owner.execute("select 1 from pg_stat_activity where usename = 'reader' and state = 'active'").fetchone():
            await asyncio.sleep(0.02)


async def _patiently(book: SqlBook) -> None:
    """Ask until there is an answer: on a busy machine even one may take longer than a test can wait for."""
    async with asyncio.timeout(_PATIENCE):
        while True:
            try:
                async with asyncio.timeout(1):
                    assert len(await book.by_numbers(["ORD1234"])) == 1
            except (OrderSystemAwayError, TimeoutError):
                continue
            return


async def test_the_example_of_the_page_runs(postgres: Postgres, tmp_path: Path) -> None:
    """The view, the indexes and the rights that the page about orders shows are good SQL, and enough for an answer; the index serves it."""
    table = PostgresTable(tmp_path, postgres)
    table.run(
        "create schema shop",
        "create schema support",
        "create table shop.customers (id int primary key, name text, email text)",
        """create table shop.orders (id int primary key, order_no text, customer_id int, state text, placed_at timestamptz, updated_at timestamptz,
           total numeric(12, 2), carrier text, tracking_number text, eta date, receipt_file text)""",
        f"insert into shop.customers values (1, 'Ann', '{ANN.upper()}')",
        "insert into shop.orders values (7, 'ORD-1234', 1, 'sent', now(), now(), 49.9, 'DHL', '0034', current_date + 2, 'r.pdf')",
    )
    page = (Path(__file__).parents[2] / "docs" / "orders.md").read_text(encoding="utf-8")
    [shown] = re.findall(r"```sql\n(.*?)```", page, re.DOTALL)
    # The role of the tests takes the place of the one that is made there.
    steps = [step.replace("to triage", "to reader") for step in shown.split(";\n") if step.strip() and "create role" not in step]
    table.run(*steps)
    (tmp_path / "r.pdf").write_bytes(b"%PDF")
    book = table.book(_PATIENCE, table="support.orders", folder=tmp_path, currency="")
    [found] = await book.by_numbers(["ord 1234"])
    assert (found.status, str(found.total), found.customer, found.addresses) == ("shipped", "49.90 EUR", "Ann", (ANN.upper(),))
    assert await book.by_address(ANN, 5) == [found]
    assert await book.document(found, found.documents[0]) == b"%PDF"
    assert (await book.describe()).startswith("1 order, the newest of ")
    with table.owned() as owner:
        owner.execute("set enable_seqscan = off")
        asked = "upper(replace(replace(number, ' ', ''), '-', '')) in ('ORD1234', '#ORD1234')"
        plan = " ".join(row[0] for row in owner.execute(f"explain select * from support.orders where {asked}").fetchall())
    assert "orders_upper_idx" in plan
    await book.close()
