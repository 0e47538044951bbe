"""`triage forget`: erase a person from the store; shown first, and done only when told."""

import click

from triage import app
from triage.cli.context import print_json, run_async, settings
from triage.cli.places import printable
from triage.erasing import Erased
from triage.settings import Settings
from triage.stages.forget import forget as erase
from triage.store.erasing import scour
from triage.stores import open_case_store


@click.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Do it; without it, what would be erased is shown.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def forget(context: click.Context, *, address: str, yes: bool, as_json: bool) -> None:
    """Erase what the store knows of ADDRESS: name, words, facts, and mail.

    Their cases are closed; that there were cases, and what was done when, stays
    on record. Originals in the mailbox are yours to delete.
    """
    found, clean = run_async(_work(settings(context), address.strip().lower(), act=yes))
    if as_json:
        originals = [{"account": account, "folder": folder, "messages": many} for account, folder, many in found.originals]
        print_json({"erased": yes, "cases": list(found.cases), "messages": found.messages, "originals": originals, "overwritten": clean})
    else:
        _show(found, done=yes, clean=clean)
    context.exit(0 if clean or not yes else 1)


async def _work(chosen: Settings, address: str, *, act: bool) -> tuple[Erased, bool]:
    store = open_case_store(chosen)
    try:
        if not act:
            return await store.query(lambda tx: tx.erasing.known(address)), False
        found = await store.transact(lambda tx: erase(tx, address, app.utc_now()))
    finally:
        await store.close()
    return found, scour(chosen.paths.store)


def _show(found: Erased, *, done: bool, clean: bool) -> None:
    if not (found.cases or found.messages):
        click.echo("nothing is known of that address")
        return
    click.echo(f"{'erased' if done else 'would be erased'}: {len(found.cases)} cases, {found.messages} messages")
    for number in found.cases:
        click.echo(f"  {number}")
    for account, folder, many in found.originals:
        click.echo(
            f"  in mailbox {printable(account)}, folder {printable(folder)}: {many} originals, which stay there until you delete them"
        )
    if not done:
        click.echo("nothing was changed; --yes does it")
    elif not clean:
        click.echo("what was erased may still lie in the files of the store while the daemon reads them: stop it and run this again")
