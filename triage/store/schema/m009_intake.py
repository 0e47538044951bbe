"""What intake remembers: the highest UIDs accounted for, and the outcome of each census."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What intake remembers: the highest UIDs accounted for, and the outcome of each census."""
    db.execute("alter table cursors add column uid_next integer not null default 0")
    db.execute("alter table cursors add column unseen integer not null default 0")
    db.table("censuses").create(
        {"id": int, "account": str, "mailbox": str, "at": str, "listed": int, "mismatches": str},
        pk="id",
        not_null={"account", "mailbox", "at", "listed", "mismatches"},
    )
    db.execute("create index censuses_latest on censuses(account, mailbox, at)")
