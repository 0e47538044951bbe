"""`triage report`: the figures of a week, month or quarter in every form."""

import csv
import io
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.cli.calling import HOSTILE, MARKS, Shop
from tests.store.words import ANN, later, new_case
from triage.case import CaseEvent, CaseStatus
from triage.message import Address
from triage.ports import Transaction


def event(kind: str, at: datetime, **detail: str) -> CaseEvent:
    """A line of the history."""
    return CaseEvent(at=at, kind=kind, provenance="rule", detail=detail)


def a_month(tx: Transaction) -> None:
    """Twelve cases of March 2026: eight resolved in time, two late, one unreachable, one spam."""
    for number in range(12):
        at = later(hours=3 * number)
        requester = Address(name=HOSTILE if number == 3 else "", addr_spec=ANN.addr_spec if number < 3 else f"c{number}@customer.example")
        case = tx.cases.open(new_case(received_at=at, opened_at=at, requester=requester, category="dispute", issue="quality"))
        sent = {"delivery": "acknowledgment", "status": "failed" if number == 10 else "sent", "to": requester.addr_spec}
        tx.cases.record(case.id, [event("opened", at), event("delivery", at + timedelta(minutes=1), **sent)])
        if number != 10:
            tx.cases.set_acknowledged(case.id, at + timedelta(minutes=1))
        if number < 10:
            done = at + timedelta(hours=5 if number < 8 else 60)
            tx.cases.record(case.id, [event("resolved", done), event("rated", done, score="4", comment=f"fine {HOSTILE}")])
            tx.cases.set_status(case.id, CaseStatus.SOLVED, done)
        if number == 11:
            tx.cases.merge(case.id, 1)
            tx.cases.record(case.id, [event("merged", at, into="SP-100001")])


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with that month."""
    from tests.spine.world import defaults

    root = tmp_path_factory.mktemp("shop")
    shop = Shop(root, defaults(root, imap_port=1, smtp_port=1, user="support@shop.example"))
    shop.configure()
    shop.store_now(a_month)
    return shop


@pytest.mark.parametrize("span", ["month", "quarter"])
def test_figures(filled: Shop, span: str) -> None:
    """What was received, acknowledged and resolved, with what was excluded and why; long after, everybody's time is up."""
    document = filled.call("report", span, "--at", "2026-03-10", "--json").json
    counts = document["total"]["counts"]
    assert counts == {
        "received": 11, "acknowledged": 10, "acknowledgment_due": 11, "refused": 1, "resolved": 8, "updated": 8, "update_due": 11, "resolution_due": 11,
        "solved": 10, "first_contact": 10, "escalated": 0, "reopened": 0,
    }  # fmt: skip
    assert document["total"]["csat"] == 4.0
    assert document["total"]["resolution"]["median"] == 5 * 3600
    assert document["disputes"]["counts"]["received"] == 11
    assert document["excluded"] == {"cases: became a part of another case": 1}
    assert document["misses"]["resolution"]["by_reason"]["the customer's server refuses our mail"] == 1
    assert document["causes"]["customers"][0]["name"] == ANN.addr_spec
    assert document["period"]["span"] == span


def test_the_week_and_the_words_for_it(filled: Shop) -> None:
    """A report is for the period that has the day, and says which."""
    document = filled.call("report", "week", "--of", "2026-03-05", "--json").json
    assert document["period"]["title"] == "week 10 of 2026 (2–8 March 2026)"
    assert len(document["days"]) == 7
    nothing = filled.call("report", "week", "--at", "2026-01-05", "--json").json
    assert nothing["total"]["counts"]["received"] == 0


def test_text(filled: Shop) -> None:
    """It fits 80 columns, drives no terminal, and lists each miss with its reason."""
    ended = filled.call("report", "month", "--at", "2026-03-10")
    assert (ended.code, ended.err) == (0, "")
    assert "report for March 2026" in ended.lines[0]
    assert max(map(len, ended.lines)) <= 80
    assert not set(ended.out) & set(MARKS)
    for said in ("SP-100011", "the customer's server", "Not resolved within 48 hours: 3", "72.7 % (8/11)", "fine"):
        assert said in ended.out, said


def test_files(filled: Shop, tmp_path: Path) -> None:
    """Every form is written to the file it is asked for; HTML is one file with its charts in it."""
    for form in ("text", "html", "json", "csv", "md"):
        path = tmp_path / f"report.{form}"
        ended = filled.call("report", "month", "--at", "2026-03-10", "--format", form, "--out", path)
        assert (ended.code, ended.out, ended.err) == (0, "", "")
    page = (tmp_path / "report.html").read_text()
    assert page.count('src="data:image/png;base64,') == 5
    assert "http" not in page
    assert json.loads((tmp_path / "report.json").read_text())["solved"] == 10
    rows = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_text())))
    assert ["Key figures", "Cases received", "11", "11", "0"] in rows
    assert "| Cases received | 11 | 11 | 0 |" in (tmp_path / "report.md").read_text()


def test_the_latest_that_is_over(filled: Shop) -> None:
    """Without a day it is the latest period that is over."""
    document = filled.call("report", "quarter", "--json").json
    assert datetime.fromisoformat(document["period"]["end"]) <= datetime.fromisoformat(document["at"])


@pytest.mark.parametrize("arguments", [("year",), ("week", "--at", "tomorrow"), ("week", "--format", "pdf"), ()], ids=str)
def test_wrong_use(filled: Shop, arguments: tuple[str, ...]) -> None:
    """What is no period, day or form is refused with what was expected."""
    assert filled.call("report", *arguments).code == 2
