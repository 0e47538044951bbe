"""Running the daemon inside a test: the lease, the heartbeat, a stop that gives each stage its grace, and `run` as a process that cannot."""

import asyncio
import contextlib
import dataclasses
import json
import os
import signal
from pathlib import Path
from time import monotonic

import pytest
import structlog

from tests.cli.calling import Shop
from tests.forked import triage
from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage import daemon, lease
from triage.errors import SettingsError


async def until(true: object, seconds: float = 15) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(seconds):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.02)


@contextlib.asynccontextmanager
async def holding(state: Path, stop: asyncio.Event | None = None):  # type: ignore[no-untyped-def]
    """The lease, taken in a task of its own; yields the event that says it is held."""
    held, done = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with lease.only_one(state, stop or asyncio.Event()):
            held.set()
            await done.wait()

    task = asyncio.create_task(hold())
    yield held
    done.set()
    await asyncio.wait_for(task, 20)


async def test_the_lease_goes_from_one_to_the_next(tmp_path: Path) -> None:
    """The second waits, says so once, and has it soon after the first has ended."""
    with structlog.testing.capture_logs() as logs:
        async with holding(tmp_path / "deep" / "state") as first:
            await asyncio.wait_for(first.wait(), 5)
            waiting = holding(tmp_path / "deep" / "state")
            second = await waiting.__aenter__()
            await asyncio.sleep(1.2)
            assert not second.is_set()
        await asyncio.wait_for(second.wait(), 5)
        await waiting.__aexit__(None, None, None)
    assert [line["event"] for line in logs] == ["waiting_for_lease"]


async def test_who_waits_for_the_lease_can_be_stopped(tmp_path: Path) -> None:
    """A stop ends the waiting without the lease."""
    stop = asyncio.Event()
    async with holding(tmp_path) as first:
        await asyncio.wait_for(first.wait(), 5)
        async with holding(tmp_path, stop) as second:
            stop.set()
            await asyncio.wait_for(second.wait(), 5)


async def test_a_lease_that_has_no_place(tmp_path: Path) -> None:
    """The folder for it cannot be: the key of the configuration is named."""
    (tmp_path / "file").write_text("")
    with pytest.raises(SettingsError, match=r"paths\.state = .*expected a folder that can be written"):
        async with lease.only_one(tmp_path / "file", asyncio.Event()):
            raise AssertionError


@contextlib.asynccontextmanager
async def serving(world: World, grace: float = 8, **extra: object):  # type: ignore[no-untyped-def]
    """The daemon on this world; after the block it is stopped and has ended."""
    stop = asyncio.Event()
    async with world.app() as assembled:
        app = dataclasses.replace(assembled, **extra)  # type: ignore[arg-type]
        task = asyncio.create_task(daemon.serve(app, stop, grace=grace))
        yield
        stop.set()
        await asyncio.wait_for(task, 15)


def heartbeat(world: World) -> Path:
    """The file that shows a daemon is alive."""
    return world.root / "var" / "heartbeat.json"


async def test_serving_works_and_shows_that_it_lives(world: World, sink: Sink) -> None:
    """Mail is acknowledged, the heartbeat tells who works and at what, and is gone afterwards."""
    await world.deliver(letter("Where is ORD1234?"))
    async with serving(world):
        await until(heartbeat(world).exists)
        said = json.loads(heartbeat(world).read_text())
        assert (said["pid"], said["mode"]) == (os.getpid(), "live")
        # Which ones there are is shown where they are put together.
        assert said["stages"][:2] == ["receive:support", "decide"]
        assert {"deliver", "file:support", "tend"} <= set(said["stages"])
        await until(lambda: sink.accepted)
    assert list((world.root / "var").glob("heartbeat*")) == []


async def test_a_heartbeat_that_cannot_be_written_ends_nothing(world: World, sink: Sink) -> None:
    """Where the disk refuses it, the log says so and mail is worked through all the same."""
    world.configure()
    (world.root / "var" / "heartbeat.new").mkdir(parents=True)
    await world.deliver(letter("Where is ORD1234?"))
    with structlog.testing.capture_logs() as logs:
        async with serving(world):
            await until(lambda: sink.accepted)
    assert {line["event"] for line in logs if line["log_level"] == "warning"} == {"heartbeat_not_written"}


