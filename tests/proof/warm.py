"""Starts daemons in a fraction of the time: each is forked from a process that has imported everything, and then runs the command line."""

import ctypes
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.proof.shop import Inside
from triage.app import utc_now
from triage.parts import parts_of

#: Of prctl(2).
_DIE_WITH_PARENT, _SET_NAME = 1, 15


class Warm:
    """The process that the others are forked from."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def start(self, *command: str, output: Path | None = None, reads_inside: bool = False) -> int:
        """The id of a process that runs `triage` with these words; one that `reads_inside` starts no processes for readers."""
        return self._say({"argv": ["triage", *command], "output": str(output or os.devnull), "inside": reads_inside})

    def wait(self, pid: int) -> int:
        """The exit code of such a process, negative where a signal ended it."""
        return self._say({"wait": pid})

    def spent(self) -> float:
        """Seconds of processor time of all that have ended."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text(encoding="ascii").rpartition(") ")[2].split()
        # The two of the children that were waited for, in ticks; see proc(5).
        return sum(map(int, fields[13:15])) / os.sysconf("SC_CLK_TCK")

    def _say(self, order: object) -> int:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


@contextmanager
def running() -> Iterator[Warm]:
    """A process to fork from; what it started ends with the block."""
    command = [sys.executable, "-c", "from tests.proof.warm import serve; serve()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield Warm(process)
        finally:
            process.kill()


def serve() -> None:
    """Fork and wait as told on standard input, one line of JSON each."""
    import triage.cli.main

    assert triage.cli.main
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer = os.waitstatus_to_exitcode(os.waitpid(order["wait"], 0)[1])
        elif (answer := os.fork()) == 0:
            _become(order["argv"], order["output"], reads_inside=order["inside"])
        print(answer, flush=True)


def _become(argv: Sequence[str], output: str, *, reads_inside: bool) -> None:
    code = 1
    try:
        if reads_inside:
            sys.modules["triage.app"].reader_pool = lambda settings: Inside(parts_of(settings, utc_now))  # type: ignore[attr-defined]
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        for number, path, mode in ((0, os.devnull, os.O_RDONLY), (1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)):
            os.dup2(os.open(path, mode), number)
        os.dup2(1, 2)
        _show_names()
        sys.argv = list(argv)
        sys.modules["triage.cli.main"].main()
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else 1
    finally:
        sys.stdout.flush()
        os._exit(code)


def _show_names() -> None:
    # The names of threads are Python's own; the kernel is told, so that each can be found from outside.
    begin = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def named(self: threading.Thread) -> None:
        ctypes.CDLL(None).prctl(_SET_NAME, self.name.encode())
        begin(self)

    threading.Thread._bootstrap_inner = named  # type: ignore[attr-defined]
