"""Noticing new mail: by IDLE (RFC 2177), or by asking where that is quicker or the server cannot."""

import asyncio
import ssl
from typing import Final

from triage.mailbox.connection import Connection
from triage.mailbox.session import Session

#: Servers may hang up on whoever idles for half an hour (RFC 2177 §3).
_IDLE_AT_MOST: Final = 29 * 60.0
#: Round trip, in seconds; a loopback address that takes longer is the mouth of a tunnel.
_NEAR: Final = 0.005


class Waiter:
    """Waits for a change in one folder on a connection of its own."""

    def __init__(self, session: Session, pulse: float) -> None:
        self._session = session
        #: How often a server on this machine is asked, in seconds; 0 never.
        self._pulse = pulse

    async def wait(self, folder: str, at_most: float) -> bool:
        """True as soon as the folder may have got a message, False after `at_most` seconds."""
        if await self._session.run("opening", lambda connection: _enter(connection, folder)):
            # What came before this connection listened went unnoticed: look once.
            return True
        give_up = asyncio.get_running_loop().time() + at_most
        while (left := give_up - asyncio.get_running_loop().time()) > 0:
            if await self._listen(left):
                return True
        return False

    async def _listen(self, left: float) -> bool:
        connection = self._session.connection
        near = bool(self._pulse) and connection is not None and connection.round_trip < _NEAR
        if not near and connection is not None and connection.has("IDLE"):
            return await self._idle(min(left, _IDLE_AT_MOST))
        # Dovecot holds the notices of IDLE back for half a second; a server this close can as well be asked.
        await asyncio.sleep(min(left, self._pulse) if near else left)
        return await self._session.run("asking for news", _ask)

    async def _idle(self, at_most: float) -> bool:
        descriptor = await self._session.run("starting to idle", _start_idling)
        try:
            if descriptor >= 0:
                await _readable(descriptor, at_most)
        except asyncio.CancelledError:
            # Half way through IDLE the connection takes no other command.
            self._session.discard()
            raise
        return await self._session.run("ending to idle", _stop_idling)


def _enter(connection: Connection, folder: str) -> bool:
    if connection.folder == folder:
        return False
    connection.open(folder)
    return True


def _ask(connection: Connection) -> bool:
    return _brings_news(connection, connection.client.noop()[1])


def _start_idling(connection: Connection) -> int:
    """The descriptor to watch; -1 when something was said already, which no watching would show."""
    connection.client.idle()
    sock = connection.client.socket()
    timeout = sock.gettimeout()
    sock.settimeout(0)
    try:
        return -1 if connection.client._imap.file.peek(1) else sock.fileno()
    except ssl.SSLWantReadError:
        return int(sock.fileno())
    finally:
        sock.settimeout(timeout)


def _stop_idling(connection: Connection) -> bool:
    return _brings_news(connection, connection.client.idle_done()[1])


def _brings_news(connection: Connection, responses: object) -> bool:
    # The library also keeps all of them for somebody to ask, and on this connection nobody ever does.
    connection.client._imap.untagged_responses.clear()
    # Flags that people set, and messages that leave, are no reason to look.
    return isinstance(responses, list) and any(
        isinstance(response, tuple) and len(response) > 1 and response[1] in (b"EXISTS", b"RECENT") for response in responses
    )


async def _readable(descriptor: int, at_most: float) -> None:
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    loop.add_reader(descriptor, ready.set)
    try:
        async with asyncio.timeout(at_most):
            await ready.wait()
    except TimeoutError:
        return
    finally:
        loop.remove_reader(descriptor)
