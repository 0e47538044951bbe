"""Kill -9 at random moments on Dovecot and Postfix, with receipt copies and without: nothing lost, nobody acknowledged twice unmarked."""

import json
import multiprocessing
import os
import random
import re
import signal
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from email import message_from_bytes
from pathlib import Path
from time import monotonic, sleep

from tests.conftest import PASSWORD
from tests.proof import warm
from tests.proof.fuzz import KEPT
from tests.servers import dovecot, invariants, postfix, smtp_sink
from tests.spine.world import CONFIG, defaults, letter
from triage.store.connect import connect

_USER, _AUDIT, _CUSTOMERS, _STAFF = "support@shop.example", "audit@shop.example", "customers@shop.example", "staff@shop.example"
#: What Postfix gives to whom.
_ACCOUNTS = {r"^audit@shop\.example$": _AUDIT, r"@customer\.example$": _CUSTOMERS, ".": _STAFF}
_OF_SERVERS = (b"return-path:", b"delivered-to:", b"x-original-to:", b"received:", b"x-mail-args:", b"x-rcpt-args:", b"x-client-",
               b"x-helo-args:")  # fmt: skip
#: Kills on one set of servers and one store, which are judged together.
BATCH = 250
#: So many such worlds at once: most of what one does is to wait.
WORLDS = 4
_PER_KILL = 4
#: One life in so many has readers in processes of their own, which take longer to start than all the rest.
_WHOLE = 20
#: The share that dies at any moment of its first seconds; the others do after the first acknowledgment was written, within so many seconds,
#: in which the four that have come are sent: whoever lives longer mostly dies idle.
_YOUNG, _STARTING, _WORKS = 0.2, 0.6, 0.1
#: Nobody takes so many seconds to start.
_STARTS = 15.0
_RECEIPTS_TABLE = f"""
[mailbox.audit]
host = "127.0.0.1"
port = {{port}}
security = "none"
username = "{_AUDIT}"
password = {{{{file = "{{password}}"}}}}
receive = false
"""
_RECEIPTS = f'receipt_address = "{_AUDIT}"\nreceipt_account = "audit"\nreceipt_folder = "INBOX"\nreceipt_wait = "1m"'


@dataclass
class Verdict:
    """What the kills left behind."""

    kills: int = 0
    #: Those with receipt copies.
    receipted: int = 0
    messages: int = 0
    seconds: float = 0.0
    #: Processor time of the daemons.
    cpu: float = 0.0
    #: Customers whose message is not in the store, or has no case.
    lost: list[str] = field(default_factory=list)
    #: Customers who have more than one acknowledgment, none of them marked as a possible duplicate.
    twice: list[str] = field(default_factory=list)
    #: Customers who have neither an acknowledgment nor one in doubt; with receipt copies, also those in doubt at the end.
    silent: list[str] = field(default_factory=list)
    #: Acknowledgments in doubt, and how many of those the server had in truth accepted.
    uncertain: int = 0
    uncertain_accepted: int = 0
    #: Acknowledgments whose copy proved what had been in doubt, that were sent again, and that came twice because of it.
    proven: int = 0
    again: int = 0
    marked_twice: int = 0
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Nothing lost, nobody twice, nobody silent, and the audit finds only what is marked uncertain."""
        return not (self.lost or self.twice or self.silent or self.problems)

    def add(self, other: "Verdict") -> None:
        """Count another's kills in."""
        for name, value in asdict(other).items():
            setattr(self, name, getattr(self, name) + value)

    def details(self) -> list[str]:
        """One line for whoever was lost, written to twice or not at all, and for each problem."""
        groups = (("lost", self.lost), ("twice", self.twice), ("silent", self.silent), ("problem", self.problems))
        return [f"{what}: {line}" for what, lines in groups for line in lines]

    def __str__(self) -> str:
        return (
            f"{self.kills} kills ({self.receipted} with receipt copies), {self.messages} messages: {len(self.lost)} lost, "
            f"{len(self.twice)} acknowledged twice, {len(self.silent)} without acknowledgment, "
            f"{self.uncertain} uncertain (of which {self.uncertain_accepted} had been accepted), {self.proven} proven by copies, "
            f"{self.again} sent again (of which {self.marked_twice} came twice, marked), {len(self.problems)} unexplained; "
            f"{self.seconds / max(1, self.kills):.2f} s for each kill, {self.cpu / max(1, self.kills):.2f} s of it in daemons' processor time"
        )


