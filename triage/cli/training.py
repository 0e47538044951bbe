"""`triage train` and `triage evaluate`: the model from the corpus, and how good it is."""

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from triage.app import learned
from triage.classifier.corpus import Example, read_all, write
from triage.classifier.evaluate import evaluate as measure
from triage.classifier.model import Model
from triage.classifier.shelf import MODELS, Shelf
from triage.cli.context import print_json, program, run_async, settings
from triage.cli.places import config_path, printable
from triage.sections.places import Paths
from triage.settings import load

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option(
    "--extra",
    type=_FILES,
    multiple=True,
    metavar="FILE.jsonl",
    help="Further labelled messages: subject, body, label_category, label_issue.",
)
@click.option("--only", type=_FILES, multiple=True, metavar="FILE.jsonl", help="Learn from these files instead of the corpus.")
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default=None, help="Where the model goes (default: the model in use)."
)
@click.option("--from-folders", is_flag=True, help="Learn from the folders that people have sorted by hand, too; leaves them as they are.")
@click.pass_context
def train(context: click.Context, *, extra: tuple[Path, ...], only: tuple[Path, ...], out: Path | None, from_folders: bool) -> None:
    """Train the model on the corpus; takes a minute or two."""
    # Only training needs scikit-learn, which takes seconds to import.
    from triage.classifier.train import train as learn

    target = out or _paths(context).model
    if not (target.parent.is_dir() and os.access(target.parent, os.W_OK)):
        # Said before two minutes of work instead of after.
        raise click.BadParameter(f"{target}: expected a file in a folder that exists and can be written", param_hint="--out")
    further = [*read_all(extra), *(_sorted_by_hand(context) if from_folders else ())]
    if out or not from_folders:
        version = learn(only, extra=further, target=target)
        click.echo(f"wrote {target}, version {version}")
        return
    # The user's own: it lies beside the model that came with triage, which is not written over.
    shelf = learned(settings(context)).shelf
    shelf.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=shelf.folder, prefix="lesson-") as scratch:
        candidate = Path(scratch) / "candidate.npz"
        learn(only, extra=further, target=candidate)
        before, version = shelf.chosen(), shelf.take_in(candidate, {"taught_at": datetime.now(UTC).isoformat(), "folders": len(further)})
    # The lessons that follow build on it.
    write(shelf.own, further)
    shelf.use(version)
    click.echo(f"{version} is in use; to go back: {program()} model use {before}")


def _sorted_by_hand(context: click.Context) -> list[Example]:
    from triage.cli.from_folders import examples

    found = run_async(examples(settings(context)))
    for folder, messages in found.items():
        click.echo(f"{printable(folder)}: {len(messages)} {'message' if len(messages) == 1 else 'messages'}")
    if not any(found.values()):
        raise click.ClickException("no message that people have sorted: expected folders named as in the policy, with messages in them")
    return [example for messages in found.values() for example in messages]


@click.command()
@click.argument("files", nargs=-1, required=True, type=_FILES, metavar="FILE.jsonl…")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def evaluate(context: click.Context, files: tuple[Path, ...], as_json: bool) -> None:
    """Measure the model on labelled messages: subject, body, label_category, label_issue, and alt where several are right."""
    model = Model.load(_model_path(context))
    labelled = read_all(files)
    if not labelled:
        raise click.ClickException(f"{', '.join(map(str, files))}: no messages: expected one JSON object on each line")
    found = measure(model, labelled)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _model_path(context: click.Context) -> Path:
    paths = _paths(context)
    return Shelf(paths.state / MODELS, paths.model).in_use()


def _paths(context: click.Context) -> Paths:
    path = config_path(context.obj)
    return load(path).paths if context.obj or path.exists() else Paths()


def _show(found: dict[str, object]) -> None:
    console = Console(highlight=False)
    for name, value in found.items():
        if not isinstance(value, dict):
            console.print(f"{name.replace('_', ' '):24}{value:.3f}" if isinstance(value, float) else f"{name.replace('_', ' '):24}{value}")
    for name in ("selective", "per_category", "per_issue"):
        table = found.get(name)
        if table and isinstance(table, dict):
            console.print(_table(name, table))


def _table(name: str, rows: dict[str, object]) -> Table:
    shown = Table(title=name.replace("_", " "), box=None, pad_edge=False, title_justify="left")
    first = next(iter(rows.values()), None)
    columns = list(first) if isinstance(first, dict) else []
    for column in ("", *columns) if columns else ("", "value"):
        shown.add_column(column)
    for key, value in rows.items():
        cells = value.values() if isinstance(value, dict) else [value]
        shown.add_row(printable(key), *(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells))
    return shown
