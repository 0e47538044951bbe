"""Orders to move messages into folders."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Orders to move messages into folders."""
    db.table("filings").create(
        {
            "id": int,
            "message": int,
            "account": str,
            "folder": str,
            "status": str,
            "attempts": int,
            "next_attempt_at": str,
            "reason": str,
        },
        pk="id",
        not_null={"message", "account", "folder", "status", "next_attempt_at"},
        foreign_keys=[("message", "messages", "id")],
        defaults={"attempts": 0, "reason": ""},
    )
    db.execute("create unique index filings_message on filings(message)")
    db.execute("create index filings_waiting on filings(account, folder) where status = 'open'")
