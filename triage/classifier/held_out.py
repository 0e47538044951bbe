"""What models say of messages that they were not taught: each part of the corpus is judged by one that was taught the others."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

Labels = NDArray[np.str_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

#: Score of a class that a part's model was not taught.
NEVER = -100.0


class Fitted(Protocol):
    """A classifier of scikit-learn."""

    classes_: Labels

    def predict_log_proba(self, matrix: csr_matrix | Floats) -> Floats:
        """Logarithms of the probabilities, a column for each class."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """Messages to teach: their features, what they are, how much they count, and the part of the corpus each belongs to."""

    #: One row for each; those of the messages as they were written come first, then their further forms.
    matrix: csr_matrix | Floats
    labels: Labels
    weights: Floats
    folds: Ints
    #: So many are as they were written.
    originals: int

    @property
    def classes(self) -> list[str]:
        """All there are, in order."""
        return sorted(set(self.labels.tolist()))

    def held_out(self, fit: Callable[[csr_matrix | Floats, Labels, Floats], Fitted]) -> Floats:
        """Scores of each message as it was written; those that no model could judge have NEVER throughout."""
        classes = self.classes
        scores = np.full((self.originals, len(classes)), NEVER)
        for fold in sorted(set(self.folds.tolist())):
            held = self.folds == fold
            if len(set(self.labels[~held])) < 2:
                continue
            fitted = fit(self.matrix[~held], self.labels[~held], self.weights[~held])
            columns = [classes.index(name) for name in fitted.classes_]
            judging = np.flatnonzero(held[: self.originals])
            scores[judging[:, None], columns] = fitted.predict_log_proba(self.matrix[judging])
        return scores
