"""Kill -9 at every system call of one message's way, each thread by itself: nothing lost, nobody twice unless it is marked uncertain."""

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.conftest import PASSWORD
from tests.proof import warm
from tests.proof.kills import configured
from tests.proof.sinking import Sunk, sunk
from tests.servers import dovecot
from tests.spine.world import letter

_USER = "support@shop.example"
#: Calls that change something outside the process; between two of them a kill is the same wherever it strikes.
_CALLS = (
    "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,msync,sync_file_range,sendto,sendmsg,sendmmsg,sendfile,rename,renameat,renameat2,"
    "unlink,unlinkat,link,linkat,mkdir,mkdirat,rmdir,ftruncate,truncate,fallocate,open,openat,creat,connect,shutdown,socket,close,"
    "recvfrom,recvmsg,fcntl,flock"
)
_SETTLE_SECONDS = 90.0
_PAUSE = 0.02
_STATE = Path("var/proof")
_KILLED_AT = re.compile(r"^(?:\d+\s+)?(\w+)\((?:\d+<([^>]*)>)?", re.MULTILINE)


@dataclass
class Point:
    """One kill and what came of it."""

    thread: str
    #: The call to strike at the beginning of, and which of its kind.
    wanted: str
    number: int
    #: Where it struck, and on what; "" where the message was through before the thread made so many.
    call: str = ""
    on: str = ""
    #: Where the acknowledgment is in the end.
    status: str = ""
    #: How often the server accepted it.
    accepted: int = 0
    violations: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """All kills of a run."""

    points: list[Point] = field(default_factory=list)
    #: Why nothing could be tried.
    skipped: str = ""

    @property
    def struck(self) -> list[Point]:
        """Points that the message's way really passes."""
        return [point for point in self.points if point.call]

    @property
    def clean(self) -> bool:
        """No violation."""
        return not any(point.violations for point in self.points)

    def details(self) -> list[str]:
        """The table by thread and call, then each violation."""
        rows = [f"{'thread and call':<42}{'points':>8}{'violations':>12}{'uncertain':>11}"] if self.struck else []
        counted = {name: [point for point in self.struck if _row(point) == name] for name in sorted({_row(it) for it in self.struck})}
        for name, points in counted.items():
            wrong, doubtful = sum(bool(it.violations) for it in points), sum(it.status == "uncertain" for it in points)
            rows.append(f"{name:<42}{len(points):>8}{wrong:>12}{doubtful:>11}")
        return [*rows, *(f"{it.thread} {it.number} {it.call} {it.on}: {words}" for it in self.points for words in it.violations)]

    def __str__(self) -> str:
        if self.skipped:
            return f"skipped: {self.skipped}"
        doubtful = [point for point in self.struck if point.status == "uncertain"]
        return (
            f"{len(self.struck)} kills at as many system calls, {sum(bool(it.violations) for it in self.struck)} with violations, "
            f"{len(doubtful)} uncertain (of which {sum(bool(it.accepted) for it in doubtful)} had been accepted)"
        )


def why_not() -> str:
    """What is missing to do it here; "" where nothing is."""
    if not dovecot.installed():
        return "Dovecot is not installed: apt install dovecot-imapd dovecot-lmtpd"
    if not shutil.which("strace"):
        return "strace is not installed: apt install strace"
    allowed = subprocess.run(["strace", "-qq", "-o", os.devnull, "true"], capture_output=True, check=False).returncode == 0
    return "" if allowed else "strace may not trace processes here"


def run(points: int, seed: int) -> Verdict:
    """Kill at so many points, chosen by chance, or at all where there are fewer; what was done before is read from var/proof."""
    kept = _STATE / f"syscalls-{seed}.json"
    done = [Point(**it) for it in json.loads(kept.read_text())] if kept.exists() else []
    return kill_at(points, seed, done, keep=kept)


