"""Runs the stages until told to stop: a heartbeat, a stop that finishes the unit in hand, and a new start where the lease was lost."""

import asyncio
import signal
from collections.abc import Sequence

from triage import heartbeat, lease
from triage.alarm import AlarmBoard
from triage.app import App, assembled
from triage.errors import StoreLostError
from triage.logs import get_logger
from triage.records import LeaseClaim
from triage.renewal import Renewal
from triage.settings import Settings
from triage.stages.loop import Stage, drain, run

#: After this, what is still running is cut off; an interrupted DATA becomes `uncertain` at the next start.
_GRACE_SECONDS = 8.0
_log = get_logger("daemon")


def stop_on_signals(stop: asyncio.Event) -> None:
    """SIGTERM and Ctrl-C set `stop`; a second one ends the process at once."""
    loop = asyncio.get_running_loop()

    def asked(number: signal.Signals) -> None:
        _log.info("stopping", signal=number.name)
        stop.set()
        loop.remove_signal_handler(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)


async def run_daemon(settings: Settings, stop: asyncio.Event, renewal: Renewal | None = None) -> None:
    """Serve until `stop` is set; begin again with a new configuration, or as the one that waits where another took the lease over."""
    board = AlarmBoard()
    while not stop.is_set():
        async with assembled(settings, board=board) as app:
            settings = await _until_renewed(app, stop, renewal) if renewal else settings
            if not renewal:
                await serve(app, stop)


async def _until_renewed(app: App, stop: asyncio.Event, renewal: Renewal) -> Settings:
    """Serve until told to stop or to begin again; the settings to begin with."""
    ending = asyncio.Event()
    serving = asyncio.create_task(serve(app, ending))
    fresh = asyncio.create_task(renewal.next(app.settings, app.board, app.now))
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait((serving, fresh, stopping), return_when=asyncio.FIRST_COMPLETED)
        ending.set()
        # Units in hand are finished as at any stop, and what is left lies in the tables between the stages.
        await serving
        return fresh.result() if fresh.done() else app.settings
    finally:
        for task in (serving, fresh, stopping):
            task.cancel()
        await asyncio.gather(serving, fresh, stopping, return_exceptions=True)


async def serve(app: App, stop: asyncio.Event, *, grace: float = _GRACE_SECONDS) -> None:
    """Run every stage until `stop` is set or the lease is lost, then let each finish its unit, for at most `grace` seconds."""
    async with lease.leased(app.store, _claim(app), app.now, stop) as lost:
        if not lost.is_set():
            await _work(app, stop, lost, grace)


async def once(app: App) -> int:
    """One pass over everything due; how much was done."""
    async with lease.leased(app.store, _claim(app), app.now, asyncio.Event()):
        await _recover(app)
        return sum([await drain(stage) for stage in app.stages])


async def _work(app: App, stop: asyncio.Event, lost: asyncio.Event, grace: float) -> None:
    ending = asyncio.Event()
    if app.store.displaced:
        said = f"{app.store.displaced} gave no sign of life: this place has taken over; does the other one still run?"
        app.board.note("took_over", said, app.now())
    await _recover(app)
    tasks = [asyncio.create_task(run(stage, ending, app.watch.pulses), name=stage.name) for stage in _everything(app)]
    tasks.append(asyncio.create_task(heartbeat.beat(app, ending), name="heartbeat"))
    _log.info("started", mode=app.settings.mode, mailboxes=len(app.mailboxes))
    await _first(tasks, stop, lost)
    ending.set()
    _done, late = await asyncio.wait(tasks, timeout=grace)
    for task in late:
        _log.warning("cut_off", stage=task.get_name())
        task.cancel()
    ends = await asyncio.gather(*tasks, return_exceptions=True)
    for error in ends:
        if isinstance(error, StoreLostError):
            await _tell_lost(app, error)
            raise error
    _log.info("stopped")


async def _tell_lost(app: App, error: StoreLostError) -> None:
    # Whoever starts us again gives us a fresh look at the store; going on with this one would only make believe.
    _log.error("store_lost", reason=str(error))
    app.board.sound("store_lost", f"{error}; the daemon has stopped", app.now())
    await app.watch.warn.work()


async def _recover(app: App) -> None:
    # Only with the lease held: what is on another daemon's wire is not ours to judge.
    if app.deliver:
        await app.deliver.recover()


async def _first(tasks: Sequence[asyncio.Task[None]], *events: asyncio.Event) -> None:
    """Return when one of the events is set, or one of the tasks, none of which ends by itself, has met its end."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait([*waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)


def _everything(app: App) -> tuple[Stage, ...]:
    return (*app.stages, *([app.hear] if app.hear else []), app.expiry, app.watch.vitals, app.watch.warn)


def _claim(app: App) -> LeaseClaim:
    return lease.claim(app.settings.paths.state, app.settings.lease.lasts)
