"""A connection in a thread of its own: the library blocks, the daemon must not. Whatever goes wrong, the connection is thrown away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from triage.errors import ConnectionLostError, MailboxMissingError, TriageError
from triage.mailbox import refusals
from triage.mailbox.connection import Connection, connect
from triage.settings import MailboxSettings

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Attempt(Generic[T]):
    """One piece of work on its way to the thread."""

    doing: str
    work: Callable[[Connection], T]
    #: Nobody waits for it any more: it must not begin.
    given_up: bool = field(default=False)


class Session:
    """Runs work on a connection that is made when first needed, and made again after any error."""

    def __init__(self, account: str, settings: MailboxSettings, max_octets: int) -> None:
        self._account = account
        self._settings = settings
        self._max_octets = max_octets
        self._thread: ThreadPoolExecutor | None = None
        self._connection: Connection | None = None

    @property
    def connection(self) -> Connection | None:
        """The connection while there is one; only its descriptor may be looked at from outside."""
        return self._connection

    async def run(self, doing: str, work: Callable[[Connection], T], at_most: float = 0) -> T:
        """What `work` returns; ConnectionLostError after `at_most` seconds (by default twice the configured time-out)."""
        self._thread = self._thread or ThreadPoolExecutor(1, thread_name_prefix=f"imap-{self._account}")
        attempt = _Attempt(doing, work)
        future = asyncio.get_running_loop().run_in_executor(self._thread, self._perform, attempt)
        try:
            # A thread cannot be cancelled: it is shielded, and its socket broken below, which ends it at once.
            return await asyncio.wait_for(asyncio.shield(future), at_most or 2 * self._settings.timeout.total_seconds())
        except TimeoutError:
            self._give_up(attempt)
            raise ConnectionLostError(f"mailbox {self._account}: no end of {doing} in time") from None
        except asyncio.CancelledError:
            self._give_up(attempt)
            raise

    def _give_up(self, attempt: _Attempt[T]) -> None:
        attempt.given_up = True
        if self._connection:
            self._connection.cut()

    def _perform(self, attempt: _Attempt[T]) -> T:
        try:
            return attempt.work(self._connect(attempt))
        except MailboxMissingError:
            # The server said no, in order; the connection is sound.
            raise
        except TriageError:
            self._drop()
            raise
        except Exception as error:
            # The library raises anything at all on an answer it does not understand, and after it nothing on the line can be trusted.
            self._drop()
            raise refusals.of_command(self._account, attempt.doing, error) from error

    def _connect(self, attempt: _Attempt[T]) -> Connection:
        connection = self._connection or connect(self._account, self._settings, self._max_octets)
        self._connection = connection
        if attempt.given_up:
            raise ConnectionLostError(f"mailbox {self._account}: {attempt.doing} was given up")
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection:
            connection.drop()

    async def discard(self) -> None:
        """Throw the connection away; the next use makes another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.cut()
            connection.drop()

    async def close(self) -> None:
        """Log out within two seconds, and let the thread go."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        connection, self._connection = self._connection, None
        if connection:
            leaving = asyncio.get_running_loop().run_in_executor(thread, connection.leave)
            _, late = await asyncio.wait({leaving}, timeout=2)
            if late:
                connection.cut()
        thread.shutdown(wait=False)
