"""`triage retry`: what is uncertain, failed or unreadable; shown first, and acted on only when told."""

from collections.abc import Sequence

import click

from triage import app
from triage.cli.case_view import delivery_json
from triage.cli.context import Json, print_json, run_async, settings
from triage.cli.places import printable
from triage.ports import Transaction
from triage.records import MessageRecord
from triage.settings import Settings
from triage.stages.retry import Stuck, decide, stuck, unreadable
from triage.stores import open_case_store


@click.command()
@click.argument("number", default="")
@click.option("--all", "everything", is_flag=True, help="Act on all that is listed; without it, name a case.")
@click.option("--send", is_flag=True, help="Send again, in the same bytes.")
@click.option("--drop", is_flag=True, help="Give up for good.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def retry(context: click.Context, *, number: str, everything: bool, send: bool, drop: bool, as_json: bool) -> None:
    """List deliveries that failed or are uncertain, and messages that could not be read.

    With NUMBER only those of one case. Nothing is changed unless --send or --drop is given.
    """
    if send and drop:
        raise click.UsageError("--send and --drop exclude each other: expected one of them")
    if (send or drop) and bool(number) is everything:
        raise click.UsageError("expected the NUMBER of a case, or --all, to say what to act on")
    listed, letters, done = run_async(_work(settings(context), number, act=send or drop, send=send))
    if as_json:
        print_json({"deliveries": [_json(it) for it in listed], "unreadable": [_letter_json(it) for it in letters], "acted_on": done})
    else:
        _show(listed, letters)
        if send or drop:
            click.echo(f"{done} {'will be sent again' if send else 'given up'}")
    context.exit(1 if (send or drop) and done < len(listed) else 0)


async def _work(chosen: Settings, number: str, *, act: bool, send: bool) -> tuple[list[Stuck], list[MessageRecord], int]:
    def work(tx: Transaction) -> tuple[list[Stuck], list[MessageRecord], int]:
        if number and tx.cases.by_number(number) is None:
            raise click.ClickException(f"there is no case {number!r}: expected a number as `triage cases` lists them")
        listed = stuck(tx, number)
        done = sum(decide(tx, it, send=send, now=app.utc_now()) for it in listed) if act else 0
        return listed, unreadable(tx, number), done

    store = open_case_store(chosen)
    try:
        return await (store.transact(work) if act else store.query(work))
    finally:
        await store.close()


def _show(listed: Sequence[Stuck], letters: Sequence[MessageRecord]) -> None:
    for it in listed:
        delivery = it.delivery
        click.echo(f"{it.case.number}  {delivery.kind} to {printable(delivery.recipient)}: {delivery.status}")
        click.echo(f"  {it.known}")
        times = "once" if delivery.attempts == 1 else f"{delivery.attempts} times"
        click.echo(f"  promised by {delivery.deadline:%Y-%m-%d %H:%M} UTC, tried {times}")
        for event in it.history:
            said = " ".join(filter(None, (event.detail.get("status", ""), event.detail.get("reply", ""))))
            click.echo(f"  {event.at:%Y-%m-%d %H:%M:%S} UTC {printable(said)}")
    for letter in letters:
        click.echo(f"message {letter.id} of {letter.received_at:%Y-%m-%d %H:%M} UTC could not be read: {printable(letter.reason)}")
        click.echo(f"  its original lies in {printable(letter.filed_folder or letter.key.mailbox)}, for a person to answer")
    if not (listed or letters):
        click.echo("nothing is uncertain, failed or unreadable")


def _json(it: Stuck) -> dict[str, Json]:
    history: list[Json] = [{"at": event.at.isoformat(), **event.detail} for event in it.history]
    seen = it.delivery.receipt_seen_at
    more: dict[str, Json] = {"case": it.case.number, "known": it.known, "attempts": it.delivery.attempts, "history": history}
    return {**delivery_json(it.delivery), **more, "receipt_seen_at": seen.isoformat() if seen else None}


def _letter_json(letter: MessageRecord) -> dict[str, Json]:
    where = letter.filed_folder or letter.key.mailbox
    return {"message": letter.id, "received_at": letter.received_at.isoformat(), "reason": letter.reason, "folder": where}
