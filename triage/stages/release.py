"""Lets acknowledgments go that waited out a flood, tells the operator of it, and keeps the promise of whoever is no part of a crowd."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from triage.alarm import AlarmBoard
from triage.case import CaseEvent
from triage.clocks.forecast import Capacity
from triage.logs import get_logger
from triage.ports import Now, Store, Transaction
from triage.records import HeldDelivery, HeldGroup
from triage.stages.flood import GROUP, HOUR, Floodgate
from triage.stages.loop import Bell

_EVERY = timedelta(seconds=10)
#: Released in one transaction: mail that is ready never waits long for the store.
_BATCH = 200
_KIND = "flood"
_PRESSING, _OVER = "its promise is about to break", "the flood is over"
_log = get_logger("release")


class Release:
    """The end of a flood. It knows the outbox and no network."""

    name = "release"

    def __init__(
        self,
        *,
        store: Store,
        floodgate: Floodgate,
        board: AlarmBoard,
        capacity: Callable[[], Capacity],
        per_hour: int,
        margin: timedelta,
        now: Now,
        to_send: Bell,
    ) -> None:
        self._store = store
        self._floodgate = floodgate
        self._board = board
        self._capacity = capacity
        self._per_hour = per_hour
        self._margin = margin
        self._now = now
        self._to_send = to_send

    async def work(self) -> int:
        """Release what may go now; how many that were."""
        now = self._now()
        if not await self._store.query(lambda tx: tx.flood.held()):
            self._board.clear(_KIND)
            return 0
        released = await self._store.transact(lambda tx: self._release(tx, now))
        if released:
            _log.info("released", count=released)
            self._to_send.ring()
        held, groups, flooded = await self._store.query(
            lambda tx: (tx.flood.held(), tx.flood.groups(GROUP), self._floodgate.rises(tx, now))
        )
        self._sound(held, groups, flooded, now)
        return released

    async def idle(self) -> None:
        """Wait for the next look."""
        await Bell().wait(_EVERY)

    def _release(self, tx: Transaction, now: datetime) -> int:
        # Twice the margin: what leaves within it counts as missed, and all of them need their time to leave.
        ahead = timedelta(seconds=min(tx.flood.held() / self._capacity().per_second, 1e6))
        pressing = tx.flood.waiting(now + 2 * self._margin + ahead, GROUP, _BATCH)
        released = let_go(tx, pressing, _PRESSING, now)
        if self._floodgate.rises(tx, now):
            return released
        room = min(_BATCH, self._per_hour - tx.flood.leaving(now - HOUR))
        calm = tx.flood.waiting(datetime.max.replace(tzinfo=now.tzinfo), GROUP, room) if room > 0 else []
        return released + let_go(tx, calm, _OVER, now)

    def _sound(self, held: int, groups: Sequence[HeldGroup], flooded: bool, now: datetime) -> None:
        if not held:
            self._board.clear(_KIND)
            return
        said = ["more messages arrive than people write" if flooded else "after a flood", f"{held} acknowledgments are held"]
        if groups:
            first = min(group.deadline for group in groups)
            count = sum(group.count for group in groups)
            said.append(
                f"{count} of them in {len(groups)} groups of like messages, which wait for your decision until "
                f"{first:%Y-%m-%d %H:%M} UTC: `triage flood`"
            )
        said.append("the others are released by themselves")
        self._board.sound(_KIND, "; ".join(said), now)


def let_go(tx: Transaction, deliveries: Sequence[HeldDelivery], why: str, now: datetime, actor: str = "daemon") -> int:
    """How many of these held deliveries wait to be sent from now on; each case is told why."""
    released = [delivery for delivery in deliveries if tx.flood.release(delivery.id, now)]
    for delivery in released:
        detail = {"what": "acknowledgment", "why": why}
        tx.cases.record(delivery.case_id, [CaseEvent(at=now, kind="released", actor=actor, provenance="rule", detail=detail)])
    return len(released)
