"""Opens the SQLite file and gives its errors our names."""

import contextlib
import sqlite3
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path

from sqlite_utils import Database

from triage.errors import StoreBrokenError, StoreBusyError, StoreFullError, StoreLostError, TriageError
from triage.store.migrations import migrate

#: What a quota or a limit looks like to SQLite: the bytes were refused, and nothing is believed that is not so.
_NOT_TAKEN = ("SQLITE_IOERR_WRITE", "SQLITE_IOERR_TRUNCATE", "SQLITE_IOERR_SHMSIZE", "SQLITE_IOERR_SHMOPEN", "SQLITE_IOERR_NOMEM")
#: The beginnings of SQLite's names, our error, and its words; the first that fits.
_MEANINGS: tuple[tuple[tuple[str, ...], type[Exception], str], ...] = (
    (("SQLITE_BUSY", "SQLITE_LOCKED"), StoreBusyError, "is locked by another process ({name}): expected to be its only writer"),
    (
        ("SQLITE_FULL", "SQLITE_READONLY", *_NOT_TAKEN),
        StoreFullError,
        "cannot be written ({name}): expected a writable disk with free space",
    ),
    # After an fsync that failed the system may have dropped the pages, and the next one would say that all is well.
    (("SQLITE_IOERR",), StoreLostError, "is on a disk that fails ({name}): expected to read and to keep what was written"),
    (
        ("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_CANTOPEN"),
        StoreBrokenError,
        "cannot be read ({name}): expected an undamaged SQLite database written by triage",
    ),
    (("SQLITE_ERROR",), StoreBrokenError, "is not as expected ({error}): expected the tables of this version"),
    (("SQLITE_CONSTRAINT",), ValueError, "refuses what contradicts it ({error})"),
)
_PRAGMAS = (
    # An acknowledgment's state must survive a power cut; WAL alone promises only consistency.
    "synchronous = full",
    "foreign_keys = on",
    # What is taken away, raw messages above all, is written over and not only forgotten; Debian's SQLite does so unasked.
    "secure_delete = on",
    # What a savepoint would put back went to a temporary file otherwise, more of it than of everything that is kept.
    "temp_store = memory",
    # In KiB. The indexes of a busy day are looked at with every message, and the usual 2 MB do not hold them.
    "cache_size = -16000",
)
#: Seconds between two attempts to switch a new file to WAL.
_PAUSE = 0.01
#: A gigabyte takes about as long.
_CHECK_SECONDS = 10.0


class _Direct(Database):
    """The library without what it does for those who leave transactions to it: three statements for each query, and a look at each one."""

    def execute(self, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> sqlite3.Cursor:
        """What SQLite says to that."""
        return self.conn.execute(sql, parameters or ())

    def query(self, sql: str, params: Sequence[object] | dict[str, object] | None = None) -> Generator[dict[str, object], None, None]:
        """Rows by their columns' names."""
        found = self.execute(sql, params)
        columns = [name for name, *_ in found.description]
        return (dict(zip(columns, row, strict=True)) for row in found)


def connect(path: Path, *, busy_timeout: float = 10.0) -> Database:
    """An open, migrated database: WAL, synchronous=FULL, foreign keys on."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreBrokenError(f"{path}: its directory cannot be made ({error.strerror}): expected a path that can be written") from error
    with translated(path):
        connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
        try:
            db = _Direct(connection)
            _enable_wal(connection, busy_timeout)
            for pragma in _PRAGMAS:
                connection.execute(f"pragma {pragma}")
            migrate(db)
        except BaseException:
            connection.close()
            raise
    return db


def _enable_wal(connection: sqlite3.Connection, patience: float) -> None:
    # SQLite does not wait for the lock here when two processes open a new file at the same moment, so we do.
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.execute("pragma journal_mode = wal")
        except sqlite3.OperationalError as error:
            if not _is(error, "SQLITE_BUSY") or time.monotonic() >= deadline:
                raise
            time.sleep(_PAUSE)
        else:
            return


def check(db: Database, path: Path) -> None:
    """StoreBrokenError where the file is damaged; a store too large to be looked through at a start is believed."""
    give_up = time.monotonic() + _CHECK_SECONDS
    db.conn.set_progress_handler(lambda: time.monotonic() > give_up, 10_000)
    try:
        [(found,)] = db.execute("pragma quick_check(1)").fetchall()
    except sqlite3.OperationalError as error:
        if _is(error, "SQLITE_INTERRUPT"):
            return
        raise translate(error, path) from error
    except sqlite3.DatabaseError as error:
        raise translate(error, path) from error
    finally:
        db.conn.set_progress_handler(None, 0)
    if found != "ok":
        wanted = "put the last backup in its place, or begin a new store as docs/recovery.md says"
        raise StoreBrokenError(f"{path}: the store is damaged ({found.splitlines()[-1]}): {wanted}")


@contextlib.contextmanager
def translated(path: Path | None = None) -> Iterator[None]:
    """SQLite's errors as ours, by what can be done about them."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error, path) from error
    except TriageError as error:
        if path is None:
            raise
        raise type(error)(f"{path}: {error}") from error


def translate(error: sqlite3.Error, path: Path | None = None) -> Exception:
    """Our error for SQLite's; its own where it can only be a mistake of the program."""
    name = getattr(error, "sqlite_errorname", "") or ""
    store = f"{path}: the store" if path else "the store"
    for names, kind, words in _MEANINGS:
        if _is(error, *names):
            return kind(f"{store} {words.format(name=name, error=error)}")
    return error


def _is(error: sqlite3.Error, *names: str) -> bool:
    # Extended codes begin with the name of the plain one: SQLITE_IOERR_WRITE.
    return (getattr(error, "sqlite_errorname", "") or "").startswith(names)
