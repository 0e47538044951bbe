"""Promises with a time."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Promises with a time."""
    db.table("deadlines").create(
        {"case_id": int, "kind": str, "bound": str, "due_at": str, "state": str, "settled_at": str},
        pk=("case_id", "kind", "bound"),
        not_null={"due_at", "state"},
    )
    db.execute("create index deadlines_open on deadlines(due_at) where state = 'open'")
