"""`python -m triage.retrain`: teaches a candidate with corrections, from a job on standard input; the verdict goes to standard output."""

import json
import os
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from triage.classifier.corpus import Example, corpus_files, digest, read_all
from triage.classifier.learn import Verdict, accuracy, apart, compare, example, own, split
from triage.classifier.model import Model
from triage.classifier.sentences import Hears, Remembered, usable
from triage.classifier.shelf import Kept, Shelf
from triage.classifier.train import train_on
from triage.correction import Correction, Lesson, Provenance
from triage.errors import ModelError

#: Below everything else that the machine has to do.
_NICE = 19


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a lesson needs."""

    shelf: Shelf
    #: Empty: the project's own.
    corpus: Sequence[Path]
    corrections: Sequence[Correction]
    latest: int
    #: Folder of the sentence model to teach with.
    sentence_model: Path | None = None


def retrain(job: Job, now: datetime) -> Lesson:
    """A candidate from the corpus and the corrections, in use from now on if it proves better."""
    teach, held_back = split(job.corrections)
    if not teach or not held_back:
        return Lesson(latest=job.latest, at=now, accepted=False, reason=f"{len(teach)} corrections to teach, {len(held_back)} to judge by")
    job.shelf.folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=job.shelf.folder, prefix="lesson-") as scratch:
        return _lesson(job, [example(each) for each in teach], held_back, Path(scratch), now)


def _lesson(job: Job, taught: list[Example], held_back: Sequence[Correction], scratch: Path, now: datetime) -> Lesson:
    corpus = [*read_all(job.corpus or corpus_files()), *own(read_all([job.shelf.own] if job.shelf.own.exists() else ()))]
    rest, benchmark = apart(corpus)
    model = usable(job.sentence_model)
    sentences = model and Remembered(model)
    course = digest(corpus) + ("+meaning" if sentences else "")
    current = next(kept for kept in job.shelf.kept() if kept.in_use)
    before = _known_benchmark(current, course)
    if before is None:
        before = _trained_accuracy(rest, benchmark, scratch, sentences)
    after = _trained_accuracy([*rest, *taught], benchmark, scratch, sentences)
    candidate = scratch / "candidate.npz"
    train_on([*corpus, *taught], target=candidate, sentences=sentences)
    now_used = _usable(current, job.shelf, sentences)
    verdict = compare(Model.load(candidate, sentences), now_used, held_back, benchmark=after, before=before)
    said = {
        "taught_at": now.isoformat(),
        "corrections": len(taught),
        "verdict": verdict.reason,
        "benchmark": after,
        "corpus": course,
    }
    version = _adopt(job.shelf, candidate, said, verdict)
    return Lesson(latest=job.latest, at=now, accepted=verdict.accepted, reason=verdict.reason, version=version)


def _adopt(shelf: Shelf, candidate: Path, said: dict[str, object], verdict: Verdict) -> str:
    if not verdict.accepted:
        return ""
    version = shelf.take_in(candidate, said)
    shelf.use(version)
    return version


def _trained_accuracy(examples: Sequence[Example], benchmark: Sequence[Example], scratch: Path, sentences: Hears | None) -> float:
    """How well what is taught so does on messages that it never saw."""
    path = scratch / "benchmark.npz"
    train_on(examples, target=path, sentences=sentences)
    return accuracy(Model.load(path, sentences), benchmark)


def _known_benchmark(current: Kept, course: str) -> float | None:
    """What was measured when the model in use was taught, if that was on this very corpus and in this way."""
    measured = current.card.get("benchmark")
    return measured if isinstance(measured, float) and current.card.get("corpus") == course else None


def _usable(current: Kept, shelf: Shelf, sentences: Hears | None) -> Model:
    try:
        return Model.load(current.path, sentences)
    except ModelError:
        return Model.load(shelf.shipped, sentences)


def _job(said: dict[str, object]) -> Job:
    corrections, corpus = said["corrections"], said["corpus"]
    rows = corrections if isinstance(corrections, list) else []
    return Job(
        shelf=Shelf(Path(str(said["folder"])), Path(str(said["shipped"]))),
        corpus=[Path(str(path)) for path in corpus] if isinstance(corpus, list) else [],
        corrections=[
            Correction(**{**row, "at": datetime.fromisoformat(row["at"]), "provenance": Provenance(row["provenance"])}) for row in rows
        ],
        latest=int(str(said["latest"])),
        sentence_model=Path(str(said["sentence_model"])) if said["sentence_model"] else None,
    )


def main() -> None:
    """Read the job, teach, print the verdict."""
    os.nice(_NICE)
    lesson = retrain(_job(json.load(sys.stdin)), datetime.now(UTC))
    sys.stdout.write(json.dumps(asdict(lesson) | {"at": lesson.at.isoformat()}))


if __name__ == "__main__":
    main()
