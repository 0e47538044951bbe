"""Corpus → model file: the only part of the classifier that needs scikit-learn."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from triage.classifier import artefact
from triage.classifier.corpus import Example, corpus_files, digest, read_all
from triage.classifier.cues import read_cues
from triage.classifier.features import Lexicon, document, pieces, words

#: How loud each view speaks.
VIEWS = {"words": 1.0, "pieces": 1.0, "concepts": 1.0}


def vectorisers(lexicon: Lexicon) -> dict[str, Any]:
    """An unfitted vectoriser by view."""
    analysers = {"words": words, "pieces": pieces, "concepts": lexicon.concepts}
    return {view: TfidfVectorizer(analyzer=analyser, sublinear_tf=True, min_df=2) for view, analyser in analysers.items()}


def train(paths: Sequence[Path] = (), *, extra: Sequence[Example] = (), target: Path) -> str:
    """Train on the files (the project's corpus when none is named) and `extra`, write the model, return its version."""
    examples = [*read_all(paths or corpus_files()), *extra]
    documents = [document(example.subject, example.body) for example in examples]
    lexicon = read_cues()
    views = vectorisers(Lexicon(lexicon))
    matrix = scipy.sparse.hstack([views[view].fit_transform(documents) * scale for view, scale in VIEWS.items()]).tocsr()
    labels = [example.label for example in examples]
    learner = LogisticRegression(C=10.0, max_iter=200, tol=1e-4).fit(matrix, labels, sample_weight=[example.weight for example in examples])
    header = {
        "classes": [str(name) for name in learner.classes_], "views": VIEWS, "lexicon": lexicon, "temperature": 0.8, "threshold": 0.5,
        "taught": digest(examples), "examples": len(examples), "scikit_learn": sklearn.__version__, "numpy": np.__version__,
    }  # fmt: skip
    stored = artefact.Artefact(
        header=header,
        vocabulary={view: [str(name) for name in vectoriser.get_feature_names_out()] for view, vectoriser in views.items()},
        idf={view: vectoriser.idf_ for view, vectoriser in views.items()},
        weights=learner.coef_.T,
        intercept=learner.intercept_,
    )
    return artefact.save(stored, target)
