"""Learning from people: corrections teach a candidate, which must prove itself before it answers anybody."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from triage.classifier.corpus import Example
from triage.classifier.evaluate import Judge, judge
from triage.classifier.memory import fingerprint, settled
from triage.correction import Correction

#: Every so many corrections, one is held back to judge the candidate by; of the corpus likewise for the benchmark.
_HELD_BACK = 5
#: What one correction counts beside one message of the corpus: it is the user's own mail.
_WEIGHT = 3.0
#: On the benchmark a candidate may lose no more than this to chance.
_TOLERANCE = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether a candidate may replace the model, and why."""

    accepted: bool
    reason: str


def example(correction: Correction) -> Example:
    """The correction as a labelled message."""
    return Example(
        subject=correction.subject,
        body=correction.body,
        category=correction.category,
        issue=correction.issue,
        source="corrections",
        weight=_WEIGHT,
    )


def own(examples: Sequence[Example]) -> list[Example]:
    """The user's own messages, with the weight they have beside the corpus."""
    return [replace(each, source="folders", weight=_WEIGHT) for each in examples]


def split(corrections: Sequence[Correction]) -> tuple[list[Correction], list[Correction]]:
    """Corrections to teach, and those held back to judge by; a message keeps its side for ever."""
    teach: list[Correction] = []
    held_back: list[Correction] = []
    for each in settled(corrections):
        # What was put aside to be sorted has no category to teach, and an erased message no text.
        if each.category and (each.subject or each.body):
            (held_back if _held_out(each.subject, each.body) else teach).append(each)
    return teach, held_back


def apart(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """A corpus without the part that is held out as the benchmark, and that part; a message keeps its side for ever."""
    teach: list[Example] = []
    benchmark: list[Example] = []
    for each in examples:
        (benchmark if _held_out(each.subject, each.body) else teach).append(each)
    return teach, benchmark


def _held_out(subject: str, body: str) -> bool:
    return int(fingerprint(subject, body)[:8], 16) % _HELD_BACK == 0


def compare(candidate: Judge, current: Judge, held_back: Sequence[Correction], *, benchmark: float, before: float) -> Verdict:
    """Accepted when better on held-back corrections and not worse on the benchmark, whose accuracies are given."""
    if not held_back:
        return Verdict(accepted=False, reason="no correction is held back yet to judge by")
    examples = [example(each) for each in held_back]
    new, old = accuracy(candidate, examples), accuracy(current, examples)
    if new <= old:
        return Verdict(accepted=False, reason=f"not better on held-back corrections: {new:.3f} against {old:.3f}")
    if benchmark < before - _TOLERANCE:
        return Verdict(accepted=False, reason=f"worse on the benchmark: {benchmark:.3f} against {before:.3f}")
    return Verdict(accepted=True, reason=f"held-back corrections {old:.3f} to {new:.3f}, benchmark {before:.3f} to {benchmark:.3f}")


def accuracy(model: Judge, examples: Sequence[Example]) -> float:
    """Share of messages whose category is right; 1 when there are none."""
    judged, _ = judge(model, examples)
    return sum(each.right for each in judged) / len(judged) if judged else 1.0
