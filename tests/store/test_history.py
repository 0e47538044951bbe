"""How far the history of cases was followed."""

from tests.store.words import event, new_case
from triage.ports import Store, Transaction


async def test_the_mark(store: Store) -> None:
    """Unknown at first, then what was said last, for each name by itself."""

    def work(tx: Transaction) -> None:
        assert tx.history.mark("support") is None
        tx.history.set_mark("support", 5)
        tx.history.set_mark("support", 9)
        tx.history.set_mark("sales", 2)
        assert (tx.history.mark("support"), tx.history.mark("sales")) == (9, 2)

    await store.transact(work)


async def test_what_was_touched(store: Store) -> None:
    """Cases once each in the order of their events, so many events at a time, until there are no more."""

    def work(tx: Transaction) -> None:
        assert tx.history.latest_event() == 0
        assert tx.history.touched(0, 10) == ([], 0)
        for _ in range(3):
            tx.cases.open(new_case())
        for case in (2, 1, 2, 3):
            tx.cases.record(case, [event()])
        assert tx.history.latest_event() == 4
        assert tx.history.touched(0, 10) == ([2, 1, 3], 4)
        assert tx.history.touched(0, 3) == ([2, 1], 3)
        assert tx.history.touched(3, 3) == ([3], 4)
        assert tx.history.touched(4, 3) == ([], 4)

    await store.transact(work)
