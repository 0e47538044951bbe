"""Ratings of cases, when each clock began and is warned of, what people are reminded of, and who was asked how it went."""

from sqlite_utils import Database

_CASES = ("rating integer", "rating_comment text not null default ''", "rated_at text")
_DEADLINES = ("since text", "warn_at text", "step integer not null default 0", "paused_at text")


def step(db: Database) -> None:
    """Ratings of cases, when each clock began and is warned of, what people are reminded of, and who was asked how it went."""
    for column in _CASES:
        db.execute(f"alter table cases add column {column}")
    for column in _DEADLINES:
        db.execute(f"alter table deadlines add column {column}")
    db.execute("create index deadlines_warned on deadlines(warn_at) where state = 'open' and warn_at is not null")
    # How often the same order or customer has had the same trouble, and who had a dispute in a month.
    db.execute("create index cases_first_order on cases(json_extract(order_numbers, '$[0]')) where order_numbers <> '[]'")
    db.execute("create index cases_disputed on cases(received_at) where category = 'dispute'")
    db.table("reminders").create(
        {
            "id": int,
            "case_id": int,
            "kind": str,
            "bound": str,
            "due_at": str,
            "step": int,
            "recipient": str,
            "why": str,
            "at": str,
            "told_at": str,
        },
        pk="id",
        not_null={"case_id", "kind", "bound", "due_at", "step", "recipient", "why", "at"},
        foreign_keys=[("case_id", "cases", "id")],
    )
    # Nobody is reminded twice of the same: the database itself refuses it.
    db.execute("create unique index reminders_once on reminders(case_id, kind, bound, due_at, step, recipient)")
    db.execute("create index reminders_waiting on reminders(recipient, id) where told_at is null")
    db.table("surveys").create(
        {"id": int, "requester": str, "case_id": int, "kind": str, "at": str},
        pk="id",
        not_null={"requester", "case_id", "kind", "at"},
        foreign_keys=[("case_id", "cases", "id")],
    )
    db.execute("create index surveys_requester on surveys(requester, at)")
