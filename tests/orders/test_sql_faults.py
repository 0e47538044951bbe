"""What databases say, by whether it may go better later, and without what belongs to a customer."""

import sqlite3

import psycopg
from psycopg import errors as pg
from sqlalchemy import exc

from tests.rows import rows
from triage.errors import OrderSystemAwayError, OrderSystemRefusedError
from triage.orders.books.sql_faults import explained, is_broken

AWAY, REFUSED = OrderSystemAwayError, OrderSystemRefusedError


def wrapped(kind: type[exc.DBAPIError], orig: Exception, *, gone: bool = False) -> exc.DBAPIError:
    """As SQLAlchemy raises it for a statement with a customer's address."""
    return kind("select 1 where a = :a", {"a": "ann@customer.example"}, orig, connection_invalidated=gone, hide_parameters=True)


@rows(
    ("error", "expected", "said"),
    [
        (wrapped(exc.OperationalError, pg.QueryCanceled("x")), AWAY, "db broke the question off: it took too long, or waited for a lock"),
        (wrapped(exc.OperationalError, pg.AdminShutdown("bye")), AWAY, "db: bye (57P01)"),
        (wrapped(exc.OperationalError, pg.TooManyConnections("full")), AWAY, "db: full (53300)"),
        (wrapped(exc.OperationalError, pg.DeadlockDetected("dead")), AWAY, "db: dead (40P01)"),
        (wrapped(exc.OperationalError, pg.LockNotAvailable("held")), AWAY, "db: held (55P03)"),
        (wrapped(exc.OperationalError, pg.ConnectionFailure("gone")), AWAY, "db: gone (08006)"),
        (wrapped(exc.InternalError, pg.ReadOnlySqlTransaction("no")), REFUSED, "db: no (25006)"),
        (wrapped(exc.ProgrammingError, pg.UndefinedTable("none")), REFUSED, "db: none (42P01)"),
        (wrapped(exc.ProgrammingError, pg.InsufficientPrivilege("not you")), REFUSED, "db: not you (42501)"),
        (
            wrapped(exc.DataError, pg.InvalidTextRepresentation('invalid input: "ann@customer.example"')),
            REFUSED,
            "db: InvalidTextRepresentation: expected a value of another type (22P02)",
        ),
        (
            wrapped(
                exc.OperationalError, psycopg.OperationalError('connection failed: FATAL:  password authentication failed for user "t"')
            ),
            REFUSED,
            'db: password authentication failed for user "t"',
        ),
        (
            wrapped(exc.OperationalError, psycopg.OperationalError("FATAL:  the database system is starting up")),
            AWAY,
            "db: the database system is starting up",
        ),
        (
            wrapped(exc.OperationalError, psycopg.OperationalError("FATAL:  no pg_hba.conf entry for host")),
            REFUSED,
            "db: no pg_hba.conf entry for host",
        ),
        (
            wrapped(exc.OperationalError, psycopg.OperationalError("connection refused\n\tIs it   running?")),
            AWAY,
            "db: connection refused Is it running?",
        ),
        (
            wrapped(exc.OperationalError, Exception("(1045, \"Access denied for user 't'\")")),
            REFUSED,
            "db: (1045, \"Access denied for user 't'\")",
        ),
        (wrapped(exc.OperationalError, sqlite3.OperationalError("database is locked")), AWAY, "db: database is locked"),
        (wrapped(exc.OperationalError, sqlite3.OperationalError("no such column: x")), REFUSED, "db: no such column: x"),
        (wrapped(exc.DatabaseError, sqlite3.DatabaseError("file is not a database")), REFUSED, "db: file is not a database"),
        (wrapped(exc.DatabaseError, Exception("lost"), gone=True), AWAY, "db: lost"),
        (wrapped(exc.InterfaceError, Exception("no connection")), AWAY, "db: no connection"),
        (exc.TimeoutError("QueuePool limit"), AWAY, "db: TimeoutError: QueuePool limit"),
        (exc.CompileError("cannot be said so"), REFUSED, "db: CompileError: cannot be said so"),
        (wrapped(exc.ProgrammingError, Exception("x" * 500)), REFUSED, f"db: {'x' * 200}"),
    ],
)
def test_what_an_error_means(error: exc.SQLAlchemyError, expected: type[Exception], said: str) -> None:
    """Each is for later or for a person, in the database's own words, and nothing of a statement's values is among them."""
    found = explained(error, "db")
    assert (type(found), str(found)) == (expected, said)
    assert "customer.example" not in str(found)


@rows(
    ("error", "broken"),
    [
        (wrapped(exc.OperationalError, pg.AdminShutdown("bye")), True),
        (wrapped(exc.OperationalError, pg.CrashShutdown("bye")), True),
        (wrapped(exc.OperationalError, Exception("x"), gone=True), True),
        (wrapped(exc.OperationalError, pg.QueryCanceled("x")), False),
        (wrapped(exc.ProgrammingError, pg.UndefinedTable("x")), False),
        (exc.TimeoutError("x"), False),
    ],
)
def test_which_errors_ask_for_another_connection(error: exc.SQLAlchemyError, broken: bool) -> None:
    """A session that was ended, and nothing else."""
    assert is_broken(error) is broken
