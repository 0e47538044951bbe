"""`triage train` and `triage evaluate`: the model from the corpus, and how good it is."""

import os
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from rich.console import Console
from rich.table import Table

from triage.classifier.corpus import Example, read_all, write
from triage.classifier.evaluate import evaluate as measure
from triage.classifier.learn import example, own, split
from triage.classifier.model import Model
from triage.classifier.sentences import SentenceModel
from triage.classifier.shelf import MODELS, Shelf
from triage.cli.context import print_json, program, run_async, settings
from triage.cli.places import config_path, printable
from triage.correction import Correction
from triage.sections.places import Paths
from triage.settings import load
from triage.stores import open_case_store

_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
_HEARD = click.option(
    "--sentence-model",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=None,
    metavar="FOLDER",
    help="A sentence model to hear beside the words (default: paths.sentence_model of the configuration).",
)


@click.command()
@click.option(
    "--extra",
    type=_FILES,
    multiple=True,
    metavar="FILE.jsonl",
    help="Further labelled messages: subject, body, label_category, label_issue.",
)
@click.option("--only", type=_FILES, multiple=True, metavar="FILE.jsonl", help="Learn from these files instead of the corpus.")
@click.option("--from-folders", is_flag=True, help="Learn from the folders that people have sorted by hand, too; leaves them as they are.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the model into this file and use nothing (default: put it beside the others and use it).",
)
@_HEARD
@click.pass_context
def train(
    context: click.Context,
    *,
    extra: tuple[Path, ...],
    only: tuple[Path, ...],
    out: Path | None,
    from_folders: bool,
    sentence_model: Path | None,
) -> None:
    """Train a model on the corpus, your own messages and what people have corrected, and use it; takes a minute or two.

    What --extra and --from-folders bring takes the place of what an earlier training was given; without either, that is taught again.
    """
    if out and not (out.parent.is_dir() and os.access(out.parent, os.W_OK)):
        # Said before two minutes of work instead of after.
        raise click.BadParameter(f"{out}: expected a file in a folder that exists and can be written", param_hint="--out")
    paths = _paths(context)
    sentences = _sentences(sentence_model, paths)
    given = [*own(read_all(extra)), *(_sorted_by_hand(context) if from_folders else ())]
    if out:
        click.echo(f"wrote {out}, version {_learn(only, given, out, sentences)}")
        return
    shelf = Shelf(paths.state / MODELS, paths.model)
    # The model that came with triage is never written over.
    shelf.folder.mkdir(parents=True, exist_ok=True)
    before = read_all([shelf.own] if shelf.own.exists() else ())
    mine = given if extra or from_folders else own(before)
    taught = [example(each) for each in split(_corrections(context))[0]]
    with TemporaryDirectory(dir=shelf.folder, prefix="lesson-") as scratch:
        candidate = Path(scratch) / "candidate.npz"
        _learn(only, [*mine, *taught], candidate, sentences)
        said = {"taught_at": datetime.now(UTC).isoformat(), "corrections": len(taught), "own": len(mine)}
        former, version = shelf.chosen(), shelf.take_in(candidate, said)
    if len(before) and mine is given:
        click.echo(f"messages of your own that are taught: {len(mine)}, before {len(before)}")
    # The lessons that follow build on it.
    write(shelf.own, mine)
    shelf.use(version)
    click.echo(f"{version} is in use; to go back: {program()} model use {former}")


def _learn(only: tuple[Path, ...], further: list[Example], target: Path, sentences: SentenceModel | None) -> str:
    # Only training needs scikit-learn, which takes seconds to import.
    from triage.classifier.train import train as learn

    return learn(only, extra=further, target=target, sentences=sentences)


def _corrections(context: click.Context) -> list[Correction]:
    """What people have corrected so far; nothing where no daemon has run yet."""
    if not (config_path(context.obj).exists() and _paths(context).store.exists()):
        return []
    store = open_case_store(settings(context))

    async def read() -> list[Correction]:
        try:
            return await store.query(lambda tx: tx.corrections.all())
        finally:
            await store.close()

    return run_async(read())


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
@_HEARD
@click.pass_context
def evaluate(context: click.Context, *, files: tuple[Path, ...], as_json: bool, sentence_model: Path | None) -> None:
    """Measure the model on labelled messages: subject, body, label_category, label_issue, and alt where several are right."""
    paths = _paths(context)
    model = Model.load(Shelf(paths.state / MODELS, paths.model).in_use(), _sentences(sentence_model, paths))
    labelled = read_all(files)
    if not labelled:
        raise click.ClickException(f"{', '.join(map(str, files))}: no messages: expected one JSON object on each line")
    found = measure(model, labelled)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _sentences(given: Path | None, paths: Paths) -> SentenceModel | None:
    folder = given or paths.sentence_model
    return SentenceModel(folder) if folder else None


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