def run(kills: int, seed: int, *, receipts: str = "half", per_batch: int = BATCH, worlds: int = WORLDS, keep: bool = True) -> Verdict:
    """Kill so often in all, going on where an earlier run of the same seed stopped; copies for `half`, `all` or `none` of the kills."""
    state = KEPT / f"kills-{receipts}-{seed}.json"
    done = _resumed(state) if keep else {}
    # Few kills are halved too.
    size = min(per_batch, max(1, (kills + 1) // 2 if receipts == "half" else kills))
    wanted = [number for number in range(-(-kills // size)) if number not in done]
    jobs = [(number, min(size, kills - number * size), seed * 1_000_000 + number, _with_copies(receipts, number)) for number in wanted]
    for number, verdict in _judged(jobs, worlds):
        done[number] = verdict
        if keep:
            KEPT.mkdir(parents=True, exist_ok=True)
            state.write_text(json.dumps({number: asdict(verdict) for number, verdict in sorted(done.items())}, indent=1))
    return _sum(done.values())


def _judged(jobs: Sequence[tuple[int, int, int, bool]], worlds: int) -> Iterator[tuple[int, Verdict]]:
    """Each batch by its number, in the order in which they end."""
    if min(worlds, len(jobs)) < 2:
        yield from ((number, batch(size, seed, receipts=copies)) for number, size, seed, copies in jobs)
        return
    with ProcessPoolExecutor(worlds, mp_context=multiprocessing.get_context("spawn")) as pool:
        begun = {pool.submit(batch, size, seed, receipts=copies): number for number, size, seed, copies in jobs}
        yield from ((begun[finished], finished.result()) for finished in as_completed(begun))


def _with_copies(receipts: str, number: int) -> bool:
    return postfix.installed() and (receipts == "all" or (receipts == "half" and number % 2 == 1))


def _sum(verdicts: Iterable[Verdict]) -> Verdict:
    total = Verdict()
    for verdict in verdicts:
        total.add(verdict)
    return total


def _resumed(state: Path) -> dict[int, Verdict]:
    if not state.is_file():
        return {}
    return {int(number): Verdict(**kept) for number, kept in json.loads(state.read_text()).items()}


@dataclass
class Out:
    """Where the daemon's mail goes."""

    port: int
    imap: dovecot.Dovecot
    #: None where smtp-sink stands in, which gives nothing to anybody.
    server: postfix.Postfix | None = None
    sink: smtp_sink.PostfixSink | None = None

    def accepted(self) -> Iterator[bytes]:
        """What customers have got."""
        if self.sink:
            for content in self.sink.messages():
                # The sink's own fields for the envelope stand first.
                yield content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            return
        assert self.server
        assert self.server.handed_on(), "Postfix did not hand its mail on"
        for path in (self.imap.root / "mail" / _CUSTOMERS / "Maildir").glob("[nc][eu][wr]/*"):
            yield path.read_bytes()


@contextmanager
def _servers() -> Iterator[Out]:
    with ExitStack() as stack:
        imap = stack.enter_context(dovecot.running(dict.fromkeys((_USER, _AUDIT, _CUSTOMERS, _STAFF), PASSWORD)))
        if postfix.installed():
            server = stack.enter_context(postfix.running(imap.lmtp_port, _ACCOUNTS))
            yield Out(server.port, imap, server=server)
        else:
            sink = stack.enter_context(smtp_sink.postfix_sink())
            yield Out(sink.port, imap, sink=sink)


def batch(kills: int, seed: int, *, receipts: bool) -> Verdict:
    """Let a daemon work and die that often, then let it finish, and count."""
    choose, begun = random.Random(seed), monotonic()
    verdict = Verdict(kills=kills, receipted=kills if receipts else 0, messages=kills * _PER_KILL)
    with tempfile.TemporaryDirectory(prefix="triage-kills-") as name, _servers() as out, warm.running() as kept:
        root = Path(name)
        words = configured(root, out.imap.imap_port, out.port, receipts=receipts)[3:]
        expected = [f"c{round_}.{number}@customer.example" for round_ in range(kills) for number in range(_PER_KILL)]
        with out.imap.client(_USER) as client:
            for round_ in range(kills):
                for customer in expected[round_ * _PER_KILL : (round_ + 1) * _PER_KILL]:
                    asked = f"Where is order ORD{choose.randrange(10**6):06}?"
                    client.append("INBOX", letter(asked, sender=customer, message_id=f"<{customer}>"))
                _live(kept, words, root / "var" / "triage.db", choose, whole=round_ % _WHOLE == 0)
        _settle(kept, words, root, receipts=receipts)
        _count(verdict, expected, root / "var" / "triage.db", list(out.accepted()), receipts=receipts)
        kept.wait(kept.start(*words, "audit", output=root / "audit"))
        said = (root / "audit").read_text().splitlines()
        verdict.problems += [line for line in said if line.startswith("PROBLEM") and (receipts or "uncertain" not in line)]
        verdict.problems += [] if said and said[-1].endswith(("accounted for", "unexplained")) else [f"the audit failed: {said[-1:]}"]
        verdict.cpu = kept.spent()
    verdict.seconds = monotonic() - begun
    return verdict


def _live(kept: warm.Warm, words: list[str], store: Path, choose: random.Random, *, whole: bool) -> None:
    """A daemon is born and dies: some while they start, most while they work."""
    before, give_up = _written(store), monotonic() + _STARTS
    pid = kept.start(*words, "run", reads_inside=not whole)
    if choose.random() < _YOUNG:
        sleep(choose.uniform(0, _STARTING))
    else:
        while _written(store) == before and monotonic() < give_up:
            sleep(0.005)
        sleep(choose.uniform(0, _WORKS))
    os.kill(pid, signal.SIGKILL)
    kept.wait(pid)


def _written(store: Path) -> int:
    """The number of the last message that was written to a customer."""
    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{store}?mode=ro", uri=True, timeout=5)) as db:
        return int(db.execute("select coalesce(max(id), 0) from deliveries").fetchone()[0])
    return 0


def _settle(kept: warm.Warm, words: list[str], root: Path, *, receipts: bool) -> None:
    """Let it finish; where copies tell, until none is in doubt, for which they have a minute to arrive."""
    give_up = monotonic() + 200
    while True:
        for _ in range(2):
            kept.wait(kept.start(*words, "run", "--once", output=root / "log"))
        db = connect(root / "var" / "triage.db")
        left = list(db.query("select id from deliveries where status in ('uncertain', 'queued', 'sending', 'deferred')"))
        db.close()
        if not receipts or not left or monotonic() > give_up:
            return
        sleep(5)


def configured(root: Path, imap_port: int, smtp_port: int, *, receipts: bool = False) -> list[str]:
    """The command line of a daemon on these servers."""
    config = root / "config" / "triage.toml"
    config.parent.mkdir()
    (root / "password").write_text(PASSWORD)
    values = defaults(root, imap_port=imap_port, smtp_port=smtp_port, user=_USER)
    if receipts:
        values |= {"smtp": _RECEIPTS, "extra": _RECEIPTS_TABLE.format(port=imap_port, password=root / "password")}
    config.write_text(CONFIG.format(**values))
    return [sys.executable, "-m", "triage", "--config", str(config)]


def _count(verdict: Verdict, expected: list[str], store: Path, accepted: list[bytes], *, receipts: bool) -> None:
    got = Counter(str(message_from_bytes(content)["To"]).strip("<> ") for content in accepted)
    db = connect(store)
    authors = {row["author"] for row in db.query("select author from messages where case_id is not null")}
    ours = list(db.query("select recipient, status, possible_duplicate from deliveries where kind = 'acknowledgment'"))
    proven = len(list(db.query("select id from events where detail like '%proven by its receipt copy%'")))
    db.close()
    doubtful = {row["recipient"] for row in ours if row["status"] == "uncertain"}
    marked = {row["recipient"] for row in ours if row["possible_duplicate"]}
    verdict.lost = sorted(set(expected) - authors)
    verdict.twice = sorted(it for it in expected if got[it] > 1 and it not in marked)
    verdict.silent = sorted(set(expected) - set(got) - (set() if receipts else doubtful)) + sorted(doubtful if receipts else ())
    verdict.uncertain, verdict.uncertain_accepted = len(doubtful), len(doubtful & set(got))
    verdict.proven, verdict.again, verdict.marked_twice = proven, len(marked), sum(got[it] > 1 for it in marked)
    verdict.problems += [f"{message_from_bytes(it)['To']}: {wrong}" for it in accepted for wrong in _broken(it)]


def _broken(content: bytes) -> list[str]:
    """What must hold of everything that leaves and does not."""
    header, _, body = content.replace(b"\r\n", b"\n").partition(b"\n\n")
    # What the servers on its way have put before it is not ours.
    ours = [it for it in re.split(rb"\n(?![ \t])", header) if not it.lower().startswith(_OF_SERVERS)]
    whole = b"\n\n".join((b"\n".join(ours), body)).replace(b"\n", b"\r\n")
    return invariants.check(whole, recipients=[str(message_from_bytes(whole)["To"]).strip("<> ")], ours=[_USER], acknowledgment=True)
