"""A report as text, Markdown, CSV and HTML: whole in each, readable in 80 columns, and harmless whatever it quotes."""

import csv
import html.parser
import io
from dataclasses import replace

import pytest

from tests.reports.making import BERLIN, EVIL, empty, full, group, miss
from triage.figures import Advice, Causes, Misses, Promise, Rated, Report
from triage.reports.pages import as_csv, as_html, as_markdown, as_text, clean
from triage.reports.sections import sections
from triage.reports.wording import Section

TITLE = "SayPro Support: report for November 2026"


def hostile() -> Report:
    """A report in which everything that anybody wrote is an attack."""
    return replace(
        full(),
        by={by: (group(EVIL),) for by in full().by},
        misses={promise: Misses(listed=(miss(1, why=EVIL, matter=EVIL, representative=EVIL),), by_reason={EVIL: 1}) for promise in Promise},
        rated=(Rated(number="SP-1", score=1, comment=EVIL, representative="", matter=EVIL),),
        causes=Causes(advice=(Advice(do=EVIL, because=EVIL),), chargebacks={EVIL: 2}),
        excluded={EVIL: 1},
    )


@pytest.mark.parametrize("report", [full(), empty(), hostile()], ids=["full", "empty", "hostile"])
def test_text_fits_the_screen(report: Report) -> None:
    """No line of text is wider than 80 columns, and all titles and key figures are there."""
    parts = sections(report, BERLIN)
    text = as_text(TITLE, parts)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text
    flat = " ".join(text.split())
    for part in parts:
        assert clean(part.title).split(":")[0] in flat


def test_text_says_every_cell() -> None:
    """Wrapped or not, in a table or in a paragraph, every word of every cell is there."""
    text = as_text(TITLE, sections(full(), BERLIN))
    for part in sections(full(), BERLIN):
        for cells in part.rows:
            for word in " ".join(cells).replace("–", " ").split():
                assert word in text, (part.title, word)


def test_a_table_is_aligned() -> None:
    """Columns stand below their headings; the widest is wrapped where there is no room."""
    section = Section(title="T", headings=("a", "long"), rows=[("x", "one two three four five"), ("yy", "z")])
    assert as_text("R", [section], width=20).splitlines() == [
        "R", "=", "", "T", "-", "a   long", "x   one two three", "    four five", "yy  z",
    ]  # fmt: skip


def test_many_columns_are_a_paragraph() -> None:
    """What has too many columns for a line is told cell by cell, without what is not known."""
    section = Section(title="T", headings=("", "b", "c", "d", "e", "f", "g"), rows=[("jane", "1", "–", "3", "4", "5", "6")])
    assert as_text("R", [section]).splitlines()[5:] == ["jane – b: 1; d: 3; e: 4; f: 5; g: 6"]


class Page(html.parser.HTMLParser):
    """What a browser makes of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.images: list[dict[str, str | None]] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.images.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_figure_is_in_one_piece() -> None:
    """No line ends between a number and its unit, wherever the line is full; words may be broken."""
    for width in range(30, 80):
        names = [f"column {number}" for number in range(8)]
        rows = [["name", *["3.5 d; 37.2 % (35/94)"[:20]] * 6, "a long comment that may be broken anywhere between its words"]]
        text = as_text("R", [Section(title="T", headings=names, rows=rows)], width=width)
        assert text.count("3.5 d; 37.2 % (35/94") == 6
        assert "\ue000" not in text


@pytest.mark.parametrize("report", [full(), empty(), hostile()], ids=["full", "empty", "hostile"])
def test_html_has_only_our_tags(report: Report) -> None:
    """Nothing that anybody wrote becomes an element, and every cell is text."""
    parts = sections(report, BERLIN)
    page = Page(as_html(TITLE, parts, {}))
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "table", "tr", "th", "td", "img"}
    assert set(page.tags) <= known
    assert page.tags.count("td") == sum(len(cells) for part in parts for cells in part.rows)
    assert page.tags.count("h2") == len(parts)


def test_images_have_words() -> None:
    """A chart stands in its section with words for whoever cannot see it; what was not drawn is left out."""
    parts = sections(full(), BERLIN)
    page = Page(as_html(TITLE, parts, {"days": ("cid:days@shop.example", 'Bars: "cases" by day')}))
    assert [(it["src"], it["alt"]) for it in page.images] == [("cid:days@shop.example", 'Bars: "cases" by day')]
    assert Page(as_html(TITLE, parts, {})).images == []


def test_html_is_for_light_and_dark_and_paper() -> None:
    """The page asks for both colour schemes, keeps the charts on white, and knows paper."""
    text = as_html(TITLE, [], {})
    for said in ("color-scheme: light dark", 'name="color-scheme"', "background: #fff", "@media print"):
        assert said in text
    # Nothing is fetched from anywhere.
    assert "http" not in text


@pytest.mark.parametrize("report", [full(), hostile()], ids=["full", "hostile"])
def test_markdown_has_a_cell_for_a_cell(report: Report) -> None:
    """Every row has as many cells as its heading, and no markup of anybody's."""
    columns = 0
    for line in as_markdown(TITLE, sections(report, BERLIN)).splitlines():
        if line.startswith("|"):
            cells = line.replace("\\|", "").count("|")
            columns = columns or cells
            assert cells == columns, line
        else:
            columns = 0
        assert "<b>" not in line
        assert "](" not in line.replace("\\](", "")


@pytest.mark.parametrize("report", [full(), hostile()], ids=["full", "hostile"])
def test_csv_has_every_row(report: Report) -> None:
    """Each row of each table with its section before it, and nothing that a spreadsheet would compute."""
    parts = sections(report, BERLIN)
    read = list(csv.reader(io.StringIO(as_csv(parts).removeprefix("\ufeff"))))
    assert len(read) == sum(len(part.rows) + 1 for part in parts if part.rows)
    assert not [cell for cells in read for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@", "|", "%"))]
