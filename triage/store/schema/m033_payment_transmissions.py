"""Which content came under which id, of providers whose signature holds no more of it than a checksum."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Which content came under which id, for as long as its signature counts."""
    db.execute(
        """create table payment_transmissions(
            provider text not null, id text not null, digest text not null, until text not null, primary key(provider, id)) without rowid"""
    )
    db.execute("create index payment_transmissions_until on payment_transmissions(until)")
