"""Text → what the person wrote now, the history they quote, and their signature; in doubt everything is theirs."""

import re
from dataclasses import dataclass

from triage.parsing import html
from triage.parsing import quote_patterns as patterns

#: An attribution wrapped by the sender's program takes at most so many lines and characters.
_WRAPPED, _LONGEST = 4, 500
_DIRECTION = dict.fromkeys((0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_MARKS = re.compile(f"([{html.QUOTE}{html.UNQUOTE}])")


@dataclass(frozen=True, slots=True)
class Split:
    """The text in three."""

    own: str
    quoted: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class _Quotation:
    """Where quoted history begins, and the line after which its text stands."""

    start: int
    text: int
    #: Its lines carry marks, so that something of the person's own may follow.
    marked: bool


def split(text: str) -> Split:
    """The person's own words set apart from quoted history and signature."""
    own, fenced = _outside_fences(text) if html.QUOTE in text else (text, "")
    above, below = _cut(own.split("\n"))
    if not above.strip() and fenced:
        above, below = own, ""
    above, signature = without_signature(above)
    return Split(own=above.strip("\n"), quoted="\n".join(part for part in (below, fenced) if part).strip("\n"), signature=signature)


def _outside_fences(text: str) -> tuple[str, str]:
    # What stands between the marks is quoted; what comes after them is the person's again.
    own: list[str] = []
    quoted: list[str] = []
    target = own
    for piece in _MARKS.split(text):
        if piece in (html.QUOTE, html.UNQUOTE):
            target = quoted if piece == html.QUOTE else own
        elif piece.strip():
            target.append(piece.strip("\n"))
    return "\n".join(own), "\n".join(quoted)


def _cut(lines: list[str]) -> tuple[str, str]:
    found = _first_quotation(lines)
    if found is None:
        return "\n".join(lines), ""
    above, quoted = "\n".join(lines[: found.start]), "\n".join(lines[found.start :])
    if not found.marked:
        return above, quoted
    answers, interleaved = _answers(lines[found.text :])
    if not answers:
        return above, quoted
    if above.strip() or interleaved:
        # Answers stand among the questions: neither makes sense without the other.
        return "\n".join(lines), ""
    return answers, quoted


def _answers(lines: list[str]) -> tuple[str, bool]:
    """What stands unmarked below or among marked lines, and whether marked lines follow it."""
    own: list[str] = []
    interleaved = False
    for index, line in enumerate(lines):
        if _is_marked(line):
            interleaved = interleaved or any(text.strip() for text in own)
        elif line.strip() and own[-1:] != [""] and _is_tail(lines, index):
            continue
        elif line.strip() or own:
            own.append(line)
    # The empty answer above lets a signature be the only thing that stands below the quotation.
    text, _ = without_signature("\n".join(["", *own]), alone=True)
    return text.strip(), interleaved and bool(text.strip())


def _is_marked(line: str) -> bool:
    return line.lstrip()[:1] in {">", "|"}


def _is_tail(lines: list[str], index: int) -> bool:
    # Programs that wrap long quoted lines leave the end of them unmarked; an answer follows a finished sentence.
    before = lines[index - 1].rstrip() if index else ""
    if not _is_marked(before) or len(before) < 50:
        return False
    after = lines[index + 1] if index + 1 < len(lines) else ""
    return before[-1] not in ".?!:>" or (before[-1] == "." and lines[index][:1].islower() and _is_marked(after))


def _first_quotation(lines: list[str]) -> _Quotation | None:
    for index, line in enumerate(lines):
        if not line.strip():
            continue
        if patterns.FORWARDED.match(line):
            # What a person passes on is what they want read.
            return None
        if patterns.ORIGINAL.match(line):
            return _Quotation(_over_rule(lines, index), index + 1, marked=False)
        if is_header_block(lines, index):
            return _Quotation(_over_rule(lines, index), index + 1, marked=_is_marked(line))
        start, length = _attribution(lines, index)
        if length:
            following = next((text for text in lines[start + length : start + length + 4] if text.strip()), "")
            return _Quotation(_over_rule(lines, start), start + length, marked=_is_marked(following) or _is_marked(line))
        if line.lstrip().startswith(">"):
            return _Quotation(index, index, marked=True)
    return None


def _over_rule(lines: list[str], index: int) -> int:
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and patterns.RULE.match(lines[above]) else index


def is_header_block(lines: list[str], index: int) -> bool:
    """True when the lines from here are the header of an answered message, not a form that happens to have such fields."""
    if _field(lines[index]) not in {"from", "sent", "subject"}:
        return False
    seen: dict[str, str] = {}
    name, strangers = "", 0
    for line in lines[index : index + 16]:
        if not line.strip():
            if len(seen) >= 3:
                break
            continue
        name = _field(line)
        strangers = 0 if name else strangers + 1
        if strangers > 2:
            break
        if name:
            seen.setdefault(name, line)
        elif seen:
            last = next(reversed(seen))
            seen[last] = f"{seen[last]} {line}"[:600]
    if "from" not in seen or len(seen) < 3:
        return False
    sent = _bare(seen.get("sent", ""))
    return "subject" in seen or bool(patterns.DATE.search(sent) and (patterns.ADDRESS.search(seen["from"]) or patterns.TIMED.search(sent)))


def _field(line: str) -> str:
    head = line[:48]
    if ":" not in head and "：" not in head:
        return ""
    return next((name for name, pattern in patterns.FIELDS if pattern.match(head)), "")


def _attribution(lines: list[str], index: int) -> tuple[int, int]:
    """Where an attribution that is found from here begins, and how many lines it takes; 0 when there is none."""
    joined = ""
    for end in range(index + 1, min(index + _WRAPPED, len(lines)) + 1):
        if not lines[end - 1].strip() or (end > index + 1 and _field(lines[end - 1])):
            break
        joined = f"{joined} {_bare(lines[end - 1])}".strip()
        if len(joined) > _LONGEST:
            break
        if _is_attribution(joined, marked=any(map(_is_marked, lines[end : end + 1 + (lines[end : end + 1] == [""])]))):
            # Text right above it without an empty line between is not part of it: it begins with the last line that has the date.
            start = next((line for line in range(end - 1, index, -1) if patterns.DATE.search(_bare(lines[line]))), index)
            whole = " ".join(_bare(line) for line in lines[start:end])
            return (start, end - start) if _is_attribution(whole, marked=False) else (index, end - index)
    return index, 0


def _bare(line: str) -> str:
    # Programs set names and addresses apart by marks of direction.
    return (line if line.isascii() else line.translate(_DIRECTION)).strip().lstrip("> ")


def _is_attribution(line: str, *, marked: bool) -> bool:
    if not patterns.DATE.search(line):
        return _is_undated_attribution(line, marked=marked)
    if patterns.FULL_DATE.match(line) and line.endswith(":") and patterns.ADDRESS.search(line.rpartition(" ")[2]):
        return True
    if patterns.BRACKETED_END.search(line) and patterns.FULL_DATE.search(line):
        return True
    wrote = patterns.WROTE.search(line.lower())
    if wrote is None or (patterns.OWN_WORDS.search(line) and not marked):
        return False
    if patterns.ENDS.search(line):
        return True
    # Some programs leave the colon out: the verb ends the line, right behind an address.
    return wrote.end() >= len(line.rstrip(" ,.-_")) and bool(patterns.ADDRESS.search(line))


def _is_undated_attribution(line: str, *, marked: bool) -> bool:
    lowered = line.lower()
    if not patterns.ADDRESS.search(line) or not (patterns.WROTE.search(lowered) or lowered.startswith(("quoting ", "zitat von "))):
        return False
    # "Support <support@shop.example> wrote:" straight above the quotation, or set between rules as Notes does.
    ruled = line.startswith("----") and line.endswith("----") and not patterns.OWN_WORDS.search(line)
    return ruled or (marked and bool(patterns.ENDS.search(line)))


def without_signature(text: str, *, alone: bool = False) -> tuple[str, str]:
    """The text and its signature; only what a mark or a closing sets apart, for a bare name cannot be told from content."""
    lines = text.rstrip().split("\n")
    for index in range(1, len(lines)):
        if not alone and not any(line.strip() for line in lines[:index]):
            continue
        line = lines[index]
        if (patterns.SIGNATURE.match(line) and _ends_letter(lines, index)) or _closes(lines, index):
            return "\n".join(lines[:index]), "\n".join(lines[index:])
        if not lines[index - 1].strip() and _is_mobile(line):
            return "\n".join(lines[:index]), "\n".join(lines[index:])
    index = _contact_block(lines)
    return ("\n".join(lines[:index]), "\n".join(lines[index:])) if index else (text, "")


def _contact_block(lines: list[str]) -> int:
    """Where a last paragraph begins that is a name and how to reach it; 0 where there is none."""
    start = len(lines)
    while start > 0 and lines[start - 1].strip():
        start -= 1
    block = [line.strip() for line in lines[start:]]
    if not any(line.strip() for line in lines[:start]) or not 2 <= len(block) <= 8 or not all(map(_is_name_or_number, block)):
        return 0
    if not patterns.NAME.match(block[0]) or " " not in block[0]:
        return 0
    reach = [bool(patterns.CONTACT.match(line)) for line in block[1:]]
    return start if any(reach) and all(way or patterns.NAME.match(line) for way, line in zip(reach, block[1:], strict=True)) else 0


def _ends_letter(lines: list[str], index: int) -> bool:
    # A rule in the middle of a letter is followed by paragraphs; a signature is short lines, or nothing.
    below = [line for line in lines[index + 1 :] if line.strip()]
    if lines[index] == "-- ":
        return len(below) <= 30
    return len(below) <= 16 and all(_is_name_or_number(line.strip()) for line in below)


def _is_mobile(line: str) -> bool:
    return bool(len(line.split()) <= 8 and patterns.MOBILE.match(line) and patterns.DEVICE.search(line.lower()))


def _closes(lines: list[str], index: int) -> bool:
    # "Kind regards," and a name.
    if not patterns.CLOSING.match(lines[index]):
        return False
    below = [line.strip() for line in lines[index + 1 :] if line.strip()]
    return len(below) <= 8 and all(_is_name_or_number(line) for line in below)


def _is_name_or_number(line: str) -> bool:
    # A number that may be an order's stays with the text.
    return len(line) <= 90 and not _is_sentence(line) and not patterns.REFERENCE.search(line.lower())


def _is_sentence(line: str) -> bool:
    return line.rstrip().endswith((".", "?", "!")) and line.strip().count(" ") > 3
