"""What every command prints with: tables that fit the terminal, and documents that drive none."""

import json

import pytest
from rich.cells import cell_len

from tests.cli.calling import HOSTILE, MARKS
from triage.cli.context import as_json_text, show_table

HEADINGS = ("number", "about", "who")


def printed(
    capsys: pytest.CaptureFixture[str], rows: list[tuple[str, ...]], keep: int = 1, headings: tuple[str, ...] = HEADINGS
) -> list[str]:
    """The lines of a table."""
    show_table(headings, rows, keep=keep)
    return [line.rstrip() for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def _narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")


def test_what_fits_is_whole(capsys: pytest.CaptureFixture[str]) -> None:
    """Columns are as wide as their widest cell, two blanks apart."""
    assert printed(capsys, [("SP-1", "order", "ann"), ("SP-22", "x", "")]) == [
        "number  about  who",
        "SP-1    order  ann",
        "SP-22   x",
    ]


def test_the_widest_column_gives_way(capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is no room the widest is cut, and those to be kept never are."""
    _head, line = printed(capsys, [("SP-100001", "word " * 20, "ann@customer.example")])
    assert line.startswith("SP-100001  word")
    assert cell_len(line) <= 40
    assert "…" in line


def test_more_columns_than_there_is_room_for(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is left of a column that is too much, and nothing fails."""
    rows = [tuple("a long cell" for _ in range(12))]
    assert len(printed(capsys, rows, keep=2, headings=tuple(f"column {number}" for number in range(12)))) >= 2


def test_no_rows(capsys: pytest.CaptureFixture[str]) -> None:
    """The headings stand alone."""
    assert printed(capsys, []) == ["number  about  who"]


def test_wide_characters_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """A cell of wide characters takes the room that it has on the screen."""
    lines = printed(capsys, [("SP-1", "注文番号" * 10, "ann")])
    assert all(cell_len(line) <= 40 for line in lines)


def test_hostile_cells_drive_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What mail says is spelled out, in tables and documents alike, and a document reads back as it was."""
    assert not set("".join(printed(capsys, [("SP-1", HOSTILE, HOSTILE)]))) & set(MARKS)
    text = as_json_text({"subject": HOSTILE})
    assert not set(text) & set(MARKS)
    assert json.loads(text) == {"subject": HOSTILE}
    assert text.endswith("}\n")
