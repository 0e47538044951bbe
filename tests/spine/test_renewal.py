"""SIGHUP: a good configuration is taken over without losing work, a broken one leaves everything as it is and is told."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import structlog

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.alarms.file import read_alarms
from triage.app import ALARMS
from triage.daemon import run_daemon
from triage.renewal import Renewal
from triage.settings import load


@contextlib.asynccontextmanager
async def running(world: World) -> AsyncIterator[Renewal]:
    """A daemon in this process that can be asked."""
    stop, renewal = asyncio.Event(), Renewal(lambda: load(world.config))
    with structlog.testing.capture_logs():
        daemon = asyncio.create_task(run_daemon(world.configure(), stop, renewal))
        try:
            yield renewal
        finally:
            stop.set()
            await daemon


async def until(true: object) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(40):
        while not true():  # type: ignore[operator]
            await asyncio.sleep(0.02)


def alarms(world: World) -> dict[str, str]:
    """What the daemon has told."""
    return {alarm.kind: alarm.text for alarm in read_alarms(world.root / "var" / ALARMS)}


def acknowledged(sink: Sink) -> list[str]:
    """From whom, as customers see it."""
    customers = (it for it in sink.accepted if it.recipients == ("ann@customer.example",))
    return ["Other Shop" if b"Other Shop" in it.content else "before" for it in customers]


async def test_a_broken_one_is_kept_out_and_a_good_one_taken_over(world: World, sink: Sink) -> None:
    """Broken: the daemon goes on with the old one and says so. Good: the next message is answered by it, and the alarm is over."""
    async with running(world) as renewal:
        await world.deliver(letter("Where is ORD1234?"))
        await until(lambda: acknowledged(sink))
        good = world.config.read_text()
        world.config.write_text(good + "\n[nonsense]\n")
        renewal.asked.set()
        await until(lambda: "reload" in alarms(world))
        assert "nonsense" in alarms(world)["reload"]
        await world.deliver(letter("And where is ORD1235?", subject="another"))
        await until(lambda: len(acknowledged(sink)) == 2)
        world.config.write_text(good.replace("[identity]", '[identity]\nname = "Other Shop"'))
        renewal.asked.set()
        await until(lambda: (world.root / "var" / ALARMS).exists() and "reload" not in alarms(world))
        await world.deliver(letter("And where is ORD1236?", subject="a third"))
        await until(lambda: len(acknowledged(sink)) == 3)
    assert acknowledged(sink) == ["before", "before", "Other Shop"]


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("[identity]", '[paths]\nstate = "elsewhere"\n[identity]'), "paths.state"),
        (("[identity]", '[paths]\npolicy = "nowhere.toml"\n[identity]'), "nowhere.toml"),
        (("[identity]", '[paths]\ntemplates = "broken"\n[identity]'), "payment.txt"),
    ],
)
async def test_what_is_not_taken_over(world: World, change: tuple[str, str], problem: str) -> None:
    """Another store or state folder, a policy that is not there, and templates that are broken are refused with their names."""
    from triage.alarm import AlarmBoard

    old = world.configure()
    _broken_templates(world.root / "broken")
    world.config.write_text(world.config.read_text().replace(*change))
    renewal, board = Renewal(lambda: load(world.config)), AlarmBoard()
    with structlog.testing.capture_logs():
        waiting = asyncio.create_task(renewal.next(old, board, world.clock))
        renewal.asked.set()
        await until(board.standing)
        waiting.cancel()
    assert problem in board.standing()[0].text


def _broken_templates(folder: Path) -> None:
    import shutil

    from triage.sections.places import project_root

    shutil.copytree(project_root() / "templates" / "emails", folder)
    (folder / "acknowledgment" / "payment.txt").write_text("{% broken")
