"""What the meaning of a message as a whole says beside its words: a second set of weights, over a sentence model's vectors."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from triage.classifier.sealed import MeaningHeader
from triage.classifier.sentences import Hears, Sentence

Floats = NDArray[np.float64]


#: Cosine from which on two sentence models are one in two files: another export, or fewer bits.
_ALIKE = 0.9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Meaning:
    """The second set of weights."""

    header: MeaningHeader
    #: Dimensions of the vector × classes.
    weights: Floats
    intercept: Floats
    #: The sentence model it was taught with, as that knows itself.
    likeness: Floats

    def taught_with(self, model: Hears) -> bool:
        """It is that sentence model; no other's vectors fit the weights."""
        return self.likeness.shape == model.likeness.shape and float(self.likeness @ model.likeness) >= _ALIKE

    def heard(self, sentence: Sentence) -> bool:
        """The sentence model knows enough of the words."""
        return sentence.broken <= self.header["broken"]

    def beside(self, logits: Floats, sentence: Sentence) -> Floats:
        """What words say, and what the meaning says to it; both as scores of which only differences count."""
        return self.header["words"] * logits + self.header["meaning"] * (sentence.vector @ self.weights + self.intercept)
