"""Units of work: whole or not at all, each failing alone, in their order, and never without an answer."""

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable

import pytest

from tests.store.conftest import SqlitePlace
from tests.store.words import NOON, Each, event, new_case, raw, reply
from triage.errors import StoreBrokenError
from triage.ports import Store, Transaction


def opens(subject: str, error: BaseException | None = None) -> Callable[[Transaction], str]:
    """Work that opens a case with this subject, and then perhaps fails."""

    def work(tx: Transaction) -> str:
        case = tx.cases.open(new_case(subject=subject))
        tx.cases.record(case.id, [event()])
        if error:
            raise error
        return case.subject

    return work


async def subjects(each: Each) -> list[str]:
    """Subjects of all cases, oldest first."""
    return [case.subject for case in reversed(await each.cases.find())]


async def test_work_returns_what_it_returns(store: Store) -> None:
    """The result of the work is the result of the call, for writing and for reading."""
    assert await store.transact(lambda tx: 42) == 42
    assert await store.query(lambda tx: len(tx.cases.find())) == 0


async def test_one_that_fails_fails_alone(store: Store, each: Each) -> None:
    """Of many that share a commit, the failing one alone is undone, and its caller alone is told."""
    works = [opens(str(number), KeyError(number) if number in (3, 4, 9) else None) for number in range(10)]
    results = await asyncio.gather(*map(store.transact, works), return_exceptions=True)
    assert [result if isinstance(result, str) else type(result) for result in results] == [
        KeyError if number in (3, 4, 9) else str(number) for number in range(10)
    ]
    assert await subjects(each) == ["0", "1", "2", "5", "6", "7", "8"]
    assert await each.cases.broken_chains() == []


