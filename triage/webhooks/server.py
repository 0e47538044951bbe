"""A small HTTP server for what others post to us: bounded in size, time and number; TLS is the business of a proxy before it."""

import asyncio
from collections.abc import Awaitable, Callable

import h11

from triage.errors import TemporaryError
from triage.logs import get_logger
from triage.payment import Post

#: Events take some kilobytes.
_LARGEST = 512 << 10
_LARGEST_HEAD = 32 << 10
#: From the first octet to the answer, which waits for the store.
_SECONDS = 20.0
#: Providers send a few at a time; whoever opens more is turned away until they are done.
_CONNECTIONS = 64
_log = get_logger("webhooks")

#: What is answered to a post: the status code.
Answers = Callable[[Post], Awaitable[int]]


class WebhookServer:
    """Listens while it is open. One request on a connection, so that nobody can hold one for long."""

    def __init__(self, host: str, port: int, *, seconds: float = _SECONDS, connections: int = _CONNECTIONS) -> None:
        """Port 0 takes any that is free."""
        self._host = host
        self._port = port
        self._seconds = seconds
        self._most = connections
        self._open = 0
        self._server: asyncio.Server | None = None

    @property
    def port(self) -> int:
        """Where it listens; 0 while it does not."""
        return int(self._server.sockets[0].getsockname()[1]) if self._server and self._server.sockets else 0

    async def open(self, answers: Answers) -> None:
        """Listen from now on; TemporaryError where the port is another's."""

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await self._serve(reader, writer, answers)

        try:
            self._server = await asyncio.start_server(serve, self._host, self._port)
        except OSError as error:
            raise TemporaryError(f"payments.listen: {self._host}:{self._port}: {error.strerror}: expected a free port") from error

    async def close(self) -> None:
        """Stop listening; what was begun is answered. Safe to call twice."""
        server, self._server = self._server, None
        if server:
            server.close()
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: Answers) -> None:
        self._open += 1
        try:
            async with asyncio.timeout(self._seconds):
                await _exchange(reader, writer, answers if self._open <= self._most else _turned_away)
        except (TimeoutError, ConnectionError) as error:
            # Answered or not, they post it again, and it is known by then.
            _log.info("webhook_broken_off", error=type(error).__name__)
        finally:
            self._open -= 1
            writer.close()


async def _turned_away(_post: Post) -> int:
    return 503


async def _exchange(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: Answers) -> None:
    http = h11.Connection(h11.SERVER, max_incomplete_event_size=_LARGEST_HEAD)
    try:
        code = await _answered(http, reader, writer, answers)
    except h11.RemoteProtocolError as error:
        code = error.error_status_hint
    head = h11.Response(status_code=code, headers=[("Content-Length", "0"), ("Connection", "close")])
    if http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
        writer.write((http.send(head) or b"") + (http.send(h11.EndOfMessage()) or b""))
        await writer.drain()


async def _answered(http: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answers: Answers) -> int:
    request, body = h11.Request(method="GET", target="/", headers=[("Host", "")]), bytearray()
    while not isinstance(event := http.next_event(), h11.EndOfMessage):
        if event is h11.NEED_DATA:
            if http.they_are_waiting_for_100_continue:
                writer.write(http.send(h11.InformationalResponse(status_code=100, headers=[])) or b"")
            http.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            request = event
            if request.method != b"POST":
                return 405
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _LARGEST:
                return 413
        else:
            raise ConnectionResetError("closed before a request was whole")
    fields = {name.decode("ascii").lower(): value.decode("latin-1") for name, value in request.headers}
    return await answers(Post(path=request.target.decode("ascii", "replace"), fields=fields, body=bytes(body)))
