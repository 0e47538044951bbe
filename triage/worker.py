"""What runs in a reader process: made ready once, then one message after another."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from triage import languages
from triage.classifier import memory
from triage.classifier.memory import CORRECTIONS, Memory
from triage.classifier.model import Model, unsorted
from triage.classifier.sentences import Hears, usable
from triage.classifier.shelf import MODELS, Shelf
from triage.errors import ModelError
from triage.message import MessageKey, RawMessage
from triage.reading import Classification, Facts, Reading
from triage.sections.places import Paths
from triage.stages.plan import ReadPlan
from triage.stages.read import read

#: Read once before the first message: libraries load their tables at first use, and no customer is to wait for that.
WARM_UP = RawMessage(
    key=MessageKey(account="", mailbox="", uid_validity=1, uid=1),
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    content=b"From: a@b.example\r\nSubject: order ORD1234\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Where is my order, please? Call me on +49 30 1234567 about it.</p>\r\n",
    size=0,
)


#: When a file was written, and its size: another file than the one that was read.
_Stamp = tuple[int, int] | None


@dataclass(slots=True)
class ModelFile:
    """A classifier that lives in a file which may be missing, broken, or replaced; it then says so instead of failing."""

    shelf: Shelf
    #: Heard beside the words.
    sentences: Hears | None = None
    _model: Model | None = None
    _problem: str = ""
    _stamps: tuple[_Stamp, _Stamp] = (None, None)
    _path: Path | None = None

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """What the model says, or `unsorted` with the reason there is none."""
        if self._is_another():
            self._load()
        return self._model.classify(subject, body, facts) if self._model else unsorted(self._problem)

    def _is_another(self) -> bool:
        if self._path is None:
            return True
        pointer, model = _stamp(self.shelf.pointer), _stamp(self._path)
        # One put in the place of the last is used from the next message on; one that is only gone is missed by nobody.
        return pointer != self._stamps[0] or model not in (None, self._stamps[1])

    def _load(self) -> None:
        pointer, path = _stamp(self.shelf.pointer), self.shelf.in_use()
        self._path, self._stamps = path, (pointer, _stamp(path))
        # A broken model of our own training is no reason to sort nothing while the shipped one is whole.
        for candidate in dict.fromkeys((path, self.shelf.shipped)):
            try:
                self._model = Model.load(candidate, self.sentences)
            except ModelError as error:
                self._problem = str(error)
                if self._model is not None:
                    # What has served until now is better than what is broken.
                    return
            else:
                return


@dataclass(slots=True)
class MemoryFile:
    """What people have said, in a file that is written anew with each correction."""

    path: Path
    _memory: Memory = field(default_factory=Memory)
    _seen: _Stamp = None

    def apply(self, subject: str, body: str, answer: Classification) -> Classification:
        """The answer, or a person's on a near-identical message."""
        stamp = _stamp(self.path)
        if stamp != self._seen:
            self._seen = stamp
            self._memory = Memory(memory.read(self.path)[0])
        return self._memory.apply(subject, body, answer)


@dataclass(frozen=True, slots=True)
class Taught:
    """The model and what people have said since."""

    model: ModelFile
    memory: MemoryFile

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """Category, issue, confidence and reasons."""
        return self.memory.apply(subject, body, self.model.classify(subject, body, facts))


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


#: Filled by `prepare` in each reader process; a process has no other way to keep something between two calls.
_ready: dict[str, tuple[ReadPlan, Taught]] = {}


def prepare(plan: ReadPlan, paths: Paths) -> None:
    """Make this process ready to read, with the shipped model and what the state folder has learned since."""
    model = ModelFile(Shelf(paths.state / MODELS, paths.model), usable(paths.sentence_model))
    taught = Taught(model, MemoryFile(paths.state / CORRECTIONS))
    _ready["reader"] = (plan, taught)
    languages.prepare()
    read(WARM_UP, plan, taught)


def read_message(raw: RawMessage) -> Reading:
    """What the message says; `prepare` must have run in this process."""
    plan, taught = _ready["reader"]
    return read(raw, plan, taught)
