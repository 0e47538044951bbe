"""Cases, and the events that add up to them."""

from sqlite_utils import Database


def step(db: Database) -> None:
    """Cases, and the events that add up to them."""
    db.table("cases").create(
        {
            "id": int,
            "number": str,
            "category": str,
            "issue": str,
            "confidence": float,
            "abstained": int,
            "priority": str,
            "requester_name": str,
            "requester": str,
            "subject": str,
            "language": str,
            "order_numbers": str,
            "departments": str,
            "status": str,
            "opened_at": str,
            "received_at": str,
            "linked_case": int,
            "acknowledged_at": str,
            "solved_at": str,
            "unreachable": int,
        },
        pk="id",
        not_null={"number", "category", "status", "opened_at", "received_at"},
        defaults={"unreachable": 0},
    )
    db.execute("create unique index cases_number on cases(number)")
    db.execute("create index cases_requester on cases(requester)")
    db.table("events").create(
        {
            "id": int,
            "case_id": int,
            "at": str,
            "kind": str,
            "actor": str,
            "provenance": str,
            "detail": str,
            "detail_sha256": str,
            "hash": str,
        },
        pk="id",
        not_null={"case_id", "at", "kind", "actor", "provenance", "hash"},
        foreign_keys=[("case_id", "cases", "id")],
    )
    db.execute("create index events_case on events(case_id, id)")
