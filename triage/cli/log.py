"""`triage log`: the customer-service log, a row for each case or a line for each action, to look at or to hand on."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path

import click

from triage import app
from triage.case import CaseStatus
from triage.cli.context import as_json_text, run_async, settings, show_table
from triage.clocks.tell import zone
from triage.entry import Action, Entry, Wanted
from triage.ledger.actions import actions
from triage.ledger.columns import ACTION_COLUMNS, COLUMNS, action_row, matter, moment, row
from triage.ledger.printed import as_csv, as_html, as_markdown, clean
from triage.ledger.sheet import write_sheet
from triage.settings import Settings
from triage.stores import open_case_store

#: Rows of a table, where nothing else is asked for.
_BY_DEFAULT = 50


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "csv", "json", "xlsx", "html", "md"]), default="table", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE", help="Write there; xlsx needs it.")
@click.option("--actions", "by_action", is_flag=True, help="A line for each action instead of a row for each case.")
@click.option("--category", default="", help="Only this category.")
@click.option("--issue", default="", help="Only this issue.")
@click.option("--status", type=click.Choice([status.value for status in CaseStatus]), default=None, help="Only cases that stand so.")
@click.option("--representative", default="", metavar="NAME", help="Only what this agent or department looks after.")
@click.option("--department", default="", metavar="NAME", help="Only what was escalated to it.")
@click.option("--customer", default="", metavar="ADDRESS", help="Only this customer's.")
@click.option("--order", default="", metavar="NUMBER", help="Only what names this order.")
@click.option("--from", "first", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Arrived on this day or later.")
@click.option("--to", "last", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Arrived on this day or before.")
@click.option("--search", default="", metavar="WORDS", help="Only cases with all these words; a star stands for any ending: refund*.")
@click.option("--limit", type=click.IntRange(min=0), default=None, help=f"The newest so many; 0: all (default: {_BY_DEFAULT} as a table).")
@click.pass_context
def log(context: click.Context, /, *, form: str, as_json: bool, out: Path | None, by_action: bool, **asked: object) -> None:
    """Show or export the customer-service log, the newest cases first."""
    chosen = settings(context)
    form = "json" if as_json else form
    if form == "xlsx" and out is None:
        raise click.BadParameter("xlsx is no text: expected the name of a file, such as log.xlsx", param_hint="--out")
    where = zone(chosen.identity.time_zone)
    limit = asked.pop("limit")
    wanted = _wanted(where, limit=_limit(limit, form), **asked)
    entries, done = run_async(_read(chosen, wanted, by_action=by_action))
    rows = [action_row(it, where) for it in done] if by_action else [row(it, where) for it in entries]
    headings, title = (ACTION_COLUMNS, "Log of actions") if by_action else (COLUMNS, "Customer-service log")
    if form == "table" and out is None:
        _show(entries, done if by_action else None, where)
    elif form == "xlsx" and out:
        write_sheet(out, tuple(headings), rows, title)
    elif form == "json":
        document = {"actions": list(map(_data, done))} if by_action else {"entries": list(map(_data, entries))}
        _write([as_json_text(document)], out)
    else:
        _write(_as_text(form, tuple(headings), rows, title), out)


def _limit(asked: object, form: str) -> int:
    return asked if isinstance(asked, int) else _BY_DEFAULT if form == "table" else 0


def _wanted(where: tzinfo, *, limit: int, **asked: object) -> Wanted:
    def midnight(value: object, days: int = 0) -> datetime | None:
        return datetime.combine(value.date() + timedelta(days=days), time(), where) if isinstance(value, datetime) else None

    said = {key: str(value) for key, value in asked.items() if isinstance(value, str)}
    words = tuple(said.pop("search", "").split())
    return Wanted(**said, words=words, since=midnight(asked["first"]), until=midnight(asked["last"], 1), limit=limit)


async def _read(chosen: Settings, wanted: Wanted, *, by_action: bool) -> tuple[list[Entry], list[Action]]:
    """The entries, and in the order of time what was done in these cases, where that is asked for."""
    store = open_case_store(chosen)
    try:
        await app.keep_log(chosen, store).catch_up()
        entries = await store.query(lambda tx: list(tx.log.find(wanted)))
        if not by_action:
            return entries, []
        found = await store.query(lambda tx: [it for entry in entries for it in actions(entry.number, tx.cases.events(entry.case_id))])
        return entries, sorted(found, key=lambda it: it.at)
    finally:
        await store.close()


def _as_text(form: str, headings: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> Iterable[str]:
    match form:
        case "csv":
            return as_csv(headings, rows)
        case "html":
            return as_html(headings, rows, title)
        case "md":
            return as_markdown(headings, rows)
    # As a table in a file there is no width to keep to.
    return ("\t".join(map(clean, cells)) + "\n" for cells in (headings, *rows))


def _data(found: Entry | Action) -> dict[str, object]:
    return {key: value.isoformat() if isinstance(value, date) else value for key, value in asdict(found).items()}


def _write(lines: Iterable[str], out: Path | None) -> None:
    if out is None:
        for line in lines:
            click.echo(line, nl=False)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)


def _show(entries: Sequence[Entry], done: Sequence[Action] | None, where: tzinfo) -> None:
    """A table that fits a terminal of 80 columns."""
    if done is None:
        rows = [_short(entry, where) for entry in entries]
        show_table(("case", "arrived", "status", "about", "customer", "rated", "agent"), rows, keep=3)
    else:
        show_table(("time", "case", "action", "by"), [action_row(action, where)[:4] for action in done], keep=2)
    many = len(entries) if done is None else len(done)
    noun = "case" if done is None else "action"
    click.echo(f"{many} {noun}{'' if many == 1 else 's'}" if many else f"no {noun}s")


def _short(entry: Entry, where: tzinfo) -> tuple[str, ...]:
    rated = f"{entry.rating}/5" if entry.rating else ""
    who = entry.email or entry.customer
    status = entry.status.replace("_", " ")
    return (entry.number, moment(entry.received_at, where)[5:], status, matter(entry), who, rated, entry.representative_name)
