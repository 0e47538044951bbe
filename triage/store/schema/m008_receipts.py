"""Deliveries know their receipt copies, when DATA began and what they failed of; each lane has its index."""

from sqlite_utils import Database

_COLUMNS = (
    "cause text not null default ''",
    "begun_at text",
    "recipients integer not null default 1",
    "receipt_seen_at text",
    "possible_duplicate integer not null default 0",
    "written_at text",
)


def step(db: Database) -> None:
    """Deliveries know their receipt copies, when DATA began and what they failed of; each lane has its index."""
    for column in _COLUMNS:
        db.execute(f"alter table deliveries add column {column}")
    # What was begun before this step is taken as begun when it was sent, or written: it is only never written anew.
    db.execute("update deliveries set begun_at = coalesce(sent_at, created_at) where status in ('sending', 'sent', 'uncertain')")
    db.execute("update deliveries set begun_at = created_at where status = 'deferred' and attempts > 0")
    db.execute("drop index deliveries_waiting")
    waiting = "status in ('queued', 'deferred') and kind"
    db.execute(f"create index deliveries_first_lane on deliveries(deadline, id, next_attempt_at) where {waiting} = 'acknowledgment'")
    db.execute(f"create index deliveries_second_lane on deliveries(deadline, id, next_attempt_at) where {waiting} <> 'acknowledgment'")
    db.execute("create index deliveries_begun on deliveries(begun_at) where begun_at is not null")
