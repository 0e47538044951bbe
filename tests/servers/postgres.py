"""A private PostgreSQL on a free loopback port: an ordinary user's, with its data in memory, gone after the tests."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from tests.servers.ports import free_ports

#: It refuses to run as root; a test run by root lends it this user.
_UNPRIVILEGED = "nobody"
PASSWORD = "s3cret of the tests"
#: Octets that its files may need.
_ROOM = 1 << 30
#: Nothing is to outlive a crash of the machine, and what is not waited for is quick.
_QUICK = ("fsync=off", "full_page_writes=off", "max_connections=40", "shared_buffers=8MB", "wal_level=minimal",
          "max_wal_senders=0", "min_wal_size=2MB", "max_wal_size=32MB", "autovacuum=off", "lc_messages=C")  # fmt: skip


def programs() -> Path | None:
    """The folder with `initdb` and `postgres` of the newest version here; None when none is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Postgres:
    """One running server; `reader` may only read what it was granted, with the password, `owner` may do all."""

    def __init__(self, root: Path, binaries: Path) -> None:
        self.root = root
        self.binaries = binaries
        [self.port] = free_ports(1)
        self.account = pwd.getpwnam(_UNPRIVILEGED) if os.getuid() == 0 else pwd.getpwuid(os.getuid())
        self._process: subprocess.Popen[bytes] | None = None

    def prepare(self) -> None:
        """Make the data folder; reader must give the password, the owner comes by the socket in the folder."""
        if os.getuid() == 0:
            os.chown(self.root, self.account.pw_uid, self.account.pw_gid)
        command = [self.binaries / "initdb", "-D", self.root / "data", "-U", "owner", "--auth-local=trust", "--auth-host=scram-sha-256",
                   "--no-sync", "--encoding=UTF8", "--locale=C", "--no-instructions", "--wal-segsize=1"]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, cwd=self.root, **self._as_user())

    def start(self) -> None:
        """Start and wait until it takes questions."""
        settings = [*_QUICK, "listen_addresses=127.0.0.1", f"port={self.port}", f"unix_socket_directories={self.root}"]
        options = [part for setting in settings for part in ("-c", setting)]
        with (self.root / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.root / "data", *options], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                cwd=self.root, start_new_session=True, **self._as_user(),
            )  # fmt: skip
        give_up = time.monotonic() + 60
        while True:
            with suppress(psycopg.OperationalError):
                self.owner().close()
                return
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"PostgreSQL did not start: {(self.root / 'log').read_text(errors='replace')[-2000:]}")
            time.sleep(0.02)

    def stop(self, *, how: int = signal.SIGINT) -> None:
        """End it; SIGINT breaks sessions off, SIGQUIT is as a crash. The data stay, so that `start` goes on."""
        if self._process is not None:
            self._process.send_signal(how)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=10)
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def owner(self, database: str = "postgres") -> psycopg.Connection[Any]:
        """A connection that may do all, each statement for itself."""
        return psycopg.connect(host=str(self.root), port=self.port, user="owner", dbname=database, autocommit=True)

    def run(self, statements: Sequence[str], database: str) -> None:
        """Let the owner do that."""
        with self.owner(database) as connection:
            for statement in statements:
                connection.execute(statement)

    def database(self, name: str) -> str:
        """Make a database in which `reader` sees what is granted; its address without the password."""
        with self.owner() as connection:
            if connection.execute("select 1 from pg_roles where rolname = 'reader'").fetchone() is None:
                connection.execute(f"create role reader login password '{PASSWORD}'")
            connection.execute(f"create database {name}")
        self.run(["alter default privileges grant select on tables to reader"], name)
        return f"postgresql://reader@127.0.0.1:{self.port}/{name}"

    def sessions(self, *, asleep: bool = False) -> list[int]:
        """The processes that serve the reader; only those in the middle of pg_sleep if `asleep`."""
        which = "usename = 'reader'" + (" and wait_event = 'PgSleep'" if asleep else "")
        with self.owner() as connection:
            return [pid for (pid,) in connection.execute(f"select pid from pg_stat_activity where {which}").fetchall()]

    def _as_user(self) -> dict[str, object]:
        return {"user": self.account.pw_uid, "group": self.account.pw_gid, "extra_groups": []} if os.getuid() == 0 else {}


@contextmanager
def running() -> Iterator[Postgres]:
    """A PostgreSQL; it and its files are gone after the block. RuntimeError where it is not installed."""
    binaries = programs()
    if binaries is None:
        raise RuntimeError("PostgreSQL is not installed")
    # Unix sockets have short paths, and an unprivileged server must be able to walk to its files: neither holds for pytest's directories.
    # A database for each test takes 8 MB, and memory is small in some containers.
    memory = Path("/dev/shm")
    roomy = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free >= _ROOM
    root = Path(tempfile.mkdtemp(prefix="postgres-", dir=memory if roomy else "/tmp"))
    root.chmod(0o755)
    server = Postgres(root, binaries)
    try:
        server.prepare()
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(root, ignore_errors=True)
