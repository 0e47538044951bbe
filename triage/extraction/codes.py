"""Security codes of cards (CVV and its kin), which may not be kept at all: known by their name, or by following the expiry date."""

import re

#: Names that mean nothing else, in the languages customers write; each names a code with or without a word like "number".
_NAMES = (
    r"cvv2?", r"cvc2?", r"cvn", r"csc", r"card verification (?:value|code|number)", r"(?:card )?security (?:code|number)",
    r"(?:karten)?pr(?:ü|u|ue)f(?:nummer|ziffer|zahl)", r"sicherheits(?:code|nummer|zahl)",
    r"code de (?:s[ée]curit[ée]|v[ée]rification)", r"cryptogramme(?: visuel)?", r"c[óo]digo de (?:seguran[çc]a|seguridad|verificaci[óo]n)",
    r"codice di sicurezza", r"(?:beveiligings|veiligheids)code", r"kod (?:cvv|cvc|bezpiecze[ńn]stwa)",
    r"s[äa]kerhetskod",
    r"sikker(?:het|hed)skode", r"turva(?:koodi|luku)", r"cod de securitate", r"bezpe[čc]nostn[íi] k[óo]d", r"biztons[áa]gi k[óo]d",
    r"g[üu]venlik kodu", r"код (?:безопасности|проверки|безпеки)", r"κωδικ[όο]ς ασφαλείας",
    r"セキュリティコード", r"安全[码碼]", r"보안 ?코드",
    r"(?:3|4|three|four)[- ]digits? (?:security )?(?:code|number)", r"(?:3|4|three|four) digits on the (?:back|front)",
    r"(?:3|4|drei|vier) (?:ziffern|stellen|zahlen) auf der (?:r[üu]ckseite|vorderseite)", r"(?:3|4|trois|quatre) chiffres au (?:dos|verso)",
    r"(?:3|4|tres|cuatro|três|quatro) (?:d[íi]gitos|n[úu]meros) (?:al|del|no|do|en el) (?:reverso|dorso|verso)",
    r"(?:3|4|tre|quattro) cifre sul retro", r"(?:3|4|drie|vier) cijfers op de achterkant",
)  # fmt: skip
_NAME = f"(?:{'|'.join(_NAMES)})"
#: Words between the name and the code; where others stand, the digits are spoken of for another reason.
_BETWEEN = (
    "on the (?:back|front)|of (?:the|my) card|der karte|meiner karte|de la carte|de la tarjeta|(?:3|4|three|four) digits|code|number|no|nr"
    "|nummer|numéro|número|numero|kode|kod|код|is|was|are|ist|war|lautet|sind|est|le|sont|es|son|è|é|são|to|jest|er|är|on|je|="
)
#: Three or four digits, also one by one; neither a price nor the beginning of a longer number.
_DIGITS = r"(?:\d{3,4}|\d \d \d(?: \d)?)(?!\d|[.,/-]\d)"
#: The names begin with one of these; most places of a text are passed over by it.
_INITIALS = "(?=[bcdfgkpqstv34кκセ安보])"
_BEFORE = re.compile(
    rf"((?<!\w){_INITIALS}{_NAME}\W{{0,4}}+(?:(?:{_BETWEEN})(?!\w)\W{{0,4}}+){{0,3}}+){_DIGITS}",
    re.IGNORECASE,
)
_AFTER = re.compile(
    rf"(?<![\d/.,-])(?:\d{{3,4}}(?=\s{{0,2}}(?:\(|is (?:my |the )?|as (?:my |the )?){_NAME}\b)|(?<!\d )\d{{3}}(?= (?:cvv2?|cvc2?)\b))",
    re.IGNORECASE,
)
#: One of these stands in every text that names a code.
_TELLING = (
    "cvv", "cvc", "cvn", "csc", "verif", "vérif", "security", "prüf", "pruf", "pruef", "sicherheit", "curit", "cryptog", "segur",
    "sicurezza", "eiligh", "beveilig", "bezpie", "bezpe", "kerhet", "sikker", "turva", "biztons", "venlik", "безопас", "безпек",
    "провер", "ασφαλ", "セキュリ", "安全", "보안", "digit", "dígit", "ziffern", "stellen", "zahlen",
    "chiffres", "cifre", "cijfers", "números", "numeros",
)  # fmt: skip
#: The code that follows a shortened number and its expiry date without being named.
_AFTER_EXPIRY = re.compile(
    r"(\*{3,9}\d{4}[\s,;|/(-]{1,5}(?:[a-zü]{2,12}[\s.:]{1,3}){0,3}(?:\d{2}\s?[./|-]\s?(?:20)?\d{2}|(?:0\d|1[0-2])[2-4]\d)[\s,;|/)-]{1,5})"
    r"\d{3,4}(?!\d|[.,/-]\d)",
    re.IGNORECASE,
)


def without_codes(text: str, *, after_number: bool) -> tuple[str, int]:
    """The text without security codes, and how many there were; `after_number` where card numbers have been shortened in it."""
    named = trailing = 0
    lower = text.lower()
    if any(word in lower for word in _TELLING):
        # What stands behind a code that is gone may be one as well: "CVC123:456".
        while (found := _BEFORE.subn(r"\1***", text))[1]:
            text, named = found[0], named + found[1]
        text, trailing = _AFTER.subn("***", text)
    text, unnamed = _AFTER_EXPIRY.subn(r"\1***", text) if after_number else (text, 0)
    return text, named + trailing + unnamed
