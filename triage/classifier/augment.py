"""Labelled messages in further forms: without their subject, cut to their beginning, and two in one."""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from triage.classifier.corpus import Example

#: What another form of a message counts beside the message itself.
_WEIGHT = 0.3
#: Of two in one the first is the matter; the second is mentioned as well.
_FIRST, _SECOND = 0.25, 0.12
#: One pair for so many messages.
_EVERY = 4
#: Words that a message must have so that its other form still says something, and that one of a pair may have at most.
_ENOUGH, _SHORT = 6, 40
_SENTENCES = re.compile(r"(?<=[.!?\n])\s{1,20}")


def further_forms(examples: Sequence[Example]) -> list[Example]:
    """The same messages in forms in which others will write them; the same in every run."""
    return [*_shorter(examples), *_two_in_one(examples)]


def _shorter(examples: Sequence[Example]) -> Iterator[Example]:
    for example in examples:
        if example.subject and len(example.body.split()) > _ENOUGH:
            yield replace(example, subject="", weight=example.weight * _WEIGHT)
        sentences = _SENTENCES.split(example.body.strip())
        beginning = " ".join(sentences[:2])
        if len(sentences) > 2 and len(beginning.split()) >= _ENOUGH:
            yield replace(example, body=beginning, weight=example.weight * _WEIGHT)


def _two_in_one(examples: Sequence[Example]) -> Iterator[Example]:
    # The same pairs in every run.
    dice = random.Random(2)  # noqa: S311
    short = [example for example in examples if len(example.body.split()) < _SHORT]
    for _ in range(len(short) // _EVERY):
        first, second = dice.choice(short), dice.choice(short)
        body = f"{first.body}\n{second.body}"
        yield replace(first, body=body, weight=first.weight * _FIRST)
        yield replace(second, body=body, subject=first.subject, weight=second.weight * _SECOND)
