"""Text → what the person wrote now, the history they quote, and their signature; in doubt everything is theirs."""

import re
from dataclasses import dataclass

from triage.parsing import html
from triage.parsing import quote_patterns as patterns


@dataclass(frozen=True, slots=True)
class Split:
    """The text in three."""

    own: str
    quoted: str = ""
    signature: str = ""


def split(text: str) -> Split:
    """The person's own words set apart from quoted history and signature."""
    own, quoted = _fenced(text) if html.QUOTE in text else (text, "")
    if own.strip():
        above, below = _cut(own)
        if below and not above.strip() and quoted:
            above, below = own, ""
        own = above
        quoted = "\n".join(part for part in (below, quoted) if part.strip())
    own, signature = _signature(own)
    return Split(own=own.strip("\n"), quoted=quoted.strip("\n"), signature=signature)


def _fenced(text: str) -> tuple[str, str]:
    # What stands between the marks is quoted; what comes after the last one is the person's again.
    own: list[str] = []
    quoted: list[str] = []
    for index, piece in enumerate(re.split(f"[{html.QUOTE}{html.UNQUOTE}]", text)):
        if index == 0:
            own.append(piece)
    inside = False
    own.clear()
    for piece in re.split(f"([{html.QUOTE}{html.UNQUOTE}])", text):
        if piece in (html.QUOTE, html.UNQUOTE):
            inside = piece == html.QUOTE
        else:
            (quoted if inside else own).append(piece.strip("\n"))
    return "\n".join(part for part in own if part.strip()), "\n".join(part for part in quoted if part.strip())


def _cut(text: str) -> tuple[str, str]:
    lines = text.split("\n")
    start, end, kind = _first_quotation(lines)
    if kind == "":
        return text, ""
    if kind == "forward":
        # A forwarded message is what the person wants read.
        return text, ""
    above = "\n".join(lines[:start])
    below = lines[end:]
    if kind == "rest":
        return above, "\n".join(lines[start:])
    own_below = [line for line in _after_quote(below)]
    answers = "\n".join(own_below).strip()
    if not answers:
        return above, "\n".join(lines[start:])
    if not above.strip() and not _interleaved(below):
        return answers, "\n".join(lines[start:])
    return text, ""


def _after_quote(lines: list[str]) -> list[str]:
    # Quoted lines wrapped by the sender's program lose their mark: a short tail straight after a quoted line belongs to it.
    out: list[str] = []
    previous_quoted = False
    for line in lines:
        if line.lstrip().startswith((">", "|")):
            previous_quoted = True
        elif line.strip():
            if not previous_quoted:
                out.append(line)
        else:
            previous_quoted = False
    own = "\n".join(out)
    kept, _ = _signature("\n" + own)
    return kept.split("\n")


def _interleaved(lines: list[str]) -> bool:
    seen_own = False
    for line in lines:
        if line.lstrip().startswith(">"):
            if seen_own:
                return True
        elif line.strip():
            seen_own = True
    return False


def _first_quotation(lines: list[str]) -> tuple[int, int, str]:
    for index, line in enumerate(lines):
        stripped = line.strip()
        if not stripped:
            continue
        if patterns.FORWARD_LINE.match(line):
            return index, index + 1, "forward"
        if patterns.SEPARATOR.match(line):
            return index, index + 1, "forward" if patterns.FORWARD.search(line) and _header_block(lines, index + 1) else "rest"
        length = _attribution(lines, index)
        if length:
            quoted = _next_line(lines, index + length).lstrip().startswith(">") or stripped.startswith(">")
            return index, index + length, "marked" if quoted else "rest"
        if patterns.HEADER_FROM.match(line) or patterns.HEADER_SENT.match(line):
            if _header_block(lines, index):
                start = _over_rule(lines, index)
                return start, index + 1, "rest"
        if stripped.startswith(">"):
            return index, index, "marked"
    return 0, 0, ""


def _next_line(lines: list[str], index: int) -> str:
    return next((line for line in lines[index : index + 6] if line.strip()), "")


def _over_rule(lines: list[str], index: int) -> int:
    above = index - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and patterns.RULE.match(lines[above]) else index


def _header_block(lines: list[str], index: int) -> bool:
    """True when the lines from here are the header of a message that was answered."""
    seen: set[str] = set()
    block: list[str] = []
    for line in lines[index : index + 14]:
        if not line.strip():
            if block and len(seen) >= 3:
                break
            continue
        kinds = [name for name, pattern in _FIELDS if pattern.match(line)]
        if not kinds and len(block) - len(seen) > 3:
            break
        seen.update(kinds[:1])
        block.append(line)
    text = "\n".join(block)
    # A web form also has lines such as "From: Berlin": only a message has an address or a subject beside a date.
    return (
        len(seen) >= 3
        and "from" in seen
        and ("subject" in seen or bool(patterns.ADDRESS_LIKE.search(text)))
        and ("subject" in seen or "sent" in seen)
    )


_FIELDS = (
    ("from", patterns.HEADER_FROM), ("sent", patterns.HEADER_SENT), ("subject", patterns.HEADER_SUBJECT), ("to", patterns.HEADER_TO),
)  # fmt: skip


def _attribution(lines: list[str], index: int) -> int:
    """How many lines an attribution takes from here; 0 when there is none."""
    if not patterns.ATTRIBUTION_START.match(lines[index][:300]):
        return 0
    joined = ""
    for length in range(1, 5):
        if index + length > len(lines) or (length > 1 and not lines[index + length - 1].strip()):
            return 0
        joined = f"{joined} {lines[index + length - 1].strip().lstrip('> ')}".strip()[:600]
        if not _is_attribution(joined):
            continue
        return length
    return 0


def _is_attribution(line: str) -> bool:
    if not patterns.ATTRIBUTION_END.search(line[-40:]) or not patterns.WROTE.search(line):
        return False
    return bool(patterns.DATE_LIKE.search(line) or patterns.ADDRESS_LIKE.search(line))


def _signature(text: str) -> tuple[str, str]:
    lines = text.rstrip().split("\n")
    for index in range(1, len(lines)):
        if patterns.SIGNATURE_DASHES.match(lines[index]) and len(lines) - index <= 20 and index >= len(lines) // 4:
            return "\n".join(lines[:index]), "\n".join(lines[index:])
    for index in range(max(1, len(lines) - 4), len(lines)):
        if patterns.MOBILE_SIGNATURE.match(lines[index].strip()) and len(lines[index]) < 120:
            return "\n".join(lines[:index]), "\n".join(lines[index:])
    return text, ""
