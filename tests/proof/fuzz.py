"""Reading under mutation: a million broken messages through the whole of `read`, with the shipped model, in disposable processes."""

import json
import multiprocessing
import os
import pickle
import re
import resource
from collections import Counter
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from time import process_time

from pebble import ProcessExpired, ProcessPool

from tests.effort import effort
from tests.proof.mutate import ROOT, digest, mutant, seeds
from triage.classifier.shelf import Shelf
from triage.extraction.mask import mask_text
from triage.extraction.patterns import Patterns
from triage.message import Address, Message, MessageKey, RawMessage
from triage.parsing.options import ParseOptions
from triage.reading import Classification, Facts, Reading
from triage.rules.context import RuleContext
from triage.sections.places import Paths
from triage.sections.reading import ExtractionSettings, FormSettings
from triage.stages.plan import ReadPlan
from triage.stages.read import read
from triage.worker import MemoryFile, ModelFile, Taught, prepare
from triage.workers.bounded import bound

KEPT = ROOT / "var" / "proof"
#: Seconds of processor time from which a message is slow.
SLOW = 1.0
#: Large, as each window of chunks waits for its slowest.
_CHUNK = 1000
#: A chunk that takes longer on the clock has a message in it that never ends.
_CHUNK_SECONDS = 600
_MEMORY_MB = 1024
#: Without one, a text holds no card number.
_DIGIT = re.compile(r"\d")
_ARRIVED = datetime(2026, 6, 1, 12, tzinfo=UTC)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_PLAN = ReadPlan(
    parsing=ParseOptions(
        authserv_id="mx.shop.example",
        trace_hosts=("shop.example",),
        forms=(FormSettings(address="form@shop.example", email_label="E-mail"),),
        forwarders=frozenset({"ann@customer.example"}),
    ),
    rules=RuleContext(own_addresses=frozenset({"support@shop.example"})),
    patterns=Patterns.of(ExtractionSettings()),
)


class _AskedOnce:
    """The shipped model, asked once about the same words: half of all mutants differ from another one only in what the model never sees."""

    @cached_property
    def taught(self) -> Taught:
        """The model as the reader processes hold it, without anything learned."""
        state = ROOT / "no state"
        return Taught(ModelFile(Shelf(state, ROOT / "models" / "triage.npz")), MemoryFile(state))

    @lru_cache(maxsize=4096)  # noqa: B019 - there is one in a process
    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """What the model says."""
        return self.taught.classify(subject, body, facts)


_CLASSIFIER = _AskedOnce()


def read_message(message: RawMessage) -> Reading:
    """The reading of a mutant."""
    return read(message, _PLAN, _CLASSIFIER)


