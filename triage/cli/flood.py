"""`triage flood`: what is held while more people write than ever do, and a person's decision on it."""

import click

from triage import app
from triage.case import CaseEvent
from triage.cli.context import Json, print_json, program, run_async, settings
from triage.ports import Transaction
from triage.records import HeldGroup
from triage.settings import Settings
from triage.stages.flood import GROUP
from triage.stages.release import let_go
from triage.stores import open_case_store

#: So much of a group's digest names it.
_SHOWN = 8
_SHAPE = 60
#: So much of it fits into a line of 80 columns.
_SHAPE_SHOWN = 25


@click.command()
@click.option("--release", metavar="GROUP", default="", help="Acknowledge these after all.")
@click.option("--drop", metavar="GROUP", default="", help="Never acknowledge these; their cases stay.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def flood(context: click.Context, *, release: str, drop: str, as_json: bool) -> None:
    """Show the acknowledgments held because of a flood, or decide on a group of them.

    Groups of like messages wait for your decision; all others are released by themselves, before their promise breaks.
    """
    if release and drop:
        raise click.UsageError("--release and --drop: expected one of them")
    chosen = settings(context)
    held, groups = run_async(_decide(chosen, release or drop, drop=bool(drop)) if release or drop else _look(chosen))
    if as_json:
        print_json({"held": held, "groups": [_json(group) for group in groups]})
    else:
        _show(held, groups)


async def _look(chosen: Settings) -> tuple[int, list[HeldGroup]]:
    store = open_case_store(chosen)
    try:
        return await store.query(_held)
    finally:
        await store.close()


async def _decide(chosen: Settings, name: str, *, drop: bool) -> tuple[int, list[HeldGroup]]:
    store = open_case_store(chosen)
    try:
        done = await store.transact(lambda tx: _settled(tx, name, drop=drop))
        # On standard error: with --json, standard output is one document.
        click.echo(f"{done} acknowledgments {'dropped' if drop else 'released'}", err=True)
        return await store.query(_held)
    finally:
        await store.close()


def _held(tx: Transaction) -> tuple[int, list[HeldGroup]]:
    return tx.flood.held(), tx.flood.groups(GROUP)


def _settled(tx: Transaction, name: str, *, drop: bool) -> int:
    names = [group.group for group in tx.flood.groups(1) if group.group.startswith(name)]
    if len(names) != 1:
        raise click.ClickException(f"{name!r}: expected one of the groups that `triage flood` lists")
    now, deliveries = app.utc_now(), tx.flood.of_group(names[0])
    if not drop:
        return let_go(tx, deliveries, "a person decided so", now, actor="operator")
    dropped = [delivery for delivery in deliveries if tx.deliveries.drop(delivery.id, now)]
    for delivery in dropped:
        detail = {"what": "acknowledgment", "why": "a person decided so: one of a flood of like messages"}
        tx.cases.record(delivery.case_id, [CaseEvent(at=now, kind="dropped", actor="operator", provenance="cli", detail=detail)])
    return len(dropped)


def _show(held: int, groups: list[HeldGroup]) -> None:
    if not held:
        click.echo("nothing is held")
        return
    alone = held - sum(group.count for group in groups)
    if groups:
        click.echo("GROUP     COUNT  FIRST        LAST         SUBJECT, IN SHAPE" + " " * 9 + "E.G.")
    for group in groups:
        times = f"{group.first_at:%m-%d %H:%M}  {group.last_at:%m-%d %H:%M}"
        click.echo(
            f"{group.group[:_SHOWN]}  {group.count:>5}  {times}  {shape(group.subject, _SHAPE_SHOWN):<{_SHAPE_SHOWN}} {group.case_number}"
        )
    if groups:
        click.echo(f"These wait for you: {program()} flood --release GROUP, or --drop GROUP.")
    if alone:
        click.echo(f"{alone} {'other is' if alone == 1 else 'others are'} released by themselves.")


def _json(group: HeldGroup) -> dict[str, Json]:
    return {
        "group": group.group,
        "count": group.count,
        "shape": shape(group.subject, _SHAPE),
        "first_at": group.first_at.isoformat(),
        "last_at": group.last_at.isoformat(),
        "deadline": group.deadline.isoformat(),
        "case": group.case_number,
    }


def shape(subject: str, at_most: int) -> str:
    """How a subject looks without what it says: "Order A-17 late" becomes "Xxxxx X-99 xxxx"."""
    return "".join(_class(character) for character in subject)[:at_most].strip() or "(none)"


def _class(character: str) -> str:
    if character.isalpha():
        return "X" if character.isupper() else "x"
    if character.isdigit():
        return "9"
    return character if character.isascii() and character.isprintable() else " "
