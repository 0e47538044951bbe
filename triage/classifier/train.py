"""Corpus → model file: the only part of the classifier that needs scikit-learn."""

import hashlib
import json
import warnings
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import scipy.sparse
import sklearn
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from triage.classifier import artefact, sealed
from triage.classifier.augment import further_forms
from triage.classifier.calibrate import Calibration, calibrate, sharpened
from triage.classifier.corpus import CorpusError, Example, corpus_files, digest, read_all
from triage.classifier.cues import read_cues
from triage.classifier.features import Lexicon, document, pieces, words
from triage.classifier.held_out import NEVER, Floats, Ints, Labels, Material
from triage.classifier.sentences import Hears
from triage.classifier.train_meaning import teach_meaning

#: How loud each view speaks.
VIEWS = {"words": 1.3, "pieces": 1.3, "concepts": 0.5}
#: Sources that differ most from the rest in form: each is held out whole when calibrating, as a new mailbox would be.
_APART = {"brief": 0, "chat": 0, "letters": 1, "sellers": 1, "elsewhere": 1}
_FOLDS = 4
#: Rounds for a model that ships, and for one that only helps to calibrate; more change nothing that can be measured.
_THOROUGHLY, _ROUGHLY = 30, 15
_FEWEST_LABELS = 3
#: Where too little was taught to know how sure to be.
_CAUTIOUS = Calibration(temperature=1.0, dilution=0.0, threshold=0.95, spam_guard=0.05)


def vectorisers(lexicon: Lexicon) -> dict[str, TfidfVectorizer]:
    """An unfitted vectoriser by view."""
    analysers = {"words": words, "pieces": pieces, "concepts": lexicon.concepts}
    return {view: TfidfVectorizer(analyzer=analysers[view], sublinear_tf=True, min_df=2) for view in VIEWS}


