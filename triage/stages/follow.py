"""Follows the history of cases: whoever puts what happened to cases before people's eyes needs no order for it, and misses nothing."""

from collections.abc import Callable
from datetime import timedelta

from triage.case import Case
from triage.ports import Now, Store, Transaction

#: Events looked at between two rests: customers' mail comes first.
_BATCH = 100
#: People may look for a case where it stood before so long while messages wait to be decided.
_PATIENCE = timedelta(seconds=30)


class Courtesy:
    """Lets mail go first: what happens to a case within a burst is then followed once. But not for ever, and then to the end."""

    def __init__(self, now: Now, patience: timedelta) -> None:
        self._now = now
        self._patience = patience
        self._since = now()

    def rests(self, *, waits: bool) -> bool:
        """True while mail waits, and has not been let go first for so long."""
        if not waits:
            self._since = self._now()
        return waits and self._now() - self._since < self._patience

    def caught_up(self) -> None:
        """All there is was followed: mail may go first anew."""
        self._since = self._now()


class Follower:
    """What has happened to cases since the last time, under a name of its own; after a crash the history says again what was missed."""

    def __init__(self, name: str, store: Store, now: Now) -> None:
        self._name = name
        self._store = store
        self._courtesy = Courtesy(now, _PATIENCE)

    async def follow(self, consider: Callable[[Transaction, Case], None]) -> int:
        """Consider each case that something has happened to; how many there were. 0 while messages wait to be decided."""
        mark, waits = await self._store.query(lambda tx: (tx.history.mark(self._name), tx.history.message_waits()))
        if mark is None:
            # What was there before this was switched on stays as it is.
            await self._store.transact(lambda tx: tx.history.set_mark(self._name, tx.history.latest_event()))
            return 0
        if self._courtesy.rests(waits=waits):
            return 0
        cases, last = await self._store.query(lambda tx: tx.history.touched(mark, _BATCH))

        def work(tx: Transaction) -> None:
            for case_id in cases:
                if case := tx.cases.get(case_id):
                    consider(tx, case)
            tx.history.set_mark(self._name, last)

        if last != mark:
            await self._store.transact(work)
        if not cases:
            self._courtesy.caught_up()
        return len(cases)
