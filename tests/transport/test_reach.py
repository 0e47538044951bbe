"""The first address that answers is used; one dead address does not use up the time."""

import asyncio
import socket
import time

from tests.servers.smtp_sink import Sink
from tests.transport.making import DEFERRED, DELIVERY, SENT, go_on, transport
from triage.transport.reach import reach


async def test_the_greeting_is_left_for_whoever_gets_the_socket(sink: Sink) -> None:
    """The socket is connected and nothing has been read from it."""
    reached = await reach("127.0.0.1", sink.port, 5)
    await asyncio.sleep(0.05)
    with reached:
        reached.setblocking(True)
        reached.settimeout(5)
        assert (await asyncio.to_thread(reached.recv, 100)).startswith(b"220 ")
    assert sink.connections == 1


async def test_a_black_hole_among_the_addresses_costs_a_moment(sink: Sink) -> None:
    """The first address swallows everything, the second answers: the message is sent well within a second."""
    loop, hole = asyncio.get_running_loop(), _black_hole()
    with hole:
        asked: list[str] = []

        async def resolve(host: str, *_arguments: object, **_named: object) -> list[object]:
            asked.append(host)
            ports = (hole.getsockname()[1], sink.port)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in ports]

        loop.getaddrinfo = resolve  # type: ignore[assignment]
        begun = time.monotonic()
        async with transport(sink.port, host="localhost", connect_timeout="30s") as out:
            assert (await out.send(DELIVERY, go_on)).status is SENT
        del loop.getaddrinfo
        assert (asked, time.monotonic() - begun < 15) == (["localhost"], True)


async def test_a_host_that_swallows_everything_is_away(sink: Sink) -> None:
    """No answer to the connection within its time: deferred, at the host's fault."""
    with _black_hole() as hole:
        async with transport(hole.getsockname()[1], connect_timeout="0.2s") as out:
            receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)


async def test_a_name_without_an_address_is_away() -> None:
    """DNS that knows no such host is a fault of the host and not of the message."""
    async with transport(25, host="nowhere.invalid", security="tls") as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)


def _black_hole() -> socket.socket:
    """A port whose connections are never completed: its backlog is full."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    for _ in range(2):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        _FILLERS.append(filler)
    return listener


_FILLERS: list[socket.socket] = []
