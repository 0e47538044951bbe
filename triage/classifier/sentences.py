"""A sentence model: what a text means as one vector, from an ONNX file that the operator brings (`pip install 'triage[sentences]'`)."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from triage.classifier.folder import NETWORK, TOKENIZER, lacking
from triage.classifier.text import fresh, levelled
from triage.errors import ModelError

Floats = NDArray[np.float64]

#: Of longer texts the beginning is read; models of this kind were taught on no more.
_MOST_PIECES = 256
#: What a network of this kind may want to be told.
_INPUTS = frozenset({"input_ids", "attention_mask", "token_type_ids"})
#: A text that models are told apart by.
_KNOWN_BY = "Where is my order? I was charged twice, and the invoice is wrong."
#: How a WordPiece tokenizer marks a piece that continues a word. Others mark beginnings: theirs count as whole words, in every language.
_CONTINUES = "##"
#: Of the network's own messages only errors are for the operator.
_ERRORS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """What a sentence model makes of one message."""

    #: Of length one.
    vector: Floats
    #: Share of the pieces that only continue a word: high where the model does not know the language, 0.0 to below 1.0.
    broken: float


class Hears(Protocol):
    """Whoever says what a text means."""

    @property
    def likeness(self) -> Floats:
        """Which model it is: what it makes of a fixed text, whatever file it lies in."""

    def encode(self, subject: str, body: str) -> Sentence:
        """What a message means; ModelError where it cannot say."""


class SentenceModel:
    """A sentence model in a folder: its network as ONNX, and its tokenizer."""

    def __init__(self, folder: Path) -> None:
        """Load it; ModelError where a file or a library is missing, or the network is of another kind."""
        if problem := lacking(folder):
            raise ModelError(problem)
        # Loaded here: most installations have no sentence model, and need not have the libraries.
        from onnxruntime import InferenceSession, SessionOptions
        from tokenizers import Tokenizer

        options = SessionOptions()
        # Readers are processes of one core each, and a thread would not survive being forked.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS
        try:
            self._network = InferenceSession(str(folder / NETWORK), options, providers=["CPUExecutionProvider"])
            self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
            # As they are published, they fill up to a fixed number.
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(_MOST_PIECES)
            self._wanted = [each.name for each in self._network.get_inputs()]
            #: Which model it is: what it makes of a fixed text, whatever file it lies in.
            self.likeness = self.encode("", _KNOWN_BY).vector
        except Exception as error:  # Both libraries raise Exception itself.
            raise ModelError(
                f"{folder}: expected a sentence model that turns {', '.join(sorted(_INPUTS))} into vectors: {error}"
            ) from error

    def encode(self, subject: str, body: str) -> Sentence:
        """What a message means, history and signature left aside; ModelError where the network fails."""
        text = f"{levelled(subject)}\n{fresh(levelled(body))}".strip()
        try:
            # Half a pair of surrogates is no text to the tokenizer.
            return self._said(text.encode("utf-8", "replace").decode("utf-8"))
        except Exception as error:  # As above.
            raise ModelError(f"the sentence model fails: {error}") from error

    def _said(self, text: str) -> Sentence:
        encoded = self._tokenizer.encode(text)
        known = {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.ones((1, len(encoded.ids)), dtype=np.int64),
            "token_type_ids": np.zeros((1, len(encoded.ids)), dtype=np.int64),
        }
        vectors = self._network.run(None, {name: known[name] for name in self._wanted})[0]
        if vectors.ndim != 3:
            raise ValueError(f"its first output has {vectors.ndim} dimensions instead of 3")
        mean = vectors[0].mean(axis=0, dtype=np.float64)
        return Sentence(mean / max(float(np.linalg.norm(mean)), 1e-12), _broken(encoded.tokens))


class Remembered:
    """A sentence model that keeps what it has said, for lessons that ask about the same messages again."""

    def __init__(self, model: Hears) -> None:
        self._model = model
        self.likeness = model.likeness
        self._said: dict[tuple[str, str], Sentence] = {}

    def encode(self, subject: str, body: str) -> Sentence:
        """What a message means."""
        known = self._said.get((subject, body))
        if known is None:
            known = self._said[subject, body] = self._model.encode(subject, body)
        return known


def usable(folder: Path | None) -> SentenceModel | None:
    """The sentence model in the folder; None where there is none or it cannot be used: words alone do meanwhile."""
    with contextlib.suppress(ModelError):
        return SentenceModel(folder) if folder else None
    return None


def _broken(pieces: list[str]) -> float:
    words = [piece for piece in pieces if piece.removeprefix(_CONTINUES).isalpha()]
    return sum(piece.startswith(_CONTINUES) for piece in words) / max(len(words), 1)
