"""Sections as text of 80 columns, Markdown, CSV and HTML for mail clients, browsers and paper."""

import csv
import io
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import zip_longest

from triage.reports.wording import Section

_WIDTH = 80
#: More columns, or narrower ones, are not read any more.
_MOST_COLUMNS, _NARROWEST = 6, 6
#: Columns that are not broken into lines on a page.
_WHOLE = frozenset({"case", "arrived", "took"})
#: Stands for a space at which no line ends; longer cells than that are words, not figures.
_HELD, _FIGURE = "\ue000", 24
#: What makes a spreadsheet compute a cell.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
#: One column, and what a mail client keeps of a style: sizes, borders, and colours that hold on light and dark alike.
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"><title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; max-width: 62rem; margin: 0 auto; padding: 1rem; }}
h1 {{ font-size: 1.5rem; margin: .5rem 0 0; }} h2 {{ font-size: 1.15rem; margin: 2rem 0 .5rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; }}
th, td {{ text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; }}
th {{ font-weight: 600; }}
td {{ overflow-wrap: break-word; }} .whole {{ white-space: nowrap; }}
p, li {{ margin: .25rem 0; max-width: 46rem; }}
.wide {{ overflow-x: auto; }}
img {{ max-width: 100%; height: auto; border: 0; border-radius: 6px; background: #fff; }}
@media print {{ body {{ font-size: 10px; max-width: none; }} h2 {{ break-after: avoid; }} tr, img {{ break-inside: avoid; }} }}
</style></head><body>
<h1>{title}</h1>
"""


def clean(text: str) -> str:
    """The text on one line, without what could drive a terminal or turn the direction of reading."""
    return "".join(it if it.isprintable() else "\ufffd" for it in " ".join(text.split()))


def as_text(title: str, sections: Sequence[Section], width: int = _WIDTH) -> str:
    """Plain text: tables aligned where they fit, else a block for each row."""
    blocks = [f"{title}\n{'=' * len(title)}"]
    for section in sections:
        table = _aligned(section, width) or _blocks(section, width)
        notes = [textwrap.fill(clean(note), width, subsequent_indent="  ") for note in section.notes]
        head = clean(section.title)
        blocks.append("\n".join(filter(None, (f"{head}\n{'-' * min(len(head), width)}", table, *notes))))
    return "\n\n".join(blocks) + "\n"


def _aligned(section: Section, width: int) -> str:
    """A table whose widest columns are wrapped until it fits; nothing where it has too many columns for that."""
    if not section.rows or len(section.headings) > _MOST_COLUMNS:
        return ""
    rows = [[clean(cell) for cell in cells] for cells in (section.headings, *section.rows)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while sum(widths) + 2 * (len(widths) - 1) > width and max(widths) > _NARROWEST:
        widths[widths.index(max(widths))] -= 1
    return "\n".join(line for cells in rows for line in _lines(cells, widths))


def _lines(cells: Sequence[str], widths: Sequence[int]) -> Iterator[str]:
    wrapped = [textwrap.wrap(cell, wide) or [""] for cell, wide in zip(cells, widths, strict=True)]
    for parts in zip_longest(*wrapped, fillvalue=""):
        yield "  ".join(part.ljust(wide) for part, wide in zip(parts, widths, strict=True)).rstrip()


def _blocks(section: Section, width: int) -> str:
    """A paragraph for each row."""
    blocks = []
    for first, *others in section.rows:
        said = "; ".join(f"{heading}: {_held(cell)}" for heading, cell in zip(section.headings[1:], others, strict=True) if cell != "–")
        blocks.append(textwrap.fill(f"{clean(first)} – {said}", width, subsequent_indent="  "))
    return "\n".join(blocks).replace(_HELD, " ")


def _held(cell: str) -> str:
    """The cell, and a figure in one piece: "3.5 d" is not broken into lines."""
    return clean(cell).replace(" ", _HELD) if len(cell) <= _FIGURE else clean(cell)


def as_markdown(title: str, sections: Sequence[Section]) -> str:
    """GitHub Flavored Markdown, in which nothing that anybody wrote is markup."""
    lines = [f"# {_unmarked(title)}", ""]
    for section in sections:
        lines += [f"## {_unmarked(section.title)}", ""]
        if section.rows:
            lines += [_md_row(section.headings), f"|{' --- |' * len(section.headings)}", *map(_md_row, section.rows), ""]
        lines += [f"- {_unmarked(note)}" for note in section.notes]
        lines += [""] if section.notes else []
    return "\n".join(lines)


def _md_row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_unmarked, cells))} |"


def _unmarked(text: str) -> str:
    escaped = "".join(f"\\{it}" if it in "\\`*_[]<>|#!~" else it for it in clean(text))
    return escaped.replace("&", "&amp;").replace("://", ":\u2060//")


def as_csv(sections: Sequence[Section]) -> str:
    """All tables below each other: the section, then a cell for each column; nothing in it is a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    for section in sections:
        for cells in (section.headings, *section.rows) if section.rows else ():
            writer.writerow([_unformula(clean(cell)) for cell in (section.title, *cells)])
    return "\ufeff" + out.getvalue()


def _unformula(text: str) -> str:
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def as_html(title: str, sections: Sequence[Section], images: Mapping[str, tuple[str, str]]) -> str:
    """A page; `images` has the address and the words for each chart, and what has none is left out."""
    parts = [_PAGE.format(title=escape(title))]
    for section in sections:
        parts.append(f"<h2>{escape(clean(section.title))}</h2>\n")
        if found := images.get(section.chart):
            parts.append(f'<p><img src="{escape(found[0])}" width="760" alt="{escape(found[1])}"></p>\n')
        if section.rows:
            parts.append(f'<div class="wide"><table>{_html_row("th", section.headings, section.headings)}\n')
            parts += [f"{_html_row('td', cells, section.headings)}\n" for cells in section.rows]
            parts.append("</table></div>\n")
        parts += [f"<p>{escape(clean(note))}</p>\n" for note in section.notes]
    return "".join((*parts, "</body></html>\n"))


def _html_row(tag: str, cells: Sequence[str], headings: Sequence[str]) -> str:
    whole = [' class="whole"' if heading in _WHOLE else "" for heading in headings]
    return f"<tr>{''.join(f'<{tag}{kind}>{escape(clean(cell))}</{tag}>' for cell, kind in zip(cells, whole, strict=True))}</tr>"
