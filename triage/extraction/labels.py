"""The words that stand before or after a number and say what it counts, in the languages customers write."""

import re

from triage.extraction.words import CALL_WORDS, KINDS, LINK_WORDS, NUMBER_WORDS

_WORD = re.compile(r"[^\W\d_]{1,40}|[#№°º]")

#: What a word before a number says it is.
LABELS: dict[str, str] = {word: kind for kind, words in KINDS.items() for word in words.split()}

_NUMBER_WORDS = frozenset(NUMBER_WORDS.split())
_LINK_WORDS = frozenset(LINK_WORDS.split())
_CALL_WORDS = frozenset(CALL_WORDS.split())

#: What a sentence ends with; behind it, a word speaks of something else.
_SENTENCE_END = re.compile(r"[!?;]|\.\s|\n\s{0,8}\n|[,)]\s")
_ABBREVIATIONS = frozenset(
    {"no", "nr", "num", "n", "ref", "nro", "nos", "inv", "bestell", "tel", "č", "order", "invoice", "po", "auftrags", "rechnungs"}
)


def kind_before(text: str, start: int) -> tuple[str, bool]:
    """(kind, whether a word like "number" or a # stands with it) of what is labelled before `start`; ("", …) where nothing is."""
    left = max(0, start - 72)
    words = [(found[0].lower(), left + found.start(), left + found.end()) for found in _WORD.finditer(text[left:start])]
    explicit, only_phone, position = False, False, start
    for count, (word, begins, ends) in enumerate(reversed(words)):
        gap = text[ends:position]
        if count > 6 or len(gap) > 8 or any(character.isdigit() for character in gap):
            break
        if _SENTENCE_END.search(gap) and not (gap.lstrip().startswith(".") and word in _ABBREVIATIONS):
            break
        if word in LABELS:
            return ("" if only_phone and LABELS[word] != "phone" else LABELS[word]), explicit
        if word in _NUMBER_WORDS:
            explicit = True
        elif word in _CALL_WORDS:
            only_phone = True
        elif word not in _LINK_WORDS:
            break
        position = begins
    return "", explicit


def kind_after(text: str, end: int) -> str:
    """Kind of what is labelled right after `end`, as in "12345 is my order number"; "" where nothing is."""
    words = _WORD.findall(text[end : end + 48])
    for index, raw in enumerate(words[:5]):
        word = raw.lower()
        if LABELS.get(word):
            following = words[index + 1].lower() if index + 1 < len(words) else ""
            return LABELS[word] if following in _NUMBER_WORDS or word.endswith(("nummer", "nr")) else ""
        if word not in _LINK_WORDS:
            break
    return ""


def mentions(text: str, start: int, kind: str) -> bool:
    """True where a word of that kind, and of no other, stands within the sentence or two before `start`."""
    words = _WORD.findall(text[max(0, start - 160) : start])
    kinds = {LABELS[word.lower()] for word in words if word.lower() in LABELS}
    return kinds == {kind}
