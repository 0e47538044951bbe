"""The schema as numbered migrations: each runs in a transaction together with the record of it."""

import sqlite3
from importlib import import_module
from pkgutil import iter_modules

from sqlite_utils import Database, Migrations

from triage.errors import StoreBrokenError
from triage.store import schema

#: By the names of their files, which is the order they run in and what a store remembers.
STEPS = {name: import_module(f"{schema.__name__}.{name}") for name in sorted(found.name for found in iter_modules(schema.__path__))}

migrations = Migrations("triage")
for file, module in STEPS.items():
    migrations(name=file)(module.step)


def migrate(db: Database) -> None:
    """Bring the schema up to date; StoreBrokenError for a store written by a newer version."""
    if _recorded(db) == STEPS.keys():
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
    if unknown := _recorded(db) - STEPS.keys():
        raise StoreBrokenError(f"the store was written by a newer version (it has {', '.join(sorted(unknown))}): install that version")


def _recorded(db: Database) -> set[str]:
    try:
        return {str(row["name"]) for row in db.query("select name from _sqlite_migrations where migration_set = 'triage'")}
    except sqlite3.OperationalError:
        return set()
