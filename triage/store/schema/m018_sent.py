"""What was looked at in folders for sent mail."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What was looked at in folders for sent mail."""
    db.table("sent").create(
        {"account": str, "mailbox": str, "uid_validity": int, "uid": int, "what": str},
        pk=("account", "mailbox", "uid_validity", "uid"),
        not_null={"what"},
    )
