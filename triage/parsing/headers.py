"""Header fields as people read them: unfolded, encoded-words decoded (RFC 2047), raw 8-bit text understood, nothing hidden."""

import base64
import binascii
import re

from triage.parsing import charset

#: Encoded-words decoded in one field; more is an attack, and stays as it is.
MAX_WORDS = 300
#: Fields in our own namespace: only we may write them.
OWN_PREFIX = "x-triage-"
#: The one that counts from whoever wrote it: it can only keep us silent.
LOOP_FIELD = "x-triage-loop"
_FOLD = re.compile(r"\r?\n[ \t]{0,998}|\r(?!\n)|\n")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")


def unfold(raw: str) -> str:
    """The field on one line; folding white space becomes one space (RFC 5322 §2.2.3)."""
    return _FOLD.sub(" ", raw).strip(" \t") if "\n" in raw or "\r" in raw else raw.strip(" \t")


def as_text(raw: str, label: str = "") -> tuple[str, str]:
    """The raw 8-bit characters of a field (kept as surrogates by the parser) as text, and a defect; `label` is the text's charset."""
    if raw.isascii():
        return raw, ""
    data = raw.encode("utf-8", "surrogateescape")
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        # Programs that put raw characters into the header use the charset of the text below it.
        text = charset.decode(data, label)[0] if label else charset.guess(data)
        return text, "header has 8-bit characters that are not UTF-8"


def decode(raw: str, label: str = "") -> str:
    """A field value as text on one line; `label` is the charset of the text, for raw 8-bit characters."""
    text, _ = as_text(unfold(raw), label)
    if "=?" in text:
        text = decode_words(text)
    return charset.one_line(text)


def decode_words(text: str) -> str:
    """Text with its encoded-words decoded; neighbours of one charset are joined first, as senders split characters."""
    out: list[str] = []
    pending: list[tuple[str, bytes]] = []
    position = words = close = 0
    while words < MAX_WORDS:
        start = text.find("=?", position)
        if start < 0:
            break
        parsed, close = _word(text, start, close)
        if parsed is None:
            # Not a word: leave its opening behind and look further.
            _flush(out, pending)
            out.append(text[position : start + 2])
            position = start + 2
            continue
        between = text[position:start]
        if between.strip() or not pending:
            _flush(out, pending)
            out.append(between)
        pending.append(parsed)
        words += 1
        position = close
    _flush(out, pending)
    out.append(text[position:])
    return "".join(out)


def _word(text: str, start: int, known_close: int) -> tuple[tuple[str, bytes] | None, int]:
    # The closing mark found last time is used again while it still lies ahead, so that the whole scan stays linear.
    label_end = text.find("?", start + 2, start + 82)
    if label_end < 0 or text[label_end + 2 : label_end + 3] != "?":
        return None, known_close
    payload = label_end + 3
    close = known_close if known_close - 2 >= payload else text.find("?=", payload) + 2
    if close < 2:
        return None, len(text) + 2
    kind = text[label_end + 1].lower()
    if close > len(text) or kind not in "bq":
        return None, close
    # In Q, "?=" may be followed at once by hexadecimal digits of an encoded character: "?=3D" then belongs to the text.
    data = text[payload : close - 2].encode("utf-8", "surrogateescape")
    label = text[start + 2 : label_end].partition("*")[0]
    return (label, _q(data) if kind == "q" else _b(data)), close


def _q(data: bytes) -> bytes:
    return binascii.a2b_qp(data, header=True)


def _b(data: bytes) -> bytes:
    data = _NOT_BASE64.sub(b"", data.partition(b"=")[0])
    return base64.b64decode(data[: len(data) - (len(data) % 4 == 1)] + b"==")


def _flush(out: list[str], pending: list[tuple[str, bytes]]) -> None:
    index = 0
    while index < len(pending):
        label, data = pending[index]
        index += 1
        parts = [data]
        while index < len(pending) and pending[index][0].lower() == label.lower():
            parts.append(pending[index][1])
            index += 1
        out.append(charset.decode(b"".join(parts), label)[0])
    pending.clear()


def foreign(name: str) -> bool:
    """True for a field whose word we take: none of our own namespace but the loop mark."""
    return name.lower() == LOOP_FIELD or not name.lower().startswith(OWN_PREFIX)
