"""What payment providers told us, until it is settled; afterwards which event it was, and what came of it."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What payment providers told us, until it is settled; afterwards which event it was, and what came of it."""
    db.execute(
        """create table payment_events(
            id integer primary key, provider text not null, event text not null, subject text not null, content text,
            received_at text not null, next_attempt_at text, attempts integer not null default 0, settled_at text,
            outcome text, case_id integer references cases(id), unique(provider, event))"""
    )
    db.execute("create index payment_events_due on payment_events(next_attempt_at) where next_attempt_at is not null")
    db.execute("create index payment_events_cases on payment_events(subject, case_id) where case_id is not null")
    db.execute("create index payment_events_opened on payment_events(settled_at) where case_id is not null")
