"""The schema as numbered migrations: each runs in a transaction together with the record of it."""

import sqlite3

from sqlite_utils import Database, Migrations

from triage.errors import StoreBrokenError
from triage.store.schema import (
    m001_messages,
    m002_cases,
    m003_outbox,
    m004_filings,
    m005_deadlines,
    m006_chain_heads,
    m007_corrections,
    m008_receipts,
    m009_intake,
    m010_lease,
    m011_assignments,
    m016_vitals,
    m017_flood,
    m018_sent,
    m019_drafts,
)

#: In the order they run; the name of the file is what a store remembers.
STEPS = (
    m001_messages,
    m002_cases,
    m003_outbox,
    m004_filings,
    m005_deadlines,
    m006_chain_heads,
    m007_corrections,
    m008_receipts,
    m009_intake,
    m010_lease,
    m011_assignments,
    m016_vitals,
    m017_flood,
    m018_sent,
    m019_drafts,
)

migrations = Migrations("triage")
for module in STEPS:
    migrations(name=module.__name__.rpartition(".")[2])(module.step)


def migrate(db: Database) -> None:
    """Bring the schema up to date; StoreBrokenError for a store written by a newer version."""
    if _recorded(db) == _known():
        # Nothing to do takes no lock: a command may look at the store of a busy daemon.
        return
    # Two daemons may start at once: the write lock comes first, so one of them finds everything done.
    db.execute("begin immediate")
    try:
        _refuse_newer(db)
        migrations.apply(db)
    except BaseException:
        db.execute("rollback")
        raise
    db.execute("commit")


def _refuse_newer(db: Database) -> None:
    if unknown := _recorded(db) - _known():
        raise StoreBrokenError(f"the store was written by a newer version (it has {', '.join(sorted(unknown))}): install that version")


def _known() -> set[str]:
    # Asked of an empty database, because `applied` repeats whatever the file says.
    empty = Database(memory=True)
    known = {step.name for step in migrations.pending(empty)}
    empty.close()
    return known


def _recorded(db: Database) -> set[str]:
    try:
        return {str(row["name"]) for row in db.query("select name from _sqlite_migrations where migration_set = 'triage'")}
    except sqlite3.OperationalError:
        return set()
