"""`triage evidence`: everything that speaks for us in a disputed case, as one zip file."""

from datetime import UTC, datetime
from pathlib import Path

import click

from triage.books import open_book
from triage.cli.context import run_async, settings
from triage.cli.places import printable
from triage.errors import TriageError
from triage.order import Document
from triage.orders.evidence import Evidence, bundle
from triage.ports import Transaction
from triage.settings import Settings
from triage.stores import open_case_store


@click.command()
@click.argument("number")
@click.option("--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), default=None, help="The file (default: NUMBER.zip).")
@click.pass_context
def evidence(context: click.Context, number: str, out: Path | None) -> None:
    """Put what speaks for us in a disputed case into one zip file.

    Order, charges, tracking, documents, correspondence and history, as the case and the order system have them; nothing is changed.
    """
    found = run_async(_gathered(settings(context), number))
    if found is None:
        raise click.ClickException(f"there is no case {number!r}: expected a number as `triage cases` lists them")
    path = out or Path(f"{found.case.number}.zip")
    path.write_bytes(bundle(found, datetime.now(UTC)))
    click.echo(f"{path}: {len(found.messages)} messages, {len(found.orders)} orders, {len(found.documents)} documents")
    for line in found.missing:
        click.echo(f"missing: {printable(line)}")


async def _gathered(chosen: Settings, number: str) -> Evidence | None:
    store = open_case_store(chosen)
    try:
        known = await store.query(lambda tx: _known(tx, number))
    finally:
        await store.close()
    return None if known is None else await _with_documents(chosen, known)


def _known(tx: Transaction, number: str) -> Evidence | None:
    case = tx.cases.by_number(number)
    if case is None:
        return None
    return Evidence(
        case=case,
        events=tx.cases.events(case.id),
        messages=tx.messages.of_case(case.id),
        deliveries=tx.deliveries.of_case(case.id),
        orders=tx.orders.of_case(case.id),
    )


async def _with_documents(chosen: Settings, known: Evidence) -> Evidence:
    book = open_book(chosen)
    if book is None:
        return known
    documents: list[tuple[Document, bytes]] = []
    missing: list[str] = []
    try:
        for order in (one.order for one in known.orders if one.order):
            for document in order.documents:
                try:
                    documents.append((document, await book.document(order, document)))
                except TriageError as error:
                    missing.append(f"{document.kind} {document.number}: {error}")
    finally:
        await book.close()
    return Evidence(
        case=known.case,
        events=known.events,
        messages=known.messages,
        deliveries=known.deliveries,
        orders=known.orders,
        documents=documents,
        missing=missing,
    )
