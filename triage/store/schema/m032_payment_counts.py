"""What became of what payment providers posted, in numbers."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What became of what payment providers posted, in numbers; those of the events that are known already are counted now."""
    db.execute(
        """create table payment_counts(
            provider text not null, outcome text not null, many integer not null, last_at text not null,
            primary key(provider, outcome)) without rowid"""
    )
    for outcome, at, which in (("received", "received_at", "true"), ("opened", "settled_at", "case_id is not null")):
        db.execute(
            f"""insert into payment_counts(provider, outcome, many, last_at)
                select provider, ?, count(*), max({at}) from payment_events where {which} group by provider""",  # noqa: S608
            (outcome,),
        )
