"""`triage check` and the order system: one line that says whether it answers, and what customers are told of it."""

import re
import sqlite3
from pathlib import Path

from tests.cli.calling import Shop
from tests.orders.shops import ShopifyPlace
from triage.sections.places import project_root

BOOK = '[orders.book]\npath = "orders.db"\n'


async def said(shop: Shop, extra: str, **changes: object) -> tuple[str, str]:
    """The mark and the words of the line about orders."""
    shop.configure(extra=extra, **changes)
    ended = await shop.calls("check")
    [line] = [line for line in ended.lines if " orders:" in line]
    mark, _, words = line.partition(" orders: ")
    return mark.strip(), words


async def test_a_book_that_answers(shop: Shop) -> None:
    """As shipped nothing is told to customers at first contact."""
    mark, words = await said(shop, BOOK)
    assert (mark, words) == ("ok", "the order book answers; told to customers at first contact: nothing")


async def test_what_is_told_is_named(shop: Shop, tmp_path: Path) -> None:
    """The issues whose answers leave by themselves are listed."""
    text = (project_root() / "config" / "policy.toml").read_text(encoding="utf-8")
    live = re.sub(r"(\[category\.order\.issue\.order_status\]\n)", r'\1first_contact = "live"' + "\n", text)
    (tmp_path / "policy.toml").write_text(live, encoding="utf-8")
    mark, words = await said(shop, f'[paths]\npolicy = "{tmp_path / "policy.toml"}"\n{BOOK}')
    assert mark == "ok"
    assert words.endswith("told to customers at first contact: order_status")


async def test_nobody_can_be_verified(shop: Shop) -> None:
    """Without a server whose word counts, a warning says that no customer will be told anything."""
    shop.configure(extra=BOOK)
    path = shop.root / "config" / "triage.toml"
    path.write_text(path.read_text().replace('authserv_id = "mx.shop.example"', ""))
    ended = await shop.calls("check")
    [line] = [line for line in ended.lines if " orders:" in line]
    assert line.startswith("warn")
    assert "authserv_id is empty" in line


async def test_a_book_that_is_none(shop: Shop, tmp_path: Path) -> None:
    """A file that is no order book fails the check, with its path."""
    (tmp_path / "orders.db").write_bytes(b"no database at all, whatever it is called" * 50)
    mark, words = await said(shop, BOOK)
    assert mark == "FAIL"
    assert "orders.db: expected an order book" in words


async def test_without_an_order_system_there_is_no_line(shop: Shop) -> None:
    """What is not configured is not checked."""
    shop.configure(extra="")
    assert " orders:" not in (await shop.calls("check")).out


async def test_a_shop(shop: Shop, tmp_path: Path) -> None:
    """It is said how many orders there are, and in what a key falls short."""
    place = ShopifyPlace(tmp_path)
    orders, scopes = b'{"orders": [], "count": 12}', b'{"access_scopes": [{"handle": "read_orders"}]}'
    place.answer = lambda url: scopes if "scopes" in url.path else orders  # type: ignore[method-assign]
    table = f'[orders.shopify]\nshop = "{place.base}"\ntoken = {{file = "{tmp_path / "key"}"}}\n'
    mark, words = await said(shop, table)
    assert mark == "ok"
    assert words.startswith("the Shopify shop 127.0.0.1 answers (12 orders, those of the last 60 days only: the key lacks the scope")
    place.code = 401
    mark, words = await said(shop, table)
    assert mark == "FAIL"
    assert "answers 401: expected a key that may read orders" in words
    await place.close()


async def test_a_table_of_orders(shop: Shop, tmp_path: Path) -> None:
    """What is in it is told, and of the newest orders what cannot be read; a column that is not there is named with those that are."""
    with sqlite3.connect(tmp_path / "shop.db") as orders:
        orders.execute("create table orders (number text, state text, addresses text, placed_at text)")
        orders.execute("insert into orders values ('A1', 'shipped', 'ann@customer.example', '2026-11-20 10:00')")
    orders.close()
    sql = '[orders.sql]\nurl = "sqlite:///shop.db"\ntable = "orders"\n'
    mark, words = await said(shop, sql)
    assert (mark, "orders.sql.fields.status: expected the column of 'orders' that holds it: one of number, state" in words) == (
        "FAIL",
        True,
    )
    mark, words = await said(shop, f'{sql}fields = {{status = "state"}}\n')
    assert mark == "ok"
    assert words.startswith("the order table orders at shop.db answers (1 order, the newest of 2026-11-20 10:00 UTC); told to customers")
    mark, words = await said(shop, f'{sql}fields = {{status = "placed_at"}}\n')
    assert (mark, words.startswith("orders: the order system's answer is not as expected: status")) == ("FAIL", True)
