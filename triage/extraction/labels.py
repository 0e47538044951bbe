"""The words that stand before or after a number and say what it counts, in the languages customers write."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from triage.extraction.words import (
    ARRIVED,
    CALL_WORDS,
    COPULAS,
    KINDS,
    LINK_WORDS,
    NEUTRAL_WORDS,
    NUMBER_WORDS,
    ORDER_PIECES,
    ORDER_STEMS,
    ORDERED,
    PLURALS,
)

_WORD = re.compile(r"[^\W\d_]{1,40}|[#№°º]")

#: What a word before a number says it is.
LABELS: dict[str, str] = {word: kind for kind, words in KINDS.items() for word in words.split()}

_NUMBER_WORDS = frozenset(NUMBER_WORDS.split())
_LINK_WORDS = frozenset(LINK_WORDS.split())
_CALL_WORDS = frozenset(CALL_WORDS.split())

_NEUTRAL_WORDS = frozenset(NEUTRAL_WORDS.split())
_ORDERED = frozenset(ORDERED.split())
_COPULAS = frozenset(COPULAS.split())
_ARRIVED = frozenset(ARRIVED.split())
#: "Order no 5 digits 99881": how long the number is stands between, and is not the number.
_LENGTHS = frozenset({"digits", "digit", "characters", "stellig", "chiffres", "cifras", "cifre", "cijfers"})
#: Words that say both what it is and that a number follows.
_COMPOUNDS = ("nummer", "numero", "szám", "nr", "番号", "号", "번호")
#: "40312? That's my order" says it afterwards.
_THAT_IS = re.compile(
    r"[?!.,;]{1,3}\s{1,2}(?:that['’]?s|that is|this is|das ist|c['’]est|es|è|dat is|det är)\s{1,2}"
    r"(?:my|the|our|meine|die|ma|la|mi|il mio|mijn|de|min)\s{1,2}([^\W\d_]{3,20})",
    re.IGNORECASE,
)

_DIGIT = re.compile(r"\d")
#: A word for several, and the numbers that follow it up to here.
_LIST = re.compile(
    rf"(?<![^\W_])(?=[^\W\d_])({'|'.join(PLURALS.split())})[\s:,#]{{1,4}}"
    r"(?:[A-Za-z]{0,4}[-/]?\d[\w/-]{2,30}(?:\s{0,2}[,;&+/]\s{0,2}|\s{1,2})(?:(?:and|und|et|y|e|en|i|och|og|or)\s)?[#№]?){1,8}$",
    re.IGNORECASE,
)

#: What people mistype; a slip in a shorter word makes another word.
_OFTEN_MISTYPED = ("order", "orders", "purchase", "invoice")

#: Before it, "oder" is a mistyped order; elsewhere it is the German "or".
_BEFORE_ORDER = frozenset(
    {"my", "the", "your", "this", "that", "an", "our", "of", "for", "about", "cancel", "re", "return", "track", "refund", "late"}
)

#: What a sentence ends with; behind it, a word speaks of something else.
_SENTENCE_END = re.compile(r"[!?;]|\.\s|\n\s{0,8}\n|\)\s")
_CLAUSE_END = re.compile(r"[,;.!?\n]")
_ABBREVIATIONS = frozenset(
    {
        "no",
        "nr",
        "num",
        "n",
        "ref",
        "nro",
        "nos",
        "inv",
        "bestell",
        "tel",
        "č",
        "order",
        "invoice",
        "po",
        "auftrags",
        "rechnungs",
        "rg",
        "kd",
        "cust",
    }
)


@dataclass(frozen=True, slots=True)
class Label:
    """What the words before a number say of it."""

    #: As in `Fact.kind`, or "code", "phone" or "other"; "" where the words say nothing.
    kind: str = ""
    #: A word like "number", or a #, stands with it.
    explicit: bool = False
    #: A word we do not know says what it is: it is something, and none of ours.
    foreign: bool = False


def label_before(text: str, start: int) -> Label:
    """What stands before `start`: a word that names a kind, with words between them that only lead to the number."""
    left = max(0, start - 56)
    words = [(found[0].lower(), left + found.start(), left + found.end()) for found in _WORD.finditer(text[left:start])]
    explicit, led, only_phone, position = False, False, False, start
    right, only_named = "", False
    for count, (word, begins, ends) in enumerate(reversed(words)):
        gap = text[ends:position]
        if count > 6 or len(gap) > 8 or (_DIGIT.search(gap) and right not in _LENGTHS) or _ends_sentence(gap, word):
            break
        right = word
        if word == "oder" and (words[len(words) - count - 2][0] if count + 2 <= len(words) else "") not in _BEFORE_ORDER:
            break
        if kind := kind_of(word) or ((explicit or count == 0) and LABELS.get(_meant(word))) or "":
            compound = word.startswith(ORDER_STEMS) and any(piece in word for piece in _COMPOUNDS)
            led_elsewhere = (only_phone and kind != "phone" and not compound) or (only_named and not explicit)
            return Label("" if led_elsewhere else kind, explicit or compound)
        if word in _NUMBER_WORDS:
            explicit = True
        elif "," in gap or "(" in gap:
            break
        elif word in _CALL_WORDS:
            only_phone = True
        elif count == 0 and gap[:1] == ":":
            # In "order numbers affected: 71200" the word before the colon says something of the numbers that are named before it.
            only_named = True
        elif word not in _LINK_WORDS:
            # "Cust no. 5" is the customer's; in "of March with no. 5" the number is not March's.
            return Label("", explicit, foreign=not led and word not in _NEUTRAL_WORDS)
        else:
            led = True
        position = begins
    return Label("", explicit)


def _ends_sentence(gap: str, word: str) -> bool:
    return _SENTENCE_END.search(gap) is not None and not (gap.lstrip().startswith(".") and word in _ABBREVIATIONS)


def kind_after(text: str, end: int) -> str:
    """Kind of what is labelled right after `end`, as in "12345 is my order number"; "" where nothing is."""
    # A comma or a full stop ends what is said of the number.
    words = [word.lower() for word in _WORD.findall(_CLAUSE_END.split(text[end : end + 48], maxsplit=1)[0])]
    numbered = False
    for word, following in zip_longest(words[:5], words[1:6], fillvalue=""):
        if kind := kind_of(word):
            is_one = words[0] in _COPULAS and not following
            return kind if following in _NUMBER_WORDS or numbered or is_one or word.endswith(("nummer", "nr")) else ""
        numbered = numbered or word in _NUMBER_WORDS
        if word not in _LINK_WORDS and not numbered:
            break
    that_is = _THAT_IS.match(text, end)
    return kind_of(that_is[1].lower()) if that_is else ""


def arrives(text: str, end: int) -> bool:
    """True where the words right after `end` say that it has arrived, left or been lost."""
    words = _WORD.findall(_CLAUSE_END.split(text[end : end + 64], maxsplit=1)[0].lower())
    return any(word in _ARRIVED for word in words[:5])


def kind_of(word: str) -> str:
    """What a word says that a number is, also where it is bent or stands in a run of letters without blanks; "" for nothing."""
    if found := LABELS.get(word):
        return found
    return (
        "order_number"
        if word.startswith(ORDER_STEMS) or (not word.isascii() and any(piece in word[-10:] for piece in ORDER_PIECES))
        else ""
    )


def only_kind(text: str, start: int) -> str:
    """The one kind that is spoken of in the sentence or two before `start`; "" for none or several."""
    words = [word.lower() for word in _WORD.findall(text[max(0, start - 160) : start])]
    kinds = {"order_number" if word in _ORDERED else LABELS[word] for word in words if word in LABELS or word in _ORDERED}
    return kinds.pop() if len(kinds) == 1 else ""


def kind_of_list(text: str, start: int) -> str:
    """Kind that a word for several announced, where only numbers stand between it and `start`; "" where none did."""
    # A list has another number right before; most numbers have not, and need no search.
    if not _DIGIT.search(text, max(0, start - 32), start):
        return ""
    found = _LIST.search(text, max(0, start - 200), start)
    return LABELS[found[1].lower()] if found else ""


def says_number(word: str) -> bool:
    """True for a word that only says that a number follows."""
    return word in _NUMBER_WORDS


def _meant(word: str) -> str:
    """The word that was meant where a letter is missing, doubled, wrong or swapped; the word itself where that is not certain."""
    for right in _OFTEN_MISTYPED:
        if abs(len(word) - len(right)) <= 1 and word[0] in right[:2] and _one_slip(word, right):
            return right
    return word


def _one_slip(word: str, right: str) -> bool:
    head = next((place for place, (one, other) in enumerate(zip(word, right, strict=False)) if one != other), min(len(word), len(right)))
    rest, wanted = word[head:], right[head:]
    swapped = rest[:2] == wanted[1::-1] and len(wanted) > 1
    return rest[1:] == wanted[1:] or rest[1:] == wanted or rest == wanted[1:] or (swapped and rest[2:] == wanted[2:])
