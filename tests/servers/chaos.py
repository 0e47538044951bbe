"""A TCP proxy that does to a connection what networks do: cut it, split it, hold it, swallow it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Chaos:
    """The proxy's behaviour, to be changed while it runs; it concerns what is forwarded from then on."""

    upstream: int
    port: int = 0
    #: Cut when the server has said this, before it is forwarded.
    cut_before_reply: bytes = b""
    #: How many times; from then on an honest proxy in this.
    cuts: int = 1 << 30
    #: Cut when the client has said this, after it was forwarded; the server acts, its answer is lost.
    cut_after_request: bytes = b""
    #: Forward in pieces of three octets.
    split: bool = False
    #: From when the server has said this, forward nothing more to the client.
    swallow_from: bytes = b""
    #: From when the client has said this, read nothing more of it.
    stop_reading_at: bytes = b""
    #: Accept connections and forward nothing at all.
    black_hole: bool = False
    #: Seconds between the pieces.
    pause: float = 0.0
    #: What to replace by what in the words of the server.
    rewrites: tuple[tuple[bytes, bytes], ...] = ()
    #: Only where this is said in the same breath.
    rewrite_beside: bytes = b""
    #: How often a cut or swallow has happened.
    hits: int = 0
    #: What clients have said, all connections together.
    said: bytearray = field(default_factory=bytearray)
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)
    #: Clients that hear nothing any more.
    _deaf: set[asyncio.StreamWriter] = field(default_factory=set)

    def calm(self) -> None:
        """Be an honest proxy again."""
        self.cut_before_reply = self.cut_after_request = self.swallow_from = self.stop_reading_at = b""
        self.split = self.black_hole = False
        self.cuts = 1 << 30
        self.rewrites, self.rewrite_beside = (), b""
        self.pause = 0.0

    def cut(self) -> None:
        """Cut all connections now."""
        for writer in list(self._writers):
            writer.transport.abort()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, until either side ends it."""
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, up_writer}
        with suppress(OSError):
            await asyncio.gather(self._requests(reader, up_writer, writer), self._replies(up_reader, writer, up_writer))
        self._writers -= {writer, up_writer}

    async def _requests(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        tail = b""
        while data := await reader.read(65536):
            self.said += data
            tail = tail[-4096:] + data
            if self.black_hole:
                continue
            cutting = bool(self.cut_after_request) and self.cut_after_request in tail
            if cutting:
                self._deaf.add(back)
            writer.write(data)
            if cutting:
                self.hits += 1
                # The server must have had the time to act on it.
                await asyncio.sleep(0.1)
                back.transport.abort()
                break
            if self.stop_reading_at and self.stop_reading_at in tail:
                self.hits += 1
                await asyncio.Event().wait()
        writer.close()

    async def _replies(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, back: asyncio.StreamWriter) -> None:
        tail, swallowed = b"", False
        while data := await reader.read(65536):
            tail = tail[-4096:] + data
            if self.cut_before_reply and self.cuts > 0 and self.cut_before_reply in tail:
                self.hits, self.cuts = self.hits + 1, self.cuts - 1
                writer.transport.abort()
                break
            if not swallowed and self.swallow_from and self.swallow_from in tail:
                self.hits, swallowed = self.hits + 1, True
            if not swallowed and not self.black_hole and writer not in self._deaf:
                for old, new in self.rewrites if self.rewrite_beside in data else ():
                    data = data.replace(old, new)
                await self._forward(data, writer)
        back.close()
        writer.close()

    async def _forward(self, data: bytes, writer: asyncio.StreamWriter) -> None:
        step = 3 if self.split else len(data)
        for start in range(0, len(data), step):
            writer.write(data[start : start + step])
            await writer.drain()
            if self.split:
                await asyncio.sleep(self.pause)


@asynccontextmanager
async def in_front_of(port: int) -> AsyncIterator[Chaos]:
    """A proxy before a server on loopback."""
    proxy = Chaos(port)
    tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        # A cancelled handler would be logged as an error by asyncio.
        with suppress(asyncio.CancelledError):
            await proxy.serve(reader, writer)

    listener = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listener.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listener.close()
        proxy.cut()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
