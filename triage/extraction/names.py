"""Who writes: by their own words, by the line under the closing, or by the display name."""

import re
from collections.abc import Iterator
from itertools import pairwise

from triage.message import Message
from triage.reading import Fact

_NAME = r"[^\W\d_](?:['’][^\W\d_]|[^\W\d_]){1,20}(?:[ -][^\W\d_](?:['’][^\W\d_]|[^\W\d_]){0,20}){0,3}"
_INTRODUCED = re.compile(
    rf"\b(?=[bcijmnм])(?:my name is|i am called|mein name ist|ich hei(?:ß|ss)e"
    rf"|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è"
    rf"|mijn naam is|ik heet|meu nome é|chamo-me|nazywam się|jag heter|jeg hedder|jeg heter|меня зовут|benim adım)[ :]{{1,3}}({_NAME})",
    re.IGNORECASE,
)
#: One of these stands in every text that _INTRODUCED matches.
_INTRODUCTIONS = (
    "name", "i am called", "ich hei", "appelle", "mon nom", "llamo", "nombre", "chiamo", "il mio nome", "mijn naam", "ik heet",
    "meu nome", "chamo-me",
    "nazywam", "heter", "hedder", "зовут", "adım",
)  # fmt: skip
_CLOSINGS = frozenset(
    f"{before} {how} {what}".strip().replace("  ", " ")
    for before in ("", "with", "many")
    for how in ("", "kind", "kindest", "best", "warm", "warmest")
    for what in ("regards", "wishes")
) | frozenset({
    "thanks", "thank you", "many thanks", "best", "sincerely", "sincerely yours", "yours", "yours sincerely", "yours faithfully",
    "yours truly",
    "cheers", "mit freundlichen grüßen", "mit freundlichem gruß", "freundliche grüße", "viele grüße", "beste grüße", "liebe grüße", "mfg",
    "lg", "vg", "gruß", "cordialement", "bien cordialement", "bien à vous", "sincères salutations", "saludos", "un saludo",
    "saludos cordiales",
    "atentamente", "cordiali saluti", "distinti saluti", "saluti", "met vriendelijke groet", "met vriendelijke groeten",
    "vriendelijke groet",
    "vriendelijke groeten", "mvg", "groetjes", "atenciosamente", "com os melhores cumprimentos", "cumprimentos", "obrigado", "obrigada",
    "pozdrawiam", "z poważaniem", "med vänlig hälsning", "hälsningar", "mvh", "med venlig hilsen", "vennlig hilsen",
    "thx", "thanks a lot", "thanks so much", "thanks in advance", "thank you very much", "thank you so much", "thank you in advance",
    "mit freundlichen gruessen", "freundliche gruesse", "viele gruesse", "liebe gruesse", "herzliche grüße", "schöne grüße", "grüße",
    "danke", "vielen dank", "danke im voraus", "vielen dank im voraus", "salutations", "merci", "merci d'avance", "bonne journée",
    "gracias", "muchas gracias", "gracias de antemano", "grazie", "grazie mille", "groeten", "bedankt", "alvast bedankt", "grüsse",
    "med vänliga hälsningar", "tack", "med vennlig hilsen", "hilsen", "ystävällisin terveisin", "terveisin", "dziękuję", "s pozdravem",
    "s pozdravom", "üdvözlettel", "cu stimă", "saygılarımla", "с уважением", "з повагою", "спасибо", "με εκτίμηση", "muito obrigado",
    "muito obrigada", "abraços",
})  # fmt: skip
#: The closing stands among the last lines; one higher up ends somebody else's words.
_LAST_LINES = 14
_LIKE_A_NAME = re.compile(r"[^\W\d_]{1,21}(?:['’. -]{1,2}[^\W\d_]{1,21}){0,5}\.?")
#: Display names of organisations, programs and shared mailboxes.
_NOT_A_PERSON = frozenset({
    "gmbh", "ag", "ltd", "llc", "inc", "corp", "sa", "sarl", "srl", "bv", "team", "support", "service", "sales", "info", "shop",
    "store", "office",
    "billing", "account", "accounts", "newsletter", "noreply", "kundenservice", "admin", "via", "sent", "iphone", "ipad", "phone", "tel",
})  # fmt: skip
#: With these a sentence goes on where a name might have stood: "my name is spelled wrong", "Thanks / for everything".
_NO_NAME = frozenset({
    "not", "wrong", "spelled", "spelt", "misspelled", "incorrect", "correct", "missing", "still", "on", "in", "listed", "written",
    "already", "different", "also", "the", "a", "an", "for", "to", "and", "please", "you", "we", "it", "this", "that", "if", "i",
    "will", "just", "so", "as", "very", "falsch", "nicht", "für", "im", "noch", "auch", "und", "bitte", "wir", "ich", "mal",
    "incorrecto", "pas", "pour", "et", "encore", "no", "para", "non", "per", "sbagliato", "verkeerd", "niet", "voor", "errado",
    "não",
})  # fmt: skip
#: Small words within a name, when a name goes on behind them.
_PARTICLES = frozenset({
    "de", "da", "do", "dos", "das", "di", "del", "della", "la", "le", "van", "von", "der", "den", "ten", "ter", "zu", "bin", "al",
    "el",
})  # fmt: skip
#: Words after "my name is" that end the name in a sentence.
_END = frozenset({"and", "und", "et", "y", "e", "en", "i", "from", "aus", "de", "with", "my", "order", "but", "ich", "je", "och", "og"})


