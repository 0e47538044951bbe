"""Sends the outbox: `sending` is committed before DATA, the outcome after the server's answer; silence between is `uncertain`."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from triage.clocks.forecast import Capacity
from triage.errors import ConnectionLostError
from triage.logs import get_logger
from triage.outbox import Lane
from triage.ports import Now, Store, Transaction
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt, ReplyKind
from triage.stages.copies import Copies
from triage.stages.late import Late
from triage.stages.loop import Bell
from triage.stages.meter import Meter
from triage.stages.outcome import judged, record, tell
from triage.stages.pace import DAY, Pace, Turns
from triage.stages.reputation import Reputation
from triage.stages.route import Hop, Route
from triage.stages.unreached import Unreached

#: Deliveries in hand at a time; the transport bounds how many are on the wire at once.
_IN_HAND = 64
#: How long a slow delivery may keep the next ones from being taken in hand.
_PATIENCE = timedelta(seconds=0.5)
_TICK = timedelta(minutes=1)
_log = get_logger("deliver")


class Deliver:
    """The way out. It knows SMTP, through its port, and the outbox."""

    name = "deliver"

    def __init__(
        self,
        *,
        store: Store,
        route: Route,
        pace: Pace,
        meter: Meter,
        copies: Copies,
        reputation: Reputation,
        late: Late,
        inspect: Callable[[Delivery], str],
        unreached: Unreached,
        now: Now,
        to_send: Bell,
        came_due: Bell,
    ) -> None:
        """`inspect` says why a message must not leave, "" when it may; `came_due` is rung when a case has been answered by facts."""
        self._store = store
        self._late = late
        self._inspect = inspect
        self._unreached = unreached
        self._route = route
        self._pace = pace
        self._meter = meter
        self._copies = copies
        self._reputation = reputation
        self._now = now
        self._to_send = to_send
        self._came_due = came_due
        self._turns = Turns()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        #: Taken in hand and not yet at DATA: what the pace does not count yet.
        self._unbegun = 0
        self._room = Bell()
        self._fault: Exception | None = None

    async def recover(self) -> int:
        """At start: mark as uncertain what was on the wire when the last run ended; how many there are."""
        now = self._now()
        interrupted = await self._store.transact(lambda tx: _interrupted(tx, now))
        for delivery in interrupted:
            _log.warning("uncertain", delivery=delivery.id, case=delivery.case_id, kind=delivery.kind, reason="stopped after DATA")
        self._pace.remember(await self._store.query(lambda tx: tx.deliveries.begun_since(now - DAY)))
        return len(interrupted)

    async def work(self) -> int:
        """Send what is due, earliest deadline first in each lane; 0 when nothing can be sent. ConnectionLostError when a server is away."""
        self._raise_fault()
        fresh = await self._take_in_hand()
        if not self._tasks:
            return 0
        await self._room.wait(_PATIENCE)
        self._raise_fault()
        # Never 0 while something is in hand: more may have become due meanwhile.
        return max(1, fresh)

    async def idle(self) -> None:
        """Wait until something is queued and may leave, or the next retry is due."""
        next_due = await self._store.query(lambda tx: tx.deliveries.next_due())
        now = self._now()
        held = [at for at in (self._route.next_at(now), self._pace.next_at(now)) if at]
        ahead = max([next_due, *held]) - now if next_due else _TICK
        # While servers or limits hold everything up, new mail is no reason to look again.
        await (Bell() if held else self._to_send).wait(min(ahead, _TICK))

    def hurry(self) -> None:
        """Use the fallback servers at once where the first is away: a promise is about to break."""
        self._route.hurry()

    def capacity(self) -> Capacity:
        """How fast mail leaves: as last measured, within the provider's limits, and not before a server is tried again."""
        now = self._now()
        return self._pace.capacity(self._meter.per_second, self._route.next_at(now), now)

    async def probe(self, delivery: Delivery) -> Receipt | None:
        """What came of a message that is in no outbox, over the server used now; None while none may be tried."""
        now = self._now()
        hop = self._route.choose(now) if self._pace.room(now, 1) else None
        if hop is None:
            return None

        async def before_data(_with_copy: bool) -> bool:
            self._pace.took(now)
            return True

        receipt = await hop.transport.send(delivery, before_data)
        if receipt.host_fault:
            self._route.failed(hop, receipt, self._now())
        else:
            self._route.worked(hop)
        return receipt

    async def rest(self) -> None:
        """Let what is on the wire come to its end."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def close(self) -> None:
        """Cut off what is still on the wire; it is uncertain at the next start."""
        for task in self._tasks.values():
            task.cancel()
        await self.rest()

    async def _take_in_hand(self) -> int:
        now = self._now()
        hop = self._route.choose(now)
        room = self._pace.room(now, _IN_HAND + self._unbegun) - self._unbegun
        room = min(room, _IN_HAND - len(self._tasks), 1 - len(self._tasks) if hop and not hop.proven else _IN_HAND)
        if hop is None or room <= 0:
            return 0
        due = await self._store.query(partial(self._due, now=now, room=room, in_hand=tuple(self._tasks)))
        fresh = await self._late.renewed(due, now)
        self._unbegun += len(fresh)
        for delivery in fresh:
            self._tasks[delivery.id] = task = asyncio.create_task(self._attempt(delivery, hop))
            task.add_done_callback(partial(self._finished, delivery))
        self._meter.in_hand(len(self._tasks), self._now())
        return len(fresh)

    def _due(self, tx: Transaction, now: datetime, room: int, in_hand: Sequence[int]) -> list[Delivery]:
        # Those in hand are still due by the book until they reach DATA.
        waiting: dict[Lane, Sequence[Delivery]] = {lane: tx.deliveries.due(now, room, lane, in_hand) for lane in Lane}
        return self._turns.take(waiting, room)

    def _finished(self, delivery: Delivery, task: asyncio.Task[None]) -> None:
        del self._tasks[delivery.id]
        error = None if task.cancelled() else task.exception()
        self._meter.ended(len(self._tasks), self._now(), served=not task.cancelled() and error is None)
        if isinstance(error, Exception):
            self._fault = error
        if len(self._tasks) in (0, _IN_HAND // 2):
            self._room.ring()

    def _raise_fault(self) -> None:
        fault, self._fault = self._fault, None
        if fault:
            raise fault

    async def _attempt(self, delivery: Delivery, hop: Hop) -> None:
        receipt = await self._send(delivery, hop)
        if receipt.host_fault:
            self._route.failed(hop, receipt, self._now())
            # The server, not the message: the loop's patience and the route's decide how long everything waits.
            raise ConnectionLostError(f"SMTP: {receipt.text}")
        if receipt.cause is not Cause.OURS:
            self._route.worked(hop)

    async def _send(self, delivery: Delivery, hop: Hop) -> Receipt:
        begun: bool | None = None
        copied = False
        unbegun = 1

        def count() -> None:
            nonlocal unbegun
            self._unbegun -= unbegun
            unbegun = 0

        async def before_data(with_copy: bool) -> bool:
            nonlocal begun, copied
            now, copied = self._now(), with_copy
            begun = await self._store.transact(lambda tx: tx.deliveries.begin_data(delivery.id, now, receipted=with_copy))
            if begun:
                count()
                self._pace.took(now)
            return begun

        try:
            if fault := self._inspect(delivery):
                receipt = Receipt(status=DeliveryStatus.FAILED, text=fault, cause=Cause.OURS)
            else:
                receipt = await hop.transport.send(delivery, before_data, self._copies.wanted(delivery, self._now()))
        finally:
            count()
        untouched = begun is None and receipt.host_fault and receipt.status is DeliveryStatus.DEFERRED
        if begun is not False and not untouched:
            # Shielded: a stop between the server's 250 and this commit would make a certain delivery uncertain.
            await asyncio.shield(self._settle(delivery, receipt, copied=copied))
        return receipt

    async def _settle(self, delivery: Delivery, receipt: Receipt, *, copied: bool) -> None:
        now = self._now()
        receipt = judged(delivery, receipt, now)
        self._reputation.heard(receipt, now)
        uncopied = self._copies.heard(receipt, now, copied=copied)
        await self._store.transact(partial(self._record, delivery=delivery, receipt=receipt, now=now, uncopied=uncopied))
        if receipt.status is DeliveryStatus.SENT and delivery.kind is ReplyKind.RESOLUTION:
            self._came_due.ring()
        level = _log.debug if receipt.status is DeliveryStatus.SENT else _log.warning
        level(receipt.status.value, delivery=delivery.id, case=delivery.case_id, kind=delivery.kind, code=receipt.code, reason=receipt.text)

    def _record(self, tx: Transaction, delivery: Delivery, receipt: Receipt, now: datetime, *, uncopied: bool) -> None:
        record(tx, delivery, receipt, now, uncopied=uncopied)
        if receipt.status is DeliveryStatus.FAILED:
            self._unreached.refused(tx, delivery, receipt, now)


def _interrupted(tx: Transaction, now: datetime) -> list[Delivery]:
    found = tx.deliveries.interrupted(now)
    for delivery in found:
        tell(tx, delivery, Receipt(status=DeliveryStatus.UNCERTAIN, text="the daemon stopped after DATA"), now)
    return found
