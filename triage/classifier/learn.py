"""Learning from people: corrections answer near-identical messages at once, and teach a candidate that must prove itself."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from triage.classifier.check import plain_words
from triage.classifier.corpus import Example
from triage.classifier.evaluate import Judge, judge
from triage.classifier.features import stem
from triage.reading import Classification

#: Messages that share so much of their vocabulary are near-identical.
_ALIKE = 0.8
#: With fewer distinct words, "thanks" would decide for every "thanks".
_DISTINCT_WORDS = 4
#: Every so many corrections, one is held back to judge the candidate by.
_HELD_BACK = 5
#: What one correction counts beside one message of the corpus: it is the user's own mail.
_WEIGHT = 3.0
#: On the benchmark a candidate may lose no more than this to chance.
_TOLERANCE = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What a person said a message is about."""

    subject: str
    body: str
    category: str
    #: Empty where only the category was named, as by moving a message to a folder.
    issue: str = ""
    author: str
    at: datetime

    @property
    def fingerprint(self) -> str:
        """Same for messages that differ only in case, numbers and punctuation."""
        return hashlib.sha256(" ".join(plain_words(f"{self.subject}\n{self.body}")).encode()).hexdigest()

    def example(self) -> Example:
        """The correction as a labelled message."""
        return Example(
            subject=self.subject, body=self.body, category=self.category, issue=self.issue, source="corrections", weight=_WEIGHT
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a candidate may replace the model, and why."""

    accepted: bool
    reason: str


class Memory:
    """Corrections by what they speak of; the latest on one message counts."""

    def __init__(self, corrections: Sequence[Correction]) -> None:
        self.corrections = settled(corrections)
        self._vocabularies = [_vocabulary(each.subject, each.body) for each in self.corrections]
        self._holders: dict[str, list[int]] = defaultdict(list)
        for number, words in enumerate(self._vocabularies):
            for word in words:
                self._holders[word].append(number)

    def find(self, subject: str, body: str) -> Correction | None:
        """The correction of a near-identical message, if there is one."""
        words = _vocabulary(subject, body)
        if len(words) < _DISTINCT_WORDS:
            return None
        shared = Counter(number for word in words for number in self._holders.get(word, ()))
        alike = [(count / len(words | self._vocabularies[number]), number) for number, count in shared.items()]
        likeness, best = max(alike, default=(0.0, -1))
        return self.corrections[best] if likeness >= _ALIKE else None

    def apply(self, subject: str, body: str, answer: Classification) -> Classification:
        """The answer, replaced by what a person said of a near-identical message."""
        correction = self.find(subject, body)
        if correction is None:
            return answer
        issue = correction.issue or (answer.issue if answer.category == correction.category else "")
        return replace(
            answer,
            category=correction.category,
            issue=issue,
            confidence=1.0,
            abstained=False,
            reasons=(f"{correction.author} sorted a near-identical message on {correction.at:%Y-%m-%d}", *answer.reasons),
        )


def settled(corrections: Sequence[Correction]) -> list[Correction]:
    """One correction per message, the latest, oldest message first."""
    latest = {each.fingerprint: each for each in sorted(corrections, key=lambda each: each.at)}
    return sorted(latest.values(), key=lambda each: (each.at, each.fingerprint))


def split(corrections: Sequence[Correction]) -> tuple[list[Correction], list[Correction]]:
    """Corrections to teach, and those held back to judge by; a message keeps its side for ever."""
    teach: list[Correction] = []
    held_back: list[Correction] = []
    for each in settled(corrections):
        (held_back if int(each.fingerprint[:8], 16) % _HELD_BACK == 0 else teach).append(each)
    return teach, held_back


def compare(candidate: Judge, current: Judge, held_back: Sequence[Correction], benchmark: Sequence[Example]) -> Verdict:
    """Accepted when better on held-back corrections and not worse on the benchmark."""
    examples = [each.example() for each in held_back]
    if not examples:
        return Verdict(accepted=False, reason="no correction is held back yet to judge by")
    new, old = accuracy(candidate, examples), accuracy(current, examples)
    if new <= old:
        return Verdict(accepted=False, reason=f"not better on held-back corrections: {new:.3f} against {old:.3f}")
    new_everywhere, old_everywhere = accuracy(candidate, benchmark), accuracy(current, benchmark)
    if new_everywhere < old_everywhere - _TOLERANCE:
        return Verdict(accepted=False, reason=f"worse on the benchmark: {new_everywhere:.3f} against {old_everywhere:.3f}")
    return Verdict(
        accepted=True, reason=f"held-back corrections {old:.3f} to {new:.3f}, benchmark {old_everywhere:.3f} to {new_everywhere:.3f}"
    )


def accuracy(model: Judge, examples: Sequence[Example]) -> float:
    """Share of messages whose category is right; 1 when there are none."""
    judged, _ = judge(model, examples)
    return sum(each.right for each in judged) / len(judged) if judged else 1.0


def adopt(candidate: Path, current: Path) -> Path:
    """Put the candidate in the model's place and return where the old one is kept."""
    kept = current.with_suffix(".previous.npz")
    if current.exists():
        current.replace(kept)
    candidate.replace(current)
    return kept


def roll_back(current: Path) -> bool:
    """Put the previous model back; False when none is kept."""
    kept = current.with_suffix(".previous.npz")
    if not kept.exists():
        return False
    kept.replace(current)
    return True


def _vocabulary(subject: str, body: str) -> frozenset[str]:
    return frozenset(map(stem, plain_words(f"{subject}\n{body}")))
