"""The trained model at run time: numpy alone, equal to the scikit-learn pipeline it was trained with."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from triage.classifier import artefact
from triage.classifier.calibrate import sharpened
from triage.classifier.encoder import Encoder
from triage.classifier.features import Document, Lexicon, document
from triage.classifier.meaning import Meaning
from triage.classifier.sentences import Hears, Sentence
from triage.errors import ModelError
from triage.reading import Classification, Fact, Facts, Matter

#: Matters less likely than this are not worth a person's eye.
_WORTH_NAMING = 0.05
_MAX_ALTERNATIVES = 4
#: These are named however unlikely: a person who corrects finds the right one among the first three nine times in ten.
_NEAR_MISSES = 2
#: From this probability on the message is about one thing, and its sentences are not asked.
_ONE_MATTER = 0.98
#: A sentence that is so sure by itself speaks of a matter of its own.
_OF_ITS_OWN = 0.6
_MOST_SENTENCES = 12
#: Of fewer different words nothing is said about how strange they are.
_WORDS_ENOUGH = 5
#: Greetings, thanks and small talk are no further matter.
_NO_MATTER = frozenset({"other/other", "other/feedback", "other/spam"})
_NO_FACTS = Facts()


class Model:
    """Answers what a message is about."""

    def __init__(self, stored: artefact.Artefact, version: str, sentences: Hears | None = None) -> None:
        header = stored.header
        self.version = version
        self.header = header
        #: Category and issue of each column, as category/issue.
        self.classes: list[str] = list(header["classes"])
        #: Below this confidence a person sorts the message.
        self.threshold = float(header["threshold"])
        #: From this probability of spam on nothing is taken for a customer's matter without a person.
        self.spam_guard = float(header["spam_guard"])
        self._temperature, self._dilution = float(header["temperature"]), float(header["dilution"])
        self._encoder = Encoder(Lexicon(header["lexicon"]), header["views"], stored.vocabulary, stored.idf)
        self._weights, self._intercept = stored.weights.astype(np.float64), stored.intercept
        self._usual = self._weights.mean(axis=1)
        owners = [name.partition("/")[0] for name in self.classes]
        self.categories: list[str] = sorted(set(owners))
        self._members = np.array([[owner == category for owner in owners] for category in self.categories], dtype=np.float64)
        self._spam = self.classes.index("other/spam") if "other/spam" in self.classes else -1
        self._meaning = stored.meaning
        #: What it hears with, if it was taught with that.
        self.sentences = sentences if sentences and stored.meaning and stored.meaning.taught_with(sentences) else None

    @classmethod
    def load(cls, path: Path, sentences: Hears | None = None) -> "Model":
        """The model in that file; raises ModelError where it is missing, damaged or not ours. Another sentence model is not asked."""
        stored, version = artefact.load(path)
        try:
            return cls(stored, version, sentences)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise ModelError(f"{path}: made by another version; train it again ({error!r})") from error

    def classify(self, subject: str, body: str, facts: Facts = _NO_FACTS) -> Classification:
        """Category, issue, confidence and reasons of one message."""
        doc = document(subject, body, tuple(fact.kind for fact in facts))
        index, value = self._encoder.encode(doc)
        # Twice as fast as an index in brackets.
        weights = self._weights.take(index, axis=0)
        by_words = self._logits(value @ weights, len(index))
        meaning = self._meant(subject, body)
        probabilities = _softmax(meaning[0].beside(by_words, meaning[1]) if meaning else by_words)
        bars = meaning[0].header if meaning else self.header
        by_category = self._members @ probabilities
        best = int(by_category.argmax())
        chosen = int((probabilities * self._members[best]).argmax())
        confidence = float(by_category[best])
        doubtful = self._spam >= 0 and self.categories[best] != "other" and float(probabilities[self._spam]) >= bars["spam_guard"]
        return Classification(
            category=self.categories[best],
            issue=self.classes[chosen].partition("/")[2],
            confidence=round(confidence, 4),
            abstained=confidence < bars["threshold"] or doubtful,
            scores=dict(zip(self.categories, by_category.round(4).tolist(), strict=True)),
            alternatives=self._alternatives(self._with_sentences(doc, probabilities, chosen), chosen),
            reasons=self._reasons(doc, chosen, index, value * (weights[:, chosen] - self._usual[index]), tuple(facts))
            or ((f"the message as a whole points to {self.classes[chosen]}",) if meaning else ()),
            model_version=self.version,
            strange=self._strange(doc),
        )

    def classify_many(self, messages: Iterable[tuple[str, str]]) -> list[Classification]:
        """One classification per (subject, body)."""
        return [self.classify(subject, body) for subject, body in messages]

    def probabilities(self, subject: str, body: str) -> Any:
        """Probability of every class by the words alone, in the order of `classes`."""
        index, value = self._encoder.encode(document(subject, body))
        return _softmax(self._logits(value @ self._weights[index], len(index)))

    def _logits(self, scores: Any, features: int) -> Any:
        return sharpened(scores + self._intercept, features, self._dilution) / self._temperature

    def _meant(self, subject: str, body: str) -> tuple[Meaning, Sentence] | None:
        """What the message means as a whole, where there is a sentence model that knows its language."""
        if not (self.sentences and self._meaning):
            return None
        try:
            sentence = self.sentences.encode(subject, body)
        except ModelError:
            return None
        return (self._meaning, sentence) if self._meaning.heard(sentence) else None

    def _with_sentences(self, doc: Document, probabilities: Any, chosen: int) -> Any:
        """The probabilities, raised to what a sentence of the message by itself is sure of; whoever is sure has one matter."""
        if probabilities[chosen] >= _ONE_MATTER:
            return probabilities
        raised = probabilities.copy()
        for sentence in doc.sentences()[:_MOST_SENTENCES]:
            index, value = self._encoder.encode(sentence)
            alone = _softmax(self._logits(value @ self._weights.take(index, axis=0), len(index)))
            best = int(alone.argmax())
            if alone[best] >= _OF_ITS_OWN and self.classes[best] not in _NO_MATTER:
                raised[best] = max(raised[best], alone[best])
        return raised

    def _alternatives(self, probabilities: Any, chosen: int) -> tuple[Matter, ...]:
        ordered = [int(row) for row in np.argsort(-probabilities, kind="stable")[: _MAX_ALTERNATIVES + 1] if row != chosen]
        return tuple(
            Matter(category=category, issue=issue, confidence=round(float(probabilities[row]), 4))
            for place, row in enumerate(ordered[:_MAX_ALTERNATIVES])
            if place < _NEAR_MISSES or probabilities[row] >= _WORTH_NAMING
            for category, _, issue in [self.classes[row].partition("/")]
        )

    def _strange(self, doc: Document) -> float | None:
        """The share of words that training never saw, to two places; None of a message of too few words to say."""
        seen = [entry.taught for entry in map(self._encoder.entry, {*doc.subject, *doc.body}) if entry.word]
        return round(1 - sum(seen) / len(seen), 2) if len(seen) >= _WORDS_ENOUGH else None

    def _reasons(self, doc: Document, chosen: int, index: Any, spoke: Any, facts: Sequence[Fact]) -> tuple[str, ...]:
        """The words and facts that spoke most for the class, as a sentence."""
        entries = [entry for entry in dict.fromkeys(map(self._encoder.entry, (*doc.subject, *doc.body))) if len(entry.reasons)]
        rows = [entry.reasons for entry in entries]
        owners = np.arange(len(rows)).repeat([len(each) for each in rows])
        scores = np.bincount(owners, spoke[index.searchsorted(np.concatenate(rows))], len(rows)) if rows else np.zeros(0)
        best = [f"“{entries[row].token}”" for row in np.argsort(-scores, kind="stable")[:3] if scores[row] > 0]
        best += [f"{fact.kind.replace('_', ' ')} {fact.value}" for fact in facts if fact.kind.endswith("number")][:1]
        return (f"{_listed(best)} {'points' if len(best) == 1 else 'point'} to {self.classes[chosen]}",) if best else ()


def unsorted(reason: str) -> Classification:
    """What is said of a message when there is no model: nothing, and why."""
    return Classification(category="other", issue="other", confidence=0.0, abstained=True, reasons=(reason,))


def _softmax(logits: Any) -> Any:
    odds = np.exp(logits - logits.max())
    return odds / odds.sum()


def _listed(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
