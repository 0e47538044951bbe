"""Readers come from a server of their own, and none outlives whoever asked for it."""

import asyncio
import os
import pickle
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.workers.jobs import never_ready, prepare, raw, read_process
from triage.errors import TemporaryError
from triage.reading import Reading, Unreadable
from triage.workers.bounded import read_alone
from triage.workers.pool import ReaderPool
from triage.workers.reader import ForkServer


@pytest.fixture
async def pool() -> AsyncIterator[ReaderPool]:
    """One reader at a time is all that these tests need."""
    running = ReaderPool(read_process, prepare, workers=1, time=timedelta(seconds=20), memory_mb=256)
    yield running
    await running.close()


async def where(pool: ReaderPool) -> tuple[int, int]:
    """The process that reads, and the one that it was forked from."""
    reading = await pool.read([raw(b"where")])[0]
    assert isinstance(reading, Reading), reading
    reader, server = reading.message.subject.split()
    return int(reader), int(server)


def gone(pid: int) -> bool:
    """Whether a process has ended, at the latest in ten seconds."""
    give_up = monotonic() + 10
    while monotonic() < give_up:
        with suppress(FileNotFoundError):
            if Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("Z"):
                return True
            sleep(0.01)
            continue
        return True
    return False


async def test_a_reader_is_used_again(pool: ReaderPool) -> None:
    """One message after another is read by the same process, and signals for the daemon's group do not end it."""
    reader, server = await where(pool)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        os.kill(reader, number)
        os.kill(server, number)
    assert await where(pool) == (reader, server)


async def test_a_reader_that_was_killed_while_idle(pool: ReaderPool) -> None:
    """The next message is read by another one, and is not blamed."""
    reader, server = await where(pool)
    os.kill(reader, signal.SIGKILL)
    assert gone(reader)
    other, same = await where(pool)
    assert other != reader
    assert same == server


async def test_a_fork_server_that_was_killed(pool: ReaderPool) -> None:
    """Readers that are left go on; when another one is needed, another server starts it."""
    reader, server = await where(pool)
    os.kill(server, signal.SIGKILL)
    assert gone(server)
    assert (await where(pool))[0] == reader
    os.kill(reader, signal.SIGKILL)
    assert gone(reader)
    assert (await where(pool))[1] not in (server, 1)


def test_no_server_ends_what_another_one_started() -> None:
    """Readers outlive their server: the next one is not asked to end them, and lives on; a broken connection is no reader."""
    servers = ForkServer(prepare, read_process, 256)
    old = [servers.start() for _ in range(2)]
    assert servers._process
    first = servers._process.pid
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    young = servers.start()
    assert servers._process
    second = servers._process.pid
    assert second != first
    assert [servers.end(reader) for reader in old] == [-signal.SIGKILL] * 2
    assert all(gone(reader.pid) for reader in old)
    assert (young.lives, servers._process.poll()) == (True, None)
    assert young.ask((read_alone, [raw(b"where")]), 20)
    assert servers.end(young) in (0, -signal.SIGKILL)
    servers.close()


async def test_a_reader_that_lost_its_server_can_still_be_ended() -> None:
    """It spins beyond its time, and nobody is left to tell how it ended: it ends all the same."""
    pool = ReaderPool(read_process, prepare, workers=1, time=timedelta(seconds=1), memory_mb=256)
    reader, server = await where(pool)
    spinning = asyncio.ensure_future(pool.read([raw(b"spin")])[0])
    await asyncio.sleep(0.05)
    os.kill(server, signal.SIGKILL)
    assert isinstance(await spinning, Unreadable)
    assert gone(reader)
    await pool.close()


async def test_nothing_is_left_after_the_end(pool: ReaderPool) -> None:
    """Told to stop in the middle of a message: reader and server are gone at once."""
    reader, server = await where(pool)
    spinning = asyncio.ensure_future(pool.read([raw(b"spin")])[0])
    await asyncio.sleep(0.05)
    begun = monotonic()
    await pool.close()
    assert monotonic() - begun < 15
    assert gone(reader)
    assert gone(server)
    spinning.cancel()
    await asyncio.gather(spinning, return_exceptions=True)


def test_nothing_is_left_when_the_daemon_is_killed() -> None:
    """A daemon dies while its reader spins: server and reader end by themselves."""
    program = (
        "from tests.workers.test_fork_server import *\n"
        "server = ForkServer(prepare, read_process, 256)\n"
        "reader = server.start()\n"
        "print(reader.pid, server._process.pid, flush=True)\n"
        "reader.ask((read_alone, [raw(b'spin')]), 60)\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout
        pids = [int(pid) for pid in daemon.stdout.readline().split()]
        daemon.kill()
    assert len(pids) == 2
    assert all(map(gone, pids))


def test_readers_that_cannot_be_made_ready() -> None:
    """It is a fault of the surroundings, to be tried again later, and of no message."""
    server = ForkServer(never_ready, read_process, 256)
    with pytest.raises(TemporaryError, match="readers cannot be started"):
        server.start()
    server.close()


async def test_a_pool_without_readers_tells_its_stage() -> None:
    """Reading one message or many, the fault reaches whoever asked, who backs off: no message is called unreadable."""
    pool = ReaderPool(read_process, never_ready, workers=1, time=timedelta(seconds=1), memory_mb=256)
    results = await asyncio.gather(*pool.read([raw(b"a", 1), raw(b"b", 2)]), return_exceptions=True)
    assert [type(result) for result in results] == [TemporaryError, TemporaryError]
    await pool.close()


async def test_a_pool_that_was_never_asked() -> None:
    """Nothing was started, and nothing has to be ended."""
    pool = ReaderPool(read_process, never_ready, workers=1, time=timedelta(seconds=1), memory_mb=256)
    assert pool.read([]) == []
    await pool.close()


async def test_as_many_readers_as_are_needed(pool: ReaderPool) -> None:
    """One message at a time takes one; a pile of large ones takes as many as there may be."""
    await where(pool)
    await where(pool)
    assert len(pool._idle) == 1
    large = [raw(b"x" * 1_100_000, number) for number in range(12)]
    readings = await asyncio.gather(*pool.read(large))
    assert all(isinstance(reading, Reading) for reading in readings)
    assert 2 <= len(pool._idle) <= 3


def test_one_that_does_not_end_is_killed() -> None:
    """A fork server that hangs does not keep the daemon from ending."""
    server = ForkServer(prepare, read_process, 256)
    server.start().connection.close()
    assert server._process
    os.kill(server._process.pid, signal.SIGSTOP)
    pid = server._process.pid
    server.close(within=0.1)
    assert gone(pid)


def test_work_ends_with_its_socket() -> None:
    """A reader answers each job in turn and ends in good order when the other end is closed."""
    ours, theirs = socket.socketpair()
    program = (
        "import socket, sys\nfrom tests.workers.test_fork_server import read_process\nfrom triage.workers.fork_server import work\n"
        "work(socket.socket(fileno=int(sys.argv[1])), read_process, 256)\n"
    )
    with theirs:
        command = [sys.executable, "-c", program, str(theirs.fileno())]
        process = subprocess.Popen(command, pass_fds=[theirs.fileno()])
    with ours, ours.makefile("rwb") as stream:
        for _ in range(2):
            pickle.dump((read_alone, [raw(b"where")]), stream)
            stream.flush()
            (answer,) = pickle.load(stream)
            assert answer.message.subject.startswith(str(process.pid))
    assert process.wait(20) == 0
