"""What a person must look at is found without reading everything that went well."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What a person must look at is found without reading everything that went well."""
    db.execute("create index deliveries_unsettled on deliveries(status) where status in ('sending', 'uncertain', 'failed')")
    db.execute("create index messages_set_aside on messages(outcome) where outcome in ('unreadable', 'vanished')")
