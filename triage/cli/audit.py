"""`triage audit`: mailbox against store."""

import click

from triage import app
from triage.cli.context import print_json, run_async, settings
from triage.cli.places import printable
from triage.servers import Servers
from triage.settings import Settings
from triage.stages.audit import Audit
from triage.stages.audit import audit as reconcile
from triage.stores import open_case_store


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def audit(context: click.Context, as_json: bool) -> None:
    """Prove that every message is accounted for and every acknowledgment sent or explained.

    Receipt copies that never came are named, as long as others did.
    Exits 1 with the list where anything is unexplained.
    """
    found = run_async(_audit(settings(context)))
    if as_json:
        print_json({"messages": found.messages, "acknowledgments": found.acknowledgments, "notes": found.notes, "problems": found.problems})
    else:
        _show(found)
    context.exit(1 if found.problems else 0)


async def _audit(chosen: Settings) -> Audit:
    store = open_case_store(chosen)
    servers = Servers(chosen)
    mailboxes = {name: (servers.mailbox(name), its) for name, its in chosen.watched.items()}
    try:
        return await reconcile(store, dict(mailboxes), app.utc_now(), chosen.smtp.receipt_wait)
    finally:
        for mailbox, _its in mailboxes.values():
            await mailbox.close()
        await store.close()


def _show(found: Audit) -> None:
    for title, counts in (("messages", found.messages), ("acknowledgments", found.acknowledgments)):
        listed = ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
        click.echo(f"{title}: {sum(counts.values())} ({listed or 'none'})")
    for note in found.notes:
        click.echo(f"note: {printable(note)}")
    for problem in found.problems:
        click.echo(f"PROBLEM: {printable(problem)}")
    click.echo("everything is accounted for" if not found.problems else f"{len(found.problems)} unexplained")
