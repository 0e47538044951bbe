"""Reads messages in disposable processes: one poison message can kill a reader, never the daemon or another message."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from triage.errors import ReaderDiedError
from triage.message import RawMessage
from triage.reading import Reading, Unreadable
from triage.workers.bounded import Job, Read, read_alone, read_together
from triage.workers.reader import ForkServer, Reader

#: A chunk is what one trip to a reader carries: enough to make the trip cheap, little enough to share the work.
_CHUNK_MESSAGES = 16
_CHUNK_OCTETS = 1_000_000
#: Readers beyond the cores, so that a message at its time limit does not keep its neighbours waiting.
_SPARE_READERS = 2


class ReaderPool:
    """The Reader port on a pool of processes, each started when it is first needed. `read` and `prepare` are found by name in each."""

    def __init__(self, read: Read, prepare: Callable[[], None], *, workers: int, time: timedelta, memory_mb: int) -> None:
        self._server = ForkServer(prepare, read, memory_mb)
        #: One thread waits for each reader.
        self._threads = ThreadPoolExecutor((workers or os.cpu_count() or 1) + _SPARE_READERS, thread_name_prefix="reader")
        self._idle: list[Reader] = []
        self._seconds = time.total_seconds()

    def read(self, messages: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        """One result to come per message, in order."""
        return [result for chunk in chunks(messages) for result in self._begin_chunk(chunk)]

    async def close(self) -> None:
        """End the processes; what was being read has no result."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._server.close()
        self._threads.shutdown()
        for reader in self._idle:
            reader.connection.close()

    def _begin_chunk(self, chunk: Sequence[RawMessage]) -> list[Awaitable[Reading | Unreadable]]:
        if len(chunk) == 1:
            return [self._read_one(chunk[0])]
        together = asyncio.wrap_future(self._threads.submit(self._ask, (read_together, chunk)))
        return [self._from_chunk(together, position, message) for position, message in enumerate(chunk)]

    async def _from_chunk(
        self, together: "asyncio.Future[Sequence[Reading | Unreadable | None]]", position: int, message: RawMessage
    ) -> Reading | Unreadable:
        try:
            reading = (await asyncio.shield(together))[position]
        # One message brought the reader down; reading each alone tells which.
        except (TimeoutError, ReaderDiedError):
            reading = None
        return reading or await self._read_one(message)

    async def _read_one(self, message: RawMessage) -> Reading | Unreadable:
        try:
            (reading,) = await asyncio.wrap_future(self._threads.submit(self._ask, (read_alone, [message])))
        except TimeoutError:
            return Unreadable(reason=f"reading took longer than {self._seconds:g} s")
        except ReaderDiedError as error:
            return Unreadable(reason=f"the reader died (exit code {error.exit_code})")
        return reading or Unreadable(reason="the reader had no answer")

    def _ask(self, job: Job) -> Sequence[Reading | Unreadable | None]:
        reader = self._free()
        try:
            answer = reader.ask(job, self._seconds)
        except ReaderDiedError as error:
            raise ReaderDiedError(exit_code=self._server.end(reader)) from error
        except BaseException:
            self._server.end(reader)
            raise
        self._idle.append(reader)
        return answer

    def _free(self) -> Reader:
        # Taken from a list and put back by threads: each of the two is one step.
        while self._idle:
            reader = self._idle.pop()
            if reader.lives:
                return reader
            self._server.end(reader)
        return self._server.start()


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
