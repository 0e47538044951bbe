"""`triage model`: the models there are, how two compare, which one is used, and whether its answers have drifted."""

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from triage import app
from triage.classifier.corpus import Example, read_all
from triage.classifier.drift import drift as compared
from triage.classifier.evaluate import evaluate
from triage.classifier.learn import example, split
from triage.classifier.model import Model
from triage.classifier.sentences import usable
from triage.classifier.shelf import Kept
from triage.cli.context import Json, print_json, program, run_async, settings
from triage.cli.places import printable
from triage.correction import Correction, Lesson
from triage.errors import ModelError
from triage.said import Drift, Shift
from triage.settings import Settings
from triage.stores import open_case_store

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
_FIGURES = ("accuracy", "macro_f1", "abstain_rate", "ece")
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")


@click.group()
def model() -> None:
    """List, compare and choose models; see what they have learned."""


@model.command("list")
@_AS_JSON
@click.pass_context
def list_models(context: click.Context, as_json: bool) -> None:
    """Show the models there are, the one that came with triage first."""
    kept = app.learned(settings(context)).shelf.kept()
    if as_json:
        print_json({"models": [_as_json(each) for each in kept]})
        return
    table = _table("version", "in use", "taught", "messages", "corrections", "benchmark")
    for each in kept:
        table.add_row(*map(printable, (each.version, "in use" if each.in_use else "", *_card(each))))
    _print(table)


@model.command()
@click.argument("first", metavar="A")
@click.argument("second", metavar="B")
@click.argument("files", nargs=-1, type=_FILES, metavar="[FILE.jsonl…]")
@_AS_JSON
@click.pass_context
def compare(context: click.Context, *, first: str, second: str, files: tuple[Path, ...], as_json: bool) -> None:
    """Measure two models on corrections that were never taught, and on labelled files."""
    chosen = settings(context)
    shelf = app.learned(chosen).shelf
    held_back = [example(each) for each in split(run_async(_corrections(chosen))[0])[1]]
    sets = {"corrections": held_back, **{str(path): read_all([path]) for path in files}}
    sentences = usable(chosen.paths.sentence_model)
    models = {version: Model.load(shelf.path_of(version), sentences) for version in (first, second)}
    found = {name: {version: _figures(model, examples) for version, model in models.items()} for name, examples in sets.items() if examples}
    if as_json:
        print_json({"sets": {name: {"n": len(sets[name]), **by} for name, by in found.items()}})
    elif not found:
        click.echo("no correction is held back yet to judge by: name a file with labelled messages")
    else:
        _print(_comparison(found, sets))


@model.command()
@click.argument("version")
@click.pass_context
def use(context: click.Context, version: str) -> None:
    """Answer with this model from the next message on; `shipped` is the one that came with triage."""
    shelf = app.learned(settings(context)).shelf
    before = shelf.chosen()
    try:
        shelf.use(version)
    except ModelError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{version} is in use; to go back: {program()} model use {before}")


@model.command()
@click.pass_context
def learn(context: click.Context) -> None:
    """Teach a model with the corrections now; it is used if it proves better. Takes minutes."""
    lesson = run_async(_learn(settings(context)))
    click.echo(f"{'in use from now on: ' + lesson.version if lesson.accepted else 'not used'}: {lesson.reason}")


@model.command()
@click.option("--weeks", type=click.IntRange(min=1), default=1, show_default=True, help="Compare so many weeks with as many before them.")
@_AS_JSON
@click.pass_context
def drift(context: click.Context, weeks: int, as_json: bool) -> None:
    """Show how sure the answers were, how many were left to people or corrected, whose words are new, and what is more than chance."""
    shifts = run_async(_drift(settings(context), timedelta(weeks=weeks))).shifts
    if as_json:
        print_json({"weeks": weeks, "shifts": [_shift_json(each) for each in shifts]})
        return
    if not shifts:
        click.echo("no model was asked in these weeks")
        return
    table = _table("category", "measure", "before", "now", "more than chance?")
    for each in shifts:
        shares = [f"{share.hits} of {share.of} ({share.value:.0%})" for share in (each.before, each.after)]
        table.add_row(printable(each.category), each.measure, *shares, f"yes (p {each.p:.3f})" if each.notable else "")
    _print(table)


async def _corrections(chosen: Settings) -> tuple[list[Correction], int]:
    store = open_case_store(chosen)
    try:
        return await store.query(lambda tx: (tx.corrections.all(), tx.corrections.latest()))
    finally:
        await store.close()


async def _learn(chosen: Settings) -> Lesson:
    return await app.learned(chosen).teach(*await _corrections(chosen))


async def _drift(chosen: Settings, span: timedelta) -> Drift:
    store, now = open_case_store(chosen), app.utc_now()
    try:
        await app.keep_log(chosen, store).catch_up()
        # Corrections of both as far as they were known when each was over.
        before = await store.query(lambda tx: tx.figures.said(now - 2 * span, now - span, now - span))
        return compared([before], await store.query(lambda tx: tx.figures.said(now - span, now, now)))
    finally:
        await store.close()


def _figures(measured: Model, examples: Sequence[Example]) -> dict[str, float]:
    found = evaluate(measured, examples)
    return {name: value for name in _FIGURES if isinstance(value := found[name], float)}


def _comparison(found: dict[str, dict[str, dict[str, float]]], sets: dict[str, list[Example]]) -> Table:
    table = _table("messages", "figure", *next(iter(found.values())), "difference")
    for name, by in found.items():
        for figure in _FIGURES:
            values = [figures[figure] for figures in by.values()]
            moved = values[-1] - values[0]
            shown = f"{len(sets[name])} {Path(name).stem}" if figure == _FIGURES[0] else ""
            table.add_row(printable(shown), figure.replace("_", " "), *(f"{value:.3f}" for value in values), f"{moved:+.3f}")
    return table


def _card(kept: Kept) -> tuple[str, str, str, str]:
    card = kept.card
    benchmark = card.get("benchmark")
    measured = f"{benchmark:.3f}" if isinstance(benchmark, float) else ""
    return str(card.get("taught_at", ""))[:10], str(card.get("examples", "")), str(card.get("corrections", "")), measured


def _as_json(kept: Kept) -> dict[str, Json]:
    told = ("version", "taught_at", "examples", "corrections", "benchmark", "verdict", "threshold", "sha256")
    card = {name: value for name in told if isinstance(value := kept.card.get(name), str | int | float)}
    return {"name": kept.version, "in_use": kept.in_use, "path": str(kept.path), "card": card}


def _shift_json(shift: Shift) -> dict[str, Json]:
    shares = {name: {"hits": it.hits, "of": it.of} for name, it in (("before", shift.before), ("after", shift.after))}
    return {"category": shift.category, "measure": shift.measure, **shares, "p": round(shift.p, 6), "notable": shift.notable}


def _table(*headings: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for heading in headings:
        table.add_column(heading)
    return table


def _print(table: Table) -> None:
    Console(highlight=False, emoji=False).print(table)
