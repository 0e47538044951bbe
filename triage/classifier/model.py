"""The trained model at run time: numpy alone, equal to the scikit-learn pipeline it was trained with."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from triage.classifier import artefact
from triage.classifier.features import Document, Lexicon, document, pieces, stem, words
from triage.reading import Classification, Facts, Matter

#: Matters less likely than this are not worth a person's eye.
_WORTH_NAMING = 0.05
_MAX_ALTERNATIVES = 4


class Model:
    """Answers what a message is about."""

    def __init__(self, stored: artefact.Artefact, version: str) -> None:
        self.version = version
        self.header = stored.header
        self.classes: list[str] = list(stored.header["classes"])
        self.threshold = float(stored.header["threshold"])
        self._temperature = float(stored.header["temperature"])
        self._lexicon = Lexicon(stored.header["lexicon"])
        self._scales: dict[str, float] = dict(stored.header["views"])
        self._weights, self._intercept = stored.weights.astype(np.float64), stored.intercept
        self._rows: dict[str, dict[str, int]] = {}
        self._idf: Any = np.concatenate([stored.idf[view] for view in self._scales])
        offset = 0
        for view in self._scales:
            names = stored.vocabulary[view]
            self._rows[view] = {name: offset + row for row, name in enumerate(names)}
            offset += len(names)
        self.categories: list[str] = sorted({name.partition("/")[0] for name in self.classes})
        self._members = np.array(
            [[name.partition("/")[0] == category for name in self.classes] for category in self.categories], dtype=np.float64
        )

    @classmethod
    def load(cls, path: Path) -> "Model":
        """The model in that file; raises ModelError where it is missing, damaged or not ours."""
        return cls(*artefact.load(path))

    def classify(self, subject: str, body: str, facts: Facts | None = None) -> Classification:
        """Category, issue, confidence and reasons of one message."""
        doc = document(subject, body, tuple(fact.kind for fact in facts or ()))
        return self._answer(doc, *self._probabilities(doc))

    def classify_many(self, messages: Iterable[tuple[str, str]]) -> list[Classification]:
        """One classification per (subject, body)."""
        return [self.classify(subject, body) for subject, body in messages]

    def probabilities(self, subject: str, body: str) -> Any:
        """Probability of every class, in the order of `classes`."""
        return self._probabilities(document(subject, body))[0]

    def _features(self, doc: Document) -> Iterator[tuple[str, Iterable[str]]]:
        yield "words", words(doc)
        yield "pieces", pieces(doc)
        yield "concepts", self._lexicon.concepts(doc)

    def _vector(self, doc: Document) -> tuple[Any, Any]:
        """Rows and values of the features that the model knows: sublinear counts, weighted by rarity, each view of length one."""
        indices, values = [], []
        for view, names in self._features(doc):
            rows = self._rows[view]
            counts = Counter(row for name in names if (row := rows.get(name)) is not None)
            if not counts:
                continue
            index = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
            value = (1.0 + np.log(np.fromiter(counts.values(), dtype=np.float64, count=len(counts)))) * self._idf[index]
            indices.append(index)
            values.append(value * (self._scales[view] / math.sqrt(float(value @ value))))
        if not indices:
            return np.zeros(0, dtype=np.int64), np.zeros(0)
        return np.concatenate(indices), np.concatenate(values)

    def _probabilities(self, doc: Document) -> tuple[Any, Any, Any]:
        index, value = self._vector(doc)
        logits = (value @ self._weights[index] + self._intercept) / self._temperature
        odds = np.exp(logits - logits.max())
        return odds / odds.sum(), index, value

    def _answer(self, doc: Document, probabilities: Any, index: Any, value: Any) -> Classification:
        by_category = self._members @ probabilities
        category = self.categories[int(by_category.argmax())]
        within = probabilities * self._members[self.categories.index(category)]
        chosen = int(within.argmax())
        confidence = float(by_category.max())
        return Classification(
            category=category,
            issue=self.classes[chosen].partition("/")[2],
            confidence=round(confidence, 4),
            abstained=confidence < self.threshold,
            scores={name: round(float(score), 4) for name, score in zip(self.categories, by_category, strict=True)},
            alternatives=self._alternatives(probabilities, chosen),
            reasons=self._reasons(doc, chosen, index, value),
            model_version=self.version,
        )

    def _alternatives(self, probabilities: Any, chosen: int) -> tuple[Matter, ...]:
        best = [int(row) for row in probabilities.argsort()[::-1][: _MAX_ALTERNATIVES + 1] if row != chosen]
        return tuple(
            Matter(category=category, issue=issue, confidence=round(float(probabilities[row]), 4))
            for row in best[:_MAX_ALTERNATIVES]
            if probabilities[row] >= _WORTH_NAMING
            for category, _, issue in [self.classes[row].partition("/")]
        )

    def _reasons(self, doc: Document, chosen: int, index: Any, value: Any) -> tuple[str, ...]:
        """The words that spoke most for the class, as a sentence."""
        against = self._weights[index].mean(axis=1) if len(index) else np.zeros(0)
        spoke = dict(zip(index.tolist(), (value * (self._weights[index, chosen] - against)).tolist(), strict=True))
        scores: dict[str, float] = {}
        for token in dict.fromkeys((*doc.subject, *doc.body)):
            rows = [self._rows["words"].get(stem(token)), *(self._rows["concepts"].get(concept) for concept in self._lexicon.of(token))]
            scores[token] = sum(spoke.get(row, 0.0) for row in rows if row is not None)
        best = [token for token in sorted(scores, key=lambda token: -scores[token]) if scores[token] > 0 and token[0].isalpha()][:3]
        return (f"{_listed(best)} {'points' if len(best) == 1 else 'point'} to {self.classes[chosen]}",) if best else ()


def unsorted(reason: str) -> Classification:
    """What is said of a message when there is no model: nothing, and why."""
    return Classification(category="other", issue="other", confidence=0.0, abstained=True, reasons=(reason,))


def _listed(names: Sequence[str]) -> str:
    quoted = [f"“{name}”" for name in names]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} and {quoted[-1]}"
