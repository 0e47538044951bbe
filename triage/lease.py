"""One daemon for a store: a lock among the processes of one place, and the store's lease among places."""

import asyncio
import contextlib
import fcntl
import os
import socket
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import IO

from triage.errors import SettingsError, StoreLostError, TemporaryError
from triage.logs import get_logger
from triage.ports import Now, Store
from triage.records import LeaseClaim

#: Between two looks at a lease that another holds.
_LOOK_SECONDS = 0.5
#: Renewed so many times before it would run out: one commit that takes long loses nothing.
_RENEWALS = 3
_log = get_logger("lease")


@contextlib.asynccontextmanager
async def only_one(state: Path, stop: asyncio.Event) -> AsyncIterator[None]:
    """Hold the lock of this state folder; while another daemon has it, wait, unless told to stop."""
    with _opened(state / "daemon.lock") as file:
        waiting = False
        while not (stop.is_set() or _locked(file.fileno())):
            if not waiting:
                _log.warning("waiting_for_lease", reason="another daemon works on this store")
            waiting = True
            await asyncio.sleep(_LOOK_SECONDS)
        # The kernel lets go of it however we end, also by kill -9.
        yield


def claim(state: Path, lasts: timedelta) -> LeaseClaim:
    """What this process asks the store for; call it with the lock of `state` held."""
    host = socket.gethostname()
    return LeaseClaim(place=f"{host}:{state.resolve()}", holder=f"process {os.getpid()} on {host}", lasts=lasts)


@contextlib.asynccontextmanager
async def leased(store: Store, wanted: LeaseClaim, now: Now, stop: asyncio.Event) -> AsyncIterator[asyncio.Event]:
    """Hold the store's lease, waiting for it unless told to stop; yields an event that is set when another has taken it over."""
    lost = asyncio.Event()
    held = await _taken(store, wanted, now, stop)
    if not held:
        lost.set()
    keeper = asyncio.create_task(_keep(store, wanted, now, lost), name="lease")
    try:
        yield lost
    finally:
        keeper.cancel()
        await asyncio.gather(keeper, return_exceptions=True)
        if not lost.is_set():
            # A store that cannot be written keeps the lease until it runs out; that is what its end is for.
            with contextlib.suppress(TemporaryError, StoreLostError):
                await store.release()


async def _taken(store: Store, wanted: LeaseClaim, now: Now, stop: asyncio.Event) -> bool:
    waiting = False
    while not stop.is_set():
        try:
            if await store.hold(wanted, now()):
                return True
            reason = "another daemon holds the lease on the store"
        except TemporaryError as error:
            reason = str(error)
        if not waiting:
            _log.warning("waiting_for_lease", reason=reason)
        waiting = True
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_SECONDS):
                await stop.wait()
    return False


async def _keep(store: Store, wanted: LeaseClaim, now: Now, lost: asyncio.Event) -> None:
    while not lost.is_set():
        await asyncio.sleep(wanted.lasts.total_seconds() / _RENEWALS)
        try:
            if not await store.hold(wanted, now()):
                _log.error("lease_lost", reason="another daemon has taken over; this one stops working")
                lost.set()
        except TemporaryError as error:
            # Busy or full: nothing else is written either, and whoever takes over meanwhile is kept apart by the fence.
            _log.warning("lease_not_renewed", reason=str(error))


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
