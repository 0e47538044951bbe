"""Messages per second from mailbox to acknowledgment, beside the floor in the same run."""

import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic, sleep

from tests.bench import letters
from tests.conftest import PASSWORD
from tests.servers import dovecot, smtp_sink
from tests.spine.world import CONFIG, defaults

_USER = "support@shop.example"
#: Where the messages lie until they arrive, all at once.
_ELSEWHERE = "Elsewhere"
#: Sent through before the clock starts, so that both sides are measured running, not starting.
_FIRST = 40


def main(messages: int) -> None:
    """Print the table."""
    with (
        tempfile.TemporaryDirectory(prefix="triage-bench-") as name,
        dovecot.running({_USER: PASSWORD}) as imap,
        smtp_sink.postfix_sink() as sink,
    ):
        root = Path(name)
        with imap.client(_USER) as client:
            client.create_folder(_ELSEWHERE)
        imap.deliver(_USER, *letters.letters(messages), folder=_ELSEWHERE)
        imap.deliver(_USER, *letters.letters(_FIRST, seed=2))
        arguments = [str(imap.imap_port), _USER, PASSWORD, _ELSEWHERE, str(sink.port), str(root / "floor.db")]
        floor = float(subprocess.run([sys.executable, "-m", "tests.bench.floor", *arguments], check=True, capture_output=True).stdout)
        ours = _daemon(root, messages, imap, sink.port)
    print(f"{'end to end on Dovecot and smtp-sink':40}{'messages/s':>12}{'of the floor':>14}")
    print(f"{'the floor':40}{floor:12.0f}{1:14.2f}")
    print(f"{'triage':40}{ours:12.0f}{ours / floor:14.2f}")


def _daemon(root: Path, messages: int, imap: dovecot.Dovecot, smtp_port: int) -> float:
    """Messages per second of the daemon: from their arrival to the last acknowledged, escalated and filed."""
    config = root / "config" / "triage.toml"
    config.parent.mkdir()
    (root / "password").write_text(PASSWORD)
    text = CONFIG.format(**defaults(root, imap_port=imap.imap_port, smtp_port=smtp_port, user=_USER))
    # One reader for each core, and as many connections as a server of one's own allows: each commit holds up one delivery on each.
    config.write_text(text.replace("workers = 1", "workers = 0").replace("[smtp]", "[smtp]\nconnections = 16"))
    daemon = subprocess.Popen([sys.executable, "-m", "triage", "--config", str(config), "run"], stderr=(root / "log").open("w"))
    try:
        _wait(root / "var" / "triage.db", _FIRST, daemon)
        begun = monotonic()
        with imap.client(_USER) as client:
            client.select_folder(_ELSEWHERE)
            client.copy("1:*", "INBOX")
        _wait(root / "var" / "triage.db", _FIRST + messages, daemon)
        return messages / (monotonic() - begun)
    finally:
        daemon.terminate()
        daemon.wait(15)


def _wait(path: Path, messages: int, daemon: "subprocess.Popen[bytes]") -> None:
    """Return once so many messages are settled with all that follows from them."""
    deadline = monotonic() + 300
    while monotonic() < deadline and daemon.poll() is None:
        sleep(0.05)
        if not path.with_name("heartbeat.json").exists():
            continue
        db = sqlite3.connect(path)
        # Each of these has an index: the one who looks must not be what keeps the daemon busy.
        received, waiting = db.execute(
            "select (select count(*) from messages), exists (select 1 from messages where outcome is null)"
            " or exists (select 1 from deliveries where status in ('queued', 'deferred'))"
            " or exists (select 1 from filings where status = 'open')"
        ).fetchone()
        sending = not waiting and db.execute("select 1 from deliveries where status = 'sending'").fetchone()
        db.close()
        if received >= messages and not (waiting or sending):
            return
    raise TimeoutError("the daemon ended, or did not finish in five minutes")
