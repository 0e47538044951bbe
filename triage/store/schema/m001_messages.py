"""Messages by where they lie, their raw bytes apart, and the cursor of each watched mailbox."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Messages by where they lie, their raw bytes apart, and the cursor of each watched mailbox."""
    db.table("cursors").create(
        {"account": str, "mailbox": str, "uid_validity": int, "start_line": str}, pk=("account", "mailbox"), not_null={"uid_validity"}
    )
    db.table("messages").create(
        {
            "id": int,
            "account": str,
            "mailbox": str,
            "uid_validity": int,
            "uid": int,
            "received_at": str,
            "size": int,
            "sha256": str,
            "outcome": str,
            "case_id": int,
            "message_id": str,
            "fingerprint": str,
            "author": str,
            "subject": str,
            "text": str,
            "full_text": str,
            "reading": str,
            "strikes": int,
            "reason": str,
            "filed_folder": str,
            "filed_uid_validity": int,
            "filed_uid": int,
        },
        pk="id",
        not_null={"account", "mailbox", "uid_validity", "uid", "received_at", "strikes"},
        defaults={"strikes": 0},
    )
    db.table("raw").create({"message": int, "content": bytes}, pk="message", not_null={"content"})
    db.execute("create unique index messages_key on messages(account, mailbox, uid_validity, uid)")
    # The waiting ones are few among many settled ones: a partial index stays small for ever.
    db.execute("create index messages_waiting on messages(received_at) where outcome is null")
    db.execute("create index messages_fingerprint on messages(fingerprint) where fingerprint is not null")
    db.execute("create index messages_message_id on messages(message_id) where message_id is not null")
    db.execute("create index messages_case on messages(case_id) where case_id is not null")
