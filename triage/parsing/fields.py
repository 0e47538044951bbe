"""Header block → fields and where the body starts, for blocks as they really come; limits hold before any library sees a field."""

import re

MAX_FIELDS = 1000
MAX_FIELD = 64 * 1024
#: Fields whose parameters are searched again and again: nothing honest comes near.
MAX_PARAMETER_FIELD = 16 * 1024
MAX_PARAMETERS = 60
MAX_WORDS = 300
#: Commas, quotes and brackets in one field, each of which costs a library more than a character.
MAX_MARKS = 3000

_NAME = re.compile(rb"\A([^\s:\x00]{1,200})([ \t]{0,40}):")
#: The rest of a Content-Type that lost its indentation on the way.
_PARAMETER = re.compile(rb"\A[A-Za-z0-9*_-]{1,40}=")


class Block:
    """The fields of one part, the offset of its body, and what was wrong."""

    def __init__(self) -> None:
        self.fields: list[tuple[str, str]] = []
        self.body = 0
        self.defects: dict[str, None] = {}

    def add(self, name: bytes, value: list[bytes]) -> None:
        """One more field, cut to what is read of it."""
        if len(self.fields) >= MAX_FIELDS:
            self.defects[f"more than {MAX_FIELDS} header fields: the rest was not read"] = None
            return
        key = name.decode("ascii", "surrogateescape")
        text = b"\n".join(value).decode("ascii", "surrogateescape")
        kept = shortened(key.lower(), text)
        if len(kept) < len(text):
            self.defects[f"header field {key[:40]} is too long: the rest was not read"] = None
        self.fields.append((key, kept))


def read(data: bytes, start: int, end: int) -> Block:
    """The header block from `start`; stray lines and spaces before colons do not end it, text that nobody set apart does."""
    block = Block()
    position = start
    name, value = b"", [b""]
    while position < end:
        line, following = _line(data, position, end)
        field = _NAME.match(line)
        if line[:1] in {b" ", b"\t"} and name and (line.strip() or _goes_on(data, following, end)):
            value.append(line)
        elif name and not field and value[-1].rstrip().endswith(b";") and _PARAMETER.match(line):
            block.defects["a header field goes on without indentation"] = None
            value.append(b" " + line)
        elif field:
            if name:
                block.add(name, value)
            if field[2]:
                block.defects["space before the colon of a header field"] = None
            name, value = field[1], [line[field.end() :].lstrip(b" \t")]
        elif not line.strip():
            # The empty line; one of spaces alone is it too, unless fields follow.
            position = following
            break
        elif position == start and line[:5] in {b"From ", b">From"}:
            pass
        elif name and _goes_on(data, following, end):
            block.defects["a line in the header is no header field"] = None
        else:
            # The sender forgot the empty line.
            block.defects["no empty line between header and text"] = None
            break
        position = following
    if name:
        block.add(name, value)
    block.body = position
    return block


def _goes_on(data: bytes, position: int, end: int) -> bool:
    """True when a line of spaces is folding: a field comes after it and perhaps after more folded lines."""
    for _ in range(20):
        line, position = _line(data, position, end)
        if line[:1] not in {b" ", b"\t"}:
            return bool(_NAME.match(line))
    return False


def _line(data: bytes, position: int, end: int) -> tuple[bytes, int]:
    feed = data.find(b"\n", position, end)
    following = feed + 1 if feed >= 0 else end
    return data[position:following].rstrip(b"\r\n"), following


def shortened(name: str, value: str) -> str:
    """The value, or as much of it as is read."""
    if len(value) <= 900:
        return value
    value = value[:MAX_FIELD]
    if name.startswith("content-"):
        value = ";".join(value[:MAX_PARAMETER_FIELD].split(";", MAX_PARAMETERS)[:MAX_PARAMETERS])
    if value.count("=?") > MAX_WORDS:
        value = "=?".join(value.split("=?", MAX_WORDS)[:MAX_WORDS])
    # A long field of nothing but marks is an attack; thousands of honest recipients have an @ for each comma.
    return value[: MAX_MARKS // 2] if sum(map(value.count, '(<"[:;,')) > MAX_MARKS else value
