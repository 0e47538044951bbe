"""The daemon as a process: it starts, waits, stops, dies, and goes on where it stopped."""

import asyncio
import gc
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic

import pytest

from tests.forked import Forked, forked, triage
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.cli.main import main

_running: list["subprocess.Popen[str] | Forked"] = []


@pytest.fixture(autouse=True)
def nothing_is_left_running() -> Iterator[None]:
    """Whatever a test started and did not end, ends with it."""
    yield
    while _running:
        process = _running.pop()
        process.kill()
        process.wait()


def start(world: World, *arguments: str) -> Forked:
    """`triage run` on this world's configuration."""
    world.configure()
    process = triage("--config", world.config, "run", *arguments, out=world.root / "log")
    _running.append(process)
    return process


def started_by_a_shell(world: World) -> "subprocess.Popen[str]":
    """The same, begun with nothing loaded."""
    world.configure()
    with (world.root / "log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "triage", "--config", str(world.config), "run"], stdout=log, stderr=log, text=True
        )
    _running.append(process)
    return process


async def until(true: Callable[[], bool], seconds: float = 40) -> None:
    """Wait for something to come true."""
    deadline = monotonic() + seconds
    while not true():
        assert monotonic() < deadline, "it did not come true in time"
        await asyncio.sleep(0.05)


