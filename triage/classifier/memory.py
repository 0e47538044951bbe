"""What people have said of messages, known to every reader at once: a near-identical message gets the same answer."""

import contextlib
import hashlib
import heapq
import json
import math
import os
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from triage.classifier.check import plain_words
from triage.classifier.features import stem
from triage.classifier.text import fresh, levelled
from triage.correction import Correction
from triage.reading import Classification

#: Messages that share so much of their vocabulary are near-identical.
_ALIKE = 0.8
#: With fewer distinct words, "thanks" would decide for every "thanks".
_DISTINCT_WORDS = 4
#: 2: farewells and signatures are left out, since two customers sign the same question differently.
_FORMAT = 2
#: In the state folder: what readers know of corrections.
CORRECTIONS = "corrections.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """One correction as readers know it: no text, only the digests of its words."""

    #: Empty: near-identical messages are to be sorted by hand.
    category: str
    issue: str
    author: str
    #: The day it was made, ISO 8601.
    day: str
    words: frozenset[int]


class Memory:
    """Corrections by the words of the messages they speak of."""

    def __init__(self, remembered: Iterable[Remembered] = ()) -> None:
        self._all = list(remembered)
        self._frequency = Counter(word for each in self._all for word in each.words)
        self._holders: dict[int, list[int]] = defaultdict(list)
        for number, each in enumerate(self._all):
            for word in self._rarest(each.words):
                self._holders[word].append(number)

    def __len__(self) -> int:
        return len(self._all)

    def find(self, subject: str, body: str) -> Remembered | None:
        """The correction of a near-identical message, if there is one; of several the nearest, then the latest."""
        words = vocabulary(subject, body) if self._all else frozenset()
        if len(words) < _DISTINCT_WORDS:
            return None
        near = {number for word in self._rarest(words) for number in self._holders.get(word, ())}
        alike = [(_likeness(words, self._all[number].words), number) for number in near]
        likeness, best = max(alike, default=(0.0, -1))
        return self._all[best] if likeness >= _ALIKE else None

    def apply(self, subject: str, body: str, answer: Classification) -> Classification:
        """The answer, replaced by what a person said of a near-identical message."""
        said = self.find(subject, body)
        if said is None:
            return answer
        if not said.category:
            reason = f"{said.author} put a near-identical message aside on {said.day}"
            return replace(answer, abstained=True, reasons=(reason, *answer.reasons))
        return replace(
            answer,
            category=said.category,
            issue=said.issue or (answer.issue if answer.category == said.category else ""),
            confidence=1.0,
            abstained=False,
            reasons=(f"{said.author} sorted a near-identical message on {said.day}", *answer.reasons),
        )

    def _rarest(self, words: frozenset[int]) -> list[int]:
        """So many of the rarest words that of any two texts alike at least one is shared: nothing else need be compared."""
        few = len(words) - math.ceil(_ALIKE * len(words) - 1e-9) + 1
        return heapq.nsmallest(few, words, key=lambda word: (self._frequency[word], word))


def _likeness(one: frozenset[int], other: frozenset[int]) -> float:
    """Share of the words that both have (Jaccard)."""
    both = len(one & other)
    return both / (len(one) + len(other) - both)


def remembered(corrections: Sequence[Correction]) -> list[Remembered]:
    """What readers are to know of these corrections; the latest on one message counts."""
    found = [
        Remembered(
            category=each.category,
            issue=each.issue,
            author=each.author,
            day=f"{each.at:%Y-%m-%d}",
            words=vocabulary(each.subject, each.body),
        )
        for each in settled(corrections)
    ]
    return [each for each in found if len(each.words) >= _DISTINCT_WORDS]


def settled(corrections: Sequence[Correction]) -> list[Correction]:
    """One correction per message, the latest, oldest first."""
    latest = {fingerprint(each.subject, each.body): each for each in sorted(corrections, key=lambda each: each.at)}
    return sorted(latest.values(), key=lambda each: each.at)


def fingerprint(subject: str, body: str) -> str:
    """Same for messages that differ only in case, numbers and punctuation."""
    return hashlib.sha256(" ".join(plain_words(f"{subject}\n{body}")).encode()).hexdigest()


def vocabulary(subject: str, body: str) -> frozenset[int]:
    """Digests of the distinct words of a message, without history, farewell and signature."""
    return frozenset(zlib.crc32(stem(word).encode()) for word in plain_words(f"{subject}\n{fresh(levelled(body))}"))


def write(path: Path, known: Iterable[Remembered], latest: int) -> None:
    """Put them into the file that readers look at, whole or not at all; `latest` numbers the state it holds."""
    rows = [[each.category, each.issue, each.author, each.day, sorted(each.words)] for each in known]
    draft = path.with_suffix(".new")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"format": _FORMAT, "latest": latest, "corrections": rows}, file)
    draft.replace(path)


def read(path: Path) -> tuple[list[Remembered], int]:
    """What the file holds and the number of its state; (nothing, -1) where it is missing, damaged or not ours."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        held = json.loads(path.read_text(encoding="utf-8"))
        if held["format"] == _FORMAT:
            rows = [
                Remembered(category=str(category), issue=str(issue), author=str(author), day=str(day), words=frozenset(map(int, words)))
                for category, issue, author, day, words in held["corrections"]
            ]
            return rows, int(held["latest"])
    return [], -1
