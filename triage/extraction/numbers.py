"""Order, invoice, receipt and transaction numbers: by the configured patterns, and by the words around a number."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from triage.extraction.labels import LABELS, Label, arrives, kind_after, kind_of_list, label_before, only_kind, says_number
from triage.extraction.search import Search
from triage.extraction.tracking import is_labelled_number
from triage.extraction.words import ORDERED, PLURALS, UNITS
from triage.reading import Fact

_FOUND_BY_WORDS = frozenset({"order_number", "invoice_number", "receipt_number", "transaction_id"})

_FROM_DIGIT = re.compile(r"\d[0-9A-Za-z_/.-]{0,40}")
_OF_A_WORD = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_/-")
_LETTERS = re.compile(r"[A-Za-z]{1,24}")
#: "2026/0311" and "2201/2026" are one number of a year.
_SEVERAL = re.compile(r"(?<!\d)(?!(?:19|20)\d\d/\d{4}\b|\d{4}/20[0-4]\d\b)\d{4,12}(?:/\d{4,12}){1,6}")
_DATE = re.compile(
    r"(?<!\d)(?:\d{4}([./-])\d{1,2}\1\d{1,2}|\d{1,2}([./-])\d{1,2}\2(?:\d{4}|\d{2})|\d{1,2}[./]\d{1,2}|\d{1,2}(?:st|nd|rd|th))",
    re.IGNORECASE,
)
_PRICE = re.compile(r"(?<!\d)(?:\d{1,3}(?:[.,]\d{3}){0,4}[.,]\d{2}|\d{1,6}[.,]\d{1,2})")
_WORD_AFTER = re.compile(r"\s{0,2}([€$£¥₹₽%\"″]|[^\W\d_]{1,12})")
#: In "12345 €50" and "12345 EUR 50" the currency is that of the next number.
_NEXT_AMOUNT = re.compile(r"\s{1,2}(?:[€$£¥₹₽]|[A-Z]{3}|Rs\.?)\s{0,1}\d")
_UNITS = frozenset(UNITS.split())
_LIST_GAP = re.compile(
    r"(?:\s{0,3}[,;&+/]\s{0,3}|\s{1,3})(?:(?:and|und|et|y|e|en|i|och|og|ja|as well as|or)\s{1,3})?(?:(?:the|die|das|el|la|le|il)\s)?[#№]?"
)
#: A form that one marketplace gave its order numbers, and nothing else has.
_UNMISTAKABLE = re.compile(r"\d{3}-\d{7}-\d{7}")
#: Short numbers are one of several where another as short follows.
_SHORT_LIST = re.compile(r"\s{0,2}(?:[,;&+]|and|und|et|y|e|en)\s{1,2}(?:(?:and|und|et|y|e|en)\s)?#?\d{3}(?!\d)")
_SEVERAL_WORDS = frozenset(PLURALS.split())
_ORDER_WORDS = ("order", "bestell", "auftrag", "commande", "pedido", "ordin", "encomenda", "beställning", "ordre", *ORDERED.split())
_MORE_GROUPS = re.compile(r"(?: \d{3,4}){1,5}(?![\d.,]\d|\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Token:
    """A run of letters, digits and dashes that holds a digit."""

    text: str
    start: int
    end: int
    #: Kind named by a word written together with it, as in "order12345".
    glued: str = ""


def find_configured(search: Search) -> Iterator[Fact]:
    """Numbers that have a form this marketplace gave them."""
    if search.patterns.configured is None:
        return
    for found in search.patterns.configured.finditer(search.text):
        kind = str(found.lastgroup)
        yield search.fact(kind, _normal(found[0], kind), 1.0, found.span())


def find_by_words(search: Search) -> Iterator[Fact]:
    """Numbers that the words around them give away; no piece of text is taken twice."""
    text = search.text
    previous: tuple[_Token, str, float] | None = None
    shapes: dict[tuple[int, str], str] = {}
    for token in _tokens(text):
        if not search.free(token.start, token.end) or _is_case_number(search, token) or not _may_be_number(text, token):
            continue
        kind, confidence = _by_words(text, token, previous)
        if not kind:
            kind, confidence = _by_what_became(search, token, shapes)
        if kind and (shape := _shape(token)):
            shapes.setdefault(shape, kind)
        previous = (token, kind, confidence) if kind else None
        if kind in _FOUND_BY_WORDS:
            value, end = _whole(search, token)
            yield search.fact(kind, value, confidence, (token.start, end))
        elif kind == "tracking_number" and len(token.text) >= 8:
            value, end = _whole(search, token)
            yield search.fact(kind, value, 0.95 if is_labelled_number(value) else 0.8, (token.start, end))


def _is_case_number(search: Search, token: _Token) -> bool:
    prefix, _, number = token.text.upper().partition("-")
    return prefix == search.patterns.case_prefix and number.isdigit()


def _normal(value: str, kind: str) -> str:
    compact = "".join(value.split())
    # Payment providers' identifiers mean something else in capitals.
    return compact if kind == "transaction_id" and "_" in compact else compact.upper()


def _tokens(text: str) -> Iterator[_Token]:
    position = 0
    for found in _FROM_DIGIT.finditer(text):
        start = _word_start(text, found.start(), position)
        word = text[start : found.end()].rstrip("._/-")
        position = start + len(word)
        if len(word) < 3:
            continue
        yield from _split(word, start)


def _split(word: str, start: int) -> Iterator[_Token]:
    """The token or, in 123/124/125, tokens of a word, without the words that are written together with it, as in order-id-123."""
    glued, end = "", start + len(word)
    word = word.lstrip("_/-")
    while (letters := _LETTERS.match(word)) and (kind := _glued(letters[0].lower())):
        glued = glued or kind.strip()
        word = word[letters.end() :].lstrip("_/-")
    parts = word.split("/") if _SEVERAL.fullmatch(word) and len({len(part) for part in word.split("/")}) == 1 else [word]
    start = end - len(word)
    for part in parts:
        yield _Token(text=part, start=start, end=start + len(part), glued=glued)
        start += len(part) + 1


def _glued(letters: str) -> str:
    """Kind that letters before digits name; a blank where they only say that a number follows; "" where they belong to it."""
    if letters in {"po", "inv", "rg", "kd", "n", "x"}:
        return ""
    return LABELS.get(letters, " " if says_number(letters) else "")


def _word_start(text: str, start: int, at_least: int) -> int:
    for place in range(start, max(at_least, start - 24), -1):
        if text[place - 1] not in _OF_A_WORD:
            return place
    return max(at_least, start - 24)


def _may_be_number(text: str, token: _Token) -> bool:
    """False for dates, prices, quantities, masked cards, parts of addresses and everything too short or too long."""
    before, after = text[max(0, token.start - 2) : token.start], text[token.end : token.end + 2]
    if not 3 <= len(token.text) <= 40 or set(token.text) <= set("0-/._"):
        return False
    if (
        before[-1:] in {"*", "@", "+", "%"}
        or after[:1] in {"*", "@", "%"}
        or "://" in text[max(0, token.start - 60) : token.start].split()[-1:]
    ):
        return False
    if _DATE.fullmatch(token.text) or _PRICE.fullmatch(token.text):
        return False
    decimals = after[:1] in {",", "."} and after[1:2].isdigit() and len(token.text) <= 6
    return not (decimals or _in_address(text, token))


def _in_address(text: str, token: _Token) -> bool:
    word_start = max(text.rfind(" ", 0, token.start), text.rfind("\n", 0, token.start), token.start - 120) + 1
    return "://" in text[word_start : token.start] or text[word_start : word_start + 4] == "www." or "@" in text[word_start : token.start]


def _by_words(text: str, token: _Token, previous: tuple[_Token, str, float] | None) -> tuple[str, float]:
    """(kind, confidence) by the words around the token; ("", 0) where they say nothing."""
    if token.glued:
        return token.glued, 0.9
    label = label_before(text, token.start)
    if label.kind and _in_short_list(text, token):
        return label.kind, 0.75
    if label.kind:
        return (label.kind, 0.95 if label.explicit else 0.85) if _fits(text, token, explicit=label.explicit) else ("other", 0.0)
    if kind := kind_after(text, token.end):
        return (kind, 0.9) if _fits(text, token, explicit=True) else ("other", 0.0)
    return _in_context(text, token, previous, label)


def _in_short_list(text: str, token: _Token) -> bool:
    if len(token.text) != 3 or not token.text.isdigit() or not _SHORT_LIST.match(text, token.end):
        return False
    word = " ".join(text[max(0, token.start - 30) : token.start].lower().split()[-1:])
    return word.rstrip(":") in _SEVERAL_WORDS


def _in_context(text: str, token: _Token, previous: tuple[_Token, str, float] | None, label: Label) -> tuple[str, float]:
    """What a list, a sentence before, or a bare # makes of a token that has no word of its own."""
    if _UNMISTAKABLE.fullmatch(token.text):
        return "order_number", 0.8
    if previous and _alike(previous[0], token) and _goes_on(text, previous[0], token):
        return previous[1], previous[2]
    if (kind := kind_of_list(text, token.start)) and _fits(text, token, explicit=False):
        return kind, 0.85
    if not label.explicit or label.foreign or not _fits(text, token, explicit=False):
        return "", 0.0
    # Shops write #12345 for an order, and customers copy it.
    otherwise = ("order_number", 0.6) if _hashed(text, token) else ("", 0.0)
    return (kind, 0.7) if (kind := only_kind(text, token.start)) else otherwise


