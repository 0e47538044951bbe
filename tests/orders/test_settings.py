"""The table [orders] of the configuration, and the rows about orders in the policy."""

from pathlib import Path

import pytest

from tests.orders.house import configured
from tests.rows import rows
from triage.books import open_book
from triage.errors import SettingsError
from triage.orders.books.guarded import GuardedBook
from triage.policy.table import Policy
from triage.settings import load


def test_without_the_table_there_is_no_order_system(tmp_path: Path) -> None:
    """Nothing is asked of anybody."""
    settings = configured(tmp_path)
    text = (tmp_path / "config" / "triage.toml").read_text().partition("[orders]")[0]
    (tmp_path / "config" / "triage.toml").write_text(text)
    plain = load(tmp_path / "config" / "triage.toml")
    assert plain.orders is None
    assert open_book(plain) is None
    assert settings.orders is not None


async def test_the_embedded_book_lies_beside_the_store(tmp_path: Path) -> None:
    """A relative path is one below the installation."""
    settings = configured(tmp_path)
    assert settings.orders is not None
    assert settings.orders.book is not None
    assert settings.orders.book.path == tmp_path / "orders.db"
    book = open_book(settings)
    assert isinstance(book, GuardedBook)
    assert await book.by_numbers(["ORD1"]) == []
    await book.close()
    assert (tmp_path / "orders.db").exists()


@rows(
    ("orders", "said"),
    [
        ('time_out = "x"', "orders.time_out = 'x': expected a duration"),
        ("document_mb = 100", "orders.document_mb = 100"),
        ("unknown = 1", "orders.unknown: expected no such key"),
    ],
)
def test_mistakes_are_named(orders: str, said: str, tmp_path: Path) -> None:
    """Each by its key and value."""
    with pytest.raises(SettingsError) as caught:
        configured(tmp_path, orders=orders)
    assert said in "\n".join(caught.value.problems)


def test_an_order_system_must_be_chosen(tmp_path: Path) -> None:
    """A table that names none is a mistake."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', ""))
    with pytest.raises(SettingsError, match="expected exactly one of the tables"):
        load(path)


async def test_files_lie_below_the_installation(tmp_path: Path) -> None:
    """Instead of the embedded book, files that another program writes; a relative path is one below the installation."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    files = '[orders.files]\npaths = ["orders.csv"]\ncolumns = {number = "Order ID", status = "State"}'
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', files))
    (tmp_path / "orders.csv").write_text("Order ID,State,addresses\nORD-1,shipped,ann@customer.example\n")
    settings = load(path)
    assert settings.orders is not None
    assert settings.orders.files is not None
    assert settings.orders.files.paths == (tmp_path / "orders.csv",)
    book = open_book(settings)
    assert book is not None
    [found] = await book.by_numbers(["ord 1"])
    assert (found.number, found.addresses) == ("ORD-1", ("ann@customer.example",))
    await book.close()


def test_two_order_systems_are_one_too_many(tmp_path: Path) -> None:
    """Which one is asked must be plain."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    path.write_text(path.read_text() + '[orders.files]\npaths = ["orders.csv"]\n')
    with pytest.raises(SettingsError, match="expected exactly one of the tables"):
        load(path)


@rows(
    ("text", "said"),
    [
        ('first_contact = "yes"', "first_contact = 'yes'"),
        ("[first_contact]\nconfidence = 0.2", "first_contact.confidence = 0.2"),
        ("[first_contact]\nother_matter = 0", "first_contact.other_matter = 0"),
    ],
)
def test_mistakes_in_the_policy(text: str, said: str) -> None:
    """Each by its key and value."""
    row = '[category.order]\ntitle = "Order"\nfolder = "Orders"\n'
    with pytest.raises(SettingsError) as caught:
        Policy.parse(text + "\n" + row if text.startswith("[") else row + text)
    assert said in "\n".join(caught.value.problems)


@rows(
    ("table", "name"),
    [
        ('[orders.shopify]\nshop = "shop-name.myshopify.com"\ntoken = {file = "key"}\n', "Shopify shop shop-name.myshopify.com"),
        (
            '[orders.woocommerce]\nbase_url = "https://shop.example"\nkey = {file = "key"}\nsecret = {file = "key"}\n',
            "WooCommerce shop shop.example",
        ),
    ],
)
async def test_ready_made_shops(table: str, name: str, tmp_path: Path) -> None:
    """A table is enough; files with keys lie below the installation."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    (tmp_path / "key").write_text("k3y\n")
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', table))
    book = open_book(load(path))
    assert isinstance(book, GuardedBook)
    assert book.name == name
    await book.close()


def test_a_key_in_the_file_is_not_repeated(tmp_path: Path) -> None:
    """Whoever writes a key itself is told where it belongs, without it."""
    configured(tmp_path)
    path = tmp_path / "config" / "triage.toml"
    table = '[orders.shopify]\nshop = "shop-name.myshopify.com"\ntoken = "shpat_1234"\n'
    path.write_text(path.read_text().replace('[orders.book]\npath = "orders.db"', table))
    with pytest.raises(SettingsError, match="the file holds no secrets") as caught:
        load(path)
    assert "shpat_1234" not in str(caught.value)
