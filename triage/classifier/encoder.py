"""Message → rows and values of the weight matrix, with numpy alone and every word looked up once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from triage.classifier.features import EDGES, REACH, Document, Lexicon, parts, stem
from triage.classifier.text import STOP

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

#: Words remembered; a mailbox's everyday vocabulary is smaller.
_REMEMBERED = 50_000
#: Stems are numbered below this, so that two of them make one number.
_NUMBERS = 1 << 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is known of one word."""

    #: Number of its stem among those the model knows, 0 for any other.
    stem: int
    #: Rows of the word itself and of its pieces.
    rows: Ints
    concepts: tuple[int, ...]
    begins_phrase: bool
    #: Rows that show a person why: the word itself and its concepts.
    reasons: Ints
    #: Row of the word when it stands in the subject, -1 where training never saw it there.
    in_subject: int


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
            rows[view] = {name: self._ends[-1] + row for row, name in enumerate(vocabulary[view])}
            self._ends.append(self._ends[-1] + len(vocabulary[view]))
        self._words, self._pieces = rows["words"], rows["pieces"]
        self._number_pairs()
        self._place_concepts(rows["concepts"])
        self._entries: dict[str, Entry] = {}

    def _number_pairs(self) -> None:
        """Two neighbouring stems become one number, so that all pairs of a message are looked up at once."""
        pairs = [(name.partition(" "), row) for name, row in self._words.items() if " " in name]
        stems = dict.fromkeys(chain.from_iterable((first, second) for (first, _, second), _ in pairs))
        self._stems = {name: number for number, name in enumerate(stems, 1)}
        keys = np.array([self._stems[first] * _NUMBERS + self._stems[second] for (first, _, second), _ in pairs], dtype=np.int64)
        order = np.argsort(keys)
        # One more at the end keeps every search within bounds.
        self._pair_keys: Ints = np.append(keys[order], np.iinfo(np.int64).max)
        self._pair_rows: Ints = np.append(np.array([row for _, row in pairs], dtype=np.int64)[order], -1)

    def _place_concepts(self, rows: Mapping[str, int]) -> None:
        """Rows by concept, by section and concept, and by pair; -1 where training never saw it."""
        names = self._lexicon.names
        self._single: Ints = np.array([rows.get(name, -1) for name in names], dtype=np.int64)
        self._placed: Ints = np.array([[rows.get(f"{place}:{name}", -1) for name in names] for place in "sb"], dtype=np.int64)
        self._pairs: Ints = np.array([[rows.get(f"{first}>{second}", -1) for second in names] for first in names], dtype=np.int64)

    def encode(self, doc: Document) -> tuple[Ints, Floats]:
        """Ascending rows and their values."""
        found: list[Ints] = []
        for place, section in enumerate(doc.sections()):
            entries = [self.entry(token) for token in section]
            found += [entry.rows for entry in entries]
            found.append(self._pair_rows_of([entry.stem for entry in entries]))
            found += self._concept_rows(place, section, entries)
            if place == 0:
                found.append(np.array([entry.in_subject for entry in entries], dtype=np.int64))
        rows = np.concatenate(found)
        rows.sort()
        # The first of each run of equal rows; np.unique does the same, more slowly.
        starts = np.flatnonzero(np.diff(rows, prepend=-1))
        index = rows[starts]
        return index, self._weighted(index, np.diff(starts, append=len(rows)))

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
        reasons = [row for row in (*own, *(int(self._single[concept]) for concept in concepts)) if row >= 0]
        return Entry(
            stem=self._stems.get(word, 0),
            rows=np.array([*own, *pieces], dtype=np.int64),
            concepts=concepts,
            begins_phrase=self._lexicon.begins_phrase(token),
            reasons=np.array(reasons, dtype=np.int64),
            in_subject=self._words.get(f"s:{word}", -1),
        )

    def _pair_rows_of(self, stems: list[int]) -> Ints:
        first, last = (self._stems.get(edge, 0) for edge in EDGES)
        numbers = np.array([first, *stems, last], dtype=np.int64)
        keys = numbers[:-1] * _NUMBERS + numbers[1:]
        places = np.searchsorted(self._pair_keys, keys)
        return np.where(self._pair_keys[places] == keys, self._pair_rows[places], -1)

    def _concept_rows(self, place: int, section: Sequence[str], entries: Sequence[Entry]) -> list[Ints]:
        marks = [entry.concepts for entry in entries]
        for position, entry in enumerate(entries):
            if entry.begins_phrase:
                marks[position] = (*entry.concepts, *self._lexicon.phrases_at(section, position))
        concepts = np.fromiter(chain.from_iterable(marks), dtype=np.int64)
        positions = np.repeat(np.arange(len(marks)), list(map(len, marks)))
        # Every mark with each earlier one that lies within reach, without a loop.
        nearest = np.searchsorted(positions, positions - REACH)
        order = np.arange(len(positions))
        pairs = order - nearest
        later = np.repeat(order, pairs)
        earlier = np.arange(len(later)) - np.repeat(np.cumsum(pairs) - pairs - nearest, pairs)
        return [self._single[concepts], self._placed[place][concepts], self._pairs[concepts[earlier], concepts[later]]]

    def _weighted(self, index: Ints, counts: Ints) -> Floats:
        values = (1.0 + np.log(counts)) * self._idf[index]
        edges = np.searchsorted(index, self._ends)
        for view, scale in enumerate(self._scales):
            part = values[edges[view] : edges[view + 1]]
            length = float(np.sqrt(part @ part))
            if length:
                part *= scale / length
        return values
