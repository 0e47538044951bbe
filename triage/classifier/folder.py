"""The folder of a sentence model: that all is there is known without loading any of it."""

from importlib.util import find_spec
from pathlib import Path

#: Its files, named as they are published.
NETWORK, TOKENIZER = "model.onnx", "tokenizer.json"
#: The libraries that run it.
_LIBRARIES = ("onnxruntime", "tokenizers")


def lacking(folder: Path) -> str:
    """What is not there of what a sentence model needs, and what was expected; "" when all is."""
    if missing := [name for name in _LIBRARIES if find_spec(name) is None]:
        return f"{folder}: a sentence model needs {' and '.join(missing)}: pip install 'triage[sentences]'"
    if missing := [name for name in (NETWORK, TOKENIZER) if not (folder / name).is_file()]:
        return f"{folder}: no {' and no '.join(missing)}: expected the files {NETWORK} and {TOKENIZER} of a sentence model"
    return ""
