"""Corpus → model file: the only part of the classifier that needs scikit-learn."""

import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from triage.classifier import artefact
from triage.classifier.calibrate import Calibration, calibrate
from triage.classifier.corpus import Example, corpus_files, digest, read_all
from triage.classifier.cues import read_cues
from triage.classifier.features import Lexicon, document, pieces, words

#: How loud each view speaks.
VIEWS = {"words": 1.0, "pieces": 1.0, "concepts": 0.5}
#: Sources that differ most from the rest in form: each is held out whole when calibrating, as a new mailbox would be.
_APART = {"brief": 0, "letters": 1, "elsewhere": 1}
_FOLDS = 4


def vectorisers(lexicon: Lexicon) -> dict[str, Any]:
    """An unfitted vectoriser by view."""
    analysers = {"words": words, "pieces": pieces, "concepts": lexicon.concepts}
    return {view: TfidfVectorizer(analyzer=analysers[view], sublinear_tf=True, min_df=2) for view in VIEWS}


def learner(iterations: int = 200) -> Any:
    """An unfitted classifier."""
    return LogisticRegression(C=10.0, max_iter=iterations, tol=1e-3)


def train(paths: Sequence[Path] = (), *, extra: Sequence[Example] = (), target: Path) -> str:
    """Train on the files (the project's corpus when none is named) and `extra`, write the model, return its version."""
    examples = [*read_all(paths or corpus_files()), *extra]
    lexicon = read_cues()
    views = vectorisers(Lexicon(lexicon))
    documents = [document(example.subject, example.body) for example in examples]
    matrix = scipy.sparse.hstack([views[view].fit_transform(documents) * scale for view, scale in VIEWS.items()]).tocsr()
    labels = _completed(matrix, examples)
    weights = np.array([example.weight for example in examples])
    calibration = _calibration(matrix, labels, weights, examples)
    fitted = learner().fit(matrix, labels, sample_weight=weights)
    header = {
        "classes": [str(name) for name in fitted.classes_],
        "views": VIEWS,
        "lexicon": lexicon,
        **asdict(calibration),
        "taught": digest(examples),
        "examples": len(examples),
        "scikit_learn": sklearn.__version__,
        "numpy": np.__version__,
    }
    stored = artefact.Artefact(
        header=header,
        vocabulary={view: [str(name) for name in vectoriser.get_feature_names_out()] for view, vectoriser in views.items()},
        idf={view: vectoriser.idf_ for view, vectoriser in views.items()},
        weights=fitted.coef_.T,
        intercept=fitted.intercept_,
    )
    version = artefact.save(stored, target)
    _write_card(target, version, header)
    return version


def _write_card(target: Path, version: str, header: Mapping[str, Any]) -> None:
    """What people want to know of a model, beside it; nothing reads it back."""
    left_out = {"classes", "lexicon"}
    card = {"version": version, "sha256": hashlib.sha256(target.read_bytes()).hexdigest()}
    card |= {key: value for key, value in header.items() if key not in left_out}
    target.with_suffix(".json").write_text(json.dumps(card, indent=2) + "\n", encoding="utf-8")


def _completed(matrix: Any, examples: Sequence[Example]) -> Any:
    """A label for every message: where only the category is known, its likeliest issue, as the judged messages teach it."""
    labels = np.array([example.label for example in examples], dtype=object)
    judged = np.array([bool(example.issue) for example in examples])
    if judged.all() or not judged.any():
        return labels.astype(str)
    fitted = learner(60).fit(matrix[judged], labels[judged].astype(str))
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


def _calibration(matrix: Any, labels: Any, weights: Any, examples: Sequence[Example]) -> Calibration:
    """Calibrated on each part of the corpus by a model that was taught the others."""
    folds = np.array([_fold(example) for example in examples])
    classes = sorted(set(labels))
    scores = np.full((len(labels), len(classes)), -50.0)
    for fold in sorted(set(folds)):
        held = folds == fold
        fitted = learner(60).fit(matrix[~held], labels[~held], sample_weight=weights[~held])
        columns = [classes.index(name) for name in fitted.classes_]
        scores[np.ix_(held, columns)] = fitted.decision_function(matrix[held])
    return calibrate(scores, labels.tolist(), classes, weights)
