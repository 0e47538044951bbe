"""When the person was erased whose case it was."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """When the person was erased whose case it was."""
    db.execute("alter table cases add column erased_at text")
