"""Turns what was received into cases, events, deliveries and filing orders: one commit for each message, whole or not at all."""

import asyncio
from collections.abc import Awaitable, Sequence
from datetime import timedelta
from functools import partial

from triage.correction import Provenance
from triage.errors import TriageError
from triage.inquiry import NOTHING_ASKED, Known
from triage.logs import get_logger
from triage.message import StoredMessage
from triage.ports import Now, Reader, Store, Transaction
from triage.reading import Reading, Unreadable
from triage.stages.correct import Corrector
from triage.stages.inquire import Inquiry
from triage.stages.judge import Judge
from triage.stages.loop import Bell
from triage.stages.record import Recorder

#: Messages in hand at once: enough to keep every worker busy while the finished ones are committed.
_IN_HAND = 128
#: Decisions that wait for the store at once: mail that is ready to leave never queues behind many of them.
_AT_ONCE = 8
#: A message that kills its reader twice is set aside.
_STRIKES = 2
#: How long a slow message may keep the next ones from being taken in hand.
_PATIENCE = timedelta(seconds=0.5)
_log = get_logger("decide")


class Decide:
    """Reads and judges messages. It knows no network; what an order system knows is asked beforehand, through its port."""

    name = "decide"

    def __init__(
        self,
        *,
        store: Store,
        reader: Reader,
        judge: Judge,
        recorder: Recorder,
        corrector: Corrector,
        now: Now,
        arrived: Bell,
        decided: Bell,
        inquiry: Inquiry | None = None,
    ) -> None:
        self._store = store
        self._reader = reader
        self._judge = judge
        self._recorder = recorder
        self._corrector = corrector
        self._now = now
        self._arrived = arrived
        self._decided = decided
        self._inquiry = inquiry
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._fault: TriageError | None = None
        self._room = Bell()
        self._turn = asyncio.Semaphore(_AT_ONCE)

    async def work(self) -> int:
        """Take waiting messages in hand, earliest arrival first; 0 once everything is settled."""
        self._raise_fault()
        await self._store.expect_room()
        in_hand = tuple(self._tasks)
        room = _IN_HAND - len(in_hand)
        fresh = await self._store.query(lambda tx: tx.messages.undecided(room, in_hand)) if room > 0 else []
        self._take_in_hand(fresh)
        if self._tasks:
            await self._room.wait(_PATIENCE)
            # Never 0 here, even when all are settled by now: more may have arrived while we waited.
            return max(1, len(fresh))
        # What ended while the store was asked was no part of its answer, and may have to be read once more.
        return min(1, len(in_hand))

    async def idle(self) -> None:
        """Wait until something arrives."""
        await self._arrived.wait(timedelta(minutes=1))

    async def close(self) -> None:
        """Let go of what is still being read; it is read again after the next start."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _take_in_hand(self, fresh: Sequence[StoredMessage]) -> None:
        readings = self._reader.read([stored.raw for stored in fresh])
        for stored, reading in zip(fresh, readings, strict=True):
            self._tasks[stored.id] = task = asyncio.create_task(self._decide(stored, reading))
            task.add_done_callback(partial(self._finished, stored))

    def _finished(self, stored: StoredMessage, task: asyncio.Task[None]) -> None:
        del self._tasks[stored.id]
        error = None if task.cancelled() else task.exception()
        if isinstance(error, TriageError):
            self._fault = error
        elif error is not None:
            _log.error("decision_failed", message=stored.id, exc_info=error)
        self._decided.ring()
        if len(self._tasks) <= _IN_HAND // 2:
            self._room.ring()

    def _raise_fault(self) -> None:
        fault, self._fault = self._fault, None
        if fault:
            raise fault

    async def _decide(self, stored: StoredMessage, awaited: Awaitable[Reading | Unreadable]) -> None:
        reading = await awaited
        if isinstance(reading, Unreadable):
            return await self._strike(stored, reading.reason)
        try:
            # Before the turn and the transaction: an order system that is slow holds up this message and no other, and not for long.
            known = await self._inquiry.ask(reading) if self._inquiry else NOTHING_ASKED
            async with self._turn:
                await self._store.transact(lambda tx: self._settle(tx, stored, reading, known))
        except TriageError:
            raise
        # A defect of ours that this message meets: it counts as a strike, so that a person sees the message and the others go on.
        except Exception as error:
            _log.exception("decision_failed", message=stored.id)
            await self._strike(stored, f"deciding failed: {type(error).__name__}")

    def _settle(self, tx: Transaction, stored: StoredMessage, reading: Reading, known: Known) -> None:
        decision = self._judge.judge(tx, stored, reading, self._now(), known)
        case = self._recorder.record(tx, stored, reading, decision, self._now())
        if case and decision.change and decision.change.ruling:
            author, ruling = decision.change.ruled_by, decision.change.ruling
            # As it stands after the rest of the orders, so that a new category does not undo them.
            now_is = tx.cases.get(case.id) or case
            self._corrector.correct(tx, now_is, ruling, author=author, provenance=Provenance.COMMAND, now=self._now())

    async def _strike(self, stored: StoredMessage, reason: str) -> None:
        strikes = await self._store.transact(lambda tx: tx.messages.strike(stored.id, reason))
        _log.warning("unreadable", message=stored.id, strikes=strikes, reason=reason)
        if strikes >= _STRIKES:
            await self._store.transact(lambda tx: self._set_aside(tx, stored, reason))

    def _set_aside(self, tx: Transaction, stored: StoredMessage, reason: str) -> None:
        reading, decision = self._judge.judge_unreadable(tx, stored, reason, self._now())
        self._recorder.record(tx, stored, reading, decision, self._now())
