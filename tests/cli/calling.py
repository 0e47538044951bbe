"""Calls of the command line in this process and in one of its own, and a shop to call it in."""

import asyncio
import contextlib
import io
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from tests.conftest import PASSWORD
from tests.spine.world import CONFIG
from tests.stores import laid
from triage.cli.main import main
from triage.ports import Transaction
from triage.settings import load
from triage.stores import open_case_store

T = TypeVar("T")

#: What would drive a terminal: a colour, a title, an eight-bit control, a change of reading direction, a bell, an overwritten line.
HOSTILE = "\x1b[31mred \x1b]0;title\x07 \x9b31m \u202eback \x08 \r[bold]loud[/bold] :smile: \x00"
#: Marks of the above that must never come out as they are.
MARKS = "\x1b\x07\x9b\u202e\x08\x00\r"


@dataclass(frozen=True)
class Ended:
    """How a call ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as one document."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """Lines of standard output."""
        return self.out.splitlines()


_one_at_a_time = threading.Lock()


def call(*arguments: object, stdin: str = "", encoding: str = "utf-8") -> Ended:
    """`triage` with these arguments, run to its end in this process."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding=encoding, write_through=True) for _ in range(2))
    before = sys.argv, sys.stdin
    with _one_at_a_time, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        sys.argv, sys.stdin = ["triage", *map(str, arguments)], io.StringIO(stdin)
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        finally:
            sys.argv, sys.stdin = before
    texts = [stream.buffer.getvalue().decode(encoding) for stream in (out, err)]  # type: ignore[attr-defined]
    return Ended(code if isinstance(code, int) else -1, *texts)


def spawn(*arguments: object, cwd: Path | None = None, **environment: str) -> Ended:
    """`triage` with these arguments in a process of its own."""
    command = [sys.executable, "-m", "triage", *map(str, arguments)]
    ended = subprocess.run(
        command, cwd=cwd, env={**os.environ, **environment}, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False
    )
    return Ended(ended.returncode, ended.stdout.decode(), ended.stderr.decode())


@dataclass
class Shop:
    """A folder with a configuration and a store, on servers or without any."""

    root: Path
    values: dict[str, object]
    #: Tables added to the configuration.
    more: str = ""

    @property
    def config(self) -> Path:
        """The configuration file."""
        return self.root / "config" / "triage.toml"

    @property
    def store(self) -> Path:
        """The store's file."""
        return self.root / "var" / "triage.db"

    def configure(self, more: str | None = None, **changes: object) -> None:
        """Write the configuration, with these values changed and these tables added from now on."""
        self.values |= changes
        self.more = self.more if more is None else more
        (self.root / "password").write_text(PASSWORD)
        self.config.parent.mkdir(exist_ok=True)
        self.config.write_text(CONFIG.format(**self.values) + self.more)

    def call(self, *arguments: object, stdin: str = "") -> Ended:
        """`triage` on this configuration."""
        return call("--config", self.config, *arguments, stdin=stdin)

    async def calls(self, *arguments: object) -> Ended:
        """The same, while servers in this process go on."""
        return await asyncio.to_thread(self.call, *arguments)

    async def stored(self, work: Callable[[Transaction], T]) -> T:
        """What this work on the store gives, committed."""
        laid(self.store)
        store = open_case_store(load(self.config))
        try:
            return await store.transact(work)
        finally:
            await store.close()

    def store_now(self, work: Callable[[Transaction], T]) -> T:
        """The same, for a test without a loop."""
        return asyncio.run(self.stored(work))
