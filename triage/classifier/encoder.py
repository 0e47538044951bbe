"""Message → rows and values of the weight matrix, with numpy alone and every word looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from triage.classifier.features import EDGES, REACH, Document, Lexicon, Phrases, parts, stem
from triage.classifier.text import STOP

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Words remembered; a mailbox's everyday vocabulary is smaller.
_REMEMBERED = 50_000
#: Stems are numbered below this, so that two of them make one number.
_NUMBERS = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """What is known of one word; there is one entry for each."""

    token: str
    #: Number of its stem among those the model knows, 0 for any other.
    stem: int
    #: Rows of the word itself and of its pieces.
    rows: Ints
    concepts: tuple[int, ...]
    #: What may follow in a phrase.
    phrases: Phrases | None
    #: Rows that show a person why: the word itself and its concepts; empty for what is no word.
    reasons: Ints
    #: Row of the word when it stands in the subject, -1 where training never saw it there.
    in_subject: int
    #: It is a word, of letters, and training knew it.
    word: bool
    taught: bool


class Encoder:
    """Turns documents into sparse vectors: sublinear counts, weighted by rarity, each view of length `scale`."""

    def __init__(
        self, lexicon: Lexicon, views: Mapping[str, float], vocabulary: Mapping[str, list[str]], idf: Mapping[str, Floats]
    ) -> None:
        self._lexicon = lexicon
        self._idf: Floats = np.concatenate([idf[view] for view in views])
        self._scales: Floats = np.array(list(views.values()))
        rows: dict[str, dict[str, int]] = {}
        self._ends: list[int] = [0]
        for view in views:
            self._ends.append(self._ends[-1] + len(vocabulary[view]))
            rows[view] = dict(zip(vocabulary[view], range(*self._ends[-2:]), strict=True))
        self._words, self._pieces = rows["words"], rows["pieces"]
        self._number_pairs()
        self._place_concepts(rows["concepts"])
        self._entries: dict[str, Entry] = {}

    def _number_pairs(self) -> None:
        """Two neighbouring stems become one number, so that all pairs of a message are looked up at once."""
        # Without a step of Python for each of them: there are tens of thousands, and each reader that is made ready numbers them.
        pairs = [name for name in self._words if " " in name]
        stems = " ".join(pairs).split(" ") if pairs else []
        self._stems = dict(zip(dict.fromkeys(stems), count(1)))
        numbers = np.array([*map(self._stems.__getitem__, stems)], dtype=np.int64).reshape(-1, 2)
        keys = numbers[:, 0] * _NUMBERS + numbers[:, 1]
        order = np.argsort(keys)
        # One more at the end keeps every search within bounds.
        self._pair_keys: Ints = np.append(keys[order], np.iinfo(np.int64).max)
        self._pair_rows: Ints = np.append(np.array([*map(self._words.__getitem__, pairs)], dtype=np.int64)[order], -1)

    def _place_concepts(self, rows: Mapping[str, int]) -> None:
        """Rows by concept, by section and concept, and by pair; -1 where training never saw it."""
        names = self._lexicon.names
        self._single: Ints = np.array([rows.get(name, -1) for name in names], dtype=np.int64)
        self._placed: Ints = np.array([[rows.get(f"{place}:{name}", -1) for name in names] for place in "sb"], dtype=np.int64)
        self._pairs: Ints = np.array([[rows.get(f"{first}>{second}", -1) for second in names] for first in names], dtype=np.int64)

    def encode(self, doc: Document) -> tuple[Ints, Floats]:
        """Ascending rows and their values."""
        subject = [self.entry(token) for token in doc.subject]
        body = [self.entry(token) for token in doc.body]
        rows = np.concatenate(
            [
                *[entry.rows for entry in subject],
                *[entry.rows for entry in body],
                self._pair_rows_of(subject, body),
                *self._concept_rows(doc, subject, body),
                np.array([entry.in_subject for entry in subject], dtype=np.int64),
            ]
        )
        rows.sort()
        rows = rows[rows.searchsorted(0) :]
        # The first of each run of equal rows; np.unique does the same, more slowly.
        first = np.empty(len(rows) + 1, dtype=np.bool_)
        first[:1], first[-1:] = True, True
        np.not_equal(rows[1:], rows[:-1], out=first[1:-1])
        starts = first.nonzero()[0]
        index = rows[starts[:-1]]
        return index, self._weighted(index, starts[1:] - starts[:-1])

    def entry(self, token: str) -> Entry:
        """What is known of a word, remembered."""
        known = self._entries.get(token)
        if known is None:
            if len(self._entries) >= _REMEMBERED:
                self._entries.clear()
            known = self._entries[token] = self._look_up(token)
        return known

    def _look_up(self, token: str) -> Entry:
        word = stem(token)
        own = [self._words.get(word, -1)] if token != STOP else []
        concepts = self._lexicon.of(token)
        pieces = [row for piece in parts(token) if (row := self._pieces.get(piece)) is not None]
        reasons = [row for row in (*own, *(int(self._single[concept]) for concept in concepts)) if row >= 0 and token[0].isalpha()]
        return Entry(
            token=token,
            stem=self._stems.get(word, 0),
            rows=np.array([*own, *pieces], dtype=np.int64),
            concepts=concepts,
            phrases=self._lexicon.phrases_from(token),
            reasons=np.array(reasons, dtype=np.int64),
            in_subject=self._words.get(f"s:{word}", -1),
            word=token.isalpha(),
            taught=word in self._words,
        )

    def _pair_rows_of(self, subject: Sequence[Entry], body: Sequence[Entry]) -> Ints:
        first, last = (self._stems.get(edge, 0) for edge in EDGES)
        # No model knows the pair of the one section's end and the other's beginning.
        stems = [first, *[entry.stem for entry in subject], last, first, *[entry.stem for entry in body], last]
        numbers = np.array(stems, dtype=np.int64)
        keys = numbers[:-1] * _NUMBERS + numbers[1:]
        places = self._pair_keys.searchsorted(keys)
        known: Ints = self._pair_rows[places]
        known[self._pair_keys[places] != keys] = -1
        return known

    def _concept_rows(self, doc: Document, subject: Sequence[Entry], body: Sequence[Entry]) -> tuple[Ints, Ints, Ints]:
        concepts: list[int] = []
        positions: list[int] = []
        self._mark(doc.subject, subject, 0, concepts, positions)
        in_subject = len(concepts)
        # Further away than any two concepts of one pair.
        self._mark(doc.body, body, len(subject) + REACH + 1, concepts, positions)
        found, places = np.array(concepts, dtype=np.int64), np.array(positions, dtype=np.int64)
        # Every mark with each earlier one that lies within reach, without a loop.
        nearest = places.searchsorted(places - REACH)
        order = np.arange(len(places))
        pairs = order - nearest
        later = order.repeat(pairs)
        earlier = np.arange(len(later)) - (pairs.cumsum() - pairs - nearest).repeat(pairs)
        placed = np.concatenate([self._placed[0][found[:in_subject]], self._placed[1][found[in_subject:]]])
        return self._single[found], placed, self._pairs[found[earlier], found[later]]

    def _mark(self, section: Sequence[str], entries: Sequence[Entry], offset: int, concepts: list[int], positions: list[int]) -> None:
        """Append the concepts of a section and where they stand."""
        for position, entry in enumerate(entries, offset):
            for concept in entry.concepts:
                concepts.append(concept)
                positions.append(position)
            if entry.phrases:
                for concept in self._lexicon.phrases_at(section, position - offset, entry.phrases):
                    concepts.append(concept)
                    positions.append(position)

    def _weighted(self, index: Ints, counts: Ints) -> Floats:
        values = (1.0 + np.log(counts)) * self._idf[index]
        edges = index.searchsorted(self._ends)
        for view, scale in enumerate(self._scales):
            part = values[edges[view] : edges[view + 1]]
            length = float(np.sqrt(part @ part))
            if length:
                part *= scale / length
        return values
