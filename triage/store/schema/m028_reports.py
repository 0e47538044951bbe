"""Which reports were mailed, so that each is mailed once."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Which reports were mailed, so that each is mailed once."""
    db.table("reports").create({"span": str, "first": str, "recipient": str, "at": str}, pk=("span", "first", "recipient"), not_null={"at"})
