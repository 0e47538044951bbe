"""Which state of its case a filed message shows."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Which state of its case a filed message shows."""
    db.execute("alter table filings add column state text not null default ''")
