"""Text → tokens, the same in training and at run time: history cut off, accents and case levelled, numbers reduced to shapes."""

import re
import unicodedata

#: Longer mails say nothing new about their matter, and the time for one message stays bounded.
MAX_CHARACTERS = 6000

#: Ends a sentence in the list of tokens.
STOP = "."

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
_TOKEN = re.compile(
    r"(?P<url>https?://\S{1,300}|www\.\S{1,300})"
    r"|(?P<address><?[\w.+-]{1,64}@[\w.-]{1,255})"
    r"|(?P<money>(?:[$€£¥₹₦]|\b(?:rs|usd|eur|gbp|inr|kes|ngn|zar|aud|cad|chf|php|r)\b\.?) ?\d[\d.,]{0,15}"
    r"|\d[\d.,]{0,15} ?(?:[$€£¥₹₦]|(?:euros?|eur|usd|dollars?|bucks|pounds?|quid|rs|rupees|gbp|inr|kes|zar|chf|zl|pln)\b))"
    r"|(?P<percent>\d[\d.,]{0,6} ?%)"
    r"|(?P<code>#? ?(?=[a-z\d/_-]{0,20}\d)[a-z\d](?:[a-z\d]|[-/_](?=[a-z\d])){3,40})"
    r"|(?P<number>\d{1,4}(?:[.,:]\d{1,4}){0,3})"
    r"|(?P<word>[^\W\d_]{1,40}(?:'[^\W\d_]{1,10})?)"
    r"|(?P<stop>[.!?;\n…]|\s-\s)",
)
_SHAPES = {"url": "_url", "address": "_address", "money": "_money", "percent": "_percent", "number": "_num"}
_APOSTROPHES = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "ß": "ss", "ø": "o", "ł": "l", "æ": "ae", "œ": "oe"}
)
_DRAWN_OUT = re.compile(r"([a-z])\1{2,200}")


def levelled(text: str) -> str:
    """The text in lower case, without accents, typographic quotes and drawn-out letters ("pleeease")."""
    text = text[:MAX_CHARACTERS].lower().translate(_APOSTROPHES)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(character for character in decomposed if not unicodedata.combining(character))
    return _DRAWN_OUT.sub(r"\1\1", text)


def fresh(text: str) -> str:
    """A levelled body without quoted history and signature; whole where hardly anything would be left."""
    kept = "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(">"))
    for marker in (_HISTORY, _SIGNATURE):
        if found := marker.search(kept):
            kept = kept[: found.start()]
    return kept if len(kept.split()) >= 3 else text


def tokens(text: str) -> list[str]:
    """Words, shapes of numbers and sentence ends of a levelled text, in order."""
    found = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or "word"
        if kind == "word":
            found.append(match.group())
        elif kind == "stop":
            if match.group() == "?":
                found.append("?")
            found.append(STOP)
        elif kind == "code":
            found.append(_code(match.group()))
        else:
            found.append(_SHAPES[kind])
    return found


def _code(text: str) -> str:
    """The shape of a number with letters: its leading letters tell an invoice from an order."""
    letters = re.match(r"[# ]{0,2}([a-z]{0,8})", text)
    prefix = letters.group(1) if letters else ""
    if prefix:
        return f"_id_{prefix}"
    return "_id" if sum(character.isdigit() for character in text) >= 4 else "_num"
