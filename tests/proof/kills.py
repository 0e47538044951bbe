"""Kill -9 at random moments on Dovecot and smtp-sink: nothing lost, nobody acknowledged twice without being marked uncertain."""

import random
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from email import message_from_bytes
from pathlib import Path
from time import sleep

from tests.conftest import PASSWORD
from tests.servers import dovecot, smtp_sink
from tests.spine.world import CONFIG, defaults, letter
from triage.store.connect import connect

_USER = "support@shop.example"


@dataclass
class Verdict:
    """What the kills left behind."""

    kills: int = 0
    messages: int = 0
    #: Customers whose message is not in the store, or has no case.
    lost: list[str] = field(default_factory=list)
    #: Customers the server accepted more than one acknowledgment for.
    twice: list[str] = field(default_factory=list)
    #: Customers who have neither an accepted acknowledgment nor an uncertain one.
    silent: list[str] = field(default_factory=list)
    #: Acknowledgments in doubt, and how many of those the server had in truth accepted.
    uncertain: int = 0
    uncertain_accepted: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing lost, nobody twice, nobody silent, and the audit finds only what is marked uncertain."""
        return not (self.lost or self.twice or self.silent or self.problems)

    def details(self) -> list[str]:
        """One line for whoever was lost, written to twice or not at all, and for each problem."""
        return [*self.lost, *self.twice, *self.silent, *self.problems]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.messages} messages: {len(self.lost)} lost, {len(self.twice)} acknowledged twice, "
            f"{len(self.silent)} without acknowledgment, {self.uncertain} uncertain (of which {self.uncertain_accepted} had been accepted), "
            f"{len(self.problems)} unexplained"
        )


def run(kills: int, seed: int, *, per_kill: int = 4) -> Verdict:
    """Let a daemon work and die that often, then let it finish, and count."""
    choose = random.Random(seed)
    verdict = Verdict(kills=kills)
    with (
        tempfile.TemporaryDirectory(prefix="triage-kills-") as name,
        dovecot.running({_USER: PASSWORD}) as imap,
        smtp_sink.postfix_sink() as sink,
    ):
        root = Path(name)
        command = configured(root, imap.imap_port, sink.port)
        for round_ in range(kills):
            customers = [f"c{round_}.{number}@customer.example" for number in range(per_kill)]
            questions = (letter(f"Where is order ORD{choose.randrange(10**6):06}?", sender=it) for it in customers)
            imap.deliver(_USER, *questions)
            verdict.messages += per_kill
            daemon = subprocess.Popen([*command, "run"], stderr=subprocess.DEVNULL)
            # Some die while they start, most while they work.
            sleep(choose.uniform(0.5, 3.0))
            daemon.kill()
            daemon.wait()
        for _attempt in range(3):
            subprocess.run([*command, "run", "--once"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, check=False)
        audit = subprocess.run([*command, "audit"], capture_output=True, text=True, timeout=120, check=False)
        _count(verdict, root / "var" / "triage.db", sink.messages())
        verdict.problems = [line for line in audit.stdout.splitlines() if line.startswith("PROBLEM") and "uncertain" not in line]
    return verdict


def configured(root: Path, imap_port: int, smtp_port: int) -> list[str]:
    """The command line of a daemon on these servers."""
    config = root / "config" / "triage.toml"
    config.parent.mkdir()
    (root / "password").write_text(PASSWORD)
    config.write_text(CONFIG.format(**defaults(root, imap_port=imap_port, smtp_port=smtp_port, user=_USER)))
    return [sys.executable, "-m", "triage", "--config", str(config)]


def _count(verdict: Verdict, store: Path, accepted: list[bytes]) -> None:
    recipients = Counter(str(message_from_bytes(content)["To"]).strip("<> ") for content in accepted)
    db = connect(store)
    authors = {row["author"] for row in db.query("select author from messages where case_id is not null")}
    doubtful = {
        row["recipient"] for row in db.query("select recipient from deliveries where kind = 'acknowledgment' and status = 'uncertain'")
    }
    everyone = {row["author"] for row in db.query("select author from messages")}
    db.close()
    expected = {
        f"c{round_}.{number}@customer.example"
        for round_ in range(verdict.kills)
        for number in range(verdict.messages // max(1, verdict.kills))
    }
    verdict.lost = sorted(expected - (authors & everyone))
    verdict.twice = sorted(it for it, number in recipients.items() if number > 1 and it in expected)
    verdict.silent = sorted(expected - set(recipients) - doubtful)
    verdict.uncertain = len(doubtful)
    verdict.uncertain_accepted = len(doubtful & set(recipients))
