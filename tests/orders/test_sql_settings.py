"""The table [orders.sql]: where the database is, where its password comes from, and mistakes in what is said of its columns."""

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from tests.orders.house import configured
from tests.orders.making import order
from tests.orders.tables import MAPPING, FlatPlace, Table
from tests.rows import rows
from triage.books import open_book
from triage.errors import SettingsError
from triage.orders.books.guarded import GuardedBook
from triage.orders.books.sql import SqlBook
from triage.sections.sql import PART_COLUMNS, REQUIRED, SqlSettings
from triage.settings import Settings, load


def loaded(root: Path, table: str) -> Settings:
    """Settings with this instead of the embedded book."""
    configured(root)
    path = root / "config" / "triage.toml"
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', table))
    return load(path)


@rows(
    ("given", "said"),
    [
        ({"url": "shop.db"}, "url: expected DIALECT://"),
        ({"url": ""}, "url: expected DIALECT://"),
        ({"url": "postgresql://triage:s3cret@db.example/shop"}, "url: expected no password in it"),
        ({"url": "postgresql://triage@db.example/shop?password=s3cret"}, "url: expected no password in it"),
        ({"fields": {"nummer": "nr"}}, "fields.nummer: expected one of number, status, placed_at"),
        ({"items": {"table": "lines", "order": "id", "fields": {"title": "t"}}}, "items.fields.title: expected one of name, sku"),
        ({"items": {"table": "lines"}}, "items.order"),
        ({"items": {"table": "lines", "order": "id", "by": "x"}}, "items.by"),
        ({"currency": "Euro"}, "currency"),
        ({"time_zone": "Berlin"}, "time_zone"),
        ({"table": ""}, "table"),
        ({"customers": {"table": "c", "order": "id"}}, "customers"),
    ],
)
def test_mistakes(given: dict[str, Any], said: str) -> None:
    """Each is named by its key with what was expected, and no secret is in it."""
    with pytest.raises(ValidationError) as caught:
        SqlSettings(**{"url": "sqlite:///orders.db", "table": "orders", **given})
    lines = [f"{'.'.join(map(str, it['loc']))} {it['msg']}" for it in caught.value.errors(include_input=False)]
    assert said in "\n".join(lines)
    assert "s3cret" not in "\n".join(lines)


def test_no_secret_is_printed(tmp_path: Path) -> None:
    """Also where the whole configuration is read."""
    table = '[orders.sql]\nurl = "postgresql://triage:s3cret@db.example/shop"\ntable = "orders"'
    with pytest.raises(SettingsError) as caught:
        loaded(tmp_path, table)
    assert "expected no password in it" in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_all_lies_below_the_installation(tmp_path: Path) -> None:
    """A relative file of a database, a folder of documents and a file with a password are looked for there; the guard stands before the book."""
    table = '[orders.sql]\nurl = "sqlite:///export/shop.db"\ntable = "orders"\nfolder = "papers"\npassword = {file = "password"}'
    settings = loaded(tmp_path, table)
    assert settings.orders is not None
    its = settings.orders.sql
    assert its is not None
    assert its.password is not None
    assert (its.url, its.folder, its.password.file) == (f"sqlite:///{tmp_path}/export/shop.db", tmp_path / "papers", tmp_path / "password")
    opened = open_book(settings)
    assert isinstance(opened, GuardedBook)
    assert opened.name == "order table orders at shop.db"
    await opened.close()


@rows("url", ["sqlite:////srv/shop.db", "postgresql://triage@db.example/shop", "postgresql+psycopg:///shop?host=/run/postgresql"])
def test_other_addresses_stay_as_they_are(url: str) -> None:
    """Only a file that is named relatively is anchored."""
    assert SqlSettings(url=url, table="orders").anchored(Path("/base")).url == url


async def test_from_the_configuration_to_an_answer(tmp_path: Path) -> None:
    """What the page about orders shows as an example is enough."""
    place = FlatPlace(tmp_path)
    await place.fill([order()], {})
    opened = open_book(loaded(tmp_path, f'[orders.sql]\nurl = "sqlite:///{place.table.path.name}"\ntable = "orders"\ncurrency = "EUR"'))
    assert opened is not None
    [found] = await opened.by_numbers(["ord-1234"])
    assert (found.number, str(found.total)) == ("ORD1234", "49.90 EUR")
    await opened.close()


@rows("url", ["nosuch://h/db", "oracle+cx_nothing://h/db", "mssql+pyodbc://h/db", "postgresql+psycopg2://h/db"])
def test_a_driver_that_is_not_installed(url: str) -> None:
    """It is named."""
    with pytest.raises(SettingsError, match=re.escape(f"expected the driver of {url.partition(':')[0]} to be installed")):
        SqlBook(SqlSettings(url=url, table="orders"), time_out=1)


def test_an_address_that_is_none() -> None:
    """What SQLAlchemy cannot read is said so."""
    with pytest.raises(SettingsError, match="expected SQLAlchemy's form of it"):
        SqlBook(SqlSettings(url="postgresql://h:port/db", table="orders"), time_out=1)


def test_without_sqlalchemy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the optional part is not installed, the error says how it is."""
    settings = loaded(tmp_path, '[orders.sql]\nurl = "sqlite:///shop.db"\ntable = "orders"')
    for name in [name for name in sys.modules if name.startswith("triage.orders.books.sql_") or name == "triage.orders.books.sql"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sqlalchemy", None)
    with pytest.raises(SettingsError, match=r"pip install 'triage\[sql\]'"):
        open_book(settings)


def test_every_part_has_its_columns(tmp_path: Path) -> None:
    """What must be there is among what may be there; all parts are settings, and the mapping of the tests uses our names only."""
    assert {name: wanted for name, wanted in REQUIRED.items() if wanted > len(PART_COLUMNS[name])} == {}
    assert set(PART_COLUMNS) <= set(SqlSettings.model_fields)
    assert set(Table(tmp_path).settings(**MAPPING).parts) == {"items", "shipments", "payments", "refunds", "history", "documents"}
