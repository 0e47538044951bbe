"""Who may write: one daemon at a time, known by the number of its turn."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Who may write: one daemon at a time, known by the number of its turn."""
    db.table("lease").create(
        {"id": int, "place": str, "holder": str, "fence": int, "expires_at": str},
        pk="id",
        not_null={"place", "holder", "fence", "expires_at"},
    )