@pytest.mark.parametrize(
    ("error", "seen"),
    [
        (ValueError("no"), ValueError),
        (StopIteration("spent"), RuntimeError),
        (SystemExit(3), SystemExit),
        (asyncio.CancelledError(), asyncio.CancelledError),
        (sqlite3.IntegrityError("theirs"), sqlite3.IntegrityError),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
async def test_whatever_work_raises_reaches_its_caller(store: Store, each: Each, error: BaseException, seen: type[BaseException]) -> None:
    """No exception, however odd, leaves a caller waiting or keeps the store from going on."""
    async with asyncio.timeout(20):
        with pytest.raises(seen):
            await store.transact(opens("lost", error))
        assert await store.transact(opens("kept")) == "kept"
    assert await subjects(each) == ["kept"]


async def test_a_refusal_inside_leaves_the_rest_of_the_work(store: Store, each: Each) -> None:
    """Work may handle a refusal and go on: what it did before and after is committed."""

    def work(tx: Transaction) -> None:
        case = tx.cases.open(new_case())
        tx.deliveries.queue(case.id, None, reply("a"), NOON)
        with pytest.raises(ValueError, match="already"):
            tx.deliveries.queue(case.id, None, reply("b"), NOON)
        tx.cases.record(case.id, [event("after")])

    await store.transact(work)
    [case] = await each.cases.find()
    assert [it.kind for it in await each.cases.events(case.id)] == ["after"]


async def test_work_is_done_in_the_order_it_was_asked(store: Store, each: Each) -> None:
    """A thousand units of work, far more than share a commit, keep their order, and each sees those before it."""
    counts = await asyncio.gather(*(store.transact(lambda tx, n=number: _open_and_count(tx, n)) for number in range(1000)))
    assert counts == list(range(1, 1001))
    assert await subjects(each) == [str(number) for number in range(1000)]


def _open_and_count(tx: Transaction, number: int) -> int:
    return tx.cases.open(new_case(subject=str(number))).id


async def test_a_caller_that_stops_waiting_undoes_nothing(store: Store, each: Each) -> None:
    """Cancelling the caller after the work was handed over neither stops nor halves the commit."""
    block = asyncio.create_task(store.transact(lambda tx: time.sleep(0.1)))
    await asyncio.sleep(0.02)
    waiting = asyncio.create_task(store.transact(opens("done anyway")))
    await asyncio.sleep(0.02)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await block
    assert await subjects(each) == ["done anyway"]


async def test_a_failure_nobody_waits_for_is_harmless(store: Store, each: Each) -> None:
    """Work that fails after its caller has gone is undone, and the store goes on."""
    waiting = asyncio.create_task(store.transact(opens("lost", ValueError("late"))))
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    assert await subjects(each) == []


async def test_the_loop_stays_free_while_the_store_works(store: Store) -> None:
    """Slow work in the store does not hold up anything else in the daemon."""
    slow = asyncio.create_task(store.transact(lambda tx: time.sleep(0.2)))
    await asyncio.sleep(0.02)
    assert not slow.done()
    await slow


async def test_closing_finishes_what_waits(place: SqlitePlace) -> None:
    """Everything asked for before the close is committed, and closing again is harmless."""
    store = place.open()
    asked = [asyncio.create_task(store.transact(opens(str(number)))) for number in range(600)]
    await asyncio.sleep(0)
    await store.close()
    await store.close()
    assert await asyncio.gather(*asked) == [str(number) for number in range(600)]
    again = place.open()
    assert len(await again.query(lambda tx: tx.cases.find())) == 600
    await again.close()


async def test_closing_in_the_middle_of_work_waits_for_it(place: SqlitePlace) -> None:
    """A close that comes while the store is at work, with more waiting, lets all of it finish."""
    store = place.open()
    begun, go_on = threading.Event(), threading.Event()
    slow = asyncio.create_task(store.transact(lambda tx: begun.set() or go_on.wait(30)))
    assert await asyncio.to_thread(begun.wait, 30)
    waiting = asyncio.create_task(store.transact(opens("in time")))
    await asyncio.sleep(0)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0.05)
    assert not closing.done()
    go_on.set()
    assert await slow is True
    assert await waiting == "in time"
    await closing


async def test_a_closed_store_says_so(place: SqlitePlace) -> None:
    """Work for a closed store is refused at once instead of waiting for ever."""
    store = place.open()
    await store.close()
    async with asyncio.timeout(20):
        with pytest.raises(RuntimeError, match="closed"):
            await store.transact(lambda tx: None)


async def test_work_cannot_end_its_transaction(store: Store, each: Each) -> None:
    """Work that breaks its own transaction fails with all that shared it; the store recovers."""

    def breaks(tx: Transaction) -> None:
        tx.cases.open(new_case(subject="half"))
        tx.cases._db.execute("rollback")
        raise ValueError("after that")

    for work in (breaks, lambda tx: tx.cases._db.execute("rollback")):
        with pytest.raises(StoreBrokenError):
            await store.transact(work)
    assert await store.transact(opens("next")) == "next"
    assert await subjects(each) == ["next"]


async def test_a_commit_that_is_refused_undoes_the_batch(store: Store, each: Each) -> None:
    """Where the commit itself fails all of its callers are told, nothing stays, and the next work begins anew."""

    def promises_too_much(tx: Transaction) -> None:
        tx.cases._db.execute("pragma defer_foreign_keys = on")
        tx.deliveries.queue(99, None, reply("orphan"), NOON)

    results = await asyncio.gather(store.transact(promises_too_much), store.transact(opens("with it")), return_exceptions=True)
    assert [type(result) for result in results] == [ValueError, ValueError]
    assert await store.transact(opens("next")) == "next"
    assert await subjects(each) == ["next"]


async def test_work_that_comes_together_shares_commits(place: SqlitePlace) -> None:
    """Fifty units at once write far less than fifty one by one: what all of them change goes to disk a few times, not fifty."""
    store, written = place.open(), place.path.with_name(f"{place.path.name}-wal")
    before = written.stat().st_size
    for number in range(50):
        await store.transact(opens(f"alone {number}"))
    alone = written.stat().st_size
    await asyncio.gather(*(store.transact(opens(f"together {number}")) for number in range(50)))
    assert written.stat().st_size - alone < (alone - before) / 4
    await store.close()


async def test_reading_sees_every_commit_before_it(store: Store) -> None:
    """A query asked after a commit was asked sees it, also when neither was awaited yet."""
    writing = asyncio.create_task(store.transact(lambda tx: tx.messages.add([raw(1), raw(2)])))
    await asyncio.sleep(0)
    assert await store.query(lambda tx: len(tx.messages.undecided(9))) == 2
    assert await writing == 2


class Together:
    """Units of work that are sure to share a commit: they wait while another one holds the store up."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.statements: list[str] = []

    async def run(self, *works: Callable[[Transaction], object]) -> list[object]:
        """What came of each, an exception where it failed."""
        begun, go_on = threading.Event(), threading.Event()
        holding = asyncio.create_task(self._store.transact(lambda tx: begun.set() or go_on.wait(30)))
        assert await asyncio.to_thread(begun.wait, 30)
        waiting = [asyncio.create_task(self._store.transact(work)) for work in works]
        await asyncio.sleep(0)
        connection = self._store._db.conn  # type: ignore[attr-defined]
        connection.set_trace_callback(self.statements.append)
        go_on.set()
        await holding
        found = await asyncio.gather(*waiting, return_exceptions=True)
        connection.set_trace_callback(None)
        return list(found)

    def count(self, beginning: str) -> int:
        """How many statements began so."""
        return sum(statement.startswith(beginning) for statement in self.statements)


async def test_units_that_go_well_need_no_savepoint(store: Store, each: Each) -> None:
    """Of units that share a commit each runs once, in one transaction, and nothing is kept by which one of them could be undone."""
    runs: list[int] = []

    def counted(number: int) -> Callable[[Transaction], str]:
        return lambda tx: runs.append(number) or str(opens(str(number))(tx))  # type: ignore[func-returns-value]

    together = Together(store)
    assert await together.run(*map(counted, range(5))) == ["0", "1", "2", "3", "4"]
    assert (runs, together.count("begin"), together.count("commit"), together.count("savepoint")) == ([0, 1, 2, 3, 4], 1, 2, 0)
    assert await subjects(each) == ["0", "1", "2", "3", "4"]


async def test_where_one_fails_the_others_run_once_more(store: Store, each: Each) -> None:
    """The whole is taken back and done again unit by unit: no unit runs more than twice, none is lost, and none leaves anything twice."""
    runs: list[int] = []

    def counted(number: int) -> Callable[[Transaction], str]:
        error = ZeroDivisionError(number) if number in (2, 3) else None
        return lambda tx: runs.append(number) or str(opens(str(number), error)(tx))  # type: ignore[func-returns-value]

    found = await Together(store).run(*map(counted, range(6)))
    assert [it if isinstance(it, str) else type(it) for it in found] == ["0", "1", ZeroDivisionError, ZeroDivisionError, "4", "5"]
    assert runs == [0, 1, 2, 0, 1, 2, 3, 4, 5]
    assert await subjects(each) == ["0", "1", "4", "5"]
    assert await each.cases.broken_chains() == []


async def test_a_unit_sees_only_those_before_it_that_stay(store: Store, each: Each) -> None:
    """What a failing unit had written is gone before the next one looks, also when both share a commit."""
    found = await Together(store).run(
        opens("kept"), opens("lost", KeyError("no")), lambda tx: [case.subject for case in tx.cases.find()], opens("after")
    )
    assert (found[0], type(found[1]), found[2], found[3]) == ("kept", KeyError, ["kept"], "after")
    assert await subjects(each) == ["kept", "after"]


@pytest.mark.parametrize("statement", ["commit", "rollback"])
async def test_a_unit_that_ends_the_transaction_takes_nobody_along(store: Store, each: Each, statement: str) -> None:
    """Where the transaction ends too early no later unit runs outside of one, all are told, and the store goes on."""

    def ends(tx: Transaction) -> None:
        tx.cases._db.execute(statement)  # type: ignore[attr-defined]

    found = await Together(store).run(ends, opens("later"))
    assert [type(it) for it in found] == [StoreBrokenError, StoreBrokenError]
    assert "ended within a unit of work" in str(found[0])
    assert await subjects(each) == []
    assert await store.transact(opens("next")) == "next"
