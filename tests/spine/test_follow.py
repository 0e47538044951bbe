"""Whoever follows the history of cases sees each that something happened to, from the day it begins, and goes on where it stopped."""

from pathlib import Path

import pytest

from tests.spine.world import Clock
from tests.store.words import event, new_case, raw, reading
from tests.stores import laid
from triage.case import Case
from triage.decision import Outcome
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
    store = open_store(laid(tmp_path / "a.db"), "SP")
    await happened(store, 1, 2)
    follower = Follower("one", store, Clock())
    assert await seen(follower) == []
    await happened(store, 2, 3, 2)
    assert await seen(follower) == [2, 3]
    assert await seen(follower) == []
    await store.close()


async def test_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """A new start under the same name goes on, another name has its own place, and much comes in portions."""
    store = open_store(laid(tmp_path / "a.db"), "SP")
    assert await seen(Follower("one", store, Clock())) == []
    await happened(store, *range(1, follow._BATCH + 3))
    assert len(await seen(Follower("one", store, Clock()))) == follow._BATCH
    assert await seen(Follower("other", store, Clock())) == []
    assert await seen(Follower("one", store, Clock())) == [follow._BATCH + 1, follow._BATCH + 2]
    await store.close()


async def waiting(store: Store, *uids: int) -> None:
    """Messages arrive that nobody has decided yet."""
    await store.transact(lambda tx: tx.messages.add([raw(uid) for uid in uids]))


async def decided(store: Store, row: int) -> None:
    """One of them is."""
    await store.transact(lambda tx: tx.messages.settle(row, Outcome.NOTED, None, reading(), reason="", keep_raw=False))


async def test_messages_go_first(tmp_path: Path) -> None:
    """What happens while messages wait to be decided is followed when they are, each case once; what waits later is let go first again."""
    store, clock = open_store(laid(tmp_path / "a.db"), "SP"), Clock()
    follower = Follower("one", store, clock)
    assert await seen(follower) == []
    await waiting(store, 1, 2)
    for _ in range(3):
        await happened(store, 1, 2)
        assert await seen(follower) == []
        clock.forward(seconds=1)
    await decided(store, 1)
    assert await seen(follower) == []
    await decided(store, 2)
    assert await seen(follower) == [1, 2]
    await waiting(store, 3)
    await happened(store, 2)
    clock.forward(seconds=follow._PATIENCE.total_seconds() - 1)
    assert await seen(follower) == []
    await decided(store, 3)
    assert await seen(follower) == [2]
    await store.close()


async def test_messages_that_go_on_waiting_hold_nothing_up_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After its patience it follows to the end, however many goes that takes and though messages still wait, and then rests anew."""
    monkeypatch.setattr(follow, "_BATCH", 2)
    store, clock = open_store(laid(tmp_path / "a.db"), "SP"), Clock()
    follower = Follower("one", store, clock)
    assert await seen(follower) == []
    await waiting(store, 1)
    await happened(store, 1, 2, 3, 4, 5)
    assert await seen(follower) == []
    clock.forward(seconds=follow._PATIENCE.total_seconds())
    assert [await seen(follower) for _ in range(4)] == [[1, 2], [3, 4], [5], []]
    await happened(store, 3)
    assert await seen(follower) == []
    clock.forward(seconds=follow._PATIENCE.total_seconds())
    assert await seen(follower) == [3]
    await store.close()


async def test_a_first_look_does_not_wait(tmp_path: Path) -> None:
    """Where it begins is settled at once, also while messages wait: what happens from then on is followed."""
    store, clock = open_store(laid(tmp_path / "a.db"), "SP"), Clock()
    await waiting(store, 1)
    await happened(store, 1)
    follower = Follower("one", store, clock)
    assert await seen(follower) == []
    await happened(store, 2)
    await decided(store, 1)
    assert await seen(follower) == [2]
    await store.close()
