"""Runs the stages until told to stop: one daemon for a store, a heartbeat, and a stop that finishes the unit in hand."""

import asyncio
import contextlib
import fcntl
import json
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO

from triage.app import App
from triage.errors import SettingsError
from triage.logs import get_logger
from triage.stages.loop import drain, run

#: After this, what is still running is cut off; an interrupted DATA becomes `uncertain` at the next start.
_GRACE_SECONDS = 8.0
_HEARTBEAT_SECONDS = 10.0
_log = get_logger("daemon")


@contextlib.asynccontextmanager
async def only_one(state: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Hold the lease on the store; while another daemon has it, wait, unless told to stop."""
    with _opened(state / "daemon.lock") as file:
        waiting = False
        while not (stop.is_set() or _locked(file.fileno())):
            if not waiting:
                _log.warning("waiting_for_lease", reason="another daemon works on this store")
            waiting = True
            await asyncio.sleep(0.5)
        # The kernel lets go of it however we end, also by kill -9.
        yield


def _opened(path: Path) -> IO[str]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")
    except OSError as error:
        raise SettingsError([f"paths.state = {str(path.parent)!r}: {error.strerror}: expected a folder that can be written"]) from error


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and Ctrl-C set `stop`; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        _log.info("stopping", signal=number.name)
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)


async def serve(app: App, stop: asyncio.Event, *, grace: float = _GRACE_SECONDS) -> None:
    """Run every stage until `stop` is set, then let each finish its unit, for at most `grace` seconds."""
    tasks = [asyncio.create_task(run(stage, stop), name=stage.name) for stage in app.stages]
    tasks.append(asyncio.create_task(_beat(app, stop), name="heartbeat"))
    _log.info("started", mode=app.settings.mode, mailboxes=len(app.mailboxes))
    await stop.wait()
    _done, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        _log.warning("cut_off", stage=task.get_name())
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    _log.info("stopped")


async def once(app: App) -> int:
    """One pass over everything due; how much was done."""
    return sum([await drain(stage) for stage in app.stages])


async def _beat(app: App, stop: asyncio.Event) -> None:
    path = app.settings.paths.state / "heartbeat.json"
    while not stop.is_set():
        try:
            _write_whole(path, {"pid": os.getpid(), "mode": app.settings.mode, "stages": [stage.name for stage in app.stages]})
        except OSError as error:
            # A disk that is full for a while must not end the heartbeat for good.
            _log.warning("heartbeat_not_written", reason=str(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_HEARTBEAT_SECONDS):
                await stop.wait()
    path.unlink(missing_ok=True)


def _write_whole(path: Path, content: dict[str, object]) -> None:
    # A reader never sees half a file.
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps(content), encoding="utf-8")
    draft.replace(path)
