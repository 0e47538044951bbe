"""Two daemons in two places on one store and one mailbox: one works, the other waits, and nobody is answered twice."""

import asyncio
import signal
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic

import pytest
import structlog

from tests.forked import Forked, triage
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage import lease
from triage.alarms.file import read_alarms
from triage.app import ALARMS
from triage.ports import Store
from triage.store.sqlite import open_store


@dataclass
class Place:
    """A daemon with a state folder of its own on the store that both share."""

    world: World
    name: str
    process: Forked | None = field(default=None, repr=False)

    @property
    def log(self) -> str:
        """What it has logged."""
        return (self.world.root / f"log-{self.name}").read_text()

    def start(self) -> None:
        """`triage run` here."""
        extra = f'[paths]\nstate = "{self.name}"\nstore = "var/triage.db"\n[lease]\nlasts = "2s"\n'
        self.world.configure(extra=extra)
        config = self.world.config.rename(self.world.config.with_name(f"{self.name}.toml"))
        self.process = triage("--config", config, "run", out=self.world.root / f"log-{self.name}")

    def signal(self, number: signal.Signals) -> None:
        """Send it a signal."""
        assert self.process
        self.process.send_signal(number)


@pytest.fixture
def places(world: World) -> Iterator[tuple[Place, Place]]:
    """Two places; whatever runs there ends with the test."""
    both = Place(world, "one"), Place(world, "two")
    for place in both:
        (world.root / place.name).mkdir()
        # Two places of one installation share their key.
        (world.root / place.name / "secret.key").write_bytes(b"k" * 32)
    yield both
    for place in both:
        if place.process:
            place.process.kill()
            place.process.wait()


async def until(true: Callable[[], object], seconds: float = 40) -> None:
    """Wait for something to come true."""
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.05)


@pytest.mark.timeout(240)
async def test_a_daemon_that_stood_still_is_taken_over_and_kept_out(world: World, sink: Sink, places: tuple[Place, Place]) -> None:
    """While one is stopped for longer than its lease the other works; woken again it writes nothing, says so, and waits its turn."""
    one, two = places
    one.start()
    await until(lambda: "started" in one.log)
    await world.deliver(letter("Where is ORD1001?"))
    await until(lambda: len(sink.accepted) == 1)
    two.start()
    await until(lambda: "waiting_for_lease" in two.log)
    one.signal(signal.SIGSTOP)
    await until(lambda: "started" in two.log)
    await world.deliver(letter("Where is ORD1002?"))
    await until(lambda: len(sink.accepted) == 2)
    # Whoever runs it is told that a place has died, or that two of them run.
    await until(lambda: "took_over" in {alarm.kind for alarm in read_alarms(world.root / "two" / ALARMS)})
    one.signal(signal.SIGCONT)
    await until(lambda: "lease_lost" in one.log and "waiting_for_lease" in one.log)
    await world.deliver(letter("Where is ORD1003?"))
    await until(lambda: len(sink.accepted) == 3)
    # A clean stop of the one hands over to the other without waiting for the end of the lease.
    two.signal(signal.SIGTERM)
    await until(lambda: one.log.count("started") >= 2)
    await world.deliver(letter("Where is ORD1004?"))
    await until(lambda: len(sink.accepted) == 4)
    assert len({bytes(each.content) for each in sink.accepted}) == 4


async def test_waiting_for_a_store_that_is_busy(tmp_path: Path) -> None:
    """A store that another process locks is waited for like a lease that another holds, and a stop ends the waiting."""
    path, stop = tmp_path / "triage.db", asyncio.Event()
    store = open_store(path, "SP", busy_timeout=0.05)
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("begin exclusive")
        async with asyncio.timeout(20):
            entering = asyncio.create_task(_held(store, tmp_path, stop))
            await asyncio.sleep(0.3)
            assert not entering.done()
            stop.set()
            assert await entering is False
            stop.clear()
            entering = asyncio.create_task(_held(store, tmp_path, stop))
            other.execute("rollback")
            assert await entering is True
    await store.close()


async def _held(store: Store, state: Path, stop: asyncio.Event) -> bool:
    wanted = lease.claim(state, timedelta(seconds=1))
    async with lease.leased(store, wanted, lambda: datetime.now(UTC), stop) as lost:
        return not lost.is_set()


async def test_a_busy_store_loses_no_lease(tmp_path: Path) -> None:
    """A renewal that finds the store locked is told and tried again: the lease is lost only to another holder."""
    path = tmp_path / "triage.db"
    store = open_store(path, "SP", busy_timeout=0.05)
    with structlog.testing.capture_logs() as logs, sqlite3.connect(path, isolation_level=None) as other:
        async with lease.leased(store, lease.claim(tmp_path, timedelta(seconds=0.3)), lambda: datetime.now(UTC), asyncio.Event()) as lost:
            other.execute("begin exclusive")
            async with asyncio.timeout(20):
                while not logs:
                    await asyncio.sleep(0.02)
            other.execute("rollback")
            await store.transact(lambda tx: None)
            assert not lost.is_set()
    await store.close()
    assert {line["event"] for line in logs} == {"lease_not_renewed"}


def test_a_place_is_a_host_and_a_folder(tmp_path: Path) -> None:
    """Two folders are two places, and one folder is the same place however it is written."""
    second = timedelta(seconds=1)
    here, again, there = (lease.claim(path, second).place for path in (tmp_path / "a", tmp_path / "b" / ".." / "a", tmp_path / "b"))
    assert here == again != there
