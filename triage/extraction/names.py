"""Who writes: by their own words, by the line under the closing, or by the display name."""

import re
from collections.abc import Iterator

from triage.message import Message
from triage.reading import Fact

_NAME = r"[^\W\d_][^\W\d_'’.-]{1,20}(?:[ -][^\W\d_][^\W\d_'’.-]{0,20}){0,3}"
_INTRODUCED = re.compile(
    rf"\b(?:my name is|i am called|mein name ist|ich hei(?:ß|ss)e|je m['’]appelle|mon nom est|me llamo|mi nombre es|mi chiamo|il mio nome è"
    rf"|mijn naam is|ik heet|meu nome é|chamo-me|nazywam się|jag heter|jeg hedder|jeg heter)[ :]{{1,3}}({_NAME})",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"(?:^|\n)[ \t]{0,8}(?:(?:with |many )?(?:kind|best|warm|kindest|warmest)? ?(?:regards|wishes)|thanks|thank you|many thanks|sincerely"
    r"|yours(?: sincerely| faithfully| truly)?|cheers|mit freundlichen grüßen|mit freundlichem gruß"
    r"|freundliche grüße|viele grüße|beste grüße"
    r"|liebe grüße|mfg|lg|vg|cordialement|bien cordialement|sincères salutations|saludos|un saludo|atentamente|cordiali saluti"
    r"|distinti saluti|saluti|met vriendelijke groeten?|vriendelijke groeten?|mvg|groetjes|atenciosamente|com os melhores cumprimentos"
    r"|cumprimentos|pozdrawiam|z poważaniem|med vänlig hälsning|hälsningar|med venlig hilsen|vennlig hilsen)"
    r"[ ,.!]{0,4}\n[ \t\n]{0,6}([^\n]{2,60})",
    re.IGNORECASE,
)
#: Display names of organisations, programs and shared mailboxes.
_NOT_A_PERSON = re.compile(
    r"\b(?:gmbh|ag|ltd|llc|inc|corp|s\.?a\.?r?\.?l?|b\.?v|team|support|service|sales|info|shop|store|office|billing|accounts?|newsletter"
    r"|noreply|no-reply|kundenservice|admin|via|sent|iphone|ipad|phone|tel)\b",
    re.IGNORECASE,
)
#: Words after "my name is" that end the name in a sentence.
_END = frozenset({"and", "und", "et", "y", "e", "en", "i", "from", "aus", "de", "with", "my", "order", "but", "ich", "je", "och", "og"})


def find_names(message: Message) -> Iterator[Fact]:
    """The author's name, surest source first."""
    for source, text in (("text", message.text), ("signature", message.signature)):
        if (introduced := _INTRODUCED.search(text)) and (name := _person(_first_words(introduced[1]))):
            start = introduced.start(1)
            yield Fact(kind="name", value=name, source=source, confidence=0.95, span=(start, start + len(name)))
        for closing in _CLOSING.finditer(text):
            if name := _person(closing[1].strip(" ,.")):
                yield Fact(kind="name", value=name, source=source, confidence=0.85, span=closing.span(1))
    if message.author and (name := _person(message.author.name)):
        yield Fact(kind="name", value=name, source="sender", confidence=0.6)


def _first_words(found: str) -> str:
    words: list[str] = []
    for word in found.split():
        # Whoever writes without capitals is believed for two words, not for the rest of the sentence.
        if word.lower() in _END or (words and not word[0].isupper() and (words[0][0].isupper() or len(words) >= 2)):
            break
        words.append(word)
    return " ".join(words)


def _person(written: str) -> str:
    """The name with capitals, or "" where it is not like a person's."""
    name = " ".join(written.split())
    words = name.split()
    if not 1 <= len(words) <= 4 or not re.fullmatch(r"[^\W\d_][^\W\d_'’. -]{0,20}(?:['’. -]{1,2}[^\W\d_]{1,20}){0,5}\.?", name):
        return ""
    if _NOT_A_PERSON.search(name) or not (name[0].isupper() or name.islower()):
        return ""
    return name.title() if name.islower() or name.isupper() else name
