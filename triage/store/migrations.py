"""The schema as numbered migrations: each runs in a transaction together with the record of it."""

import sqlite3

from sqlite_utils import Database, Migrations

from triage.errors import StoreBrokenError

migrations = Migrations("triage")


@migrations()
def m001_messages(db: Database) -> None:
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


@migrations()
def m002_cases(db: Database) -> None:
    """Cases, and the events that add up to them."""
    db.table("cases").create(
        {
            "id": int,
            "number": str,
            "category": str,
            "issue": str,
            "confidence": float,
            "abstained": int,
            "priority": str,
            "requester_name": str,
            "requester": str,
            "subject": str,
            "language": str,
            "order_numbers": str,
            "departments": str,
            "status": str,
            "opened_at": str,
            "received_at": str,
            "linked_case": int,
            "acknowledged_at": str,
            "solved_at": str,
            "unreachable": int,
        },
        pk="id",
        not_null={"number", "category", "status", "opened_at", "received_at"},
        defaults={"unreachable": 0},
    )
    db.execute("create unique index cases_number on cases(number)")
    db.execute("create index cases_requester on cases(requester)")
    db.table("events").create(
        {
            "id": int,
            "case_id": int,
            "at": str,
            "kind": str,
            "actor": str,
            "provenance": str,
            "detail": str,
            "detail_sha256": str,
            "hash": str,
        },
        pk="id",
        not_null={"case_id", "at", "kind", "actor", "provenance", "hash"},
        foreign_keys=[("case_id", "cases", "id")],
    )
    db.execute("create index events_case on events(case_id, id)")


@migrations()
def m003_outbox(db: Database) -> None:
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


@migrations()
def m004_filings(db: Database) -> None:
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


@migrations()
def m005_deadlines(db: Database) -> None:
    """Promises with a time."""
    db.table("deadlines").create(
        {"case_id": int, "kind": str, "bound": str, "due_at": str, "state": str, "settled_at": str},
        pk=("case_id", "kind", "bound"),
        not_null={"due_at", "state"},
    )
    db.execute("create index deadlines_open on deadlines(due_at) where state = 'open'")


@migrations()
def m006_chain_heads(db: Database) -> None:
    """Each case remembers the hash of its latest event, so that events missing from the end are noticed."""
    db.execute("alter table cases add column chain text")
    db.execute("update cases set chain = (select hash from events where case_id = cases.id order by id desc limit 1)")


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