def _by_what_became(search: Search, token: _Token, shapes: dict[tuple[int, str], str]) -> tuple[str, float]:
    """The kind of a number that looks like one found before; an order where one is spoken of and the number has arrived."""
    shape, label = _shape(token), label_before(search.text, token.start)
    if label.foreign or not _fits(search.text, token, explicit=False):
        return "", 0.0
    if shape in shapes:
        return shapes[shape], 0.65
    digits = sum(character.isdigit() for character in token.text)
    arrived = digits >= 5 and not _LETTERS.search(token.text) and arrives(search.text, token.end)
    return ("order_number", 0.6) if arrived and any(word in search.lower for word in _ORDER_WORDS) else ("", 0.0)


def _shape(token: _Token) -> tuple[int, str] | None:
    """Length and marks, by which numbers of one maker are alike; None for a number that may be anything."""
    marks = "".join(character for character in token.text if not character.isalnum())
    return (len(token.text), marks) if marks or (len(token.text) >= 12 and not token.text.isdigit()) else None


def _goes_on(text: str, one: _Token, other: _Token) -> bool:
    """True where two numbers stand in a list, or both behind a #."""
    return (_hashed(text, one) and _hashed(text, other)) or _LIST_GAP.fullmatch(text, one.end, other.start) is not None