def find_names(message: Message) -> Iterator[Fact]:
    """The author's name, surest source first."""
    for source, text in (("text", message.text), ("signature", message.signature)):
        lower = text.lower()
        introduced = _INTRODUCED.search(text) if any(words in lower for words in _INTRODUCTIONS) else None
        if introduced and (name := _person(_first_words(introduced[1]))):
            start = introduced.start(1)
            yield Fact(kind="name", value=name, source=source, confidence=0.95, span=(start, start + len(name)))
        if name := _under_closing(text):
            yield Fact(kind="name", value=name, source=source, confidence=0.85)
    if message.author and (name := _person(message.author.name)):
        yield Fact(kind="name", value=name, source="sender", confidence=0.6)


def _under_closing(text: str) -> str:
    lines = [line.strip() for line in text[-1500:].splitlines() if line.strip()][-_LAST_LINES:]
    for closing, name in pairwise(lines):
        if closing.rstrip(" ,.!").lower() in _CLOSINGS:
            return _person(name.strip(" ,."))
    return _beside_closing(lines[-1]) if lines else ""


def _beside_closing(line: str) -> str:
    """The name in "Best regards, Eve Miller"; "" where the line is another."""
    closing, _, name = line.partition(",")
    words = name.strip(" .").split()
    capitals = all(word[0].isupper() or word in _PARTICLES for word in words)
    return _person(" ".join(words)) if closing.strip().lower() in _CLOSINGS and len(words) <= 3 and capitals else ""


def _first_words(found: str) -> str:
    words: list[str] = []
    spoken = found.split()
    for place, word in enumerate(spoken):
        if words and word in _PARTICLES and words[0][0].isupper() and _name_goes_on(spoken[place + 1 :]):
            words.append(word)
            continue
        # Whoever writes without capitals is believed for two words, not for the rest of the sentence.
        if word.lower() in _END or (words and not word[0].isupper() and (words[0][0].isupper() or len(words) >= 2)):
            break
        words.append(word)
    return " ".join(words)


def _name_goes_on(words: list[str]) -> bool:
    following = next((word for word in words if word not in _PARTICLES), "")
    return following[:1].isupper()


def _person(written: str) -> str:
    """The name with capitals, or "" where it is not like a person's."""
    name = " ".join(written.split())
    words = name.split()
    if not 1 <= len(words) <= 4 or not _LIKE_A_NAME.fullmatch(name):
        return ""
    if (
        words[0] in _NO_NAME
        or _NOT_A_PERSON & {word.lower().replace(".", "") for word in words}
        or (name[0].islower() and not name.islower())
    ):
        return ""
    return name.title() if name.islower() or name.isupper() else name
