"""A large backlog after an outage, on Dovecot: the first acknowledgment soon, everything taken in, memory bounded."""

import os
import random
import sqlite3
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import PASSWORD
from tests.proof.judged import Judged
from tests.proof.kills import configured
from tests.servers import dovecot, smtp_sink
from tests.spine.world import letter

_USER = "support@shop.example"
#: Seconds within which the first acknowledgment must have left, and megabytes that the daemon may ever have held.
_FIRST, _MEMORY = 60.0, 400
#: Messages a second below which something is wrong even on a busy machine.
_SLOWEST = 50


@dataclass
class Verdict(Judged):
    """What was seen while the backlog was taken in."""

    messages: int
    first: float = 0.0
    #: Seconds until all were in the store, and how many had been acknowledged by then.
    all_in: float = 0.0
    acknowledged: int = 0
    megabytes: int = 0

    def __str__(self) -> str:
        rate = self.messages / self.all_in if self.all_in else 0
        return (
            f"{self.messages} messages: first acknowledgment after {self.first:.1f} s, all taken in after {self.all_in:.0f} s "
            f"({rate:.0f} a second), {self.acknowledged} acknowledged by then, {self.megabytes} MB at most"
        )


def run(messages: int, seed: int) -> Verdict:
    """Let a daemon meet so many messages that arrived during the last thirty hours."""
    verdict = Verdict(messages=messages)
    with (
        tempfile.TemporaryDirectory(prefix="triage-backlog-") as name,
        dovecot.running({_USER: PASSWORD}) as imap,
        smtp_sink.postfix_sink() as sink,
    ):
        _fill(imap, messages, random.Random(seed))
        command = configured(Path(name), imap.imap_port, sink.port)
        begun = time.monotonic()
        daemon = subprocess.Popen([*command, "run"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _watch(verdict, daemon.pid, Path(name) / "var" / "triage.db", sink.dumps, begun)
        finally:
            daemon.kill()
            daemon.wait()
    return verdict


def _fill(imap: dovecot.Dovecot, messages: int, choose: random.Random) -> None:
    # Straight into the maildir: over IMAP it would take longer than what is measured.
    folder = imap.root / "mail" / _USER / "Maildir" / "new"
    for parent in reversed((folder, *folder.parents)):
        if imap.root in parent.parents and not parent.exists():
            parent.mkdir()
            os.chown(parent, imap.account.pw_uid, imap.account.pw_gid)
    for beside in ("cur", "tmp"):
        (folder.parent / beside).mkdir(exist_ok=True)
        os.chown(folder.parent / beside, imap.account.pw_uid, imap.account.pw_gid)
    now = time.time()
    for number in range(messages):
        at = now - choose.uniform(0, 30 * 3600)
        path = folder / f"{int(at)}.{number}.backlog"
        path.write_bytes(letter(f"Where is my order ORD{number:06}?", sender=f"c{number}@customer.example"))
        os.chown(path, imap.account.pw_uid, imap.account.pw_gid)
        os.utime(path, (at, at))


def _watch(verdict: Verdict, pid: int, store: Path, dumps: Path, begun: float) -> None:
    patience = _FIRST + verdict.messages / _SLOWEST
    stored = 0
    while stored < verdict.messages or not verdict.first:
        if time.monotonic() - begun > patience:
            verdict.problems.append(f"only {stored} taken in after {patience:.0f} s")
            return
        time.sleep(0.2)
        if not verdict.first and any(dumps.iterdir()):
            verdict.first = time.monotonic() - begun
        with suppress(sqlite3.Error), sqlite3.connect(f"file:{store}?mode=ro", uri=True) as db:
            stored = db.execute("select count(*) from messages").fetchone()[0]
    verdict.all_in = time.monotonic() - begun
    verdict.acknowledged = sum(1 for _ in dumps.iterdir())
    peak = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmHWM"))
    verdict.megabytes = int(peak.split()[1]) >> 10
    if verdict.first > _FIRST:
        verdict.problems.append(f"the first acknowledgment took {verdict.first:.0f} s")
    if verdict.megabytes > _MEMORY:
        verdict.problems.append(f"the daemon held {verdict.megabytes} MB")
