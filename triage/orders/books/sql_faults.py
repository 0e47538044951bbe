"""What the errors of databases mean for whoever asks about orders: whether it may go better later, and what to tell a person."""

import re

from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from triage.errors import OrderSystemAwayError, OrderSystemRefusedError, TriageError

#: Classes of SQLSTATE after which it may go better later: connection, rolled back, resources, not in a good state, shut down, system.
_LATER = frozenset({"08", "40", "53", "55", "57", "58", "XX"})
#: Refusals at the login have no SQLSTATE in libpq, and are said in words; PostgreSQL's and MySQL's.
_REFUSED = re.compile(
    r"authentication failed|no password supplied|access denied|permission denied|does not exist|no pg_hba\.conf entry|"
    r"server does not support SSL|certificate|unknown database|no such (?:table|column)",
    re.IGNORECASE,
)
_BLANKS = re.compile(r"\s{1,40}")
_LONGEST = 200


def explained(error: SQLAlchemyError, where: str) -> TriageError:
    """Ours for an error of the database at `where`; no value of a row is in it."""
    orig = error.orig if isinstance(error, DBAPIError) else None
    if orig is None:
        kind = OrderSystemAwayError if isinstance(error, PoolTimeoutError) else OrderSystemRefusedError
        return kind(f"{where}: {type(error).__name__}: {_line(str(error))}")
    state = _state(orig)
    if state == "57014":
        return OrderSystemAwayError(f"{where} broke the question off: it took too long, or waited for a lock")
    said = f"{where}: {_said(error, orig)}{f' ({state})' if state else ''}"
    if state:
        return OrderSystemAwayError(said) if state[:2] in _LATER else OrderSystemRefusedError(said)
    may_pass = isinstance(error, OperationalError | InterfaceError) or is_broken(error)
    return OrderSystemAwayError(said) if may_pass and not _REFUSED.search(said) else OrderSystemRefusedError(said)


def is_broken(error: SQLAlchemyError) -> bool:
    """Whether the connection went, so that another one may do."""
    # A session that was ended says so before its connection goes.
    return isinstance(error, DBAPIError) and (error.connection_invalidated or _state(error.orig)[:4] == "57P0")


def _state(orig: object) -> str:
    return str(getattr(orig, "sqlstate", None) or "")


def _said(error: SQLAlchemyError, orig: BaseException) -> str:
    if isinstance(error, DataError):
        # What it says names the value, which is a customer's.
        return f"{type(orig).__name__}: expected a value of another type"
    primary = getattr(getattr(orig, "diag", None), "message_primary", None)
    return _line(str(primary or orig).rpartition("FATAL:")[2])


def _line(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()[:_LONGEST]
