"""Bytes → tree of MIME parts, bounded while it grows: depth, parts, fields and their length never exceed what is set here."""

import re
from email._policybase import Compat32
from email.message import Message
from email.parser import BytesFeedParser
from typing import TypeAlias

Part: TypeAlias = Message

MAX_DEPTH = 30
MAX_PARTS = 500
MAX_FIELDS = 1000
MAX_FIELD = 64 * 1024
#: Fields whose parameters are searched again and again: nothing honest comes near.
MAX_PARAMETER_FIELD = 4 * 1024
MAX_PARAMETERS = 60
#: Encoded-words, commas, quotes and brackets in one field, each of which costs a library more than a character.
MAX_MARKS = 3000

_HEADER_LINE = re.compile(rb"[!-9;-~]{1,200}[ \t]{0,20}:")
_SPACED_NAME = re.compile(rb"([!-9;-~]{1,200})[ \t]{1,20}:")


class _LimitReachedError(Exception):
    """The message has more of something than is read."""


class _Limits:
    """What was counted and cut while one message grew."""

    def __init__(self) -> None:
        self.root: _Part | None = None
        self.parts = 0
        self.defects: dict[str, None] = {}

    def make(self, policy: "Compat32 | None" = None) -> "_Part":
        """A part that counts itself."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise _LimitReachedError(f"more than {MAX_PARTS} parts: the rest was not read")
        part = _Part(policy=policy or Compat32())
        part.limits = self
        self.root = self.root or part
        return part


class _Part(Message):
    """A message part that knows how deep it lies and refuses too many fields."""

    limits: _Limits
    depth = 0

    def attach(self, payload: Part) -> None:  # type: ignore[override]
        """The part below this one."""
        if isinstance(payload, _Part):
            payload.depth = self.depth + 1
            if payload.depth > MAX_DEPTH:
                raise _LimitReachedError(f"nested deeper than {MAX_DEPTH}: the rest was not read")
        super().attach(payload)

    def set_raw(self, name: str, value: str) -> None:
        """One more field, cut to what is read of it."""
        if len(self) >= MAX_FIELDS:
            self.limits.defects[f"more than {MAX_FIELDS} header fields: the rest was not read"] = None
            return
        kept = _shortened(name.lower(), value)
        if kept is not value:
            self.limits.defects[f"header field {name[:40]} is too long: the rest was not read"] = None
        super().set_raw(name, kept)


def _shortened(name: str, value: str) -> str:
    if len(value) <= 900:
        return value
    value = value if len(value) <= MAX_FIELD else value[:MAX_FIELD]
    if name.startswith("content-"):
        value = value if len(value) <= MAX_PARAMETER_FIELD else value[:MAX_PARAMETER_FIELD]
        if value.count(";") > MAX_PARAMETERS:
            value = ";".join(value.split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
    if value.count("=?") > 300:
        value = "=?".join(value.split("=?", 300)[:300])
    if sum(map(value.count, '(<",[:;')) > MAX_MARKS:
        value = value[: MAX_MARKS // 2]
    return value


def grow(content: bytes) -> tuple[Part, list[str]]:
    """The root part and what was wrong; whatever was read before a limit is kept."""
    limits = _Limits()
    parser = BytesFeedParser(limits.make, policy=Compat32())
    content, repairs = repaired(content)
    try:
        parser.feed(content)
        root: Part = parser.close()
    except _LimitReachedError as reached:
        limits.defects[str(reached)] = None
        root = limits.root or Message()
    return root, [*repairs, *limits.defects]


def header_end(content: bytes) -> int:
    """Where the body starts: after the first empty line, whatever the line ends are."""
    found = re.compile(rb"(?:\r\n|\n|\r)(?:\r\n|\n|\r)").search(content)
    return found.end() if found else len(content)


def repaired(content: bytes) -> tuple[bytes, list[str]]:
    """The message with a header block that a parser reads to its end: stray lines and spaces before colons do not end it."""
    end = header_end(content)
    lines = content[:end].splitlines(keepends=True)
    out: list[bytes] = []
    defects: dict[str, None] = {}
    for index, line in enumerate(lines):
        if _SPACED_NAME.match(line):
            defects["space before the colon of a header field"] = None
            line = _SPACED_NAME.sub(rb"\1:", line, count=1)
        elif line.strip() and line[:1] not in b" \t" and not _HEADER_LINE.match(line) and not (index == 0 and line[:5] == b"From "):
            following = lines[index + 1] if index + 1 < len(lines) else b""
            if not (index and _HEADER_LINE.match(following)):
                # A line that is no field, and no field after it: the sender forgot the empty line, and the body starts here.
                break
            defects["a line in the header is no header field"] = None
            continue
        out.append(line)
    else:
        return (b"".join(out) + content[end:], list(defects)) if defects else (content, [])
    return content, []
