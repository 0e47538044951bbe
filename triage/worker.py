"""What runs in a reader process: made ready once, then one message after another."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from triage.classifier.model import Model, unsorted
from triage.errors import ModelError
from triage.message import MessageKey, RawMessage
from triage.reading import Classification, Facts, Reading
from triage.stages.read import ReadPlan, read

#: A model that was missing or broken is looked for again after this many seconds.
_LOOK_AGAIN = 30.0

#: Read once before the first message: libraries load their tables at first use, and no customer is to wait for that.
WARM_UP = RawMessage(
    key=MessageKey(account="", mailbox="", uid_validity=1, uid=1),
    received_at=datetime(2026, 1, 1, tzinfo=UTC),
    content=b"From: a@b.example\r\nSubject: order ORD1234\r\nContent-Type: text/html\r\n\r\n"
    b"<p>Where is my order, please? Call me on +49 30 1234567 about it.</p>\r\n",
    size=0,
)


@dataclass(slots=True)
class ModelFile:
    """A classifier that lives in a file which may be missing, broken, or replaced; it then says so instead of failing."""

    path: Path
    _model: Model | None = None
    _problem: str = ""
    _looked_at: float = -_LOOK_AGAIN

    def classify(self, subject: str, body: str, facts: Facts) -> Classification:
        """What the model says, or `unsorted` with the reason there is none."""
        if self._model is None and monotonic() - self._looked_at >= _LOOK_AGAIN:
            self._load()
        return self._model.classify(subject, body, facts) if self._model else unsorted(self._problem)

    def _load(self) -> None:
        self._looked_at = monotonic()
        try:
            self._model = Model.load(self.path)
        except ModelError as error:
            self._problem = str(error)


#: Filled by `prepare` in each reader process; a process has no other way to keep something between two calls.
_ready: dict[str, tuple[ReadPlan, ModelFile]] = {}


def prepare(plan: ReadPlan, model_path: Path) -> None:
    """Make this process ready to read."""
    model = ModelFile(model_path)
    _ready["reader"] = (plan, model)
    read(WARM_UP, plan, model)


def read_message(raw: RawMessage) -> Reading:
    """What the message says; `prepare` must have run in this process."""
    plan, model = _ready["reader"]
    return read(raw, plan, model)
