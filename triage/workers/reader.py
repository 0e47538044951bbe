"""The daemon's side of readers: the server they are forked from, and one reader to be asked."""

import contextlib
import os
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from triage.errors import ReaderDiedError, TemporaryError
from triage.reading import Reading, Unreadable
from triage.workers.bounded import Job, Read
from triage.workers.fork_server import ANSWER, END, ORDER, START

#: Seconds that a fork server may take to be ready; it loads what readers need, on a machine that may be busy.
_READY_SECONDS = 120.0
#: Seconds for it to end its readers and itself.
_END_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Reader:
    """One reader process."""

    pid: int
    connection: socket.socket
    #: Whom it was forked by: no other server may end it, for to that one the number means nothing, or somebody else.
    control: socket.socket

    @property
    def lives(self) -> bool:
        """Whether it waits to be asked; one that the system ended in the meantime has let go of its socket."""
        self.connection.setblocking(False)
        try:
            return bool(self.connection.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except ConnectionError:
            return False

    def ask(self, job: Job, seconds: float) -> Sequence[Reading | Unreadable | None]:
        """The answer; TimeoutError after so many seconds, ReaderDiedError where none will come. Either way it must be ended then."""
        self.connection.settimeout(seconds)
        try:
            with self.connection.makefile("rwb") as stream:
                pickle.dump(job, stream)
                stream.flush()
                answer: Sequence[Reading | Unreadable | None] = pickle.load(stream)  # noqa: S301 - our own child
        except (EOFError, ConnectionError, pickle.UnpicklingError) as error:
            raise ReaderDiedError from error
        return answer


class ForkServer:
    """Starts readers and ends them; one that has died itself is replaced by the next start."""

    def __init__(self, prepare: Callable[[], None], read: Read, memory_mb: int) -> None:
        self._ready = (prepare, read, memory_mb)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def start(self) -> Reader:
        """A new reader."""
        ours, theirs = socket.socketpair()
        with theirs, self._lock:
            for _attempt in range(2):
                with contextlib.suppress(OSError):
                    control = self._control or self._begin()
                    return Reader(_ordered(control, START, 0, [theirs.fileno()]), ours, control)
                self._close()
        ours.close()
        raise TemporaryError("readers cannot be started: expected a process to be made ready")

    def end(self, reader: Reader) -> int:
        """The exit code of a reader that is now gone, however it went."""
        reader.connection.close()
        with self._lock:
            if reader.control is self._control:
                with contextlib.suppress(OSError):
                    return _ordered(reader.control, END, reader.pid, [])
        # The server that could have told is gone, and with it the parent of this one.
        with contextlib.suppress(ProcessLookupError):
            os.kill(reader.pid, signal.SIGKILL)
        return -signal.SIGKILL

    def close(self, within: float = _END_SECONDS) -> None:
        """End all readers, and whatever is not gone within so many seconds."""
        with self._lock:
            self._close(within)

    def _begin(self) -> socket.socket:
        self._control, theirs = socket.socketpair()
        self._control.settimeout(_READY_SECONDS)
        with theirs, tempfile.TemporaryFile() as told:
            # What is pickled by name must be found there as it is found here.
            pickle.dump(sys.path, told)
            pickle.dump(self._ready, told)
            told.seek(0)
            command = [sys.executable, "-m", "triage.workers.fork_server", str(theirs.fileno())]
            self._process = subprocess.Popen(command, stdin=told, pass_fds=[theirs.fileno()])  # noqa: S603 - ourselves
        return self._control

    def _close(self, within: float = _END_SECONDS) -> None:
        if self._control:
            self._control.close()
            self._control = None
        if self._process:
            try:
                self._process.wait(within)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _ordered(control: socket.socket, what: bytes, pid: int, descriptors: Sequence[int]) -> int:
    socket.send_fds(control, [ORDER.pack(what, pid)], descriptors)
    answer = control.recv(ANSWER.size, socket.MSG_WAITALL)
    if len(answer) < ANSWER.size:
        raise ConnectionResetError
    return int(ANSWER.unpack(answer)[0])
