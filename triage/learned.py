"""The Learner port on files in the state folder: what readers know, the models, and a process of its own to teach in."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from triage.classifier import memory, sealed
from triage.classifier.folder import lacking
from triage.classifier.memory import CORRECTIONS
from triage.classifier.shelf import MODELS, Shelf
from triage.correction import Correction, Lesson
from triage.errand import errand
from triage.errors import LessonError, ModelError

_LESSON = "lesson.json"


@dataclass(slots=True)
class Learned:
    """What was learned, in one state folder."""

    state: Path
    #: The model that came with the program.
    shipped: Path
    at_most: timedelta
    #: What the lessons start from; empty: the project's own corpus.
    corpus: tuple[Path, ...] = ()
    #: Folder of the sentence model that is heard beside the words.
    sentence_model: Path | None = None
    _published: int | None = None
    _looked_at: tuple[object, ...] = ()
    _problem: str = ""

    @property
    def shelf(self) -> Shelf:
        """The models there are."""
        return Shelf(self.state / MODELS, self.shipped)

    def published(self) -> int:
        """Number of the latest correction that readers know of."""
        if self._published is None:
            self._published = memory.read(self.state / CORRECTIONS)[1]
        return self._published

    def publish(self, corrections: Sequence[Correction], latest: int) -> None:
        """Let readers know of these from the next message on."""
        self.state.mkdir(parents=True, exist_ok=True)
        memory.write(self.state / CORRECTIONS, memory.remembered(corrections), latest)
        self._published = latest

    def problem(self) -> str:
        """Why the model that is to be used, or the sentence model beside it, cannot be used."""
        path = self.shelf.in_use()
        seen = (path, *_stamp(path))
        if seen != self._looked_at:
            self._looked_at = seen
            try:
                sealed.read(path)
            except ModelError as error:
                self._problem = f"the model is refused, and messages may go unsorted: {error}"
            else:
                self._problem = ""
        if not self._problem and self.sentence_model and (missing := lacking(self.sentence_model)):
            return f"the sentence model is not heard, and messages are sorted by their words alone: {missing}"
        return self._problem

    def last_lesson(self) -> Lesson | None:
        """What came of teaching last."""
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            said = json.loads((self.state / MODELS / _LESSON).read_text(encoding="utf-8"))
            return lesson_of(said)
        return None

    async def teach(self, corrections: Sequence[Correction], latest: int) -> Lesson:
        """Teach a candidate in a process of its own, of low priority."""
        job = {
            "folder": str(self.state / MODELS),
            "shipped": str(self.shipped),
            "corpus": [str(path) for path in self.corpus],
            "corrections": [asdict(each) | {"at": each.at.isoformat()} for each in corrections],
            "latest": latest,
            "sentence_model": str(self.sentence_model or ""),
        }
        said = await errand("triage.retrain", json.dumps(job).encode(), seconds=self.at_most.total_seconds(), fault=_fault)
        lesson = lesson_of(json.loads(said))
        path = self.state / MODELS / _LESSON
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(said)
        return lesson


def lesson_of(said: dict[str, object]) -> Lesson:
    """A lesson from its JSON."""
    return Lesson(
        latest=int(str(said["latest"])),
        at=datetime.fromisoformat(str(said["at"])),
        accepted=said["accepted"] is True,
        reason=str(said["reason"]),
        version=str(said["version"]),
    )


def _fault(why: str) -> LessonError:
    return LessonError(f"the lesson {why}")


def _stamp(path: Path) -> tuple[object, ...]:
    try:
        found = path.stat()
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_size
