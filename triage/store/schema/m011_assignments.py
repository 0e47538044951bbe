"""Who looks after each case, which case another one was merged into, and what people are to be told."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Who looks after each case, which case another one was merged into, and what people are to be told."""
    db.execute("alter table cases add column assignee text not null default ''")
    db.execute("alter table cases add column merged_into int references cases(id)")
    # Cases at work are few among those that are done.
    db.execute("create index cases_at_work on cases(assignee, id) where status not in ('solved', 'closed')")
    db.execute("create index cases_merged on cases(merged_into) where merged_into is not null")
    db.table("notices").create(
        {"id": int, "kind": str, "case_id": int, "colleague": str, "message": int, "at": str},
        pk="id",
        not_null={"kind", "case_id", "colleague", "at"},
        foreign_keys=[("case_id", "cases", "id")],
    )
    db.table("colleagues").create(
        {"key": str, "unreachable_since": str, "refused_at": str, "notified_at": str},
        pk="key",
    )
