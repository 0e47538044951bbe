"""Keeps the customer-service log: what has happened to cases is written into their entries, soon after and never before mail."""

from datetime import timedelta

from triage.ledger.project import CaseFile, entry_of, words_of
from triage.people import People
from triage.ports import Now, Store, Transaction
from triage.stages.follow import Courtesy
from triage.stages.loop import Bell

#: Events followed in one commit: few enough that nobody waits for it.
_EVENTS = 100
_TICK = timedelta(seconds=5)
#: While customers wait for their acknowledgments the log does, too, but not for longer than that.
_PATIENCE = timedelta(minutes=10)


class KeepLog:
    """Follows the history of cases. Whoever reads the log asks for `catch_up` first, so that it is complete also without a daemon."""

    name = "log"

    def __init__(self, *, store: Store, people: People, now: Now) -> None:
        self._store = store
        self._people = people
        self._courtesy = Courtesy(now, _PATIENCE)

    async def work(self) -> int:
        """Write the entries of cases that something happened to; how many there were. 0 while customers' mail waits."""
        if self._courtesy.rests(waits=await self._store.query(lambda tx: tx.log.mail_waits())):
            return 0
        written = await self._follow()
        if not written:
            self._courtesy.caught_up()
        return written

    async def idle(self) -> None:
        """Rest."""
        await Bell().wait(_TICK)

    async def catch_up(self) -> int:
        """Follow all there is; how many entries were written."""
        written = 0
        while some := await self._follow():
            written += some
        return written

    async def _follow(self) -> int:
        # Looking takes no lock, and mostly there is nothing new.
        if await self._store.query(lambda tx: (tx.history.mark(self.name) or 0) >= tx.history.latest_event()):
            return 0
        return await self._store.transact(self._write)

    def _write(self, tx: Transaction) -> int:
        # Read and moved in one commit: whoever follows at the same time goes on from here.
        cases, last = tx.history.touched(tx.history.mark(self.name) or 0, _EVENTS)
        for case_id in cases:
            write_entry(tx, case_id, self._people)
        tx.history.set_mark(self.name, last)
        return len(cases)


def write_entry(tx: Transaction, case_id: int, people: People) -> None:
    """The entry of that case as the store knows it now."""
    case = tx.cases.get(case_id)
    if case is None:
        return
    file = CaseFile(
        case=case,
        events=tx.cases.events(case_id),
        messages=tx.messages.of_case(case_id),
        promises=tx.deadlines.of_case(case_id),
        people=people,
        # Of a stranger's order nothing is in the log of whoever names it.
        orders=tuple(it.order for it in tx.orders.of_case(case_id) if it.order and it.may_be_told),
    )
    entry = entry_of(file)
    tx.log.put(entry, words_of(file, entry))
