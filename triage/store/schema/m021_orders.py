"""What the order system said about cases, what it is still to be asked, and what customers were told of changes."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What the order system said about cases, what it is still to be asked, and what customers were told of changes."""
    db.execute(
        """create table order_facts(
            case_id integer not null references cases(id), number text not null, verdict text not null, named integer not null,
            source text not null, at text not null, proposals text not null, content text, primary key(case_id, number)) without rowid"""
    )
    db.execute(
        """create table order_questions(
            case_id integer primary key references cases(id), message integer not null references messages(id),
            next_attempt_at text not null, attempts integer not null default 0, author text not null)"""
    )
    db.execute("create index order_questions_due on order_questions(next_attempt_at)")
    db.execute("create table order_marks(name text primary key, mark text not null) without rowid")
    db.execute(
        """create table order_events(
            event text primary key, case_id integer not null references cases(id), recipient text not null,
            at text not null) without rowid"""
    )
    db.execute("create index order_events_recipient on order_events(recipient, at)")
    db.execute("create index order_events_at on order_events(at)")
