"""Suggested answers, and how far the history of cases was followed."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Suggested answers, and how far the history of cases was followed."""
    db.table("drafts").create(
        {
            "id": int,
            "case_id": int,
            "account": str,
            "about": str,
            "status": str,
            "message_id": str,
            "content": bytes,
            "sha256": str,
            "attempts": int,
            "next_attempt_at": str,
        },
        pk="id",
        not_null={"case_id", "account", "about", "status", "message_id", "attempts", "next_attempt_at"},
        defaults={"attempts": 0},
        foreign_keys=[("case_id", "cases", "id")],
    )
    db.execute("create index drafts_case on drafts(case_id)")
    db.execute("create index drafts_waiting on drafts(account, status, id) where status in ('wanted', 'stale')")
    db.table("marks").create({"name": str, "event": int}, pk="name", not_null={"event"})
