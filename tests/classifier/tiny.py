"""A sentence model of a few words, made here (a table of vectors as ONNX, and a WordPiece tokenizer), and messages that it helps with."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from string import ascii_lowercase

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

from tests.classifier.samples import example
from triage.classifier.corpus import Example

#: Dimensions of its vectors.
DIMENSIONS = 8
#: Words of one sense; of each pair only the first is taught.
CANCEL, LOST, BILL = ("cancel", "scrub"), ("lost", "mislaid"), ("invoice", "chit")
_THINGS = ("lamp", "chair", "table", "phone", "kettle", "shirt", "clock", "tent", "drill", "sofa", "mirror", "blanket")
_SMALL_WORDS = ("please", "my", "the", "a", "is", "it", "you", "we", "to", "was", "send", "me", "purchase", "thing", "for")
#: What each word means to a model that fits `messages`.
SENSES = {
    **{word: sense for sense, words in enumerate((CANCEL, LOST, BILL), 1) for word in words},
    **dict.fromkeys((*_SMALL_WORDS, *_THINGS), 5),
}
_SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


def messages(synonym: int = 0) -> list[Example]:
    """Messages in the first word of each pair, or in the second; from several files, so that some can be held out."""
    kinds = (
        ("order", "order_cancel", CANCEL[synonym]),
        ("order", "delivery_lost", LOST[synonym]),
        ("invoice", "invoice_request", BILL[synonym]),
    )
    forms = ("please {} for my {}", "{} the {} it is", "you {} my purchase to me a {}", "we {} the thing {}")
    return [
        replace(example(form.format(word, thing), category, issue), source=("brief", "letters", "other")[number % 3])
        for category, issue, word in kinds
        for number, thing in enumerate(_THINGS)
        for form in forms
    ]


def sentence_model(
    folder: Path, senses: Mapping[str, int], *, loud: float = 2.0, inputs: Sequence[str] = _INPUTS, flat: bool = False
) -> Path:
    """A model that knows these words, those of one sense by one vector; any other word falls to pieces. `flat`: no vector for each piece."""
    folder.mkdir(parents=True, exist_ok=True)
    names = [
        *_SPECIAL,
        *senses,
        *(letter for letter in ascii_lowercase if letter not in senses),
        *(f"##{letter}" for letter in ascii_lowercase),
    ]
    table = np.full((len(names), DIMENSIONS), 0.01, dtype=np.float32)
    for word, sense in senses.items():
        table[names.index(word), sense] = loud
    _write_network(folder / "model.onnx", table, inputs, flat=flat)
    _write_tokenizer(folder / "tokenizer.json", names)
    return folder


def _write_network(path: Path, table: "np.ndarray[tuple[int, int], np.dtype[np.float32]]", inputs: Sequence[str], *, flat: bool) -> None:
    wanted = [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs]
    nodes = [helper.make_node("Gather", ["table", inputs[0]], ["each" if flat else "last_hidden_state"])]
    nodes += [helper.make_node("ReduceMean", ["each"], ["last_hidden_state"], axes=[1], keepdims=0)] if flat else []
    out = helper.make_tensor_value_info(
        "last_hidden_state", TensorProto.FLOAT, ["batch", DIMENSIONS] if flat else ["batch", "length", DIMENSIONS]
    )
    graph = helper.make_graph(nodes, "tiny", wanted, [out], [numpy_helper.from_array(table, "table")])
    # Old enough for every runtime.
    onnx.save(helper.make_model(graph, ir_version=9, opset_imports=[helper.make_opsetid("", 13)]), str(path))


def _write_tokenizer(path: Path, names: Sequence[str]) -> None:
    tokenizer = Tokenizer(models.WordPiece({name: place for place, name in enumerate(names)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[("[CLS]", names.index("[CLS]")), ("[SEP]", names.index("[SEP]"))]
    )
    # As published ones do: everything is filled up to, and cut at, a fixed length.
    tokenizer.enable_padding(length=32)
    tokenizer.enable_truncation(32)
    tokenizer.save(str(path))
