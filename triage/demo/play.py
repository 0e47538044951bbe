"""Plays the day: puts each message into the mailbox when those it waits for have settled, and tells of each that settles."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from triage.demo import place
from triage.demo.boundary import vouched
from triage.demo.day import Sample
from triage.demo.fill import MissingPieceError, filled
from triage.demo.servers import DemoServers
from triage.demo.shop import Change, Shop
from triage.demo.watch import Notice, Standing, Watch, by_number

#: Between two messages: quick enough for the patience of whoever looks on, slow enough to read along.
_PACE_SECONDS = 0.08

#: Told of each message that has settled, and when it arrived; of each notice, and when its order changed.
Told = Callable[[Standing | Notice, datetime], None]


@dataclass(slots=True)
class Play:
    """The day as far as it has been played."""

    day: Sequence[Sample]
    servers: DemoServers
    watch: Watch
    told: Told
    #: The order system, and what changes in it.
    shop: Shop | None = None
    changes: Sequence[Change] = ()
    #: When orders changed, by their numbers, and what customers were told of it.
    changed_at: dict[str, datetime] = field(default_factory=dict)
    notices: dict[str, Notice] = field(default_factory=dict)
    #: When nothing has happened for so many seconds, nothing will.
    patience: float = 30.0
    #: Copies of one message bear the same date, which is this one.
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    #: UID by the number of a sample.
    uids: dict[str, int] = field(default_factory=dict)
    #: The server's dates have no fractions of a second; these do.
    arrived_at: dict[int, datetime] = field(default_factory=dict)
    #: Why a sample could not be delivered, by its number.
    undeliverable: dict[str, str] = field(default_factory=dict)
    #: Told to stop before the day was over.
    was_stopped: bool = False

    @property
    def standings(self) -> dict[str, Standing]:
        """How things stand with each sample that has settled, by its number."""
        return by_number(self.uids, self.watch.settled)

    @property
    def is_over(self) -> bool:
        """True when every sample has settled, or never can, and every change was told of."""
        return len(self.standings) + len(self.undeliverable) == len(self.day) and len(self.notices) == len(self.changes)

    def arrival(self, standing: Standing) -> datetime:
        """When its message came in."""
        return self.arrived_at.get(standing.record.key.uid, standing.record.received_at)

    async def perform(self, stop: asyncio.Event) -> None:
        """Play until the day is over, nothing moves any more, or `stop` is set."""
        loop = asyncio.get_running_loop()
        moved = loop.time()
        while not (self.is_over or stop.is_set()) and loop.time() - moved < self.patience:
            if await self._deliver_next() or await self._change_next() or await self.look():
                moved = loop.time()
            await asyncio.sleep(_PACE_SECONDS)
        self.was_stopped = stop.is_set() and not self.is_over

    async def linger(self, stop: asyncio.Event) -> None:
        """Go on telling of what comes in until `stop` is set."""
        while not stop.is_set():
            await self.look()
            await asyncio.sleep(_PACE_SECONDS)

    async def look(self) -> int:
        """Tell of what has settled since the last look; how many messages that were."""
        fresh = await self.watch.look()
        for standing in fresh:
            self.told(standing, self.arrival(standing))
        return len(fresh) + await self._look_for_notices()

    async def _look_for_notices(self) -> int:
        found = 0
        for number in self.changed_at.keys() - self.notices.keys():
            if notice := await self.watch.notice(number):
                self.notices[number] = notice
                self.told(notice, self.changed_at[number])
                found += 1
        return found

    async def _change_next(self) -> bool:
        settled = self.standings.keys()
        change = next((it for it in self.changes if it.order.number not in self.changed_at and settled >= set(it.after)), None)
        if change is None or self.shop is None or not await self.watch.follows_changes():
            return False
        self.changed_at[change.order.number] = datetime.now(UTC)
        await self.shop.change(change)
        return True

    async def _deliver_next(self) -> bool:
        standings = self.standings
        if self.uids and not standings:
            # A daemon that has just started is still waking its readers; what queues up now would tell of that and not of the daemon.
            return False
        done = standings.keys() | self.undeliverable.keys()
        sample = next((it for it in self.day if self._is_waiting(it) and done.issuperset(it.after)), None)
        if sample is None:
            return False
        now = datetime.now(UTC)
        try:
            content = filled(sample, standings, now=now, began=self.began)
        except MissingPieceError as error:
            self.undeliverable[sample.number] = str(error)
            return True
        uid = await self.servers.deliver(place.SUPPORT, vouched(content), now)
        if uid is not None:
            self.uids[sample.number] = uid
            self.arrived_at[uid] = now
        return True

    def _is_waiting(self, sample: Sample) -> bool:
        return sample.number not in self.uids and sample.number not in self.undeliverable
