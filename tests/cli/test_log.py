"""`triage log`: the customer-service log in 80 columns, and in every form it is handed on in."""

import csv
import io
import json
from pathlib import Path

import openpyxl
import pytest
from rich.cells import cell_len

from tests.cli.calling import HOSTILE, MARKS, Shop
from tests.store.words import ANN, NOON, event, later, new_case, raw, reading
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.message import Address
from triage.ports import Transaction

BOB = Address(name="=cmd|'/c calc'!A1", addr_spec="bob@other.example")


def some_cases(tx: Transaction) -> None:
    """Three cases: one resolved, one escalated, one by somebody who would drive a terminal and a spreadsheet."""
    first = tx.cases.open(new_case(subject="Where is it", order_numbers=("ORD1234",)))
    tx.messages.add([raw(1)])
    tx.messages.settle(1, Outcome.OPENED, first.id, reading(text="Where is my parcel?"), reason="", keep_raw=False)
    tx.cases.record(first.id, [event("opened"), event("resolved", later(hours=2), resolution="found it")])
    tx.cases.set_status(first.id, CaseStatus.SOLVED, later(hours=2))
    second = tx.cases.open(new_case(subject="second", category="payment", issue="payment_duplicate", received_at=later(hours=30)))
    tx.cases.record(second.id, [event("opened", later(hours=30)), event("escalated", later(hours=30), to="finance", name="Finance")])
    third = tx.cases.open(new_case(subject=HOSTILE, requester=BOB, received_at=later(hours=60)))
    tx.cases.record(third.id, [event("opened", later(hours=60), why=HOSTILE)])
    tx.assignments.assign(third.id, "jane")


@pytest.fixture
def filled(shop: Shop) -> Shop:
    """A shop with those cases, on which no daemon has run yet."""
    shop.store_now(some_cases)
    return shop


def numbers(shop: Shop, *arguments: str) -> list[str]:
    """Numbers of the cases in the document."""
    ended = shop.call("log", "--json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    return [entry["number"] for entry in ended.json["entries"]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((), [3, 2, 1]),
        (("--limit", "1"), [3]),
        (("--category", "payment"), [2]),
        (("--issue", "order_status"), [3, 1]),
        (("--status", "solved"), [1]),
        (("--representative", "jane"), [3]),
        (("--department", "finance"), [2]),
        (("--customer", "BOB@other.example"), [3]),
        (("--order", "ord1234"), [1]),
        (("--from", "2026-03-03"), [3, 2]),
        (("--to", "2026-03-03"), [2, 1]),
        (("--from", "2026-03-03", "--to", "2026-03-03"), [2]),
        (("--search", "parc*"), [1]),
        (("--search", "found parcel"), [1]),
    ],
    ids=str,
)
def test_filters(filled: Shop, arguments: tuple[str, ...], expected: list[int]) -> None:
    """Only what fits everything asked for, the newest first; also without a daemon the log is complete."""
    assert numbers(filled, *arguments) == [f"SP-{100_000 + number}" for number in expected]


def test_what_happens_is_in_the_log_at_once(filled: Shop) -> None:
    """An event after the last look is in the next one."""
    numbers(filled)
    filled.store_now(lambda tx: tx.cases.record(2, [event("resolved", later(hours=31), resolution="paid back")]))
    assert numbers(filled, "--search", "paid back") == ["SP-100002"]


def test_the_table_for_people(filled: Shop) -> None:
    """It fits 80 columns, keeps numbers whole, and drives no terminal."""
    for arguments in ((), ("--actions",)):
        ended = filled.call("log", *arguments)
        assert ended.code == 0
        assert max(cell_len(line) for line in ended.lines) <= 80
        assert not set(ended.out) & set(MARKS)
        assert "SP-100001" in ended.out
    assert filled.call("log").lines[-1] == "3 cases"
    assert filled.call("log", "--actions").lines[-1] == "5 actions"
    assert filled.call("log", "--category", "nothing").lines[-1] == "no cases"
    assert filled.call("log", "--order", "ORD1234").lines[-1] == "1 case"


def test_csv(filled: Shop) -> None:
    """A row for each case with all fields, none empty, and no formula of a customer's."""
    rows = list(csv.DictReader(io.StringIO(filled.call("log", "--format", "csv").out.removeprefix("\ufeff"))))
    assert [row["case"] for row in rows] == ["SP-100003", "SP-100002", "SP-100001"]
    assert rows[0]["customer name"].startswith("'=cmd")
    assert (rows[1]["escalation"], rows[2]["escalation"]) == ("Finance", "no escalation needed")
    assert rows[2]["resolution status"] == "resolved: found it"
    assert (rows[2]["e-mail"], rows[2]["order date"]) == (ANN.addr_spec, "unknown")
    assert all(value for row in rows for value in row.values())


def test_files(filled: Shop, tmp_path: Path) -> None:
    """Every form can be written to a file; a spreadsheet has to be."""
    for form in ("table", "csv", "json", "html", "md", "xlsx"):
        path = tmp_path / f"log.{form}"
        ended = filled.call("log", "--format", form, "--out", path)
        assert (ended.code, ended.out, ended.err) == (0, "", "")
        assert path.stat().st_size > 200
    sheet = openpyxl.load_workbook(tmp_path / "log.xlsx").active
    assert sheet is not None
    assert sheet.max_row == 4
    assert len(json.loads((tmp_path / "log.json").read_text())["entries"]) == 3
    refused = filled.call("log", "--format", "xlsx")
    assert refused.code == 2
    assert "expected the name of a file" in refused.err


def test_actions(filled: Shop) -> None:
    """A line for each action of the cases asked for, in the order of time."""
    found = filled.call("log", "--actions", "--json", "--category", "order").json["actions"]
    assert [(it["number"], it["what"]) for it in found] == [
        ("SP-100001", "case opened"), ("SP-100001", "resolved: found it"), ("SP-100003", "case opened"),
    ]  # fmt: skip
    assert found[0]["at"] == NOON.isoformat()