def kill_at(points: int, seed: int, done: list[Point] | None = None, keep: Path | None = None) -> Verdict:
    """The same, going on after those `done`; `keep` is written after each."""
    verdict = Verdict(points=done or [], skipped=why_not())
    if verdict.skipped:
        return verdict
    known = {(it.thread, it.wanted, it.number) for it in verdict.points}
    with opened() as bench:
        order = [it for it in _all_points(bench.rehearse(), seed) if it not in known]
        for thread, call, number in order[: max(0, points - len(known))]:
            verdict.points.append(bench.kill(thread, call, number))
            if keep:
                keep.parent.mkdir(parents=True, exist_ok=True)
                keep.write_text(json.dumps([asdict(it) for it in verdict.points]))
    return verdict


def _all_points(passed: Counter[tuple[str, str]], seed: int) -> list[tuple[str, str, int]]:
    # A tenth more than were seen: a run is never quite like the one before. Strace counts each call of each thread by itself.
    every = [(*it, number) for it, count in sorted(passed.items()) for number in range(1, count + count // 10 + 1)]
    random.Random(seed).shuffle(every)
    return every


def _row(point: Point) -> str:
    return f"{point.thread} {point.call}"


@dataclass
class Bench:
    """A daemon on its servers, that is killed and started again."""

    root: Path
    imap: dovecot.Dovecot
    sink: Sunk
    warm: warm.Warm
    words: tuple[str, ...]
    pid: int = 0

    @property
    def store(self) -> Path:
        """The daemon's store."""
        return self.root / "var" / "triage.db"

    def start(self) -> None:
        """Start it, and wait until it says that it works."""
        said = self.root / "var" / "heartbeat.json"
        self.pid = self.warm.start(*self.words, "run", output=self.root / "log")
        until(lambda: said.exists() and f'"pid": {self.pid},' in said.read_text(), "the daemon did not start")

    def threads(self) -> dict[str, int]:
        """The daemon's thread ids by name; of several with one name, the later ones are numbered."""
        named: dict[str, int] = {}
        seen: Counter[str] = Counter()
        tasks = Path(f"/proc/{self.pid}/task")
        for tid in sorted(int(it.name) for it in tasks.iterdir()):
            name = "main" if tid == self.pid else (tasks / str(tid) / "comm").read_text().strip()
            seen[name] += 1
            named[name if seen[name] == 1 else f"{name}#{seen[name]}"] = tid
        return named

    def ask(self, customer: str) -> None:
        """Let a customer write."""
        self.imap.deliver(_USER, letter("Where is my order ORD123456?", sender=customer))

    def settled(self, customer: str) -> bool:
        """Acknowledged, or in doubt, and filed."""
        row = self.found(customer)
        return bool(row and row[0] in ("sent", "uncertain", "failed") and row[1] == "done")

    def found(self, customer: str) -> tuple[str, str, int] | None:
        """Where the acknowledgment and the filing stand, and whether the former was marked as a possible duplicate."""
        wanted = """
            select deliveries.status, filings.status, possible_duplicate from messages
            join deliveries on deliveries.case_id = messages.case_id and kind = 'acknowledgment' and recipient = author
            left join filings on filings.message = messages.id where author = ?"""
        with suppress(sqlite3.OperationalError), closing(sqlite3.connect(f"file:{self.store}?mode=ro", uri=True, timeout=5)) as db:
            rows = db.execute(wanted, [customer]).fetchall()
            return rows[0] if len(rows) == 1 else None
        return None

    def rehearse(self) -> Counter[tuple[str, str]]:
        """How often each thread makes each call while one message passes."""
        self.start()
        self._pass("first@customer.example")
        listings = {thread: self.root / f"rehearsal.{thread}" for thread in self.threads()}
        tracers = [trace(tid, listings[thread]) for thread, tid in self.threads().items()]
        self._pass("second@customer.example")
        for tracer in tracers:
            detach(tracer)
        return Counter((thread, call) for thread, path in listings.items() for call, _ in _KILLED_AT.findall(path.read_text()))

    def _pass(self, customer: str) -> None:
        self.ask(customer)
        until(lambda: self.settled(customer), "an ordinary message did not come through")

    def kill(self, thread: str, call: str, number: int) -> Point:
        """Kill at that call of that thread while a message passes, start again, and look."""
        point = Point(thread, call, number)
        customer = f"{re.sub('[^a-z0-9]+', '-', thread.lower()).strip('-')}-{call}-{number}@customer.example"
        listing = self.root / "trace"
        tid = self.threads().get(thread)
        if tid is None:
            return point
        tracer = trace(tid, listing, _CALLS, f"inject={call}:signal=SIGKILL:when={number}")
        self.ask(customer)
        with suppress(TimeoutError):
            until(lambda: not _alive(self.pid) or self.settled(customer), "neither killed nor through")
        detach(tracer)
        if not (dead := not _alive(self.pid)) and not self.settled(customer):
            point.violations.append(f"it stood still: {self.found(customer)}, {(self.root / 'log').read_text()[-600:]}")
            os.kill(self.pid, signal.SIGKILL)
        if dead or point.violations:
            point.call, point.on = _struck(listing.read_text(errors="replace"))
            self.warm.wait(self.pid)
            self.start()
        self._judge(point, customer)
        return point

    def _judge(self, point: Point, customer: str) -> None:
        with suppress(TimeoutError):
            until(lambda: self.settled(customer), "not settled")
        found = self.found(customer)
        point.accepted = self.sink.accepted(customer)
        if found is None or found[1] != "done":
            point.violations.append(f"lost, or not settled after {_SETTLE_SECONDS:.0f} s: {found}")
            return
        point.status = found[0]
        if point.accepted > 1 and not found[2]:
            point.violations.append(f"acknowledged {point.accepted} times and not marked")
        if not point.accepted and point.status != "uncertain":
            point.violations.append(f"{point.status}, and the server never accepted it")
        point.violations += self._audit()

    def _audit(self) -> list[str]:
        output = self.root / "audit"
        self.warm.wait(self.warm.start(*self.words, "audit", output=output))
        said = output.read_text().splitlines()
        if not said or not said[-1].endswith(("accounted for", "unexplained")):
            return [f"the audit failed: {said[-1:]}"]
        return [line for line in said if line.startswith("PROBLEM") and "uncertain" not in line]


@contextmanager
def opened() -> Iterator[Bench]:
    """Servers and a store for a daemon that is not started yet."""
    with (
        tempfile.TemporaryDirectory(prefix="triage-syscalls-") as name,
        dovecot.running({_USER: PASSWORD}) as imap,
        sunk() as sink,
        warm.running() as kept,
    ):
        words = configured(Path(name), imap.imap_port, sink.port)[3:]
        yield Bench(Path(name), imap, sink, kept, tuple(words))


def trace(tid: int, listing: Path, calls: str = _CALLS, *does: str) -> "subprocess.Popen[bytes]":
    """Strace, attached to one thread, that lists those calls and does to them as told."""
    listing.unlink(missing_ok=True)
    told = [word for it in (f"trace={calls}", *does) for word in ("-e", it)]
    command = ["strace", "-qq", "-y", "-s", "0", *told, "-o", str(listing), "-p", str(tid)]
    tracer = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    status = Path(f"/proc/{tid}/status")

    def attached() -> bool:
        # It may have met its first call, and killed, before we look.
        with suppress(OSError):
            return tracer.poll() is not None or f"TracerPid:\t{tracer.pid}\n" in status.read_text()
        return True

    until(attached, "strace did not attach")
    return tracer


def detach(tracer: "subprocess.Popen[bytes]") -> None:
    """Let strace go."""
    tracer.send_signal(signal.SIGINT)
    tracer.wait(30)


def _struck(listing: str) -> tuple[str, str]:
    calls = _KILLED_AT.findall(listing)
    return calls[-1] if calls else ("?", "")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def until(met: Callable[[], bool], complaint: str) -> None:
    """Return when it is met; TimeoutError after a minute and a half."""
    give_up = time.monotonic() + _SETTLE_SECONDS
    while not met():
        if time.monotonic() > give_up:
            raise TimeoutError(complaint)
        time.sleep(_PAUSE)
