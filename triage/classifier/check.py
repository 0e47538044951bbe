"""What is wrong with a set of labelled messages: unknown labels, too few of an issue, copies, and what it shares with foreign text."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from triage.classifier.corpus import Example
from triage.classifier.text import STOP, levelled, tokens

#: Two messages that share so much of their word triples are one message twice.
_ALIKE = 0.7
#: Shorter messages are alike by chance ("where is my order").
_LONG_ENOUGH = 8
#: So many words in a row are not the same by chance.
_SHINGLE = 8


def taxonomy(examples: Iterable[Example]) -> dict[str, list[str]]:
    """Issues by category, as the messages have them: nothing else in the program lists them."""
    found: dict[str, set[str]] = defaultdict(set)
    for example in examples:
        found[example.category] |= {example.issue} if example.issue else set()
    return {category: sorted(issues) for category, issues in sorted(found.items())}


def problems(examples: Sequence[Example], known: Mapping[str, Collection[str]], at_least: int = 60) -> list[str]:
    """One line per thing that is wrong with the corpus; empty when nothing is."""
    found = [
        f"{example.source}: unknown label {example.label}" for example in examples if example.issue not in known.get(example.category, ())
    ]
    numbers = Counter(example.label for example in examples)
    wanted = [f"{category}/{issue}" for category, issues in known.items() for issue in issues]
    found += [f"{label}: {numbers[label]} messages where {at_least} are needed" for label in wanted if numbers[label] < at_least]
    found += [f"twice: {first.source} and {second.source}: {first.body[:60]!r}" for first, second in copies(examples)]
    return found


def copies(examples: Sequence[Example]) -> Iterator[tuple[Example, Example]]:
    """Pairs of messages with the same words, and of longer ones with nearly the same."""
    same: dict[tuple[str, ...], int] = {}
    holders: dict[tuple[str, ...], list[int]] = defaultdict(list)
    sizes: list[int] = []
    for number, example in enumerate(examples):
        words = plain_words(f"{example.subject}\n{example.body}")
        if (first := same.setdefault(words, number)) != number and words:
            yield examples[first], example
        triples = set(zip(words, words[1:], words[2:], strict=False)) if len(words) >= _LONG_ENOUGH else set()
        sizes.append(len(triples))
        shared = Counter(holder for triple in triples for holder in holders[triple])
        for holder, count in shared.items():
            if holder != first and count / (sizes[holder] + len(triples) - count) >= _ALIKE:
                yield examples[holder], example
        for triple in triples:
            holders[triple].append(number)


def leaks(examples: Iterable[Example], foreign: Iterable[str]) -> list[Example]:
    """Messages that share eight words in a row with a foreign text: they may have been copied from it."""
    theirs = {shingle for text in foreign for shingle in _shingles(plain_words(text))}
    return [example for example in examples if any(shingle in theirs for shingle in _shingles(plain_words(example.body)))]


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a text, numbers and punctuation left aside."""
    return tuple(token for token in tokens(levelled(text)) if token[0] != "_" and token not in (STOP, "?"))


def _shingles(words: Sequence[str]) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + _SHINGLE]) for start in range(len(words) - _SHINGLE + 1))
