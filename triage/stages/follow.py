"""Follows the history of cases: whoever puts what happened to cases before people's eyes needs no order for it, and misses nothing."""

from collections.abc import Callable

from triage.case import Case
from triage.ports import Store, Transaction

#: Events looked at between two rests: customers' mail comes first.
_BATCH = 100


class Follower:
    """What has happened to cases since the last time, under a name of its own; after a crash the history says again what was missed."""

    def __init__(self, name: str, store: Store) -> None:
        self._name = name
        self._store = store

    async def follow(self, consider: Callable[[Transaction, Case], None]) -> int:
        """Consider each case that something has happened to; how many there were."""
        mark = await self._store.query(lambda tx: tx.history.mark(self._name))
        if mark is None:
            # What was there before this was switched on stays as it is.
            await self._store.transact(lambda tx: tx.history.set_mark(self._name, tx.history.latest_event()))
            return 0
        cases, last = await self._store.query(lambda tx: tx.history.touched(mark, _BATCH))

        def work(tx: Transaction) -> None:
            for case_id in cases:
                if case := tx.cases.get(case_id):
                    consider(tx, case)
            tx.history.set_mark(self._name, last)

        if last != mark:
            await self._store.transact(work)
        return len(cases)
