"""What people said that messages are about, and where filed messages lie."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What people said that messages are about, and where filed messages lie."""
    db.table("corrections").create(
        {
            "id": int,
            "at": str,
            "author": str,
            "provenance": str,
            "case_id": int,
            "message": int,
            "from_category": str,
            "from_issue": str,
            "category": str,
            "issue": str,
        },
        pk="id",
        not_null={"at", "author", "provenance", "category", "issue"},
    )
    db.execute("create index corrections_case on corrections(case_id) where case_id is not null")
    db.execute("create index messages_filed on messages(account, filed_folder, filed_uid) where filed_folder is not null")
    db.execute("create index messages_sha256 on messages(sha256) where sha256 is not null")