def _hashed(text: str, token: _Token) -> bool:
    return text[token.start - 1 : token.start] == "#"


def _fits(text: str, token: _Token, *, explicit: bool) -> bool:
    """True where the token looks like a number of its own; less is asked of it where a word like "number" stands before it."""
    digits = sum(character.isdigit() for character in token.text)
    if explicit:
        return digits >= 2
    if _counts(text, token):
        return False
    if token.text.isdigit():
        return digits >= 4 and not (digits == 4 and token.text[:2] in {"19", "20"})
    return digits >= 4 or (digits >= 3 and token.text.isupper())


def _counts(text: str, token: _Token) -> bool:
    """True where a unit follows, so that the token is a quantity or a price."""
    after = _WORD_AFTER.match(text, token.end)
    if after and _NEXT_AMOUNT.match(text, token.end):
        return False
    return after is not None and (after[1].lower() in _UNITS or not after[1][0].isalpha())


def _alike(one: _Token, other: _Token) -> bool:
    return one.text.isdigit() == other.text.isdigit() and abs(len(one.text) - len(other.text)) <= 1


def _whole(search: Search, token: _Token) -> tuple[str, int]:
    """The number with the groups of digits that follow it, and where it ends."""
    more = _MORE_GROUPS.match(search.text, token.end) if token.text.isdigit() and len(token.text) in {3, 4} else None
    end = more.end() if more and search.free(token.start, more.end()) else token.end
    return "".join(search.text[token.start : end].split()).upper(), end
