"""Text → tokens, the same in training and at run time: history cut off, accents and case levelled, numbers reduced to shapes."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain
from string import ascii_lowercase

#: Longer mails say nothing new about their matter, and the time for one message stays bounded.
MAX_CHARACTERS = 6000

#: Ends a sentence in the list of tokens.
STOP = "."
_STOPS = frozenset(".!;\n…")

_HISTORY = re.compile(
    r"^(?:-{2,10} ?(?:original message|ursprungliche nachricht|message d'origine|mensaje original)"
    r"|(?:on|am|le|el|il|op|em|w dniu)\b[^\n]{4,200}"
    r"(?:wrote|schrieb|a ecrit|escribio|ha scritto|schreef|escreveu|napisal)[^\n]{0,80}:\s{0,3}$"
    r"|_{10,80}$|from: [^\n]{1,200}\n(?:sent|date|to): )",
    re.MULTILINE,
)
_SIGNATURE = re.compile(
    r"^(?:-- ?$|sent from my |sent via |get outlook for |von meinem [^\n]{0,30}gesendet|envoye de mon |enviado desde mi |inviato da "
    r"|(?:this|the information in this) (?:e-?mail|message|communication)[^\n]{0,60}(?:confidential|intended))",
    re.MULTILINE,
)
#: A farewell on its own line, with nothing but a few short lines (name, firm, telephone) after it.
_FAREWELL = re.compile(
    r"^(?:(?:kind|best|warm|with kind|with best|many) regards|regards|yours (?:sincerely|faithfully|truly)"
    r"|sincerely|cheers|best wishes"
    r"|(?:mit )?(?:freundliche[nr]?|beste[nr]?|viele[nr]?|liebe[nr]?|herzliche[nr]?) gru(?:ss|sse|ssen)|mfg|gruss"
    r"|(?:bien )?cordialement|(?:un )?(?:cordial )?saludos?|(?:cordiali|distinti) saluti|met vriendelijke groet"
    r"|com os melhores cumprimentos|pozdrawiam)[,.! ]{0,3}\n(?:[^\n]{0,50}(?:\n|\Z)){0,8}\Z",
    re.MULTILINE,
)
_TOKEN = re.compile(
    # Drawn-out letters are already two, so "www." is "ww." here.
    # A word that nothing can follow to make it something else comes first, because most are.
    r"(?!ww\.)[a-z]{1,40}(?=[ ,.;:!?\n)\"]{1,2}[a-z]|$)"
    r"|https?://\S{1,300}|ww\.\S{1,300}|<?[\w.+-]{1,64}@[\w.-]{1,255}"
    r"|(?:[$€£¥₹₦]|\b(?:rs|usd|eur|gbp|inr|kes|ngn|zar|aud|cad|chf|php|r)\b\.?) ?\d[\d.,]{0,15}"
    r"|\d[\d.,]{0,15} ?(?:[$€£¥₹₦]|(?:euros?|eur|usd|dollars?|bucks|pounds?|quid|rs|rupees|gbp|inr|kes|zar|chf|zl|pln)\b)"
    r"|\d[\d.,]{0,6} ?%"
    r"|(?:# ?)?(?=[a-z\d/_-]{0,20}\d)[a-z\d](?:[a-z\d]|[-/_](?=[a-z\d])){3,40}"
    r"|\d{1,4}(?:[.,:]\d{1,4}){0,3}"
    r"|[^\W\d_]{1,40}(?:'[^\W\d_]{1,10})?"
    r"|[.!?;\n…]"
)
#: A space that may stand between a number and its unit, and what holds the two together until they are read.
_SPACED = re.compile(r" (?=[\d%$€£¥₹₦]|(?:euros?|eur|usd|dollars?|bucks|pounds?|quid|rs|rupees|gbp|inr|kes|zar|chf|zl|pln)\b)")
_UNIT_BEFORE = re.compile(r"(?:[$€£¥₹₦#]|\b(?:rs|usd|eur|gbp|inr|kes|ngn|zar|aud|cad|chf|php|r)\.?)\Z")
_NUMBER_BEFORE = re.compile(r"\d[.,]{0,3}\Z")
_HOLD = "\x1f"
#: Stands for a dash between two parts of a sentence.
_DASH = "\x1e"
_MONEY = re.compile(
    r"(?:[$€£¥₹₦]|(?:rs|usd|eur|gbp|inr|kes|ngn|zar|aud|cad|chf|php|r)\.?) ?\d[\d.,]{0,15}"
    r"|\d[\d.,]{0,15} ?(?:[$€£¥₹₦]|euros?|eur|usd|dollars?|bucks|pounds?|quid|rs|rupees|gbp|inr|kes|zar|chf|zl|pln)"
)
_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[# ]{0,2}([a-z]{0,8})")
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}
)
_COMBINING = re.compile("[\u0300-\u036f]{1,64}")
_WORD = re.compile(r"[^\W\d_]{1,40}")
#: All that people write above a message whose matter is theirs.
_POINTING = frozenset(
    _WORD.findall(
        "fyi fw fwd forwarding forwarded see read look below above attached this hi hello please pls kindly thanks thx what do you think"
        " zk info zur kenntnis siehe unten bitte danke hallo voir dessous ci merci bonjour ver abajo hola gracias zie onder"
    )
)
_THREE = tuple(letter * 3 for letter in ascii_lowercase)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,200}")


def levelled(text: str) -> str:
    """The text in lower case, without accents, typographic quotes and drawn-out letters ("pleeease")."""
    text = text[:MAX_CHARACTERS].lower().replace("`", "'")
    if not text.isascii():
        text = _COMBINING.sub("", unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)))
    # To look for each letter is several times as fast as one expression for all.
    return _DRAWN_OUT.sub(r"\1\1", text) if any(three in text for three in _THREE) else text


def fresh(text: str) -> str:
    """A levelled body without quoted history, farewell and signature; never emptied."""
    kept = _before(_HISTORY, "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">")))
    # "fyi" above a forwarded message speaks of what is below it; "refund" above a signature does not.
    return _before(_FAREWELL, _before(_SIGNATURE, text if _POINTING.issuperset(_WORD.findall(kept)) else kept))


def _before(marker: re.Pattern[str], text: str) -> str:
    """The text up to the marker, or all of it where there is none or nothing stands before it."""
    found = marker.search(text)
    return text[: found.start()] if found and text[: found.start()].strip() else text


def tokens(text: str) -> list[str]:
    """Words, shapes of numbers and sentence ends of a levelled text, in order."""
    if _DIGIT.search(text):
        text = _SPACED.sub(_held_together, text)
    return list(chain.from_iterable(map(_tokens_of, text.replace(" - ", f" {_DASH} ").replace("\n", " \n ").split(" "))))


def _held_together(space: re.Match[str]) -> str:
    """The space, or what holds a number and its unit together."""
    place = space.start()
    before, after = space.string[max(0, place - 8) : place], space.string[place + 1]
    return _HOLD if (_UNIT_BEFORE if after.isdigit() else _NUMBER_BEFORE).search(before) else " "


@lru_cache(maxsize=50_000)
def _tokens_of(chunk: str) -> tuple[str, ...]:
    """The tokens of what stands between two spaces; most of it has been seen before."""
    found: list[str] = [STOP] if chunk == _DASH else []
    for piece in _TOKEN.findall(chunk.replace(_HOLD, " ")):
        if piece.isalpha():
            found.append(piece)
        elif piece == "?":
            found += ("?", STOP)
        elif piece in _STOPS:
            found.append(STOP)
        else:
            found.append(_shape(piece))
    return tuple(found)


def _shape(piece: str) -> str:
    """What stands for a piece that is not a plain word: numbers, addresses and links say what they are, not which."""
    if "@" in piece:
        return "_address"
    if piece.startswith(("http", "ww.")):
        return "_url"
    if piece.endswith("%"):
        return "_percent"
    if not _DIGIT.search(piece):
        return piece if "'" in piece else STOP
    return _amount_or_code(piece)


def _amount_or_code(piece: str) -> str:
    """`_money`, `_num`, `_id`, or `_id_` with the leading letters, which tell an invoice from an order."""
    if _MONEY.fullmatch(piece):
        return "_money"
    letters = _LETTERS.match(piece)
    if letters and letters.group(1):
        return f"_id_{letters.group(1)}"
    return "_id" if sum(character.isdigit() for character in piece) >= 5 or "#" in piece else "_num"
