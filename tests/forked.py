"""Processes in a fraction of the time: each is forked from one that has imported what daemons need, and then does what it is told."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(["triage.cli.run", "triage.cli.cases", "tests.spine.outbox"])


class Forked:
    """Such a process, with what a test needs of `subprocess.Popen`."""

    def __init__(self, process: ForkServerProcess) -> None:
        self._process = process
        process.start()

    @property
    def pid(self) -> int:
        """Its number."""
        assert self._process.pid
        return self._process.pid

    def poll(self) -> int | None:
        """The exit code, negative where a signal ended it; None while it lives."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it without a word."""
        self._process.kill()

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended."""
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired("a forked process", timeout or 0)
        return code


def forked(work: Callable[..., object], *arguments: object) -> Forked:
    """A process that does this and ends; both are found there by their names."""
    return Forked(_CONTEXT.Process(target=work, args=arguments, daemon=False))


def triage(*arguments: object, out: Path, err: Path | None = None, folder: Path | None = None) -> Forked:
    """`triage` with these arguments, begun in this folder; what it says is added to these files."""
    files = [out, err or out]
    for path in files:
        path.touch()
    return forked(_triage, list(map(str, arguments)), files, folder or Path.cwd())


def ran(*arguments: object, folder: Path) -> subprocess.CompletedProcess[str]:
    """How such a process ended, and what it said."""
    with tempfile.TemporaryDirectory() as kept:
        out, err = Path(kept) / "out", Path(kept) / "err"
        code = triage(*arguments, out=out, err=err, folder=folder).wait(200)
        return subprocess.CompletedProcess(arguments, code, out.read_text(), err.read_text())


def _triage(arguments: list[str], files: list[Path], folder: Path) -> None:
    os.chdir(folder)
    for number, path in enumerate(files, 1):
        os.dup2(os.open(path, os.O_WRONLY | os.O_APPEND), number)
    sys.argv = ["triage", *arguments]
    from triage.cli.main import main

    main()
