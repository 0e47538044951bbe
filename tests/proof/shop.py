"""A daemon without servers for long stretches of simulated time: the real store and stages, a scripted provider, a clock that is turned."""

import contextlib
import logging
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from tests.conftest import PASSWORD
from tests.spine.world import CONFIG, Clock, defaults
from tests.stores import laid
from triage.errors import ConnectionLostError
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.outbox import Copy
from triage.parts import Parts, parts_of
from triage.ports import BeforeData
from triage.reading import Classification, Facts, Reading, Unreadable
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt
from triage.settings import load
from triage.stages.decide import Decide
from triage.stages.deliver import Deliver
from triage.stages.loop import Stage, drain
from triage.stages.pulse import Pulses
from triage.stages.read import read
from triage.stages.release import Release
from triage.stages.tend import Tend
from triage.stages.vitals import Vitals
from triage.store.sqlite import SqliteStore, open_store

MORNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Provider:
    """The Transport port: a provider that is there or not, takes so many a minute, and remembers who got what and when."""

    def __init__(self, clock: Clock, per_minute: int = 0) -> None:
        self._clock = clock
        self._per_minute = per_minute
        self.away = False
        self.sent: dict[str, list[datetime]] = {}
        self.minutes: Counter[datetime] = Counter()
        self.refused = 0
        self.late = 0

    async def send(self, delivery: Delivery, before_data: BeforeData, copy: Copy = Copy.NONE) -> Receipt:
        """Take it, put it off, or be away."""
        if self.away:
            return Receipt(status=DeliveryStatus.DEFERRED, text="connection refused", cause=Cause.HOST)
        now = self._clock()
        minute = now.replace(second=0, microsecond=0)
        if self._per_minute and self.minutes[minute] >= self._per_minute:
            self.refused += 1
            return Receipt(status=DeliveryStatus.DEFERRED, code=451, text="too many in a minute", cause=Cause.RECIPIENT)
        if not await before_data(copy is not Copy.NONE):
            return Receipt(status=DeliveryStatus.DEFERRED, text="stopped before DATA")
        self.minutes[minute] += 1
        self.sent.setdefault(delivery.recipient, []).append(now)
        self.late += b"so late" in delivery.content
        return Receipt(status=DeliveryStatus.SENT, code=250, text="queued")

    async def close(self) -> None:
        """Nothing is open."""


class Inside:
    """The Reader port in this process: parsing, masking, rules and extraction are real, the category is always the same."""

    def __init__(self, parts: Parts) -> None:
        self._plan = read_plan(parts.settings)

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result for each."""
        return [self._one(raw) for raw in messages]

    async def _one(self, raw: RawMessage) -> Reading:
        return read(raw, self._plan, self)

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """An order."""
        return Classification(category="order", issue="order_status", confidence=0.9)

    async def close(self) -> None:
        """Nothing runs."""


@dataclass
class Shop:
    """What a proof holds."""

    parts: Parts
    store: SqliteStore
    clock: Clock
    provider: Provider
    decide: Decide
    deliver: Deliver
    release: Release
    tend: Tend
    vitals: Vitals
    #: When each kind of alarm was first seen standing, and its latest words.
    alarms: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    async def arrive(self, contents: Sequence[bytes], at: datetime) -> None:
        """Messages are in the store, as `receive` leaves them."""
        first = len(list(await self.store.query(lambda tx: list(tx.messages.all("support")))))
        fresh = [
            RawMessage(
                key=MessageKey(account="support", mailbox="INBOX", uid_validity=1, uid=first + number),
                received_at=at, content=content, size=len(content),
            )
            for number, content in enumerate(contents, 1)
        ]  # fmt: skip
        await self.store.transact(lambda tx: tx.messages.add(fresh))

    async def settle(self) -> None:
        """Everything that can be done at this moment; a server that is away is no reason to stop."""
        stages: tuple[Stage, ...] = (self.decide, self.release, self.tend)
        for stage in stages:
            await drain(stage)
        await self.send()
        for alarm in (await self.vitals.look()).alarms:
            kind = alarm.kind.partition(":")[0]
            self.alarms[kind] = (self.alarms.get(kind, (self.clock(), ""))[0], alarm.text)

    async def send(self) -> None:
        """What may leave now; a server that is away is no reason to stop."""
        with contextlib.suppress(ConnectionLostError):
            await drain(self.deliver)
        await self.deliver.rest()

    async def turn(self, step: timedelta) -> None:
        """Let time pass, and do what is due then."""
        self.clock.at += step
        await self.settle()


@contextlib.asynccontextmanager
async def shop(root: Path, *, extra: str = "", per_minute: int = 0, per_hour: int = 0) -> AsyncIterator[Shop]:
    """One in that folder, at eight in the morning."""
    config = root / "config" / "triage.toml"
    config.parent.mkdir()
    (root / "password").write_text(PASSWORD)
    values = defaults(root, imap_port=1, smtp_port=1, user="support@shop.example") | {"extra": extra}
    text = CONFIG.format(**values)
    text = text.replace("per_hour = 100000", f"per_hour = {per_hour or 100000}")
    config.write_text(text.replace("[departments.finance]", f"per_minute = {per_minute}\n[departments.finance]"))
    # A line for each of thousands of messages helps nobody.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    clock = Clock(MORNING)
    parts = parts_of(load(config), clock)
    store = open_store(laid(root / "a.db"), "SP")
    provider = Provider(clock, per_minute)
    deliver = parts.outgoing(store).deliver([("provider", provider)])
    decide = parts.decide(store, Inside(parts))
    try:
        yield Shop(
            parts=parts, store=store, clock=clock, provider=provider, decide=decide, deliver=deliver, release=parts.release(store, deliver),
            tend=parts.tend(store), vitals=parts.vitals(store, Pulses(clock), parts.board, deliver),
        )  # fmt: skip
    finally:
        await decide.close()
        await deliver.close()
        await store.close()
        structlog.reset_defaults()
