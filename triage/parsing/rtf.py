"""Rich text as older Outlooks send it → plain text, within limits, and never a failure."""

import re

from triage.parsing import charset

#: Its library looks at every character by itself: half a second for as much as this.
MAX_CHARACTERS = 200 * 1024
#: An entry of the font table ends in a semicolon. The library's search for it takes the cube of the distance.
_LONGEST_ENTRY = 300
_FONTS = re.compile(r"\\fonttbl")
_BRACE = re.compile(r"[{}]")


def to_text(data: bytes) -> str:
    """The text of a document; "" where there is none or it cannot be told."""
    source = data[:MAX_CHARACTERS].decode("latin-1")
    if not source.lstrip().startswith("{\\rtf") or not _is_sane(source):
        return ""
    from striprtf.striprtf import rtf_to_text

    try:
        text: str = rtf_to_text(source, errors="replace")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError):
        # Codepages, numbers and groups that are none.
        return ""
    # Its \u characters come in halves.
    return charset.clean(text.encode("utf-16", "surrogatepass").decode("utf-16", "ignore")).strip()


def _is_sane(source: str) -> bool:
    start = _FONTS.search(source)
    if start is None:
        return True
    depth, end = 1, len(source)
    for brace in _BRACE.finditer(source, start.end()):
        depth += 1 if brace[0] == "{" else -1
        if depth == 0:
            end = brace.end()
            break
    return max(map(len, source[start.start() : end].split(";"))) <= _LONGEST_ENTRY
