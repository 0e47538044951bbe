"""The table of the customer-service log: what was put comes back, by every filter and by words."""

from datetime import timedelta
from typing import Any

import pytest

from tests.store.conftest import SqlitePlace
from tests.store.words import NOON, Each, later
from tests.stores import laid
from triage.case import CaseStatus, Priority
from triage.entry import Channel, Entry, Wanted
from triage.store.connect import connect
from triage.store.log import SqliteLog


def entry(case_id: int, **fields: Any) -> Entry:
    """An entry with something in every field that has a type of its own."""
    given = {
        "case_id": case_id, "number": f"SP-{100_000 + case_id}", "category": "order", "issue": "order_status", "status": CaseStatus.OPEN,
        "received_at": later(hours=case_id), "opened_at": later(hours=case_id), "email": f"c{case_id}@customer.example",
    }  # fmt: skip
    return Entry(**{**given, **fields})


FULL = entry(
    9, customer="Ann", phone="+49", order_numbers=("ORD1", "ord2"), order_date=NOON.date(), order_date_source="message", abstained=True,
    description="x", initial_action="a", follow_up_actions="b", departments=("finance", "it"), department_names=("Finance", "IT"),
    due_at=later(hours=48), resolution="done", rating=4, comment="fine", asked=True, representative="jane", representative_name="Jane",
    priority=Priority.HIGH, channel=Channel.WALK_IN, language="de", product="Kettle", vendor="Acme", acknowledged_at=NOON,
    assigned_at=NOON, answered_at=NOON, updated_at=NOON, escalated_at=NOON, resolved_at=NOON, rated_at=NOON, answers=1, follow_ups=2,
    reopened=3, refused=True, excluded="no", obstacle="why", model="m1", said="payment", confidence=0.8123, unsure=True, strange=0.25, corrected_at=NOON,
)  # fmt: skip


async def found(each: Each, **wanted: Any) -> list[int]:
    """Ids of the cases that fit."""
    return [it.case_id for it in await each.log.find(Wanted(**wanted))]


async def test_what_was_put_comes_back(each: Each) -> None:
    """Every field survives, and a later entry of the same case takes the place of the former."""
    await each.log.put(FULL, "words")
    await each.log.put(entry(9), "words")
    await each.log.put(FULL, "words")
    assert await each.log.find(Wanted()) == [FULL]


@pytest.fixture
async def filled(each: Each) -> Each:
    """Four entries that differ."""
    await each.log.put(entry(1, order_numbers=("ORD1",)), "Where is my parcel? Ärger")
    await each.log.put(entry(2, category="payment", issue="payment_failed", departments=("it",), representative="jane"), "card declined")
    await each.log.put(entry(3, status=CaseStatus.SOLVED, departments=("finance", "it")), "refunded the parcel")
    await each.log.put(entry(4, order_numbers=("ord-1", "ORD1"), departments=("it_support",)), "parcel refunds")
    return each


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [4, 3, 2, 1]),
        ({"limit": 2}, [4, 3]),
        ({"category": "payment"}, [2]),
        ({"issue": "order_status"}, [4, 3, 1]),
        ({"status": "solved"}, [3]),
        ({"representative": "jane"}, [2]),
        ({"department": "it"}, [3, 2]),
        ({"department": "finance"}, [3]),
        ({"customer": "C2@customer.example"}, [2]),
        ({"order": "ord1"}, [4, 1]),
        ({"order": "ORD-1"}, [4]),
        ({"since": later(hours=3)}, [4, 3]),
        ({"until": later(hours=3)}, [2, 1]),
        ({"since": later(hours=2), "until": later(hours=4), "department": "it"}, [3, 2]),
        ({"words": ("parcel",)}, [4, 3, 1]),
        ({"words": ("parcel", "refund*")}, [4, 3]),
        ({"words": ("PARCEL", "arger")}, [1]),
        ({"words": ("refund",)}, []),
        ({"words": ('"', "*", "")}, [4, 3, 2, 1]),
        ({"words": ("parcel OR declined",)}, []),
        ({"words": ("NOT",)}, []),
        ({"category": "payment", "words": ("parcel",)}, []),
    ],
    ids=repr,
)
async def test_filters(filled: Each, wanted: dict[str, Any], expected: list[int]) -> None:
    """Only what fits everything asked for, the newest arrival first; words are words and no operators."""
    assert await found(filled, **wanted) == expected


async def test_words_follow_the_entry(filled: Each) -> None:
    """Once a case says something else it is found by that and no longer by what it said before."""
    await filled.log.put(entry(1), "a different matter")
    assert await found(filled, words=("different",)) == [1]
    assert await found(filled, words=("Ärger",)) == []
    assert await found(filled, order="ORD1") == [4]


async def test_mail_that_waits_is_seen(each: Each) -> None:
    """The log knows when acknowledgments wait to leave."""
    assert await each.log.mail_waits() is False
    await each.queued("one", not_before=NOON + timedelta(days=1))
    assert await each.log.mail_waits() is True


def test_deciding_pays_nothing_for_the_log(place: SqlitePlace) -> None:
    """No trigger hangs on a table that mail passes, and its one index is of messages that open no case."""
    db = connect(laid(place.path))
    try:
        triggers = {table for (table,) in db.execute("select tbl_name from sqlite_master where type = 'trigger'")}
        assert triggers == {"log_words"}
        indexes = dict(db.execute("select name, sql from sqlite_master where type = 'index' and name like '%counted%'").fetchall())
        assert list(indexes) == ["messages_counted"]
        assert "'opened'" not in indexes["messages_counted"]
        assert " where outcome in " in indexes["messages_counted"]
    finally:
        db.close()


@pytest.mark.parametrize(
    ("sql", "index"),
    [
        ("select count(*) from log where received >= 1 and received < 2", "log_received"),
        ("select count(*) from log where requester = 'a' and received > 1", "log_requester"),
        ("select count(*) from log where resolved between 1 and 2", "log_resolved"),
        ("select count(*) from log where rated >= 1", "log_rated"),
        ("select count(*) from log where received < 5 and resolved is null and excluded = ''", "log_open"),
        ("select case_id from log_orders where number = 'A'", "PRIMARY KEY"),
    ],
)
def test_what_is_asked_is_found_by_an_index(place: SqlitePlace, sql: str, index: str) -> None:
    """No question of the log reads every case."""
    db = connect(laid(place.path))
    try:
        plan = " ".join(str(row[-1]) for row in db.execute(f"explain query plan {sql}"))
        assert index in plan
        assert "SCAN log" not in plan
    finally:
        db.close()


async def test_entries_of_a_former_version_can_be_read(place: SqlitePlace) -> None:
    """A field that was unknown when an entry was written has its default, until something happens to the case."""
    db = connect(laid(place.path))
    SqliteLog(db).put(FULL, "words")
    db.execute("update log_entries set entry = json_remove(entry, '$.model', '$.said', '$.strange', '$.corrected_at')")
    [found] = SqliteLog(db).find(Wanted())
    assert (found.model, found.said, found.strange, found.corrected_at, found.number) == ("", "", None, None, FULL.number)
    db.close()
