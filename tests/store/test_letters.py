"""What leaves is written once, in a table of its own: it is there as long as its delivery, and a change of status does not touch it."""

import sqlite3
from pathlib import Path

import pytest
from sqlite_utils import Database

from tests.store.conftest import SqlitePlace
from tests.store.words import ANN, DEFERRED, NOON, SENT, UNCERTAIN, Each, later, new_case, reply
from triage.case import NewCase
from triage.ports import Transaction
from triage.reply import DeliveryStatus, Receipt, ReplyKind
from triage.store.connect import connect
from triage.store.migrations import STEPS, migrations

#: Larger than everything else that a delivery's life writes.
LARGE = b"Subject: x\r\n\r\n" + b"y" * 1_000_000


def letters(path: Path) -> dict[int, bytes]:
    """What lies in the table, by delivery."""
    with sqlite3.connect(path) as db:
        return dict(db.execute("select delivery, content from letters"))


def older(path: Path) -> sqlite3.Connection:
    """A store of the step before letters had a table of their own."""
    connection = sqlite3.connect(path, isolation_level=None)
    migrations.apply(Database(connection), stop_before="m031_letters")
    connection.execute(
        "insert into cases(id, number, category, status, priority, opened_at, received_at, requester, chain)"
        " values (1, 'SP-100001', 'order', 'open', 'normal', :at, :at, 'ann@customer.example', '')",
        {"at": NOON.isoformat()},
    )
    return connection


def queue_as_before(connection: sqlite3.Connection, name: str, content: bytes, status: DeliveryStatus) -> None:
    """A delivery as it was written then."""
    connection.execute(
        "insert into deliveries(case_id, kind, recipient, message_id, subject, content, sha256, deadline, status, created_at, next_attempt_at)"
        " values (1, 'escalation', 'ann@customer.example', ?, 'Hello', ?, 'digest', ?, ?, ?, ?)",
        (name, content, *(NOON.isoformat(), status, NOON.isoformat(), NOON.isoformat())),
    )


async def test_letters_of_the_step_before_are_moved(place: SqlitePlace) -> None:
    """Every delivery of an older store has its bytes afterwards, whatever its status, and goes on from there."""
    assert isinstance(place.path, Path)
    connection = older(place.path)
    wanted = {f"{status}@x": f"to be {status}\r\n".encode() + bytes(range(256)) for status in DeliveryStatus}
    for name, content in wanted.items():
        queue_as_before(connection, name, content, DeliveryStatus(name.partition("@")[0]))
    connection.close()
    store = place.open()
    found = await store.query(lambda tx: tx.deliveries.of_case(1))
    assert {delivery.message_id: delivery.content for delivery in found} == wanted
    assert {(delivery.status, delivery.subject, delivery.sha256) for delivery in found} == {
        (it, "Hello", "digest") for it in DeliveryStatus
    }
    [first] = [delivery for delivery in found if delivery.status is DeliveryStatus.QUEUED]
    assert await store.transact(lambda tx: tx.deliveries.begin_data(first.id, NOON))
    await store.close()


async def test_what_was_erased_before_has_no_letter(place: SqlitePlace) -> None:
    """A delivery whose letter had been blanked keeps its row, its status and its times, and nothing is moved for it."""
    connection = older(place.path)
    queue_as_before(connection, "gone@x", b"", DeliveryStatus.SENT)
    connection.close()
    store = place.open()
    [found] = await store.query(lambda tx: tx.deliveries.of_case(1))
    assert (found.content, found.status, found.created_at) == (b"", DeliveryStatus.SENT, NOON)
    await store.close()
    assert letters(place.path) == {}


