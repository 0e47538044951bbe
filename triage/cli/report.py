"""`triage report`: what was reached in a week, month or quarter, what was missed, and why."""

import base64
from datetime import date, datetime, timedelta
from pathlib import Path

import click

from triage import app
from triage.cli.context import as_json_text, run_async, settings
from triage.clocks.tell import zone
from triage.figures import Group, Report, Span
from triage.people import People
from triage.reports.pages import as_csv, as_html, as_markdown, as_text
from triage.reports.period import latest_over, period_of
from triage.reports.sections import sections
from triage.said import Shift
from triage.settings import Settings
from triage.stores import open_case_store


@click.command()
@click.argument("span", type=click.Choice([span.value for span in Span]))
@click.option(
    "--at",
    "--of",
    "day",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    metavar="DATE",
    help="The one that has this day (default: the latest that is over).",
)
@click.option("--format", "form", type=click.Choice(["text", "html", "json", "csv", "md"]), default="text", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="The same as --format json.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=None, metavar="FILE", help="Write there.")
@click.pass_context
def report(context: click.Context, *, span: str, day: datetime | None, form: str, as_json: bool, out: Path | None) -> None:
    """Report what was reached in a week, month or quarter, what was missed, and why.

    HTML has charts. Figures are as known now: a case whose 48 hours are not up counts neither way.
    """
    chosen = settings(context)
    made = run_async(_made(chosen, Span(span), day.date() if day else None))
    text = _FORMS["json" if as_json else form](made, chosen)
    if out:
        out.write_text(text, encoding="utf-8", newline="")
    else:
        click.echo(text, nl=False)


async def _made(chosen: Settings, span: Span, day: date | None) -> Report:
    # Scientific libraries take a second to load: only where there is something to count.
    from triage.reporting import made

    where, now = zone(chosen.identity.time_zone), app.utc_now()
    period = period_of(span, day, where) if day else latest_over(span, now, where)
    store = open_case_store(chosen)
    try:
        await app.keep_log(chosen, store).catch_up()
        return await store.query(lambda tx: made(tx, period, now, People.of(chosen).called, where))
    finally:
        await store.close()


def _title(made: Report, chosen: Settings) -> str:
    return f"{chosen.identity.name}: report for {made.period.title}"


def _text(made: Report, chosen: Settings) -> str:
    return as_text(_title(made, chosen), sections(made, zone(chosen.identity.time_zone)))


def _markdown(made: Report, chosen: Settings) -> str:
    return as_markdown(_title(made, chosen), sections(made, zone(chosen.identity.time_zone)))


def _csv(made: Report, chosen: Settings) -> str:
    return as_csv(sections(made, zone(chosen.identity.time_zone)))


def _html(made: Report, chosen: Settings) -> str:
    from triage.reports.charts import charts

    # Within the page itself, so that it is one file.
    images = {name: (f"data:image/png;base64,{base64.b64encode(png).decode()}", said) for name, (png, said) in charts(made).items()}
    return as_html(_title(made, chosen), sections(made, zone(chosen.identity.time_zone)), images)


def _json(made: Report, _chosen: Settings) -> str:
    return as_json_text(as_plain(made))


def as_plain(value: object) -> object:
    """The value as JSON says it: durations in seconds, groups with their mean rating, what moved with whether that is more than chance."""
    if isinstance(value, Group):
        return {
            key: as_plain(getattr(value, key)) for key in ("name", "counts", "acknowledgment", "answer", "resolution", "ratings", "csat")
        }
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): as_plain(each) for key, each in value.items()}
    if isinstance(value, tuple):
        return [as_plain(each) for each in value]
    told = {key: as_plain(getattr(value, key)) for key in getattr(value, "__dataclass_fields__", ())}
    return (told | {"notable": value.notable} if isinstance(value, Shift) else told) or value


_FORMS = {"text": _text, "html": _html, "json": _json, "csv": _csv, "md": _markdown}