def _fit(matrix: csr_matrix, labels: Labels, weights: Floats, iterations: int) -> LogisticRegression:
    """A fitted classifier; that it stops early or knows a class from few messages is meant, and no reason to warn."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        # On text this solver is as close after a few rounds over all messages as the usual one after ten times the work.
        learner = LogisticRegression(C=5.0, solver="saga", max_iter=iterations, tol=1e-4, random_state=0)
        return learner.fit(matrix, labels, sample_weight=weights)


def _fit_roughly(matrix: csr_matrix, labels: Labels, weights: Floats) -> LogisticRegression:
    return _fit(matrix, labels, weights, _ROUGHLY)


def train(paths: Sequence[Path] = (), *, extra: Sequence[Example] = (), target: Path, sentences: Hears | None = None) -> str:
    """Train on the files (the project's corpus when none is named) and `extra`, write the model, return its version."""
    return train_on([*read_all(paths or corpus_files()), *extra], target=target, sentences=sentences)


def train_on(examples: Sequence[Example], *, target: Path, sentences: Hears | None = None) -> str:
    """Train on these messages, and on what a sentence model makes of them; write the model and its card, return its version."""
    # How many threads share a sum changes its last digits; one gives the same model everywhere, and is no slower here.
    with threadpool_limits(limits=1):
        return _train(examples, target, sentences)


def _train(examples: Sequence[Example], target: Path, sentences: Hears | None) -> str:
    if len({example.label for example in examples}) < _FEWEST_LABELS:
        raise CorpusError(f"{len(examples)} messages with fewer than {_FEWEST_LABELS} different labels teach nothing")
    lexicon = read_cues()
    views = vectorisers(Lexicon(lexicon))
    taught, folds = _with_forms(examples)
    documents = [document(example.subject, example.body) for example in taught]
    # The messages as they were written say what is worth knowing: in its further forms every rarity occurs twice.
    columns = [views[view].fit(documents[: len(examples)]).transform(documents) * scale for view, scale in VIEWS.items()]
    matrix = scipy.sparse.hstack(columns).tocsr().astype(np.float32)
    weights = np.array([example.weight for example in taught])
    labels = _completed(matrix, taught, weights)
    material = Material(matrix=matrix, labels=labels, weights=weights, folds=folds, originals=len(examples))
    scores, features = material.held_out(_fit_roughly), np.diff(matrix.indptr)[: len(examples)]
    calibration = _calibration(scores, features, material)
    meaning = None
    if sentences:
        by_words = sharpened(scores, features, calibration.dilution) / calibration.temperature
        meaning = teach_meaning(examples, labels[: len(examples)], folds[: len(examples)], by_words, sentences)
    fitted = _fit(matrix, labels, weights, _THOROUGHLY)
    header: sealed.Header = {
        "classes": [str(name) for name in fitted.classes_],
        "views": VIEWS,
        "lexicon": lexicon,
        "temperature": calibration.temperature,
        "dilution": calibration.dilution,
        "threshold": calibration.threshold,
        "spam_guard": calibration.spam_guard,
        "taught": digest(examples),
        "examples": len(examples),
        "scikit_learn": sklearn.__version__,
        "numpy": np.__version__,
    }
    if meaning:
        header["meaning"] = meaning.header
    stored = artefact.Artefact(
        header=header,
        vocabulary={view: [str(name) for name in vectoriser.get_feature_names_out()] for view, vectoriser in views.items()},
        idf={view: vectoriser.idf_ for view, vectoriser in views.items()},
        weights=fitted.coef_.T,
        intercept=fitted.intercept_,
        meaning=meaning,
    )
    version = artefact.save(stored, target)
    _write_card(target, version, header)
    return version


def _write_card(target: Path, version: str, header: sealed.Header) -> None:
    """What people want to know of a model, beside it; nothing reads it back."""
    left_out = {"classes", "lexicon"}
    card: dict[str, object] = {"version": version, "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    card |= {key: value for key, value in header.items() if key not in left_out}
    target.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _with_forms(examples: Sequence[Example]) -> tuple[list[Example], Ints]:
    """The messages, then their further forms, and for each the part of the corpus that it is held out with."""
    folds = [_fold(example) for example in examples]
    parts = {fold: [example for example, its in zip(examples, folds, strict=True) if its == fold] for fold in sorted(set(folds))}
    forms = [(form, fold) for fold, part in parts.items() for form in further_forms(part)]
    return [*examples, *(form for form, _ in forms)], np.array([*folds, *(fold for _, fold in forms)])


def _completed(matrix: csr_matrix, examples: Sequence[Example], weights: Floats) -> Labels:
    """A label for every message: where only the category is known, its likeliest issue, as the judged messages teach it."""
    labels = np.array([example.label for example in examples], dtype=object)
    judged = np.array([bool(example.issue) for example in examples])
    if judged.all() or not judged.any():
        return labels.astype(str)
    fitted = _fit_roughly(matrix[judged], labels[judged].astype(str), weights[judged])
    scores = fitted.decision_function(matrix[~judged])
    owners = np.array([str(name).partition("/")[0] for name in fitted.classes_])
    for row, score in zip(np.flatnonzero(~judged), scores, strict=True):
        fitting = owners == examples[int(row)].category
        if fitting.any():
            labels[row] = fitted.classes_[np.where(fitting, score, -np.inf).argmax()]
    return labels.astype(str)


def _fold(example: Example) -> int:
    """Which part of the corpus a message is held out with; the same in every run."""
    halves = 2 + zlib.crc32(example.body.encode()) % (_FOLDS - 2)
    return _APART.get(example.source, halves)


def _calibration(scores: Floats, features: Ints, material: Material) -> Calibration:
    judged = scores.max(axis=1) > NEVER
    if not judged.any():
        return _CAUTIOUS
    labels, weights = material.labels[: material.originals][judged], material.weights[: material.originals][judged]
    return calibrate(scores[judged], features[judged], labels.tolist(), material.classes, weights)
