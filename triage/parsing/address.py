"""Address fields → mailboxes under a grammar stricter than RFC 5322 §3.4: what could be read two ways is read as nobody."""

import re
from dataclasses import dataclass, field

from triage.message import Address
from triage.parsing import charset, headers

#: Mailboxes taken from one field.
MAX_MAILBOXES = 500
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,64}(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,63}){0,31}")
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
_BETWEEN = re.compile(r"[\s<>\"'(),;:]")
_TOKEN = re.compile(r"[^\s()<>\[\]:;@\\,\"]{1,998}")


def addr_spec(text: str) -> str | None:
    """The address in lower case if it is a plain dot-atom at a DNS name, in ASCII; None for everything else."""
    local, at, domain = text.rpartition("@")
    if not at or len(local) > 64 or len(domain) > 253 or not text.isascii() or not _LOCAL.fullmatch(local):
        return None
    if "=?" in local:
        # Programs that decode before they look for the address see another one.
        return None
    labels = domain.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        return None
    return text.lower()


@dataclass(slots=True)
class _Mailbox:
    """One comma-separated item as it is scanned."""

    #: Words and quoted strings outside the angle brackets.
    words: list[str] = field(default_factory=list)
    #: The same as written, without spaces: an address when there are no angle brackets.
    bare: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    angle: str | None = None
    broken: str = ""

    def __bool__(self) -> bool:
        return bool(self.words or self.bare or self.angle is not None or self.broken)


def parse(raw: str, name: str, label: str = "") -> tuple[tuple[Address, ...], list[str]]:
    """Mailboxes of one field, and what was wrong; an item that is not plainly one mailbox gives only a defect."""
    text, defect = headers.as_text(headers.unfold(raw), label)
    defects = [f"{name}: {defect}"] if defect else []
    found: list[Address] = []
    items = _items(text)
    if len(items) > MAX_MAILBOXES:
        defects.append(f"{name}: more than {MAX_MAILBOXES} mailboxes: the rest was not read")
    for item in items[:MAX_MAILBOXES]:
        address, problem = _address(item)
        if address:
            found.append(address)
        if problem and len(defects) < 10:
            defects.append(f"{name}: {problem}")
    return tuple(found), defects


def _address(item: _Mailbox) -> tuple[Address | None, str]:
    if item.broken:
        return None, item.broken
    text = item.angle if item.angle is not None else "".join(item.bare)
    spec = addr_spec(text)
    if spec is None:
        return None, "no usable address" if not text else f"not a plain address: {charset.cut(charset.one_line(text), 80)!r}"
    shown = " ".join(item.words if item.angle is not None else item.comments)
    name = charset.cut(charset.one_line(headers.decode_words(shown) if "=?" in shown else shown), 200)
    claimed = {word.lower() for word in _BETWEEN.split(name) if "@" in word.strip("@")} - {spec}
    problem = "display name contains an address" if claimed else ""
    return Address(name="" if name.lower() == spec else name, addr_spec=spec), problem


def _items(text: str) -> list[_Mailbox]:
    # One pass from left to right; every character is looked at once.
    items = [_Mailbox()]
    position = 0
    in_group = False
    while position < len(text) and len(items) <= MAX_MAILBOXES + 1:
        item, char = items[-1], text[position]
        if char in " \t":
            position += 1
        elif char == ",":
            items.append(_Mailbox())
            position += 1
        elif char == ":" and not in_group and item.angle is None and "@" not in item.bare:
            # A group's name is not a mailbox; its members are (RFC 5322 §3.4).
            in_group, items[-1] = True, _Mailbox()
            position += 1
        elif char == ";" and in_group:
            in_group = False
            items.append(_Mailbox())
            position += 1
        else:
            position = _take(item, text, position)
    return [item for item in items if item]


def _take(item: _Mailbox, text: str, position: int) -> int:
    char = text[position]
    if char == '"':
        return _quoted(item, text, position)
    if char == "(":
        return _comment(item, text, position)
    if char == "<":
        return _angle(item, text, position)
    found = _TOKEN.match(text, position)
    token = found[0] if found else char
    if item.angle is not None:
        item.broken = item.broken or "text after the address"
    if item.bare and text[position - 1] in " \t)":
        # Two words without brackets are not joined into an address that nobody wrote.
        item.bare.append(" ")
    item.bare.append(token)
    if found and item.words and text[position - 1] not in " \t":
        item.words[-1] += token
    elif found or char in "@.:;":
        if item.words and (char in "@:;" or text[position - 1] == "@"):
            item.words[-1] += token
        else:
            item.words.append(token)
    else:
        item.broken = item.broken or f"stray {char!r}"
    return position + len(token)


def _quoted(item: _Mailbox, text: str, position: int) -> int:
    end = position + 1
    while end < len(text) and text[end] != '"':
        end += 2 if text[end] == "\\" else 1
    if end >= len(text):
        item.broken = "quoted string without its end"
    if item.angle is not None:
        item.broken = item.broken or "text after the address"
    item.words.append(re.sub(r"\\(.)", r"\1", text[position + 1 : end]))
    # A quoted string beside an @ would be a local part that other programs read otherwise.
    item.bare.append('"')
    return end + 1


def _comment(item: _Mailbox, text: str, position: int) -> int:
    depth, end = 1, position + 1
    while end < len(text) and depth:
        char = text[end]
        depth += (char == "(") - (char == ")")
        end += 2 if char == "\\" else 1
    if depth:
        item.broken = "comment without its end"
    elif item.bare and item.angle is None and "@" in item.bare and item.bare[-1] == "@":
        item.broken = "comment inside an address"
    item.comments.append(text[position + 1 : end - 1])
    if item.bare and item.angle is None:
        # Nothing may follow a comment after a bare address: "a@org(c)b@other" is read differently everywhere.
        rest = text[end : end + 1]
        if rest and rest not in " \t,;<":
            item.broken = item.broken or "comment inside an address"
    return end


def _angle(item: _Mailbox, text: str, position: int) -> int:
    end = text.find(">", position)
    if end < 0:
        item.broken = "angle bracket without its end"
        return len(text)
    if item.angle is not None:
        item.broken = "two addresses in one mailbox"
    item.angle = text[position + 1 : end].strip(" \t")
    return end + 1
