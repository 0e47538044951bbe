"""What every command needs: the settings, an event loop, safe output."""

import asyncio
import json
import shutil
import sys
from collections.abc import Coroutine, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import click
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage import logs
from triage.cli.places import config_path, printable
from triage.settings import Settings, load

T = TypeVar("T")

#: Anything that JSON can say.
Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]

#: Of a column that is cut.
_NARROWEST = 5


def program() -> str:
    """How to call this program from here: by its path in a clone where the shell does not find it, else `triage`."""
    script = Path(sys.executable).with_name("triage")
    if shutil.which("triage") != str(script) and script.is_relative_to(Path.cwd()) and script.exists():
        return str(script.relative_to(Path.cwd()))
    return "triage"


def settings(context: click.Context) -> Settings:
    """The settings of this invocation, with logs set up as they say."""
    given: Path | None = context.obj
    loaded = load(config_path(given))
    logs.configure(level=loaded.log.level, json=loaded.log.json_lines)
    return loaded


def run_async(work: Coroutine[object, object, T]) -> T:
    """The result of a coroutine, run to its end."""
    return asyncio.run(work)


def print_json(document: object) -> None:
    """One document on standard output."""
    click.echo(as_json_text(document), nl=False)


def as_json_text(document: object) -> str:
    """The document; what could drive a terminal is escaped, as JSON allows, and reads back as it was."""
    text = json.dumps(document, ensure_ascii=False, indent=2, default=str)
    return "".join(it if it.isprintable() or it == "\n" else json.dumps(it)[1:-1] for it in text) + "\n"


def show_table(headings: Sequence[str], rows: Sequence[Sequence[str]], *, keep: int) -> None:
    """A table that fits the terminal: the first `keep` columns are whole, of the others the widest are cut where there is no room."""
    # Mail is shown as it was written: no colours for numbers, no pictures for words between colons.
    console = Console(highlight=False, emoji=False)
    shown = [[printable(cell) for cell in cells] for cells in rows]
    widths = [max(map(cell_len, column)) for column in zip(headings, *shown, strict=True)]
    # Between two columns lie two blanks.
    while sum(widths) + 2 * (len(widths) - 1) > console.width and max(widths[keep:]) > _NARROWEST:
        widths[widths.index(max(widths[keep:]), keep)] -= 1
    table = Table(box=None, pad_edge=False)
    for heading, width in zip(headings, widths, strict=True):
        table.add_column(heading, overflow="ellipsis", no_wrap=True, width=width)
    for cells in shown:
        table.add_row(*map(Text, cells))
    console.print(table)
