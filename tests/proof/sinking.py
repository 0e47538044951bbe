"""The scripted SMTP server in a thread of its own, for proofs that wait for processes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.servers import smtp_sink


@dataclass(frozen=True)
class Sunk:
    """The running server."""

    sink: smtp_sink.Sink

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.sink.port

    def accepted(self, recipient: str) -> int:
        """How many messages it accepted for that recipient."""
        return sum(recipient in envelope.recipients for envelope in list(self.sink.accepted))


@contextmanager
def sunk() -> Iterator[Sunk]:
    """A sink that runs until the block ends."""
    loop = asyncio.new_event_loop()
    ending = asyncio.Event()
    started: list[smtp_sink.Sink] = []
    ready = threading.Event()

    async def serve() -> None:
        async with smtp_sink.running() as sink:
            started.append(sink)
            ready.set()
            await ending.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), name="sink", daemon=True)
    thread.start()
    ready.wait(10)
    try:
        yield Sunk(started[0])
    finally:
        loop.call_soon_threadsafe(ending.set)
        thread.join(10)
        loop.close()
