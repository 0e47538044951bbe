"""Tables of texts as CSV, Markdown and HTML; nothing in a cell is a formula, markup or a control to whatever opens them."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from html import escape

#: What makes a spreadsheet compute a cell, also behind blanks.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "|", "%")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem; }}
table {{ border-collapse: collapse; }}
th, td {{ text-align: left; vertical-align: top; padding: .35rem .6rem; border-bottom: 1px solid #8886; max-width: 32rem; }}
th {{ position: sticky; top: 0; background: Canvas; white-space: nowrap; }}
td {{ overflow-wrap: anywhere; min-width: 5rem; }}
@media print {{ body {{ font-size: 8px; margin: 0; }} tr {{ break-inside: avoid; }} th {{ position: static; }} }}
</style></head><body>
<h1>{title}</h1>
<table><thead><tr>{head}</tr></thead><tbody>
"""

Rows = Iterable[Sequence[str]]


def clean(text: str) -> str:
    """The text without what could drive a terminal or turn the direction of reading."""
    return "".join(it if it.isprintable() else "\ufffd" for it in " ".join(text.split()))


def unformula(text: str) -> str:
    """The text as no spreadsheet computes it: behind an apostrophe where it begins like a formula."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def as_csv(headings: Sequence[str], rows: Rows) -> Iterator[str]:
    """Lines of RFC 4180, a byte order mark before the first: without it Excel takes UTF-8 for something else."""
    yield "\ufeff" + _csv_line(headings)
    for row in rows:
        yield _csv_line([unformula(clean(cell)) for cell in row])


def _csv_line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(cells)
    return out.getvalue()


def as_markdown(headings: Sequence[str], rows: Rows) -> Iterator[str]:
    """A table of GitHub Flavored Markdown, in which nothing of a cell is markup."""
    yield f"| {' | '.join(headings)} |\n|{' --- |' * len(headings)}\n"
    for row in rows:
        yield f"| {' | '.join(_unmarked(clean(cell)) for cell in row)} |\n"


def _unmarked(text: str) -> str:
    return "".join(f"\\{it}" if it in "\\`*_[]<>|#!~" else it for it in text).replace("://", ":\u2060//").replace("&", "&amp;")


def as_html(headings: Sequence[str], rows: Rows, title: str) -> Iterator[str]:
    """A page of its own, for screen and print, light and dark."""
    yield _PAGE.format(title=escape(title), head="".join(f"<th>{escape(heading)}</th>" for heading in headings))
    for row in rows:
        yield f"<tr>{''.join(f'<td>{escape(clean(cell))}</td>' for cell in row)}</tr>\n"
    yield "</tbody></table></body></html>\n"
