"""`triage classify`: what would be made of a message; changes nothing."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click

from triage import installation
from triage.cli.context import Json, print_json
from triage.cli.places import config_path, printable
from triage.message import MessageKey, RawMessage
from triage.payment import event_json
from triage.reading import Effect, Reading, percent
from triage.sections.identity import Identity
from triage.sections.servers import MailboxSettings, SmtpSettings
from triage.settings import Settings, load
from triage.worker import prepare, read_message

#: Findings that keep automatic mail from going back.
_SILENCING = frozenset(Effect) - {Effect.NOTE}
#: From this confidence on a further matter is more than a near miss.
_SURELY_TOO = 0.5


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path), metavar="FILE.eml…")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def classify(context: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Say what messages are about, what is in them, and whether they may be answered.

    A directory stands for every file in it. Needs no configuration; with one, its patterns and addresses are used.
    """
    chosen = settings_or_none(context.obj)
    prepare(installation.read_plan(chosen), chosen.paths)
    found = [(path, read_file(path)) for path in _files(paths)]
    if as_json:
        print_json({"messages": [_as_json(path, reading) for path, reading in found]})
        return
    for path, reading in found:
        _show(path, reading)


def settings_or_none(given: Path | None) -> Settings:
    """The settings, or those of nobody in particular where there is no configuration."""
    path = config_path(given)
    if given or path.exists():
        return load(path)
    nobody = {"host": "localhost", "port": 143}
    return Settings(
        identity=Identity(address="support@localhost.localdomain"),
        mailbox={"none": MailboxSettings(**nobody)},
        smtp=SmtpSettings(**nobody),
    )


def _files(paths: tuple[Path, ...]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from sorted(inner for inner in path.rglob("*") if inner.is_file())
        else:
            yield path


def read_file(path: Path) -> Reading:
    """What a message in a file says."""
    content = path.read_bytes()
    key = MessageKey(account="file", mailbox=str(path), uid_validity=1, uid=1)
    return read_message(RawMessage(key=key, received_at=datetime.now(UTC), content=content, size=len(content)))


def _answerable(reading: Reading) -> bool:
    return not any(finding.effect in _SILENCING for finding in reading.findings)


def _as_json(path: Path, reading: Reading) -> Json:
    said = reading.classification
    kinds = dict.fromkeys(fact.kind for fact in reading.facts)
    facts: dict[str, Json] = {"order_numbers": list(reading.facts.order_numbers)}
    facts |= {kind: list(reading.facts.values(kind)) for kind in kinds if kind != "order_number"}
    return {
        "file": str(path),
        "category": said.category,
        "issue": said.issue,
        "confidence": round(said.confidence, 4),
        "abstained": said.abstained,
        "alternatives": [{"category": it.category, "issue": it.issue, "confidence": round(it.confidence, 4)} for it in said.alternatives],
        "facts": facts,
        "findings": [{"rule": it.rule, "effect": it.effect, "reason": it.reason} for it in reading.findings],
        "answerable": _answerable(reading),
        **({"payment": json.loads(event_json(reading.payment))} if reading.payment else {}),
        "reasons": list(said.reasons),
    }


def _show(path: Path, reading: Reading) -> None:
    said = reading.classification
    sure = "not sure enough to say; closest: " if said.abstained else ""
    click.echo(click.style(printable(str(path)), bold=True))
    click.echo(f"  {sure}{said.category}/{said.issue or '?'} ({percent(said.confidence)}) {'; '.join(map(printable, said.reasons))}")
    for matter in said.alternatives:
        if matter.confidence >= _SURELY_TOO:
            click.echo(f"  also: {matter.category}/{matter.issue or '?'} ({percent(matter.confidence)})")
    for fact in reading.facts:
        click.echo(f"  {fact.kind.replace('_', ' ')}: {printable(fact.value)} (in the {fact.source}, {percent(fact.confidence)})")
    if event := reading.payment:
        told = (event.reference, f"order {event.order_number or 'unknown'}", str(event.amount or "no amount"), event.reason)
        click.echo(printable(f"  {event.provider} tells of a payment: {event.kind}, {', '.join(filter(None, told))}"))
    for finding in reading.findings:
        click.echo(f"  {finding.rule}: {printable(finding.reason)}")
    click.echo(f"  {'may be answered' if _answerable(reading) else 'gets no automatic answer'}")