class Stubborn:
    """A stage whose unit does not end."""

    name = "stubborn"

    async def work(self) -> int:
        """Wait for what never comes."""
        await asyncio.Event().wait()
        return 0

    async def idle(self) -> None:
        """Never reached."""


async def test_what_does_not_end_is_cut_off(world: World) -> None:
    """A unit that hangs is cut off when the grace is over, and is named in the log."""
    with structlog.testing.capture_logs() as logs:
        async with serving(world, grace=0.5, tend=Stubborn()):
            await until(heartbeat(world).exists)
            began = monotonic()
        assert 0.4 < monotonic() - began < 15
    assert [line["stage"] for line in logs if line["event"] == "cut_off"] == ["stubborn"]


async def test_signals_set_the_stop() -> None:
    """SIGTERM and SIGINT each set it once; what comes after has its usual effect again."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        stop = asyncio.Event()
        daemon.stop_on_signals(stop)
        os.kill(os.getpid(), number)
        await asyncio.wait_for(stop.wait(), 5)
        assert not loop.remove_signal_handler(number)
        loop.remove_signal_handler(signal.SIGINT)
        loop.remove_signal_handler(signal.SIGTERM)


def run(shop: Shop, *arguments: str) -> tuple[int, list[str]]:
    """`triage run` in a process of its own: exit code and standard error, which must not be a traceback."""
    code, out, err = ran(shop, *arguments)
    assert out == ""
    return code, err.splitlines()


def ran(shop: Shop, *arguments: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of it."""
    out, err = shop.root / "out", shop.root / "err"
    code = triage("--config", shop.config, "run", *arguments, out=out, err=err).wait(60)
    assert "Traceback" not in err.read_text()
    return code, out.read_text(), err.read_text()


@pytest.fixture
def shop(world: World) -> Shop:
    """The world as a shop to call commands in."""
    world.configure()
    return Shop(world.root, world.values)


@pytest.mark.parametrize(
    ("more", "code", "told"),
    [
        ('[paths]\npolicy = "none.toml"\n', 2, "paths.policy"),
        ('[paths]\ntemplates = "none"\n', 2, "paths.templates"),
        ('[paths]\nstate = "password"\n', 2, "paths.state"),
        ('[paths]\nstore = "password/triage.db"\n', 1, "expected a path that can be written"),
        ("[unknown]\n", 2, "unknown: expected no such key"),
    ],
    ids=["policy", "templates", "state", "store", "key"],
)
async def test_run_refuses_what_cannot_work(shop: Shop, more: str, code: int, told: str) -> None:
    """A wrong configuration ends it at once with a line that names the key: 2, and 1 where the store cannot be used."""
    shop.configure(more)
    ended, lines = await asyncio.to_thread(run, shop)
    assert ended == code
    assert told in lines[-1]
    assert lines[-1].startswith("triage: ")


@pytest.mark.parametrize("fault", ["server", "password"])
async def test_one_pass_without_its_server_falls_short(shop: Shop, fault: str) -> None:
    """`run --once` with a mail server that is away or refuses exits 1 with its name, instead of waiting like the daemon."""
    if fault == "server":
        shop.configure(imap_port=1)
    else:
        (shop.root / "password").write_text("the wrong one")
    code, lines = await asyncio.to_thread(run, shop, "--once")
    assert code == 1
    assert lines[-1].startswith("triage: mailbox support: ")
    assert "the wrong one" not in "".join(lines)


async def test_one_pass_says_how_much_it_did(shop: Shop) -> None:
    """With nothing to do `run --once` says so on standard output and exits 0."""
    shop.configure(mode="shadow")
    code, out, _err = await asyncio.to_thread(ran, shop, "--once")
    assert (code, out) == (0, "0 units of work done\n")
