"""Tables of texts as an Office Open XML spreadsheet, in which every cell is text and none is computed."""

from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from triage.ledger.printed import Rows, clean

#: What a cell can hold (ECMA-376), and a width that leaves several columns on a screen.
_LONGEST, _WIDTHS = 32_767, (12, 40)
_SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_sheet(path: Path, headings: Sequence[str], rows: Rows, title: str) -> int:
    """Write the file; how many rows there are below the headings."""
    with xlsxwriter.Workbook(str(path), _SAFE) as book:
        sheet = book.add_worksheet(title[:31])
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 1)
        for column, heading in enumerate(headings):
            sheet.set_column(column, column, _WIDTHS[any(word in heading for word in ("description", "action", "details"))])
            sheet.write_string(0, column, heading, bold)
        number = 0
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, clean(cell)[:_LONGEST], wrapped)
        sheet.autofilter(0, 0, max(number, 1), len(headings) - 1)
    return number
