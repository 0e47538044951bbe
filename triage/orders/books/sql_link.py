"""The way to a SQL database: few connections that heal by themselves, in threads of their own, bounded in time on both sides."""

import asyncio
import math
import os
import socket
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Protocol, TypeVar, cast
from urllib.parse import quote

from sqlalchemy import URL, Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, SQLAlchemyError

from triage.errors import OrderSystemAwayError, SettingsError
from triage.orders.books.sql_faults import explained, is_broken
from triage.secret import Secret
from triage.sections.sql import SqlSettings
from triage.sections.values import LOOPBACK

T = TypeVar("T")

#: Questions at a time, each in its thread and on its connection.
_AT_ONCE = 2
#: Set for each transaction, because behind a pooler such as PgBouncer the next one may have another session.
_POSTGRES_LIMITS = text(
    "select set_config('statement_timeout', :limit, true), set_config('idle_in_transaction_session_timeout', :limit, true)"
)


class _Interruptible(Protocol):
    def interrupt(self) -> None: ...


class _Wired(Protocol):
    def fileno(self) -> int: ...


class Link:
    """Runs what reads the database; its errors come out as those of an order system."""

    def __init__(self, settings: SqlSettings, *, time_out: float) -> None:
        url = _url(settings.url)
        self.where = url.host or (url.database or "").rpartition("/")[2] or url.drivername
        self._time_out = time_out
        self._is_postgres = url.get_backend_name() == "postgresql"
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="orders")
        try:
            self._engine = create_engine(
                _reading(url), connect_args=_limits(url, time_out), pool_size=_AT_ONCE, max_overflow=0, pool_timeout=time_out,
                pool_recycle=1800, hide_parameters=True,
            )  # fmt: skip
        except (NoSuchModuleError, ModuleNotFoundError) as error:
            raise SettingsError([f"orders.sql.url: {error}: expected the driver of {url.drivername} to be installed"]) from error
        #: What a driver raises for a connection that is no more.
        self._ended: tuple[type[Exception], ...] = (OSError, self._engine.dialect.loaded_dbapi.Error)
        if url.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _only_read)
        if settings.password:
            event.listen(self._engine, "do_connect", _password_of(settings.password, url.username or "orders.sql"))

    async def run(self, work: Callable[[Connection], T]) -> T:
        """What the work finds on a connection, within the time-out; a connection that turns out to be broken is replaced once."""
        task = _Task(self._engine.connect, self._on, self._ended)
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(self._time_out):
                return await loop.run_in_executor(self._threads, self._worked, task, work)
        except TimeoutError as error:
            raise OrderSystemAwayError(f"{self.where} gave no answer within {self._time_out:g} s") from error
        finally:
            # Whoever asked does not wait any more: neither must the thread.
            task.break_off()

    async def close(self) -> None:
        """End threads and connections."""
        await asyncio.to_thread(self._threads.shutdown)
        self._engine.dispose()

    def _worked(self, task: "_Task", work: Callable[[Connection], T]) -> T:
        try:
            try:
                return task.run(work)
            except SQLAlchemyError as error:
                if not is_broken(error) or task.is_over:
                    raise
                # It only reads, so it may be done again; the other connections are as old as the broken one, and go with it.
                self._engine.dispose()
                return task.run(work)
        except SQLAlchemyError as error:
            raise explained(error, self.where) from error

    def _on(self, connection: Connection) -> None:
        if self._is_postgres:
            connection.execution_options(postgresql_readonly=True)
            connection.execute(_POSTGRES_LIMITS, {"limit": str(max(1, int(self._time_out * 1000)))})


class _Task:
    """One question in its thread, which can be broken off from outside."""

    def __init__(self, connect: Callable[[], Connection], on: Callable[[Connection], None], ended: tuple[type[Exception], ...]) -> None:
        self._connect = connect
        self._on = on
        self._ended = ended
        self._raw: object = None
        self._lock = threading.Lock()
        self.is_over = False

    def run(self, work: Callable[[Connection], T]) -> T:
        """What the work finds; the transaction is rolled back, as there is nothing to keep."""
        if self.is_over:
            raise OrderSystemAwayError("nobody waits for the answer any more")
        with self._connect() as connection:
            self._raw = connection.connection.dbapi_connection
            try:
                self._on(connection)
                return work(connection)
            except SQLAlchemyError as error:
                if is_broken(error):
                    connection.invalidate()
                raise
            finally:
                with self._lock:
                    # From here on the connection is somebody else's.
                    self._raw = None

    def break_off(self) -> None:
        """Let what runs end at once with an error; nothing where it has ended."""
        self.is_over = True
        with self._lock, suppress(*self._ended):
            _break_off(self._raw)


def _break_off(raw: object) -> None:
    if hasattr(raw, "interrupt"):
        cast(_Interruptible, raw).interrupt()
    elif hasattr(raw, "fileno"):
        # The driver waits for the socket; its end is heard even where the server is silent for ever.
        with socket.socket(fileno=os.dup(cast(_Wired, raw).fileno())) as wire:
            wire.shutdown(socket.SHUT_RDWR)


def _url(given: str) -> URL:
    try:
        return make_url(given)
    except (ArgumentError, ValueError) as error:
        raise SettingsError([f"orders.sql.url: expected SQLAlchemy's form of it, DIALECT://USER@HOST/DATABASE ({error})"]) from error


def _reading(url: URL) -> URL:
    """The same such that it only reads, and that nobody on the way reads along."""
    if url.get_backend_name() == "sqlite" and url.database and not url.database.startswith("file:"):
        # Opened for reading: a file that is missing is not made.
        return url.set(database=f"file:{quote(url.database)}").update_query_dict({"mode": "ro", "uri": "true"})
    outside = url.host is not None and url.host not in LOOPBACK
    if url.get_backend_name() == "postgresql" and outside and "sslmode" not in url.query:
        return url.update_query_dict({"sslmode": "require"})
    return url


def _limits(url: URL, time_out: float) -> dict[str, object]:
    """How the driver is told not to wait for longer."""
    seconds = max(1, math.ceil(time_out))
    match url.get_backend_name():
        case "sqlite":
            return {"timeout": time_out}
        case "postgresql":
            # Two seconds are the least that libpq takes; what is prepared is lost behind a pooler.
            wait = {"connect_timeout": max(2, seconds), "tcp_user_timeout": seconds * 1000}
            return {**wait, "application_name": "triage", "prepare_threshold": None}
    return {}


def _only_read(raw: sqlite3.Connection, _record: object) -> None:
    raw.execute("pragma query_only = on")


def _password_of(secret: Secret, username: str) -> Callable[..., None]:
    """Asked for at each login: it may have been changed since the last one."""

    def log_in(_dialect: object, _record: object, _arguments: object, keywords: dict[str, object]) -> None:
        keywords["password"] = secret.reveal(username)

    return log_in
