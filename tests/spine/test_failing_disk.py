"""A disk that fails, and a store that is taken away, under a running daemon: it ends, and nobody is acknowledged by what was not committed."""

import asyncio
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.proof import syscalls
from tests.proof.syscalls import Bench
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.daemon import run_daemon
from triage.errors import StoreLostError


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    """A daemon of the command line, at work."""
    if why := syscalls.why_not():
        pytest.skip(why)
    with syscalls.opened() as opened:
        opened.start()
        opened.ask("first@customer.example")
        syscalls.until(lambda: opened.settled("first@customer.example"), "an ordinary message did not come through")
        yield opened


def failing_disk(bench: Bench, *, after: int) -> "subprocess.Popen[bytes]":
    """Let every fsync of the daemon's store fail, but for the next ones."""
    inject = f"inject=fsync,fdatasync:error=EIO:when={after}+"
    return syscalls.trace(bench.threads()["store"], bench.root / "eio", "fsync,fdatasync", inject)


@pytest.mark.parametrize("after", [1, 4])
def test_an_fsync_that_fails_ends_the_daemon(bench: Bench, after: int) -> None:
    """The daemon exits with 1 and says why; whoever was acknowledged by then had it committed, and started anew it goes on with everyone."""
    customer = f"eio{after}@customer.example"
    tracer = failing_disk(bench, after=after)
    bench.ask(customer)
    assert bench.warm.wait(bench.pid) == 1
    syscalls.detach(tracer)
    said = (bench.root / "log").read_text()
    assert "store_lost" in said
    assert "SQLITE_IOERR_FSYNC" in said
    with closing(sqlite3.connect(bench.store)) as db:
        begun = db.execute("select count(*) from deliveries where recipient = ? and begun_at is not null", [customer]).fetchone()[0]
    assert bench.sink.accepted(customer) <= begun
    bench.start()
    syscalls.until(lambda: bench.settled(customer), "not settled after a new start")
    status, _filed, _possible = bench.found(customer) or ("", "", 0)
    assert bench.sink.accepted(customer) == 1 or status == "uncertain"


@pytest.mark.parametrize("suffix", ["", "-wal"])
async def test_a_store_that_is_taken_away(world: World, sink: Sink, suffix: str, tmp_path: Path) -> None:
    """A daemon whose store or whose log was deleted ends with an alarm and an error, and sends nothing that rests on it."""
    settings = world.configure(extra='[lease]\nlasts = "2s"')
    running = asyncio.create_task(run_daemon(settings, asyncio.Event()))
    heartbeat = settings.paths.state / "heartbeat.json"
    async with asyncio.timeout(30):
        while not heartbeat.exists():
            await asyncio.sleep(0.02)
    Path(f"{settings.paths.store}{suffix}").unlink()
    await world.deliver(letter("Where is ORD123456?"))
    with pytest.raises(StoreLostError, match="deleted"):
        await asyncio.wait_for(running, 30)
    assert sink.accepted == []
    assert "store_lost" in (settings.paths.state / "alarms.json").read_text()
