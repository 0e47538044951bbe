"""The process that readers are forked from: made ready once, it starts one when told to and says how one has ended.

It is a program of its own, so that no thread, lock or connection of the daemon is ever copied.
"""

import contextlib
import gc
import os
import pickle
import signal
import socket
import struct
import sys
from collections.abc import Callable
from typing import NoReturn

from triage.workers.bounded import Job, Read, bound

#: An order: start a reader on the socket that comes along, or end the one with this process id.
ORDER = struct.Struct("!ci")
START, END = b"s", b"e"
#: The answer: the process id of the one that was started, or the exit code of the one that has ended.
ANSWER = struct.Struct("!i")

#: Readers give way to the daemon: what they have read must first be decided and sent, or the machine only piles it up.
_NICENESS = 5
#: Of a reader that could not go on by itself.
_DEFECT = 70


def main() -> None:
    """Serve the socket whose descriptor is the argument, as told on standard input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Meant for the daemon, which still waits for what is being read; readers end when it lets go of their sockets.
        signal.signal(number, signal.SIG_IGN)
    # Set before numpy comes: its threads have nothing to do in a reader, and none of them survives a fork.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    sys.path[:] = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the daemon, our parent
    prepare, read, memory_mb = pickle.load(sys.stdin.buffer)  # noqa: S301
    control = socket.socket(fileno=int(sys.argv[1]))
    os.nice(_NICENESS)
    prepare()
    # What is ready by now stays shared: the collector would write to each page of it in each reader.
    gc.freeze()
    serve(control, lambda connection: work(connection, read, memory_mb))


def serve(control: socket.socket, child: Callable[[socket.socket], None]) -> None:
    """Carry out orders until the daemon lets go of the other end; then no reader is left."""
    living: set[int] = set()
    try:
        while True:
            order, descriptors, _flags, _address = socket.recv_fds(control, ORDER.size, 1)
            if len(order) < ORDER.size:
                return
            what, pid = ORDER.unpack(order)
            if what == START:
                answer = _forked(control, descriptors[0], child)
                living.add(answer)
            else:
                answer = _ended(pid)
                living.discard(pid)
            control.sendall(ANSWER.pack(answer))
    except ConnectionError:
        # The daemon was killed while it waited for an answer.
        return
    finally:
        for pid in living:
            _ended(pid)


def _forked(control: socket.socket, descriptor: int, child: Callable[[socket.socket], None]) -> int:
    pid = os.fork()
    if not pid:
        control.close()
        _be(child, socket.socket(fileno=descriptor))
    os.close(descriptor)
    return pid


def _be(child: Callable[[socket.socket], None], connection: socket.socket) -> NoReturn:
    code = _DEFECT
    try:
        child(connection)
        code = 0
    finally:
        # Never back into the loop of the parent, whatever was raised.
        os._exit(code)


def _ended(pid: int) -> int:
    # One that has ended by itself is still held until it is waited for, so the number is nobody else's.
    os.kill(pid, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def work(connection: socket.socket, read: Read, memory_mb: int) -> None:
    """Be a reader: one answer for each job, until the daemon lets go of the other end."""
    bound(memory_mb)
    with connection.makefile("rwb") as stream, contextlib.suppress(EOFError, ConnectionError):
        while True:
            job: Job = pickle.load(stream)  # noqa: S301
            how, messages = job
            pickle.dump(how(read, messages), stream)
            stream.flush()


if __name__ == "__main__":
    main()
