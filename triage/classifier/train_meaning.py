"""Messages → the weights over a sentence model's vectors, and how loud they speak beside words."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from triage.classifier.calibrate import blend
from triage.classifier.corpus import Example
from triage.classifier.held_out import NEVER, Floats, Ints, Labels, Material
from triage.classifier.meaning import Meaning
from triage.classifier.sentences import Hears


def teach_meaning(
    examples: Sequence[Example], labels: Labels, folds: Ints, by_words: NDArray[np.float64], sentences: Hears
) -> Meaning | None:
    """The second set of weights, beside what words say of the messages where they were held out; None where it adds nothing."""
    heard = [sentences.encode(example.subject, example.body) for example in examples]
    material = Material(
        matrix=np.array([sentence.vector for sentence in heard]),
        labels=labels,
        weights=np.array([example.weight for example in examples]),
        folds=folds,
        originals=len(examples),
    )
    by_meaning = material.held_out(_fit)
    judged = by_meaning.max(axis=1) > NEVER
    broken = np.array([sentence.broken for sentence in heard])
    if not judged.any():
        return None
    header = blend(
        by_words[judged],
        by_meaning[judged],
        broken[judged],
        labels=labels[judged].tolist(),
        classes=material.classes,
        weights=material.weights[judged],
    )
    if header is None:
        return None
    fitted = _fit(material.matrix, labels, material.weights)
    return Meaning(header=header, weights=fitted.coef_.T, intercept=fitted.intercept_, likeness=sentences.likeness)


def _fit(matrix: csr_matrix | Floats, labels: Labels, weights: Floats) -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=300).fit(matrix, labels, sample_weight=weights)
