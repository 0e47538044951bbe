"""A connected socket to the first address of a host that answers, so that one dead address does not use up the time (RFC 8305)."""

import asyncio
import socket

#: Until the next address is tried beside the first (RFC 8305 §5).
_DELAY_SECONDS = 0.25


class _Deaf(asyncio.Protocol):
    """Reads nothing: the greeting belongs to whoever gets the socket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if isinstance(transport, asyncio.ReadTransport):
            transport.pause_reading()


async def reach(host: str, port: int, seconds: float) -> socket.socket:
    """The socket; OSError where no address answers in time or the name has none."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(seconds):
        transport, _protocol = await loop.create_connection(_Deaf, host, port, happy_eyeballs_delay=_DELAY_SECONDS)
    # The library takes sockets and not transports: the connection lives on in the duplicate.
    reached: socket.socket = transport.get_extra_info("socket").dup()
    transport.abort()
    return reached
