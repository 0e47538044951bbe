"""Labelled messages: read from JSON lines, checked before they teach anything."""

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from triage.errors import PermanentError

#: Where the project's own messages lie.
CORPUS = Path(__file__).with_name("corpus")


class CorpusError(PermanentError, ValueError):
    """A file of labelled messages cannot be read; names the file and the line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One labelled message."""

    subject: str
    body: str
    category: str
    #: Empty where it was not judged.
    issue: str = ""
    #: Other categories that would be right too.
    also: tuple[str, ...] = ()
    language: str = ""
    #: Name of the file it comes from.
    source: str = ""
    #: How much it counts in training.
    weight: float = field(default=1.0)

    @property
    def label(self) -> str:
        """Category and issue as one word."""
        return f"{self.category}/{self.issue}"


def corpus_files(folder: Path = CORPUS) -> list[Path]:
    """The project's own files, in a fixed order."""
    return sorted(folder.glob("*.jsonl"))


def read(path: Path) -> list[Example]:
    """The messages of one file; raises CorpusError with file and line."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{path}: {error}") from error
    return [_example(line, f"{path}:{number}", path.stem) for number, line in enumerate(lines, 1) if line.strip()]


def read_all(paths: Iterable[Path]) -> list[Example]:
    """The messages of several files, in order."""
    return [example for path in paths for example in read(path)]


def write(path: Path, examples: Iterable[Example]) -> None:
    """Keep messages as `read` reads them, for their owner's eyes only."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        for each in examples:
            row = {"subject": each.subject, "body": each.body, "label_category": each.category, "label_issue": each.issue}
            file.write(json.dumps(row) + "\n")


def digest(examples: Iterable[Example]) -> str:
    """Hash of what a model was taught, whatever files it lay in."""
    total = hashlib.sha256()
    for example in examples:
        total.update(json.dumps([example.subject, example.body, example.label, example.weight]).encode())
    return total.hexdigest()


def _example(line: str, place: str, source: str) -> Example:
    try:
        row = json.loads(line)
        example = Example(
            subject=str(row["subject"] or ""), body=str(row["body"] or ""), category=str(row["label_category"]),
            issue=str(row.get("label_issue") or ""), also=tuple(row.get("alt") or ()), language=str(row.get("lang") or ""), source=source,
        )  # fmt: skip
    except (ValueError, KeyError, TypeError) as error:
        raise CorpusError(f"{place}: expected a JSON object with subject, body, label_category and label_issue ({error!r})") from error
    if not example.category:
        raise CorpusError(f"{place}: label_category is empty")
    return example
