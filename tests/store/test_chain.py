"""The history of a case is append-only: whatever is changed behind our back is found."""

import sqlite3

import pytest

from tests.store.conftest import SqlitePlace
from tests.store.words import Each, event, later, new_case


@pytest.fixture
def outside(place: SqlitePlace, each: Each) -> sqlite3.Connection:
    """Another program's connection to the file of the store."""
    return sqlite3.connect(place.path, isolation_level=None)


async def told(each: Each, *kinds: str) -> tuple[int, str]:
    """Id and number of a case with these events."""
    case = await each.cases.open(new_case())
    for number, kind in enumerate(kinds):
        await each.cases.record(case.id, [event(kind, later(minutes=number), said=f"Größe {number}", by="Ann")])
    return case.id, case.number


async def test_events_come_back_oldest_first(each: Each) -> None:
    """What was recorded is read back as it was, in its order, each case for itself."""
    first, second = await each.cases.open(new_case()), await each.cases.open(new_case())
    history = [event("opened", said="Größe ✓"), event("note"), event("note", later(minutes=-5), a="1", b="2")]
    await each.cases.record(first.id, history[:2])
    await each.cases.record(second.id, [event("other")])
    await each.cases.record(first.id, iter(history[2:]))
    assert await each.cases.events(first.id) == history
    assert await each.cases.events(second.id) == [event("other")]


async def test_an_untouched_history_is_whole(each: Each) -> None:
    """Cases with many events, one, or none are not reported."""
    await told(each, "opened", "note", "note")
    await told(each, "opened")
    await told(each)
    await each.cases.record((await each.cases.open(new_case())).id, [])
    assert await each.cases.broken_chains() == []


async def test_no_event_without_a_case(each: Each) -> None:
    """An event of a case that does not exist is refused."""
    with pytest.raises(ValueError, match="case 99 does not exist"):
        await each.cases.record(99, [event()])


@pytest.mark.parametrize("position", [0, 1, 2], ids=["first", "middle", "last"])
@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("at", "2026-03-02T11:00:00+00:00"),
        ("kind", "solved"),
        ("actor", "eve"),
        ("provenance", "cli"),
        ("detail", '{"said": "something else"}'),
        ("detail", "{}"),
        ("detail_sha256", "0" * 64),
        ("detail_sha256", None),
        ("hash", "0" * 64),
        ("case_id", 2),
        ("case_id", 77),
        ("id", 500),
    ],
)
async def test_a_change_in_any_column_is_found(each: Each, outside: sqlite3.Connection, position: int, column: str, value: object) -> None:
    """Altering one value of one event is noticed, wherever in the history it is; the last one may be renumbered without a lie."""
    case_id, number = await told(each, "opened", "classified", "note")
    await told(each, "opened")
    outside.execute(
        f"update events set {column} = ? where case_id = ? and kind = ?", (value, case_id, ("opened", "classified", "note")[position])
    )
    expected = [] if (column, position) == ("id", 2) else [number]
    assert (await each.cases.broken_chains())[:1] == expected


@pytest.mark.parametrize("kind", ["opened", "classified", "note"], ids=["first", "middle", "last"])
async def test_a_missing_event_is_found(each: Each, outside: sqlite3.Connection, kind: str) -> None:
    """Deleting an event is noticed, also at the end where no later event tells of it."""
    _id, number = await told(each, "opened", "classified", "note")
    _other = await told(each, "opened", "classified", "note")
    outside.execute("delete from events where case_id = 1 and kind = ?", (kind,))
    assert await each.cases.broken_chains() == [number]


async def test_a_missing_history_is_found(each: Each, outside: sqlite3.Connection) -> None:
    """Deleting all events of a case is noticed."""
    _id, number = await told(each, "opened")
    outside.execute("delete from events")
    assert await each.cases.broken_chains() == [number]


async def test_a_forged_event_is_found(each: Each, outside: sqlite3.Connection) -> None:
    """An event that was slipped in at the end with a copied hash is noticed."""
    _id, number = await told(each, "opened", "note")
    columns = "case_id, at, kind, actor, provenance, detail, detail_sha256, hash"
    outside.execute(f"insert into events({columns}) select {columns} from events where id = 2")
    assert await each.cases.broken_chains() == [number]


async def test_an_erased_detail_keeps_the_chain(each: Each, outside: sqlite3.Connection) -> None:
    """A person's data can be erased from the history; the chain still holds, can be continued, and the event reads as empty."""
    case_id, _number = await told(each, "opened", "note")
    outside.execute("update events set detail = null")
    await each.cases.record(case_id, [event("note", said="after")])
    assert await each.cases.broken_chains() == []
    assert [dict(it.detail) for it in await each.cases.events(case_id)] == [{}, {}, {"said": "after"}]


async def test_the_order_of_details_does_not_matter(each: Each) -> None:
    """The same detail in another order of its keys is the same detail."""
    case = await each.cases.open(new_case())
    await each.cases.record(case.id, [event(b="2", a="1"), event(a="1", b="2")])
    first, second = await each.cases.events(case.id)
    assert first == second
    assert await each.cases.broken_chains() == []
