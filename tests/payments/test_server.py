"""The small HTTP server: what it takes, what it refuses, and that nobody can hold it up."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.rows import rows
from triage.errors import TemporaryError
from triage.payment import Post
from triage.webhooks.server import WebhookServer


class Desk:
    """Takes posts and answers as it is told to."""

    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.code = 200
        self.held: asyncio.Event | None = None

    async def take(self, post: Post) -> int:
        """The status code."""
        self.posts.append(post)
        if self.held:
            await self.held.wait()
        return self.code


@pytest.fixture
def desk() -> Desk:
    """Whoever answers."""
    return Desk()


@pytest.fixture
async def server(desk: Desk) -> AsyncIterator[WebhookServer]:
    """One that listens, and has room for two at a time."""
    made = WebhookServer("127.0.0.1", 0, connections=2)
    await made.open(desk.take)
    yield made
    await made.close()


async def said(server: WebhookServer, octets: bytes) -> bytes:
    """What is answered to these octets."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(octets)
    async with asyncio.timeout(20):
        found = await reader.read()
    writer.close()
    return found


async def test_a_post(server: WebhookServer, desk: Desk) -> None:
    """Path, fields and body come as they were sent, in whatever pieces; the answer is the code, and the line is closed."""
    async with httpx.AsyncClient() as client:
        answer = await client.post(
            f"http://127.0.0.1:{server.port}/stripe?x=1", content=b"\x00\xff", headers={"X-Thing": "é".encode("latin-1")}
        )
    assert (answer.status_code, answer.content, answer.headers["Connection"]) == (200, b"", "close")
    [post] = desk.posts
    assert (post.path, post.body, post.fields["x-thing"]) == ("/stripe?x=1", b"\x00\xff", "é")
    chunked = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    assert b" 200 " in await said(server, chunked)
    assert desk.posts[1].body == b"abcde"


@rows(
    ("octets", "code"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b" 405 "),
        (b"nonsense\r\n\r\n", b" 400 "),
        (b"POST / HTTP/1.1\r\n\r\n", b" 400 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", b" 400 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", b""),
        (b"POST / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 50_000, b" 431 "),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 700000\r\n\r\n" + b"x" * 600_000, b" 413 "),
        (b"\x16\x03\x01\x02\x00", b""),
    ],
)
async def test_what_is_refused(server: WebhookServer, desk: Desk, octets: bytes, code: bytes) -> None:
    """Other methods, what is no HTTP, and what is too large; it goes on listening."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(octets)
    writer.write_eof()
    async with asyncio.timeout(20):
        try:
            found = await reader.read()
        except ConnectionResetError:
            # What was sent too much is thrown away with the line.
            found = code
    writer.close()
    assert code in found
    assert all(len(post.body) < 600_000 for post in desk.posts)
    assert b" 200 " in await said(server, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")


async def test_one_that_asks_whether_it_may(server: WebhookServer, desk: Desk) -> None:
    """Is told so before it sends its body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(b"POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
    async with asyncio.timeout(20):
        assert b" 100 " in await reader.readuntil(b"\r\n\r\n")
        writer.write(b"ab")
        assert b" 200 " in await reader.read()
    writer.close()
    assert desk.posts[0].body == b"ab"


async def test_only_so_many_at_a_time(server: WebhookServer, desk: Desk) -> None:
    """Beyond that they are asked to come again; when one is done there is room."""
    desk.held = asyncio.Event()
    post = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n"
    first = [asyncio.create_task(said(server, post)) for _ in range(2)]
    async with asyncio.timeout(20):
        while len(desk.posts) < 2:
            await asyncio.sleep(0.005)
    assert b" 503 " in await said(server, post)
    desk.held.set()
    assert all(b" 200 " in answer for answer in await asyncio.gather(*first))
    assert b" 200 " in await said(server, post)


async def test_who_says_nothing_is_waited_for_so_long(desk: Desk) -> None:
    """A line that is held without a word is closed, and so is one whose request never ends."""
    server = WebhookServer("127.0.0.1", 0, seconds=0.05)
    await server.open(desk.take)
    for octets in (b"", b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nab"):
        assert await said(server, octets) == b""
    assert desk.posts == []
    await server.close()


async def test_a_port_that_is_taken(server: WebhookServer, desk: Desk) -> None:
    """It is said which one; later it may be free."""
    other = WebhookServer("127.0.0.1", server.port)
    with pytest.raises(TemporaryError, match=f"127.0.0.1:{server.port}.*expected a free port"):
        await other.open(desk.take)
    assert other.port == 0
    await server.close()
    await server.close()
    port = server.port
    assert port == 0
