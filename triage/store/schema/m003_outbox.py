"""The outbox."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """The outbox."""
    db.table("deliveries").create(
        {
            "id": int,
            "case_id": int,
            "message": int,
            "kind": str,
            "recipient": str,
            "domain": str,
            "reverse_path": str,
            "message_id": str,
            "subject": str,
            "content": bytes,
            "sha256": str,
            "deadline": str,
            "status": str,
            "attempts": int,
            "created_at": str,
            "next_attempt_at": str,
            "sent_at": str,
            "smtp_reply": str,
        },
        pk="id",
        not_null={"case_id", "kind", "recipient", "message_id", "content", "deadline", "status", "next_attempt_at"},
        foreign_keys=[("case_id", "cases", "id")],
        defaults={"attempts": 0, "smtp_reply": ""},
    )
    db.execute("create unique index deliveries_message_id on deliveries(message_id)")
    # Nobody is answered twice: the database itself refuses a second acknowledgment of a case.
    db.execute("create unique index deliveries_one_acknowledgment on deliveries(case_id) where kind = 'acknowledgment'")
    db.execute("create index deliveries_case on deliveries(case_id)")
    db.execute("create index deliveries_waiting on deliveries(deadline) where status in ('queued', 'deferred')")
    db.execute("create index deliveries_reverse_path on deliveries(reverse_path)")
    db.execute("create index deliveries_recipient on deliveries(recipient, created_at) where kind = 'acknowledgment'")
    db.execute("create index deliveries_domain on deliveries(domain, created_at) where kind = 'acknowledgment'")
    db.execute("create index deliveries_created on deliveries(created_at) where kind = 'acknowledgment'")
