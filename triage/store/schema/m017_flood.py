"""Messages know what they are like, and deliveries in which group they wait out a flood."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Messages know what they are like, and deliveries in which group they wait out a flood."""
    db.execute("alter table messages add column likeness text")
    db.execute("create index messages_likeness on messages(likeness, author) where likeness is not null")
    db.execute("alter table deliveries add column crowd text not null default ''")
    db.execute("create index deliveries_held on deliveries(crowd, deadline) where status = 'held' and crowd <> ''")
