"""Whoever follows the history of cases sees each that something happened to, from the day it begins, and goes on where it stopped."""

from pathlib import Path

from tests.store.words import event, new_case
from triage.case import Case
from triage.ports import Store, Transaction
from triage.stages import follow
from triage.stages.follow import Follower
from triage.store.sqlite import open_store


async def happened(store: Store, *cases: int) -> None:
    """Something happens to these cases, in this order."""

    def work(tx: Transaction) -> None:
        while len(tx.cases.find()) < max(cases):
            tx.cases.open(new_case())
        for case in cases:
            tx.cases.record(case, [event()])

    await store.transact(work)


async def seen(follower: Follower) -> list[int]:
    """The cases that it considers in one go."""
    found: list[int] = []

    def consider(_tx: Transaction, case: Case) -> None:
        found.append(case.id)

    assert await follower.follow(consider) == len(found)
    return found


async def test_it_begins_with_what_happens_from_then_on(tmp_path: Path) -> None:
    """The history before its first look is not followed; each case is considered once, however much happened to it."""
    store = open_store(tmp_path / "a.db", "SP")
    await happened(store, 1, 2)
    follower = Follower("one", store)
    assert await seen(follower) == []
    await happened(store, 2, 3, 2)
    assert await seen(follower) == [2, 3]
    assert await seen(follower) == []
    await store.close()


async def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """A new start under the same name goes on, another name has its own place, and much comes in portions."""
    store = open_store(tmp_path / "a.db", "SP")
    assert await seen(Follower("one", store)) == []
    await happened(store, *range(1, follow._BATCH + 3))
    assert len(await seen(Follower("one", store))) == follow._BATCH
    assert await seen(Follower("other", store)) == []
    assert await seen(Follower("one", store)) == [follow._BATCH + 1, follow._BATCH + 2]
    await store.close()
