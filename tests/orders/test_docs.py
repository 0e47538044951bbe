"""The page about orders says what is true."""

import json
import re
import tomllib
from pathlib import Path

from tests.orders.test_disclose import AUTHENTICATION, OWNERSHIP, SENDERS, TRICKS
from tests.orders.test_spoofing import DOUBTS
from tests.orders.test_spoofing import TRICKS as IN_BYTES
from triage.order import OrderStatus
from triage.order_form import parse_order
from triage.policy.first_contact import FAILURES
from triage.sections.sql import ORDER_COLUMNS, PART_COLUMNS, SqlSettings

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "orders.md").read_text(encoding="utf-8")


def test_named_tests_exist() -> None:
    """Every test that the page names is in the file it names."""
    named = re.findall(r"`(tests/[\w/]{1,80}\.py)::(\w{1,120})`", PAGE)
    assert len(named) >= 7
    assert [name for path, name in named if f"def {name}(" not in (ROOT / path).read_text(encoding="utf-8")] == []


def test_the_example_is_an_order() -> None:
    """What stands there as JSON is read as it stands."""
    [example] = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    found = parse_order(example)
    assert (found.number, found.status, str(found.total)) == ("ORD1234", OrderStatus.SHIPPED, "49.90 EUR")
    assert json.loads(example)["documents"][0]["where"] == "receipts/77.pdf"


def test_words_are_listed() -> None:
    """Every status, and every reason for which there are words, stands on the page."""
    assert [word for word in (*OrderStatus, *FAILURES) if word not in PAGE] == []


def test_numbers_are_right() -> None:
    """The size of the matrix, and how many tricks there are."""
    assert f"{len(SENDERS) * len(AUTHENTICATION) * len(TRICKS) * len(OWNERSHIP) * 2:,} cells" in PAGE
    assert f"{len(IN_BYTES) + len(DOUBTS)} tricks" in PAGE


def test_the_example_in_sql_and_its_configuration_are_true() -> None:
    """The columns of the view are ours, and the table of the configuration is read as it stands."""
    [view] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    columns = re.findall(r" as (\w{1,40})(?=,|\n)|o\.(\w{1,40}),", view.partition("create index")[0].partition("  from ")[0])
    named = {ours or plain for ours, plain in columns}
    assert {"number", "status", "addresses", "currency"} <= named <= set(ORDER_COLUMNS)
    [table] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert SqlSettings(**tomllib.loads(table)["orders"]["sql"]).table == "support.orders"


def test_columns_of_tables_are_listed() -> None:
    """Every column of every table beside that of the orders stands in the example of the configuration."""
    text = (ROOT / "config" / "triage.example.toml").read_text(encoding="utf-8").replace("\n# #", "")
    listed = {name: re.search(rf"{name}: ([\w, ]{{1,200}})", text) for name in PART_COLUMNS if name not in ("addresses", "linked")}
    assert {name: found and tuple(found[1].split(", ")) for name, found in listed.items()} == {name: PART_COLUMNS[name] for name in listed}
