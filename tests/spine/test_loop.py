"""The one loop of every stage: work, back-off, waiting, stopping, and the bell that wakes it."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
import structlog

from triage.errors import AuthenticationFailedError, ConnectionLostError, PermanentError, StoreFullError, TemporaryError
from triage.stages.loop import Bell, drain, run

LONG = timedelta(seconds=30)


@dataclass
class Scripted:
    """A stage that does as told: each entry is what one unit returns or raises, and after the last there is nothing to do."""

    script: Iterable[int | BaseException] = ()
    name: str = "scripted"
    #: What waiting raises, once for each entry.
    waits: list[BaseException] = field(default_factory=list)
    #: When each unit was begun.
    begun: list[float] = field(default_factory=list)
    idled: int = 0
    bell: Bell = field(default_factory=Bell)

    def __post_init__(self) -> None:
        """Begin at the first entry."""
        self.script = iter(self.script)

    async def work(self) -> int:
        """The next entry."""
        self.begun.append(monotonic())
        entry = next(self.script, 0)  # type: ignore[call-overload]
        if isinstance(entry, BaseException):
            raise entry
        return int(entry)

    async def idle(self) -> None:
        """Until the bell rings."""
        self.idled += 1
        if self.waits:
            raise self.waits.pop(0)
        await self.bell.wait(LONG)


@contextlib.asynccontextmanager
async def running(stage: Any) -> AsyncIterator[asyncio.Event]:
    """The loop on this stage; after the block it is stopped, which must be prompt."""
    stop = asyncio.Event()
    task = asyncio.create_task(run(stage, stop))
    try:
        yield stop
        assert not task.done(), task
    finally:
        stop.set()
        began = monotonic()
        await asyncio.wait_for(task, 20)
        assert monotonic() - began < 15


async def until(true: Any, seconds: float = 15) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.01)


async def test_it_works_until_nothing_is_left_and_then_waits() -> None:
    """Units follow each other without a pause; only an empty one leads to waiting."""
    stage = Scripted([3, 1, 2, 0])
    async with running(stage):
        await until(lambda: stage.idled == 1)
        assert len(stage.begun) == 4
        assert stage.begun[-1] - stage.begun[0] < 0.5
        await asyncio.sleep(0.1)
        assert len(stage.begun) == 4


async def test_a_bell_wakes_it() -> None:
    """Rung while it waits, it works at once."""
    stage = Scripted()
    async with running(stage):
        await until(lambda: stage.idled == 1)
        stage.bell.ring()
        await until(lambda: stage.idled == 2)
        assert len(stage.begun) == 2


@pytest.mark.parametrize(
    "error",
    [
        ConnectionLostError("away"),
        StoreFullError("full"),
        TemporaryError("later"),
        ValueError("a defect"),
        KeyError("x"),
        RuntimeError(),
        OSError(5),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_no_error_ends_the_loop(error: Exception) -> None:
    """Whatever a unit raises, the stage works again a little later."""
    stage = Scripted([error, 1, 0])
    async with running(stage):
        await until(lambda: stage.idled == 1)
        assert len(stage.begun) == 3


async def test_back_off_grows_and_starts_anew() -> None:
    """Waits lengthen from one failure to the next up to a minute, and a unit that goes well ends that."""
    failures = [ConnectionLostError(str(number)) for number in range(3)]
    stage = Scripted([*failures, 1, ConnectionLostError("again"), 0])
    with structlog.testing.capture_logs() as logs:
        async with running(stage):
            await until(lambda: stage.idled == 1)
    told = [line for line in logs if line["event"] == "stage_waits"]
    assert [line["attempt"] for line in told] == [1, 2, 3, 1]
    assert all(line["seconds"] <= most for line, most in zip(told, (1, 2, 4, 1), strict=True))
    pauses = [later - earlier for earlier, later in itertools.pairwise(stage.begun)]
    assert all(abs(pause - line["seconds"]) < 0.5 for pause, line in zip(pauses[:3], told, strict=False))


async def test_back_off_spreads() -> None:
    """Waits are drawn at random, so that many who failed together do not come back together."""
    stages = [Scripted([ConnectionLostError("away"), 0]) for _ in range(12)]
    stop = asyncio.Event()
    tasks = [asyncio.create_task(run(stage, stop)) for stage in stages]
    await until(lambda: all(stage.idled for stage in stages))
    stop.set()
    await asyncio.gather(*tasks)
    assert len({round(stage.begun[1] - stage.begun[0], 2) for stage in stages}) > 3


@pytest.mark.parametrize("error", [PermanentError("broken"), AuthenticationFailedError("refused")], ids=lambda error: type(error).__name__)
async def test_permanent_errors_wait_minutes(error: PermanentError) -> None:
    """A password does not heal by trying: five minutes until the next attempt, and a stop does not wait for them."""
    stage = Scripted([error])
    with structlog.testing.capture_logs() as logs:
        async with running(stage):
            await until(lambda: logs)
            await asyncio.sleep(0.3)
            assert len(stage.begun) == 1
    assert logs == [
        {"event": "stage_waits", "log_level": "warning", "stage": "scripted", "error": type(error).__name__, "reason": str(error),
         "seconds": 300.0, "attempt": 1, "source": "loop"}
    ]  # fmt: skip


async def test_a_defect_is_told_with_its_traceback() -> None:
    """An unexpected exception is an error in the log, with what is needed to find it."""
    defect = ValueError("a defect")
    stage = Scripted([defect, 0])
    with structlog.testing.capture_logs() as logs:
        async with running(stage):
            await until(lambda: stage.idled == 1)
    (line,) = logs
    assert (line["event"], line["log_level"], line["stage"], line["exc_info"]) == ("stage_failed", "error", "scripted", defect)


@pytest.mark.parametrize(
    "error", [ConnectionLostError("away"), PermanentError("x"), ValueError("a defect")], ids=lambda error: type(error).__name__
)
async def test_waiting_that_fails_is_no_busy_loop(error: Exception) -> None:
    """An error while waiting is followed by a pause of about a second and then by work; only a defect is told."""
    stage = Scripted(waits=[error])
    with structlog.testing.capture_logs() as logs:
        async with running(stage):
            await until(lambda: stage.idled == 2)
    assert len(stage.begun) == 2
    assert stage.begun[1] - stage.begun[0] >= 0.9
    assert [line["event"] for line in logs] == (["stage_failed"] if isinstance(error, ValueError) else [])


async def test_a_stop_before_the_start() -> None:
    """Told to stop beforehand, it does nothing."""
    stage, stop = Scripted([1]), asyncio.Event()
    stop.set()
    await asyncio.wait_for(run(stage, stop), 1)
    assert stage.begun == []


async def test_a_stop_while_it_backs_off() -> None:
    """The wait after a failure is cut short, and the unit is not tried again."""
    stage = Scripted([PermanentError("x")])
    async with running(stage):
        await until(lambda: stage.begun)
        await asyncio.sleep(0.05)
    assert len(stage.begun) == 1


async def test_a_stop_while_it_waits() -> None:
    """Waiting for work is cut short."""
    stage = Scripted()
    async with running(stage):
        await until(lambda: stage.idled == 1)
    assert len(stage.begun) == 1


@dataclass
class Slow:
    """A stage whose unit takes a moment that a stop must not cut."""

    name: str = "slow"
    seconds: float = 0.3
    begun: int = 0
    ended: int = 0

    async def work(self) -> int:
        """A unit that is begun and ended."""
        self.begun += 1
        await asyncio.sleep(self.seconds)
        self.ended += 1
        return 1

    async def idle(self) -> None:
        """Never reached: there is always work."""
        raise AssertionError


async def test_a_stop_while_it_works_finishes_the_unit() -> None:
    """The unit in hand is finished, the next one is not begun."""
    stage = Slow()
    async with running(stage):
        await until(lambda: stage.begun == 1)
    assert (stage.begun, stage.ended) == (1, 1)


async def test_a_stop_while_a_unit_fails() -> None:
    """A unit that fails after the stop is not tried again."""

    class Failing(Slow):
        async def work(self) -> int:
            await super().work()
            raise ConnectionLostError("away")

    stage = Failing()
    async with running(stage):
        await until(lambda: stage.begun == 1)
    assert stage.ended == 1


async def test_cutting_it_off() -> None:
    """Cancelled by the daemon when its grace is over, it ends at once, in work, in waiting and in back-off, and leaves no task behind."""
    for stage in (Slow(seconds=30), Scripted(), Scripted([PermanentError("x")])):
        before = asyncio.all_tasks()
        task = asyncio.create_task(run(stage, asyncio.Event()))
        await until(lambda stage=stage: stage.begun)
        await asyncio.sleep(0.05)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asyncio.wait_for(task, 20)
        await asyncio.sleep(0)
        assert asyncio.all_tasks() == before


async def test_draining() -> None:
    """All there is to do is done once, and counted; an error reaches the caller."""
    assert await drain(Scripted([3, 1, 2])) == 6
    assert await drain(Scripted()) == 0
    with pytest.raises(ConnectionLostError):
        await drain(Scripted([1, ConnectionLostError("away")]))


async def waited(bell: Bell, seconds: float) -> float:
    """How long waiting for the bell takes."""
    began = monotonic()
    await bell.wait(timedelta(seconds=seconds))
    return monotonic() - began


async def test_a_bell_rung_beforehand_is_heard() -> None:
    """What was rung before the wait ends it at once, once, however often it was rung."""
    bell = Bell()
    bell.ring()
    bell.ring()
    assert await waited(bell, 60) < 15
    assert await waited(bell, 0.05) >= 0.04


async def test_a_bell_rung_meanwhile_is_heard() -> None:
    """Rung during the wait, it ends it."""
    bell = Bell()
    asyncio.get_running_loop().call_later(0.05, bell.ring)
    assert await waited(bell, 60) < 15


@pytest.mark.parametrize("seconds", [0, -5])
async def test_a_time_that_has_passed_is_not_waited_for(seconds: float) -> None:
    """What is due already is not waited for."""
    assert await waited(Bell(), seconds) < 15


async def test_a_bell_rings_those_behind_it() -> None:
    """One that was made with others rings them too, and they theirs, but not the other way round."""
    last = Bell()
    others = [Bell(last), Bell()]
    first = Bell(*others)
    first.ring()
    for bell in (first, *others, last):
        assert await waited(bell, 60) < 15
    last.ring()
    assert await waited(first, 0.05) >= 0.04


async def test_all_who_wait_for_a_bell_hear_it() -> None:
    """Two who wait for one bell are both woken."""
    bell = Bell()
    waiting = [asyncio.create_task(waited(bell, 5)) for _ in range(2)]
    await asyncio.sleep(0.02)
    bell.ring()
    assert max(await asyncio.gather(*waiting)) < 1
