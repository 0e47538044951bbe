"""`triage demo`: the real daemon on embedded mail servers, with a day of sample mail."""

from datetime import datetime

import click

from triage.cli.context import print_json, run_async
from triage.cli.demo_view import document, further, narrated, opening, summary
from triage.cli.places import CONFIG, DEMO_CONFIG
from triage.demo.run import Door, Result, run_demo
from triage.demo.watch import Notice, Standing


@click.command()
@click.option("--once", is_flag=True, help="End when all sample mail is settled; exit 1 where anything is not as it should be.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output, at the end.")
@click.pass_context
def demo(context: click.Context, *, once: bool, as_json: bool) -> None:
    """Play a day of support mail on embedded IMAP and SMTP servers, and run the real daemon on it.

    Needs no configuration; writes one, and its store, below var/demo.
    """
    if context.obj is not None:
        raise click.UsageError(f"demo writes a configuration of its own, {DEMO_CONFIG}: expected no --config")
    doors: list[Door] = []

    def opened(door: Door) -> None:
        doors.append(door)
        _say(opening(door), as_json=as_json)

    def told(settled: Standing | Notice, at: datetime) -> None:
        _say(narrated(settled, at), as_json=as_json)

    def ended(result: Result) -> None:
        _say((*summary(result), *further(result, doors[0], once=once, option=_option())), as_json=as_json)

    result = run_async(run_demo(DEMO_CONFIG.parent, once=once, opened=opened, told=told, ended=ended))
    if as_json:
        print_json(document(result))
    context.exit(1 if result.problems else 0)


def _say(lines: tuple[str, ...], *, as_json: bool) -> None:
    for line in lines if not as_json else ():
        click.echo(line)


def _option() -> str:
    # The other commands take the demo's configuration by themselves only where there is no real one.
    return f"--config {DEMO_CONFIG} " if CONFIG.exists() else ""
