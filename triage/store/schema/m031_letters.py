"""What leaves in a table of its own: a delivery's status changes several times, its letter never."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """What leaves in a table of its own: a delivery's status changes several times, its letter never."""
    db.table("letters").create(
        {"delivery": int, "content": bytes}, pk="delivery", not_null={"content"}, foreign_keys=[("delivery", "deliveries", "id")]
    )
    # Of erased people nothing is left to move.
    db.execute("insert into letters(delivery, content) select id, content from deliveries where length(content) > 0")
    db.execute("alter table deliveries drop column content")
