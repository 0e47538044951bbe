"""The one loop that runs every stage: work, stop?, sleep only when idle, back off when the world fails."""

import asyncio
import contextlib
from collections.abc import Coroutine
from datetime import timedelta
from typing import Protocol, runtime_checkable

from tenacity import AsyncRetrying, RetryCallState, retry_if_not_exception_type, wait_random_exponential

from triage.errors import PermanentError, StoreLostError, TemporaryError
from triage.logs import get_logger
from triage.stages.pulse import Pulses

#: A password does not heal by trying; too many attempts lock an account.
_PERMANENT_WAIT = 300.0
#: How long whoever follows the history of cases rests: customers' mail comes first.
TICK = timedelta(seconds=2)
#: After a wait for work that failed.
_PAUSE = 1.0
#: Trying again is no answer to these.
_ENDINGS = (asyncio.CancelledError, KeyboardInterrupt, SystemExit, StoreLostError)
_log = get_logger("loop")


class Bell:
    """Rung by one stage to wake the next ones."""

    def __init__(self, *others: "Bell") -> None:
        self._event = asyncio.Event()
        self._others = others

    def ring(self) -> None:
        """There is work, here and for the others."""
        self._event.set()
        for bell in self._others:
            bell.ring()

    async def wait(self, at_most: timedelta) -> None:
        """Return when rung, or after that time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, at_most.total_seconds())):
                await self._event.wait()
        self._event.clear()


class Stage(Protocol):
    """A function of one unit of work between two tables."""

    #: For logs and the heartbeat.
    name: str

    async def work(self) -> int:
        """Do one unit; how much was done, 0 when there was nothing to do."""

    async def idle(self) -> None:
        """Return as soon as there may be work again."""


@runtime_checkable
class Resting(Protocol):
    """A stage that may have work on its way when `work` returns."""

    async def rest(self) -> None:
        """Let it come to its end."""


async def run(stage: Stage, stop: asyncio.Event, pulses: Pulses | None = None) -> None:
    """Run a stage until `stop` is set; a unit in hand is finished first. Raises only StoreLostError."""
    retrying = AsyncRetrying(
        retry=retry_if_not_exception_type(_ENDINGS),
        wait=_patience,
        sleep=lambda seconds: _unless(stop, asyncio.sleep(seconds)),
        before_sleep=lambda state: _report(stage.name, state, pulses),
        stop=lambda _state: stop.is_set(),
        retry_error_callback=lambda _state: 0,
    )
    while not stop.is_set():
        done: int = await retrying(_unit, stage, stop)
        if pulses:
            pulses.beat(stage.name)
        if not done and not stop.is_set():
            await _unless(stop, _idle(stage))
    if isinstance(stage, Resting):
        await stage.rest()


async def drain(stage: Stage) -> int:
    """Run a stage until its queue is empty; how much was done in all."""
    total = 0
    while done := await stage.work():
        total += done
    return total


async def _unit(stage: Stage, stop: asyncio.Event) -> int:
    # A stop that cuts a back-off short must not begin another attempt on a server that is away.
    return 0 if stop.is_set() else await stage.work()


async def _idle(stage: Stage) -> None:
    try:
        await stage.idle()
    except StoreLostError:
        raise
    except (TemporaryError, PermanentError):
        # Waiting is only for speed: the next unit of work meets the same fault and backs off properly.
        await asyncio.sleep(_PAUSE)
    except Exception as error:
        # A defect in waiting: told like one in working, and never a loop without a pause.
        _log.error("stage_failed", stage=stage.name, seconds=_PAUSE, exc_info=error)
        await asyncio.sleep(_PAUSE)


async def _unless(stop: asyncio.Event, waiting: Coroutine[object, object, None]) -> None:
    tasks = [asyncio.ensure_future(waiting), asyncio.ensure_future(stop.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


_exponential = wait_random_exponential(multiplier=1, max=60)


def _patience(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return _PERMANENT_WAIT if isinstance(error, PermanentError) else _exponential(state)


def _report(name: str, state: RetryCallState, pulses: Pulses | None) -> None:
    error = state.outcome.exception() if state.outcome else None
    if pulses and error is not None:
        pulses.miss(name, error, permanent=not isinstance(error, TemporaryError))
    wait = round(state.upcoming_sleep, 1)
    if isinstance(error, TemporaryError | PermanentError):
        _log.warning("stage_waits", stage=name, error=type(error).__name__, reason=str(error), seconds=wait, attempt=state.attempt_number)
    elif error is not None:
        # Not one of ours, so a defect: the traceback is wanted, and the other stages go on.
        _log.error("stage_failed", stage=name, seconds=wait, exc_info=error)