def test_a_move_that_fails_leaves_the_older_store(place: SqlitePlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the step breaks off behind the move, the letters lie where they lay, and the next start moves them."""
    connection = older(place.path)
    queue_as_before(connection, "a@x", b"hello", DeliveryStatus.QUEUED)
    step = STEPS["m031_letters"].step

    def broken(db: Database) -> None:
        step(db)
        db.execute("select nonsense")

    for migration in migrations.pending(Database(connection)):
        if migration.name == "m031_letters":
            monkeypatch.setattr(migration, "fn", broken)
    with pytest.raises(Exception, match="nonsense"):
        connect(place.path)
    assert connection.execute("select content from deliveries").fetchall() == [(b"hello",)]
    monkeypatch.undo()
    connection.close()
    connect(place.path).close()
    assert letters(place.path) == {1: b"hello"}


async def test_a_status_does_not_write_the_letter_again(place: SqlitePlace) -> None:
    """From queued over deferred and uncertain to sent: the log of the store grows by a few pages each time, and not by what leaves."""
    store = place.open()
    each = Each(store)
    delivery_id = await each.queued("large", content=LARGE)
    log = place.path.with_name(f"{place.path.name}-wal")
    with sqlite3.connect(place.path) as db:
        db.execute("pragma wal_checkpoint(truncate)")
    assert log.stat().st_size == 0
    for receipt in (DEFERRED, UNCERTAIN):
        assert await each.deliveries.begin_data(delivery_id, NOON)
        assert await each.deliveries.settle(delivery_id, receipt, NOON, NOON)
        if receipt is UNCERTAIN:
            assert await each.deliveries.requeue(delivery_id, NOON)
    assert await each.deliveries.begin_data(delivery_id, NOON)
    assert await each.deliveries.settle(delivery_id, SENT, NOON, None)
    assert 0 < log.stat().st_size < len(LARGE) // 2
    [delivery] = await each.deliveries.find()
    assert (delivery.status, delivery.content) == (DeliveryStatus.SENT, LARGE)
    await store.close()


async def test_a_letter_is_written_with_its_delivery_or_not_at_all(place: SqlitePlace) -> None:
    """A reply that is refused as the second of its kind, and a unit of work that fails later, leave no letter behind."""
    store = place.open()
    each = Each(store)
    await each.queued("first")
    with pytest.raises(ValueError, match="already has this acknowledgment"):
        await each.deliveries.queue(1, None, reply("second"), NOON)

    def half(tx: Transaction) -> None:
        tx.deliveries.queue(1, None, reply("third", kind=ReplyKind.ESCALATION), NOON)
        raise KeyError("broken off")

    with pytest.raises(KeyError):
        await store.transact(half)
    await store.close()
    assert letters(place.path) == {1: reply("first").content}


async def test_only_what_was_rewritten_has_other_bytes(place: SqlitePlace) -> None:
    """A letter that is written anew takes the place of its own former one; where that is refused the bytes stay as they are."""
    store = place.open()
    each = Each(store)
    one, other = await each.queued("one"), await each.queued("other")
    await each.deliveries.begin_data(other, NOON)
    assert await each.deliveries.rewrite(one, reply("anew", content=b"anew"), later(hours=1)) is True
    assert await each.deliveries.rewrite(other, reply("late", content=b"late"), later(hours=1)) is False
    await store.close()
    assert letters(place.path) == {one: b"anew", other: reply("other").content}


async def test_whoever_is_erased_leaves_no_letter(place: SqlitePlace) -> None:
    """Erasing takes what was written to them and in their cases; another customer's letter stays and can leave."""
    eve = new_case(requester=None)
    store = place.open()

    def queued(tx: Transaction, case: NewCase, name: str, recipient: str) -> int:
        return tx.deliveries.queue(tx.cases.open(case).id, None, reply(name, recipient=recipient), NOON)

    mine = await store.transact(lambda tx: queued(tx, new_case(), "to-ann", ANN.addr_spec))
    in_hers = await store.transact(
        lambda tx: tx.deliveries.queue(1, None, reply("note", ReplyKind.ESCALATION, recipient="f@shop.example"), NOON)
    )
    to_her = await store.transact(lambda tx: queued(tx, eve, "to-both", ANN.addr_spec))
    others = await store.transact(lambda tx: queued(tx, eve, "to-eve", "eve@customer.example"))
    await store.transact(lambda tx: tx.erasing.erase(ANN.addr_spec, NOON))
    left = await store.query(lambda tx: {delivery.id: delivery.content for delivery in tx.deliveries.find()})
    assert left == {mine: b"", in_hers: b"", to_her: b"", others: reply("to-eve").content}
    receipt = Receipt(status=DeliveryStatus.SENT, code=250, text="ok")
    assert await store.transact(lambda tx: tx.deliveries.begin_data(others, NOON) and tx.deliveries.settle(others, receipt, NOON, None))
    await store.close()
    assert letters(place.path) == {others: reply("to-eve").content}
