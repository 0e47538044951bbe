"""Message → features, shared by training and inference: words, parts of words, and concepts with what they stand beside."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from triage.classifier.text import STOP, fresh, levelled, tokens

#: Longer words are addresses and noise; their beginning says enough.
_LONGEST_WORD = 24
#: Two concepts belong together when at most so many tokens lie between them.
REACH = 9
#: A sentence of so few tokens has no matter of its own.
_SCRAP = 3
#: Stand for the beginning and the end of a section.
EDGES = ("^", "$")
#: The rest of each phrase and its concept, by the second word; under "" those whose second word is a beginning only.
Phrases = dict[str, list[tuple[tuple[str, ...], int]]]
_ENDINGS = ("ingly", "edly", "ings", "ing", "ies", "ied", "ed", "es", "en", "er", "em", "s", "e", "n")
#: What a fact found elsewhere adds: the token that its number would be in the text.
_FACT_TOKENS = {
    "order_number": "_id_ord",
    "invoice_number": "_id_inv",
    "receipt_number": "_id_rec",
    "tracking_number": "_id_track",
    "transaction_id": "_id_txn",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One message as tokens."""

    subject: tuple[str, ...]
    body: tuple[str, ...]

    def sentences(self) -> list["Document"]:
        """Subject-less documents of one sentence each, or none where the message is a single one; scraps go with what precedes them."""
        found: list[list[str]] = []
        current: list[str] = []
        for token in self.body:
            current.append(token)
            if token == STOP:
                if len(current) > _SCRAP or not found:
                    found.append(current)
                else:
                    found[-1] += current
                current = []
        if current:
            found.append(current)
        return [Document(subject=(), body=tuple(sentence)) for sentence in found] if len(found) > 1 else []

    def sections(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Subject and body."""
        return self.subject, self.body


def document(subject: str, body: str, fact_kinds: tuple[str, ...] = ()) -> Document:
    """The tokens of a message; kinds of facts that were found stand as tokens of their own where the text shows none."""
    body_tokens = tokens(fresh(levelled(body)))
    subject_tokens = tokens(levelled(subject))
    known = set(body_tokens) | set(subject_tokens)
    extra = [token for kind in fact_kinds if (token := _FACT_TOKENS.get(kind)) and token not in known]
    return Document(subject=tuple(subject_tokens), body=(*body_tokens, *((STOP, *extra) if extra else ())))


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """The word without a common ending; crude, but the same for every language."""
    if word.startswith("_"):
        return word
    for ending in _ENDINGS:
        if len(word) - len(ending) >= 4 and word.endswith(ending):
            return word[: -len(ending)]
    return word


def words(doc: Document) -> Iterator[str]:
    """Stems, pairs of neighbouring stems, and the subject's stems once more by themselves."""
    for section in doc.sections():
        previous = EDGES[0]
        for token in section:
            current = stem(token)
            if token != STOP:
                yield current
            yield f"{previous} {current}"
            previous = current
        yield f"{previous} {EDGES[1]}"
    for token in doc.subject:
        yield f"s:{stem(token)}"


@lru_cache(maxsize=50_000)
def parts(word: str) -> tuple[str, ...]:
    """Pieces of 3 and 4 characters of a word, its ends marked."""
    if word.startswith("_") or word in (STOP, "?"):
        return ()
    marked = f" {word[:_LONGEST_WORD]} "
    return tuple(marked[start : start + length] for length in (3, 4) for start in range(len(marked) - length + 1))


def pieces(doc: Document) -> Iterator[str]:
    """Pieces of all words."""
    for section in doc.sections():
        for token in section:
            yield from parts(token)


class Lexicon:
    """Concepts by word and phrase, from patterns by concept as `cues.py` reads them."""

    def __init__(self, table: Mapping[str, Sequence[str]]) -> None:
        #: Concepts in a fixed order; elsewhere they go by their place in it.
        self.names = list(table)
        self._whole: dict[str, list[int]] = {}
        self._beginnings: dict[str, list[int]] = {}
        self._inner: dict[str, list[int]] = {}
        #: By first word.
        self._phrases: dict[str, Phrases] = {}
        for concept, patterns in enumerate(table.values()):
            for pattern in patterns:
                self._add(pattern, concept)
        # What fits any second word is also found under each that is known.
        for phrases in self._phrases.values():
            for second in phrases.keys() - {""}:
                phrases[second] += phrases.get("", [])
        self.of = lru_cache(maxsize=50_000)(self._of)

    def _add(self, pattern: str, concept: int) -> None:
        first, *rest = pattern.split()
        if rest:
            second = "" if rest[0].endswith("*") else rest[0]
            self._phrases.setdefault(first, {}).setdefault(second, []).append((tuple(rest), concept))
        elif pattern.startswith("*"):
            self._inner.setdefault(pattern.strip("*"), []).append(concept)
        elif pattern.endswith("*"):
            self._beginnings.setdefault(pattern[:-1], []).append(concept)
        else:
            self._whole.setdefault(pattern, []).append(concept)

    def _of(self, word: str) -> tuple[int, ...]:
        """Concepts of a single word."""
        if word == STOP:
            return ()
        found = list(self._whole.get(word, ()))
        for end in range(3, len(word) + 1):
            found += self._beginnings.get(word[:end], ())
            for start in range(end - 2):
                found += self._inner.get(word[start:end], ())
        return tuple(dict.fromkeys(found))

    def phrases_from(self, word: str) -> Phrases | None:
        """What may follow the word in a phrase, by the next word; None when no phrase begins with it."""
        return self._phrases.get(word)

    def phrases_at(self, section: Sequence[str], position: int, candidates: Phrases) -> list[int]:
        """Concepts of those phrases that stand there and that the first word alone does not stand for."""
        if position + 1 >= len(section):
            return []
        following = section[position + 1]
        found = candidates[following] if following in candidates else candidates.get("")
        if not found:
            return []
        known = self.of(section[position])
        return [
            concept
            for rest, concept in found
            if concept not in known
            and len(section) > position + len(rest)
            and all(map(_fits, rest, section[position + 1 : position + 1 + len(rest)]))
        ]

    def marks(self, section: Sequence[str]) -> Iterator[tuple[int, int]]:
        """(position, concept) of everything known in a section, positions ascending."""
        for position, token in enumerate(section):
            for concept in self.of(token):
                yield position, concept
            if candidates := self.phrases_from(token):
                for concept in self.phrases_at(section, position, candidates):
                    yield position, concept

    def concepts(self, doc: Document) -> Iterator[str]:
        """Concepts, and ordered pairs of concepts that stand close to each other."""
        for section_name, section in zip("sb", doc.sections(), strict=True):
            marks = list(self.marks(section))
            nearest = 0
            for index, (position, concept) in enumerate(marks):
                name = self.names[concept]
                yield name
                yield f"{section_name}:{name}"
                while position - marks[nearest][0] > REACH:
                    nearest += 1
                for _, earlier in marks[nearest:index]:
                    if earlier != concept:
                        yield f"{self.names[earlier]}>{name}"


def _fits(pattern: str, token: str) -> bool:
    return token.startswith(pattern[:-1]) if pattern.endswith("*") else token == pattern
