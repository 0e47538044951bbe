"""A connection in a thread of its own: the library blocks, the daemon must not. Whatever goes wrong, the connection is thrown away."""

import asyncio
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Generic, TypeVar

from triage.access import Access
from triage.errors import MailboxMissingError, TriageError
from triage.mailbox import refusals
from triage.mailbox.connection import Connection, connect
from triage.mailbox.door import Door
from triage.sections.servers import MailboxSettings

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class _Attempt(Generic[T]):
    """One piece of work on its way to the thread."""

    doing: str
    work: Callable[[Connection], T]
    result: "Future[T]" = field(default_factory=Future)
    #: The thread is at it: the connection in use is its own.
    begun: bool = False
    #: The connection it works on.
    connection: Connection | None = None
    #: Nobody waits for it any more: it must not begin.
    given_up: bool = False


#: None ends the thread.
_Queue = SimpleQueue[Callable[[], None] | None]


class Session:
    """Runs work on a connection that is made when first needed, and made again after any error."""

    def __init__(self, account: str, settings: MailboxSettings, max_octets: int, door: Door, access: Access | None = None) -> None:
        self._access = access
        self._door = door
        self._account = account
        self._settings = settings
        self._max_octets = max_octets
        self._queue: _Queue | None = None
        self._connection: Connection | None = None
        #: Held by whoever's work is with the thread, so that waiting for one's turn is not counted as the server's delay.
        self._turn = asyncio.Lock()

    @property
    def connection(self) -> Connection | None:
        """The connection while there is one; only its descriptor may be looked at from outside."""
        return self._connection

    async def run(self, doing: str, work: Callable[[Connection], T], at_most: float = 0) -> T:
        """What `work` returns; ConnectionLostError after `at_most` seconds (by default twice the configured time-out)."""
        attempt = _Attempt(doing, work)
        async with self._turn:
            future = self._submit(attempt)
            try:
                # A thread cannot be cancelled: it is shielded, and its socket broken below, which ends it at once.
                return await asyncio.wait_for(asyncio.shield(future), at_most or 2 * self._settings.timeout.total_seconds())
            except TimeoutError:
                self._give_up(attempt)
                raise refusals.of_delay(self._account, doing) from None
            except asyncio.CancelledError:
                self._give_up(attempt)
                raise

    def _submit(self, attempt: _Attempt[T]) -> "asyncio.Future[T]":
        if self._queue is None:
            self._queue = _Queue()
            # A daemon thread: one that hangs in a connect must not keep the process from ending.
            Thread(target=_serve, args=(self._queue,), name=f"imap-{self._account}", daemon=True).start()
        self._queue.put(lambda: _settle(attempt.result, lambda: self._perform(attempt)))
        return asyncio.wrap_future(attempt.result)

    def _give_up(self, attempt: _Attempt[T]) -> None:
        attempt.given_up = True
        if attempt.begun and self._connection:
            self._connection.cut()
        elif attempt.begun and self._queue:
            # It hangs in the making of a connection, which cannot be broken: the thread is left to itself, and the next call has another.
            self._queue.put(None)
            self._queue = None

    def _perform(self, attempt: _Attempt[T]) -> T:
        attempt.begun = True
        try:
            return attempt.work(self._ready(attempt))
        except MailboxMissingError:
            # The server said no, in order; the connection is sound.
            raise
        except TriageError:
            self._lose(attempt)
            raise
        except Exception as error:
            # The library raises anything at all on an answer it does not understand, and after it nothing on the line can be trusted.
            self._lose(attempt)
            raise refusals.of_command(self._account, attempt.doing, error) from error

    def _ready(self, attempt: _Attempt[T]) -> Connection:
        connection = self._connection or connect(self._account, self._settings, self._max_octets, self._door, self._access)
        if attempt.given_up:
            # Perhaps another thread has made a connection since: this one is nobody's.
            if connection is not self._connection:
                connection.drop()
            raise refusals.of_delay(self._account, attempt.doing)
        self._connection = attempt.connection = connection
        return connection

    def _lose(self, attempt: _Attempt[T]) -> None:
        if attempt.connection is self._connection:
            self.discard()

    def discard(self) -> None:
        """Throw the connection away; the next use makes another."""
        connection, self._connection = self._connection, None
        if connection:
            connection.drop()

    async def renew(self) -> None:
        """Throw the connection away once nobody works on it."""
        async with self._turn:
            self.discard()

    async def close(self) -> None:
        """Log out within two seconds, and let the thread go."""
        queue, self._queue = self._queue, None
        if queue is None:
            return
        connection, self._connection = self._connection, None
        if connection:
            left: Future[None] = Future()
            queue.put(lambda: _settle(left, connection.leave))
            _, late = await asyncio.wait({asyncio.wrap_future(left)}, timeout=2)
            if late:
                connection.cut()
        queue.put(None)


def _serve(queue: _Queue) -> None:
    while job := queue.get():
        job()


def _settle(result: "Future[T]", work: Callable[[], T]) -> None:
    try:
        result.set_result(work())
    except BaseException as error:
        # It belongs to whoever waits; here it would only end the thread.
        result.set_exception(error)
