"""Messages per second from mailbox to acknowledgment, beside the floor in the same run."""

import sqlite3
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from time import monotonic, sleep

from tests.bench import letters
from tests.conftest import PASSWORD
from tests.servers import dovecot, smtp_sink
from tests.spine.world import CONFIG, defaults

_USER = "support@shop.example"


def main(messages: int) -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory(prefix="triage-bench-") as name,
        dovecot.running({_USER: PASSWORD}) as imap,
        smtp_sink.postfix_sink() as sink,
    ):
        root = Path(name)
        imap.deliver(_USER, *islice(letters.letters(messages), messages))
        arguments = [str(imap.imap_port), _USER, PASSWORD, str(sink.port), str(root / "floor.db")]
        floor = float(subprocess.run([sys.executable, "-m", "tests.bench.floor", *arguments], check=True, capture_output=True).stdout)
        ours = _daemon(root, messages, imap.imap_port, sink.port)
    print(f"{'end to end on Dovecot and smtp-sink':40}{'messages/s':>12}{'of the floor':>14}")
    print(f"{'the floor':40}{floor:12.0f}{1:14.2f}")
    print(f"{'triage':40}{ours:12.0f}{ours / floor:14.2f}")


def _daemon(root: Path, messages: int, imap_port: int, smtp_port: int) -> float:
    """Messages per second of the daemon: from the first received to the last acknowledged, escalated and filed."""
    config = root / "config" / "triage.toml"
    config.parent.mkdir()
    (root / "password").write_text(PASSWORD)
    config.write_text(
        CONFIG.format(**defaults(root, imap_port=imap_port, smtp_port=smtp_port, user=_USER)).replace("workers = 1", "workers = 0")
    )
    daemon = subprocess.Popen([sys.executable, "-m", "triage", "--config", str(config), "run"], stderr=(root / "log").open("w"))
    try:
        return _watch(root / "var" / "triage.db", messages, daemon)
    finally:
        daemon.terminate()
        daemon.wait(15)


def _watch(path: Path, messages: int, daemon: "subprocess.Popen[bytes]") -> float:
    begun = 0.0
    deadline = monotonic() + 300
    while monotonic() < deadline and daemon.poll() is None:
        sleep(0.05)
        if not path.with_name("heartbeat.json").exists():
            continue
        db = sqlite3.connect(path)
        received, undecided, waiting, filing = db.execute(
            "select (select count(*) from messages), (select count(*) from messages where outcome is null),"
            " (select count(*) from deliveries where status in ('queued', 'deferred', 'sending')),"
            " (select count(*) from filings where status = 'open')"
        ).fetchone()
        db.close()
        if received and not begun:
            begun = monotonic()
        if received >= messages and not (undecided or waiting or filing):
            return messages / (monotonic() - begun)
    raise TimeoutError("the daemon ended, or did not finish in five minutes")