@dataclass
class Tally:
    """What became of the messages."""

    messages: int = 0
    octets: int = 0
    #: Messages with something wrong that was told, and those on which mail-parser gave up.
    with_defects: int = 0
    library_gave_up: int = 0
    #: Numbers of messages that took too long, that raised, whose parser fell back on its last resort, that broke a promise.
    slow: list[int] = field(default_factory=list)
    raised: dict[str, list[int]] = field(default_factory=dict)
    last_resort: dict[str, list[int]] = field(default_factory=dict)
    broken: dict[str, list[int]] = field(default_factory=dict)
    #: First numbers of chunks whose process died or never came back.
    dead: list[int] = field(default_factory=list)
    seconds: float = 0.0
    slowest: float = 0.0
    #: Most memory that one process held, in MB.
    peak_mb: int = 0

    @property
    def clean(self) -> bool:
        """Everything was read, in time, and kept its promises."""
        return not (self.slow or self.raised or self.last_resort or self.broken or self.dead)

    def add(self, other: "Tally") -> None:
        """Count another's messages in."""
        for name in ("messages", "octets", "with_defects", "library_gave_up", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.slow += other.slow
        self.dead += other.dead
        for mine, theirs in ((self.raised, other.raised), (self.last_resort, other.last_resort), (self.broken, other.broken)):
            for what, numbers in theirs.items():
                mine.setdefault(what, []).extend(numbers)
        self.slowest, self.peak_mb = max(self.slowest, other.slowest), max(self.peak_mb, other.peak_mb)

    def details(self) -> list[str]:
        """One line for each kind of failure, with the numbers of the first messages."""
        lines = [f"slower than {SLOW:.0f} s: {_numbers(self.slow)}"] if self.slow else []
        lines += [f"process died in the {_CHUNK} messages from {_numbers(self.dead)}"] if self.dead else []
        for title, found in (("raised", self.raised), ("last resort after", self.last_resort), ("broken promise:", self.broken)):
            lines += [f"{title} {what}: {_numbers(numbers)}" for what, numbers in found.items()]
        return lines

    def __str__(self) -> str:
        raised, last = (sum(map(len, found.values())) for found in (self.raised, self.last_resort))
        return (
            f"{self.messages} messages of {self.octets // max(1, self.messages)} octets: {raised} raised, {last} fell back on the header, "
            f"{len(self.slow)} slower than {SLOW:.0f} s (slowest {self.slowest:.2f} s), {sum(map(len, self.broken.values()))} broken promises, "
            f"{len(self.dead)} dead processes; {self.with_defects} with defects told, mail-parser gave up on {self.library_gave_up}; "
            f"{1000 * self.seconds / max(1, self.messages):.1f} ms each, {self.peak_mb} MB at most"
        )


def _numbers(numbers: list[int]) -> str:
    return f"{len(numbers)} (#{', #'.join(map(str, numbers[:8]))})"


def raw(number: int, content: bytes) -> RawMessage:
    """The bytes as a server would hand them over."""
    key = MessageKey(account="fuzz", mailbox="INBOX", uid_validity=1, uid=number + 1)
    return RawMessage(key=key, received_at=_ARRIVED, content=content, size=len(content))


def ready() -> None:
    """Make this process a reader with the shipped model, its language model loaded too: that is no message's fault."""
    prepare(_PLAN, Paths(state=ROOT / "no state"))
    read_message(raw(0, b"From: a@b.example\r\n\r\nA sentence of more than twenty letters."))


def begin() -> None:
    """Make this process a reader with the daemon's bound on memory."""
    ready()
    bound(_MEMORY_MB)


def read_chunk(seed: int, first: int, count: int, *, shared: bool) -> Tally:
    """Read that many mutants from the first on; `ready` has run in this process."""
    tally = Tally(messages=count)
    originals = seeds(shared=shared)
    for number in range(first, first + count):
        content = mutant(originals, seed, number)
        tally.octets += len(content)
        _one(tally, number, raw(number, content))
    tally.peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return tally


def _one(tally: Tally, number: int, message: RawMessage) -> None:
    begun = process_time()
    try:
        reading = read_message(message)
    except Exception as error:
        # The proof is of exactly this: that nothing is ever raised.
        tally.raised.setdefault(_where(error), []).append(number)
        return
    finally:
        taken = process_time() - begun
        tally.seconds += taken
        tally.slowest = max(tally.slowest, taken)
    if taken > SLOW and effort(lambda: read_message(message), SLOW) > SLOW:
        tally.slow.append(number)
    defects = reading.message.defects
    tally.with_defects += bool(defects)
    for defect in defects:
        if defect.startswith("reading failed"):
            tally.last_resort.setdefault(defect, []).append(number)
        tally.library_gave_up += defect.startswith("mail-parser gave up")
    again = read_message(message) if number % 50 == 0 else reading
    for promise in broken_promises(reading, again):
        tally.broken.setdefault(promise, []).append(number)


def _where(error: Exception) -> str:
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else type(error).__name__


def broken_promises(reading: Reading, again: Reading) -> list[str]:
    """What does not hold although it is promised of every reading."""
    message = reading.message
    promises = {
        "another reading the second time": reading == again,
        "a text with control characters": not _CONTROL.search("\n".join(_texts(message))),
        "a line break in a subject, name or header": not any("\n" in text or "\t" in text for text in _single_lines(message)),
        "an address that is not ASCII": all(person.addr_spec.isascii() for person in _people(message)),
        "a file name with a path": not any(set("/\\") & set(file.filename) for file in message.attachments),
        "no fingerprint": re.fullmatch("[0-9a-f]{64}", message.fingerprint) is not None,
        "more words in the text than were sent": message.text == message.full_text
        or not Counter(message.text.split()) - Counter(message.full_text.split()),
        "a card number in a text": not any(mask_text(text)[1] for text in set(_shown(message)) if _DIGIT.search(text)),
        "a reading that cannot travel": pickle.loads(pickle.dumps(reading)) == reading,
        "too many references": len(message.references) <= 50,
        "defects without bound": len(message.defects) <= 40 and all(len(line) < 500 for line in message.defects),
    }
    return [name for name, holds in promises.items() if not holds]


def _people(message: Message) -> tuple[Address, ...]:
    return (*message.from_, *message.sender, *message.reply_to, *message.to, *message.cc)


def _shown(message: Message) -> tuple[str, ...]:
    return (
        message.text, message.full_text, message.quoted, message.signature, message.document_text, message.subject, *message.defects,
        message.report.diagnostic if message.report else "", *(file.filename for file in message.attachments),
        *(person.name for person in _people(message)),
    )  # fmt: skip


def _texts(message: Message) -> tuple[str, ...]:
    return (*_shown(message), *_single_lines(message), message.report.recipient if message.report else "")


def _single_lines(message: Message) -> tuple[str, ...]:
    return (
        message.subject, *(value for _, value in message.headers), *(file.filename for file in message.attachments),
        *(person.name for person in _people(message)), message.message_id, *message.references, *message.in_reply_to,
    )  # fmt: skip


def run(messages: int, seed: int, *, workers: int = 0) -> Tally:
    """Read mutants up to that number, from where an earlier run of the same seed and messages stopped."""
    originals = digest(seeds(shared=True))
    state = KEPT / f"fuzz-{seed}.json"
    tally, first = _resumed(state, originals)
    if first < messages:
        KEPT.mkdir(parents=True, exist_ok=True)
        with ProcessPool(
            workers or os.cpu_count() or 1,
            context=multiprocessing.get_context("forkserver"),
            initializer=begin,
        ) as pool:
            while first < messages:
                # A window of chunks at a time: what is told as done is done without gaps.
                starts = range(first, min(messages, first + 20 * _CHUNK), _CHUNK)
                sizes = [min(_CHUNK, messages - start) for start in starts]
                chunks = [
                    pool.schedule(read_chunk, args=[seed, start, size], kwargs={"shared": True}, timeout=_CHUNK_SECONDS)
                    for start, size in zip(starts, sizes, strict=True)
                ]
                for start, size, chunk in zip(starts, sizes, chunks, strict=True):
                    try:
                        tally.add(chunk.result())
                    except (FutureTimeoutError, ProcessExpired):
                        tally.add(Tally(messages=size, dead=[start]))
                    first = start + size
                state.write_text(json.dumps({"seeds": originals, "next": first, "tally": asdict(tally)}, indent=1))
    return tally


def _resumed(state: Path, originals: str) -> tuple[Tally, int]:
    if not state.is_file():
        return Tally(), 0
    kept = json.loads(state.read_text())
    return (Tally(**kept["tally"]), kept["next"]) if kept["seeds"] == originals else (Tally(), 0)