async def end(process: "subprocess.Popen[str] | Forked", number: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
    """Exit code, and seconds from the signal to the end."""
    begun = monotonic()
    process.send_signal(number)
    code = await asyncio.to_thread(process.wait, 20)
    return code, monotonic() - begun


def heartbeat(world: World) -> Path:
    """The file that shows a daemon is alive."""
    return world.root / "var" / "heartbeat.json"


async def test_the_daemon_answers_new_mail_and_stops_when_told(world: World, sink: Sink) -> None:
    """Mail that comes while it runs is acknowledged; SIGTERM ends it with 0 within ten seconds."""
    process = started_by_a_shell(world)
    await until(heartbeat(world).exists)
    await world.deliver(letter("Where is ORD1234?"))
    await until(lambda: len(sink.accepted) >= 1)
    code, seconds = await end(process)
    assert code == 0
    assert seconds < 10
    assert not heartbeat(world).exists()
    assert "stopped" in (world.root / "log").read_text()


def counting(config: Path, kept: Path) -> None:
    """`triage run --once` in a forked process, which then writes down how many objects the collector passes over."""
    sys.argv = ["triage", "--config", str(config), "run", "--once"]
    try:
        main()
    finally:
        kept.write_text(f"{gc.get_freeze_count()} {len(gc.get_objects())}")


async def test_what_is_loaded_is_not_looked_through_for_garbage(world: World) -> None:
    """Of all that is in memory at the end, most was there before the work began, and the collector need not see it."""
    world.configure()
    kept = world.root / "counted"
    process = forked(counting, world.config, kept)
    assert await asyncio.to_thread(process.wait, 40) == 0
    passed_over, seen = map(int, kept.read_text().split())
    assert passed_over > 3 * seen


async def test_ctrl_c_stops_it_too(world: World, sink: Sink) -> None:
    """SIGINT is a stop like SIGTERM."""
    process = start(world)
    await until(heartbeat(world).exists)
    assert json.loads(heartbeat(world).read_text())["pid"] == process.pid
    assert (await end(process, signal.SIGINT))[0] == 0


async def test_a_hanging_smtp_server_does_not_hold_up_the_stop(world: World, sink: Sink) -> None:
    """Told to stop while the server is silent after the dot: it ends within ten seconds, and the delivery is uncertain afterwards."""
    sink.always["dot"] = "HANG"
    process = start(world)
    await world.deliver(letter("Which colours does the lamp come in?", subject="question before buying"))
    await until(lambda: "DATA" in sink.commands)
    code, seconds = await end(process)
    assert code == 0
    assert seconds < 10
    sink.always.clear()
    await world.settle()
    assert [it.status for it in await world.ask(lambda tx: tx.deliveries.of_case(1))] == ["uncertain"]


async def test_after_kill_9_the_next_start_goes_on(world: World, sink: Sink) -> None:
    """Killed without warning: a second start finishes the work, once."""
    for number in range(20):
        await world.deliver(letter(f"Where is ORD{number}1234?", sender=f"c{number}@customer.example"))
    process = start(world)
    await until(lambda: len(sink.accepted) >= 3)
    process.kill()
    await asyncio.to_thread(process.wait)
    world.clock.forward(minutes=5)
    await world.settle()
    customers = [envelope.recipients[0] for envelope in sink.accepted if "customer" in envelope.recipients[0]]
    uncertain = [it.recipient for it in await world.ask(lambda tx: tx.deliveries.find(status="uncertain"))]
    assert set(customers) | set(uncertain) >= {f"c{number}@customer.example" for number in range(20)}
    assert len(customers) == len(set(customers))


async def test_a_second_daemon_waits_for_the_first(world: World, sink: Sink) -> None:
    """Two on one store: the second works only when the first has ended, however it ended."""
    first = start(world)
    await until(heartbeat(world).exists)
    second = start(world)
    await until(lambda: "waiting_for_lease" in (world.root / "log").read_text())
    await world.deliver(letter("Where is ORD1234?"))
    await until(lambda: len(sink.accepted) >= 1)
    first.send_signal(signal.SIGKILL)
    await asyncio.to_thread(first.wait)
    await until(lambda: json.loads(heartbeat(world).read_text())["pid"] == second.pid if heartbeat(world).exists() else False)
    assert (await end(second))[0] == 0
    assert len(sink.accepted) == 1 or len({envelope.recipients for envelope in sink.accepted}) == len(sink.accepted)


async def test_a_waiting_daemon_can_be_stopped(world: World, sink: Sink) -> None:
    """The one that waits for the lease obeys SIGTERM as well."""
    first = start(world)
    await until(heartbeat(world).exists)
    second = start(world)
    await until(lambda: "waiting_for_lease" in (world.root / "log").read_text())
    assert (await end(second))[0] == 0
    assert (await end(first))[0] == 0


async def test_one_pass_ends_by_itself(world: World, sink: Sink) -> None:
    """`run --once` does what is due and exits 0."""
    await world.deliver(letter("Where is ORD1234?"))
    process = start(world, "--once")
    assert await asyncio.to_thread(process.wait, 60) == 0
    assert len(sink.accepted) >= 1


async def test_a_locked_store_is_waited_for(world: World, sink: Sink) -> None:
    """Another process holds the store for longer than the busy time-out: a clear line in the log, and the work is done afterwards."""
    await world.settle()
    process = start(world)
    await until(heartbeat(world).exists)
    db = sqlite3.connect(world.root / "var" / "triage.db", isolation_level=None)
    db.execute("begin exclusive")
    await world.deliver(letter("Where is ORD1234?"))
    await until(lambda: "locked by another process" in (world.root / "log").read_text())
    db.execute("rollback")
    db.close()
    await until(lambda: len(sink.accepted) >= 1)
    assert (await end(process))[0] == 0


async def test_a_mail_server_that_comes_late_is_waited_for(world: World, sink: Sink) -> None:
    """Nothing listens on the IMAP port at first: the daemon says so and goes on trying instead of ending."""
    real = world.values["imap_port"]
    world.values["imap_port"] = 1
    process = start(world)
    await until(lambda: "stage_waits" in (world.root / "log").read_text())
    assert process.poll() is None
    assert (await end(process))[0] == 0
    world.values["imap_port"] = real


async def test_a_wrong_password_is_told_and_not_hammered(world: World, sink: Sink) -> None:
    """The server refuses the password: one line that says so, minutes until the next try, no crash."""
    process = start(world)
    (world.root / "password").write_text("wrong")
    await until(lambda: "AuthenticationFailedError" in (world.root / "log").read_text())
    await asyncio.sleep(1)
    log = (world.root / "log").read_text()
    assert log.count("stage_waits stage=receive") + log.count("stage=receive:support") <= 3
    assert "wrong" not in log.replace("wrong use", "")
    assert (await end(process))[0] == 0
