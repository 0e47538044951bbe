"""Bytes → tree of MIME parts (RFC 2046), however its boundaries are broken; depth and number of parts are limited while it grows."""

import re
from collections.abc import Iterator
from email import errors
from email.message import Message
from email.utils import collapse_rfc2231_value

from triage.parsing import decoding, fields, headers, smime

MAX_DEPTH = 30
MAX_PARTS = 500
#: Types whose bytes may hold a signed message.
SIGNED_INSIDE = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_GUESS = re.compile(rb"^--([^\s-][^\r\n]{0,120})\r?\n(?=[^\s:]{1,80}:|\r?\n)", re.MULTILINE)
_EMPTY_LINE = re.compile(rb"\r?\n\r?\n|\r\r")


class Part(Message):
    """A MIME part as libraries know it, with the bytes of its content beside it."""

    def __init__(self) -> None:
        super().__init__()
        #: The content as it was sent, not decoded.
        self.source = b""
        #: The decoded bytes of an attached message.
        self.attached = b""
        #: The parts right below this one.
        self.children: list[Part] = []

    def hang(self, child: "Part") -> None:
        """Put a part below this one; libraries see an attached message closed, as they would write it out again and again."""
        self.children.append(child)
        if self.get_content_maintype() == "multipart":
            self.attach(child)


class _Grower:
    """One message as it is taken apart."""

    def __init__(self) -> None:
        self.parts = 0
        self.defects: dict[str, None] = {}

    def part(self, data: bytes, start: int, end: int, depth: int, default: str) -> Part:
        """The part that lies between two offsets, with everything below it."""
        self.parts += 1
        block = fields.read(data, start, end)
        self.defects |= block.defects
        part = Part()
        part.set_default_type(default)
        for name, value in block.fields:
            # Parameters in raw 8-bit characters would reach us as question marks.
            part.set_raw(name, headers.as_text(value)[0] if name[:8].lower() == "content-" else value)
        part.source = data[block.body : end]
        kind = part.get_content_type()
        if kind.startswith("multipart/"):
            self._multipart(part, data, block.body, end, depth)
        elif kind in {"message/rfc822", "message/global", "message/news"}:
            self._message(part, depth)
        elif kind in SIGNED_INSIDE:
            self._signed(part, depth)
        if not part.is_multipart():
            part.set_payload(part.source.decode("ascii", "surrogateescape"))
        return part

    def _multipart(self, part: Part, data: bytes, start: int, end: int, depth: int) -> None:
        default = "message/rfc822" if part.get_content_subtype() == "digest" else "text/plain"
        closed = False
        for lower, upper, closed in _between(data, start, end, _boundaries(part, data, start, end)):  # noqa: B007 - the last value is asked for below
            if not self._has_room(depth):
                break
            part.hang(self.part(data, lower, upper, depth + 1, default))
        if not part.children:
            self.defects["multipart without parts: shown as text"] = None
            part.defects.append(errors.NoBoundaryInMultipartDefect())
        elif not closed:
            part.defects.append(errors.CloseBoundaryNotFoundDefect())

    def _message(self, part: Part, depth: int) -> None:
        part.attached = decoding.content(part.source, str(part.get("content-transfer-encoding", "")))
        if self._has_room(depth) and part.attached.strip():
            part.hang(self.part(part.attached, _skip_empty(part.attached), len(part.attached), depth + 1, "text/plain"))

    def _signed(self, part: Part, depth: int) -> None:
        inside = smime.signed_content(decoding.content(part.source, str(part.get("content-transfer-encoding", ""))))
        if inside is not None and self._has_room(depth):
            part.children.append(self.part(inside, _skip_empty(inside), len(inside), depth + 1, "text/plain"))

    def _has_room(self, depth: int) -> bool:
        if depth >= MAX_DEPTH:
            self.defects[f"nested deeper than {MAX_DEPTH}: the rest was not read"] = None
        elif self.parts >= MAX_PARTS:
            self.defects[f"more than {MAX_PARTS} parts: the rest was not read"] = None
        else:
            return True
        return False


def grow(content: bytes) -> tuple[Part, list[str]]:
    """The root part and what was wrong with the whole."""
    if b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    grower = _Grower()
    root = grower.part(content, _skip_empty(content), len(content), 0, "text/plain")
    return root, list(grower.defects)


def header_end(content: bytes) -> int:
    """Where the body starts: after the first empty line, whatever the line ends are."""
    found = _EMPTY_LINE.search(content)
    return found.end() if found else len(content)


def _skip_empty(content: bytes) -> int:
    # Empty lines before the header are a gateway's; before a text without a header they do no harm either.
    head = content[:4096]
    return len(head) - len(head.lstrip(b"\r\n"))


def _boundaries(part: Part, data: bytes, start: int, end: int) -> bytes:
    """The boundary that the lines really use: as declared, without the spaces at its end, or the one they show."""
    try:
        declared = collapse_rfc2231_value(part.get_param("boundary", "")).encode("ascii", "surrogateescape")
    except (LookupError, UnicodeError, ValueError, TypeError, AttributeError):
        declared = b""
    for candidate in dict.fromkeys((declared, declared.strip(), declared.strip(b"'\" "))):
        if candidate and next(_delimiters(data, start, end, candidate), None):
            return candidate
    guess = _GUESS.search(data, start, min(end, start + 65536))
    return guess[1].rstrip() if guess else b""


def _delimiters(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """(where the line starts, where the next one does, closing) of each delimiter line."""
    mark = b"--" + boundary
    position = start if data.startswith(mark, start, end) else data.find(b"\n" + mark, start, end) + 1
    while position > 0 or (position == start and data.startswith(mark, start, end)):
        tail = position + len(mark)
        closing = data.startswith(b"--", tail, end)
        tail += 2 * closing
        if tail >= end or data[tail : tail + 1] in {b" ", b"\t", b"\r", b"\n"}:
            feed = data.find(b"\n", tail, end)
            yield position, feed + 1 if feed >= 0 else end, closing
            if closing:
                return
        position = data.find(b"\n" + mark, tail - 1, end) + 1


def _between(data: bytes, start: int, end: int, boundary: bytes) -> Iterator[tuple[int, int, bool]]:
    """(first offset, end, whether a delimiter closed the whole there) of each part's bytes."""
    if not boundary:
        return
    lower = -1
    for position, following, closing in _delimiters(data, start, end, boundary):
        if lower >= 0:
            # The line end before a delimiter belongs to the delimiter.
            upper = position - 1 if position > lower else lower
            upper -= upper > lower and data[upper - 1 : upper] == b"\r"
            yield lower, max(lower, upper), closing
        lower = following
        if closing:
            return
    if 0 <= lower < end:
        # The closing delimiter may hang on the last line of the text.
        hanging = data[max(lower, end - len(boundary) - 8) : end].rstrip().endswith(b"--" + boundary + b"--")
        yield lower, data.rfind(b"--" + boundary, lower, end) if hanging else end, hanging
