"""Reads messages in disposable processes: one poison message can kill a worker, never the daemon or another message."""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from datetime import timedelta

from pebble import ProcessExpired, ProcessPool

from triage.message import RawMessage
from triage.reading import Reading, Unreadable
from triage.workers.bounded import Read, begin, read_alone, read_together

#: A chunk is what one trip to a worker carries: enough to make the trip cheap, little enough to share the work.
_CHUNK_MESSAGES = 16
_CHUNK_OCTETS = 1_000_000
#: Workers beyond the cores, so that a message at its time limit does not keep its neighbours waiting.
_SPARE_WORKERS = 2


class ReaderPool:
    """The Reader port on a pool of processes. `read` and `prepare` are found by name in each process."""

    def __init__(
        self, read: Read, prepare: Callable[[], None], *, workers: int, time: timedelta, memory_mb: int, preload: str = ""
    ) -> None:
        # Fork from a clean server process: forking this one would copy its threads' locks.
        context = multiprocessing.get_context("forkserver")
        # The server imports the code once; a new worker after a kill then starts in milliseconds.
        context.set_forkserver_preload([preload or read.__module__])
        cores = workers or multiprocessing.cpu_count()
        self._pool = ProcessPool(cores + _SPARE_WORKERS, context=context, initializer=begin, initargs=[prepare, memory_mb])
        self._read = read
        self._seconds = time.total_seconds()

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message, in order."""
        return [result for chunk in chunks(messages) for result in self._begin_chunk(chunk)]

    async def close(self) -> None:
        """Stop the processes."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        await asyncio.to_thread(self._pool.join)

    def _begin_chunk(self, chunk: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        if len(chunk) == 1:
            return [self._read_one(chunk[0])]
        future = self._pool.schedule(read_together, args=[self._read, chunk], timeout=self._seconds)
        together: asyncio.Future[list[Reading | None]] = asyncio.wrap_future(future)
        return [self._from_chunk(together, position, message) for position, message in enumerate(chunk)]

    async def _from_chunk(
        self, together: "asyncio.Future[list[Reading | None]]", position: int, message: RawMessage
    ) -> Reading | Unreadable:
        try:
            reading = (await asyncio.shield(together))[position]
        # One message brought the worker down, whatever was raised on its behalf; reading each alone tells which.
        except Exception:
            reading = None
        return reading or await self._read_one(message)

    async def _read_one(self, message: RawMessage) -> Reading | Unreadable:
        try:
            return await asyncio.wrap_future(self._pool.schedule(read_alone, args=[self._read, message], timeout=self._seconds))
        except FutureTimeoutError:
            return Unreadable(reason=f"reading took longer than {self._seconds:g} s")
        except MemoryError:
            return Unreadable(reason="reading needed more memory than allowed")
        except ProcessExpired as error:
            return Unreadable(reason=f"the reader died (exit code {error.exitcode})")
        # A defect of ours, met by this message: it becomes a case for a person instead of a daemon that cannot go on.
        except Exception as error:
            return Unreadable(reason=f"the reader failed: {type(error).__name__}")


def chunks(messages: Sequence[RawMessage]) -> Iterator[Sequence[RawMessage]]:
    """The messages in order, in groups of bounded number and size; a large one is alone."""
    group: list[RawMessage] = []
    octets = 0
    for message in messages:
        if group and (len(group) == _CHUNK_MESSAGES or octets + len(message.content) > _CHUNK_OCTETS):
            yield group
            group, octets = [], 0
        group.append(message)
        octets += len(message.content)
    if group:
        yield group
