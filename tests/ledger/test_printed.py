"""The log as a file: whole, and harmless to whatever opens it."""

import csv
import html.parser
import io
from pathlib import Path

import openpyxl
import pytest

from tests.ledger.files import event, worked_example
from triage.happened import what
from triage.ledger.actions import actions
from triage.ledger.printed import as_csv, as_html, as_markdown, clean, unformula
from triage.ledger.sheet import write_sheet

HEADINGS = ("case", "issue description")
EVIL = ('=HYPERLINK("http://evil.example","refund")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", " =1", "|cmd", "%0A", "<script>x</script>",
        "[a](http://evil.example)", "a|b", "**loud**", "line\nbreak", "\x1b[31mred", "\u202eright to left", "quote \" and , comma")  # fmt: skip
ROWS = [(f"SP-{number}", text) for number, text in enumerate(EVIL)]


def test_csv_is_no_program() -> None:
    """No cell begins like a formula, and all of them come back as they were cleaned."""
    lines = "".join(as_csv(HEADINGS, ROWS))
    assert lines.startswith("\ufeffcase,")
    read = list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"))))
    assert [row[1] for row in read[1:]] == [unformula(clean(text)) for text in EVIL]
    assert not [cell for row in read for cell in row if cell.lstrip().startswith(("=", "+", "-", "@", "|", "%"))]


@pytest.mark.parametrize("text", ["4/5: quick", "SP-100042", "2026-03-02", "jane@shop.example", "Ünïcödé – ok"])
def test_ordinary_text_stays(text: str) -> None:
    """What is no formula is written as it is."""
    assert unformula(clean(text)) == text


class _Tags(html.parser.HTMLParser):
    """Counts what a browser would make of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.found.append(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_has_only_our_tags() -> None:
    """Cells are text: what a customer wrote makes no element of the page."""
    page = _Tags()
    page.feed("".join(as_html(HEADINGS, ROWS, "Log <of> cases")))
    assert set(page.found) == {"html", "head", "meta", "title", "style", "body", "h1", "table", "thead", "tr", "th", "tbody", "td"}
    assert page.found.count("td") == 2 * len(ROWS)
    assert "<script>x</script>" in page.texts


def test_markdown_has_a_cell_for_a_cell() -> None:
    """Every line has as many cells as there are columns, and no markup of a customer's is left."""
    head, *lines = "".join(as_markdown(HEADINGS, ROWS)).splitlines()[:1] + "".join(as_markdown(HEADINGS, ROWS)).splitlines()[2:]
    assert head == "| case | issue description |"
    assert len(lines) == len(ROWS)
    for line in lines:
        assert line.replace("\\|", "").count("|") == 3, line
        assert "**" not in line.replace("\\*", "")
        assert "<" not in line.replace("\\<", "")


def test_a_spreadsheet_of_texts(tmp_path: Path) -> None:
    """Each cell is a string and none a formula or a link, as another program reads the file."""
    path = tmp_path / "log.xlsx"
    assert write_sheet(path, HEADINGS, ROWS, "Customer-service log") == len(ROWS)
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    read = list(sheet.iter_rows())
    assert [cell.value for cell in read[0]] == list(HEADINGS)
    assert [row[1].value for row in read[1:]] == [clean(text) for text in EVIL]
    assert {cell.data_type for row in read for cell in row} == {"s"}
    assert not [cell for row in read for cell in row if cell.hyperlink]


def test_an_action_for_each_event() -> None:
    """Whatever happened is a line, in the order it happened, with who did it and how that is known."""
    given = worked_example()
    found = list(actions("SP-100042", given.events))
    assert len(found) == len(given.events)
    assert [(it.what, it.who) for it in found][:5] == [
        ("case opened", "johndoe@email.com"),
        ("sorted as order/item_missing", "daemon"),
        ("acknowledgment sent", "daemon"),
        ("given to Jane Adams", "daemon"),
        ("the customer was answered", "Jane Adams"),
    ]
    assert found[2].detail == "delivery: acknowledgment; status: sent; to: johndoe@email.com"


@pytest.mark.parametrize(
    ("kind", "detail", "expected"),
    [
        ("opened", {"channel": "walk_in"}, "case opened by walk in"),
        ("corrected", {"was": "order/order_status", "now": "dispute/quality"}, "corrected from order/order_status to dispute/quality"),
        ("acknowledged", {"channel": "phone"}, "acknowledged by phone"),
        ("withheld", {}, "acknowledgment left to a person"),
        ("held_in_flood", {}, "acknowledgment waits out a flood"),
        ("escalated", {"to": "finance"}, "escalated to finance"),
        ("not_escalated", {"to": "finance"}, "could not be escalated to finance"),
        ("follow_up", {"reopened": "yes"}, "the customer wrote again, which reopened the case"),
        ("repeated", {}, "the customer sent the same again"),
        ("thanks", {}, "the customer said thanks"),
        ("answered", {"department": "finance"}, "finance answered"),
        ("reopened", {}, "taken up again"),
        ("waits", {"until": "2026-12-01"}, "waits until 2026-12-01"),
        ("changed", {"order": "ORD1"}, "changed: order ORD1"),
        ("changed", {"priority": "urgent", "was": "normal"}, "changed: priority urgent"),
        ("released", {}, "acknowledgment let go"),
        ("staff_mail", {}, "mail from a colleague"),
        ("untrusted", {}, "mail in a colleague's name was not obeyed"),
        ("refused", {}, "what mail ordered was not done"),
        ("proposed", {}, "asked back before it is done"),
        ("held", {}, "an answer to the customer waits"),
        ("updated", {"what": "progress"}, "the customer was told how it stands"),
        ("told", {"what": "how the case stands"}, "the customer was told how the case stands"),
        ("told", {}, "the customer was told more"),
        ("promised", {}, "something was promised to the customer"),
        ("closing", {}, "the customer was told that it is resolved"),
        ("asked", {}, "the customer was asked how we did"),
        ("split", {}, "a message became a case of its own"),
        ("drafted", {}, "an answer was suggested"),
        ("order_checked", {}, "looked up in the order system"),
        ("order_not_checked", {}, "the order system did not answer"),
        ("advised", {"what": "delayed"}, "the customer was told before asking"),
        ("not_advised", {}, "the customer was not told, a person looks first"),
        ("payment_event", {"provider": "Stripe"}, "Stripe told of it"),
        ("something_else", {}, "something else"),
        ("woken", {}, "its day has come"),
        ("missed", {"promise": "resolve"}, "missed a promise: resolve"),
        ("merged", {"into": "SP-1"}, "became a part of SP-1"),
        ("joined", {"case": "SP-2"}, "SP-2 became a part of it"),
        ("unreachable", {}, "mail to the customer fails for good"),
        ("report", {"action": "failed"}, "a delivery report: failed"),
        ("rated", {"score": "4"}, "the customer rated it 4/5"),
        ("note", {}, "note added"),
        ("something_new", {}, "something new"),
    ],
)
def test_how_actions_read(kind: str, detail: dict[str, str], expected: str) -> None:
    """Each kind of event has its words, and one that nobody thought of stands for itself."""
    assert what(event(kind, **detail)) == expected
