"""What the customer's own words add to the category: triggers of escalation, and whether they only give thanks or ask how things stand."""

import re
import unicodedata
from collections.abc import Callable

from triage.message import Message
from triage.policy.incoming import Incoming
from triage.policy.mood import ANGRY, UPSET, mood
from triage.policy.trigger import Trigger

#: Triggers, and why each of them holds.
Hits = tuple[tuple[Trigger, str], ...]

#: Longer texts are not searched to their end; whoever threatens does so early.
_SEARCHED = 20_000
#: A thank-you is short; anything longer deserves a look.
_COURTESY = 150

_THANKS = re.compile(
    r"thank(?:s| you)|thx|cheers|much appreciated|danke|vielen dank|besten dank|herzlichen dank|merci|gracias|grazie|obrigad[oa]|bedankt"
    r"|dank je|dank u|dziękuję|dzięki|tack|tak|takk|kiitos"
)
_SAYS_MORE = re.compile(r"[?\d]")
_WORDS = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
# "Thanks for your help" is thanks, "help" alone is a cry for it.
_FOR_HELP = re.compile(
    r"\b(?:for|für|pour|por|per|voor|za|om|for)\s(?:[^\W\d_]{1,9}\s){0,3}(?:help|support|hilfe|unterstützung|aide|ayuda|aiuto|ajuda|hulp|pomoc|hjälp)\b"
)
# All that may stand beside the thanks; one further word, and a person reads it.
_COURTESIES = """
a again all and appreciated best cheers day dear everything fine fixed for good great greetings happy hello hi is it it's kind lot
lots many much nice now ok okay perfect regards resolved sincerely so solved sorted super team thank thanks that that's the this
thx very well wonderful works you your
alles auch beste besten danke das dank für freundliche freundlichen geklappt gelöst grüße grüßen gruß gut hallo hat herzlichen
ihnen ist jetzt klappt liebe mit nochmals passt prima schönen sehr tag und viele vielen vielmals wunderbar funktioniert
beaucoup bien bonjour bonne cordialement journée merci parfait pour tout
gracias muchas perfecto por saludos todo bene grazie mille perfetto saluti tutto muito obrigada obrigado
bedankt groeten hartelijk je met u vriendelijke wel så mycket tack tak takk kiitos bardzo dziękuję dzięki
"""
_BESIDE = frozenset(_COURTESIES.casefold().split())
_NUMBER = re.compile(r"\b[a-z]{2,6}-\d{1,12}\b")
_STANDING = frozenset(
    "news update updates status progress stand sachstand zwischenstand neuigkeiten neues nouvelles noticias".split()  # noqa: SIM905
)
# All that may stand beside the question; "status of my order" is a matter of its own, and no question about the case.
_OF_A_CASE = """
about an any are can case could current did do does for from get give have how i if inquiry is it me my number of on our please
regarding request send should still tell the there this ticket to update us we what what's where will would yet you your
abend aktuelle aktueller anfrage bitte den der dinge es etwas fall falls gibt guten haben ich ist kann können man meine
meinem meiner meines mir morgen nummer sagen schon sie was wie wir zu zum zur
"""
_MAY_ASK = _BESIDE | _STANDING | frozenset(_OF_A_CASE.split())
_ASKS = re.compile(r"[?？]|\b(?:please|bitte)\b")
#: As a few words alone, "any news" asks without a question mark.
_FEW = 4


def triggered(incoming: Incoming, category: str, issue: str) -> Hits:
    """The triggers that a message sets off in that matter, each with why; an empty category is one that nobody knows."""
    text = f"{incoming.message.subject}\n{incoming.message.text[:_SEARCHED]}".casefold()
    hits = []
    for trigger in incoming.policy.trigger:
        if trigger.of_message and trigger.concerns(category, issue):
            why = [found(incoming, trigger, category, text) for found in _CONDITIONS]
            # None is a condition that does not hold, "" one that was not asked for.
            if None not in why:
                hits.append((trigger, "; ".join(filter(None, why)) or "such matters are theirs, too"))
    return tuple(hits)


def _words(_incoming: Incoming, trigger: Trigger, _category: str, text: str) -> str | None:
    if trigger.words is None:
        return ""
    word = next((word for word in trigger.words if _says(text, word.casefold())), "")
    return f"the customer writes “{word}”" if word else None


def _amount(incoming: Incoming, trigger: Trigger, _category: str, _text: str) -> str | None:
    if trigger.amount_over is None:
        return ""
    amounts = (value.rpartition(" ") for value in incoming.reading.facts.values("amount"))
    largest = max(((float(number), currency) for currency, _, number in amounts), default=(0.0, ""))
    named = f"{largest[1]} {largest[0]:.2f}".strip()
    return f"an amount of {named}, which is over {trigger.amount_over:g}" if largest[0] > trigger.amount_over else None


def _mood(incoming: Incoming, trigger: Trigger, _category: str, _text: str) -> str | None:
    if trigger.mood is None:
        return ""
    points, signs = mood(incoming.message)
    return f"the customer sounds {trigger.mood} ({signs})" if points >= (ANGRY if trigger.mood == "angry" else UPSET) else None


def _repeats(incoming: Incoming, trigger: Trigger, category: str, _text: str) -> str | None:
    if trigger.repeats is None:
        return ""
    number = 1 + incoming.repeats(category, trigger.within) if category else 0
    what = f"number {number} of this kind by the customer or about the order within {trigger.within.days} days"
    return what if number >= trigger.repeats else None


_CONDITIONS: tuple[Callable[[Incoming, Trigger, str, str], str | None], ...] = (_words, _amount, _mood, _repeats)


def _says(text: str, word: str) -> bool:
    # Looking for the plain word first keeps this linear and quick; only a hit is looked at closely.
    return word in text and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) is not None


def only_thanks(message: Message) -> bool:
    """True for a short text that thanks and says nothing else: it needs no answer."""
    if len(message.text) > _COURTESY or message.attachments:
        return False
    text = unicodedata.normalize("NFC", message.text).casefold().replace("’", "'")
    if not _THANKS.search(text) or _SAYS_MORE.search(text):
        return False
    return _BESIDE.issuperset(_words_of(message, _FOR_HELP.sub("", text)))


def only_asks_how_it_stands(message: Message) -> bool:
    """True for a short text that asks how the case stands and says nothing else."""
    said = message.text.strip() or message.subject
    if len(said) > _COURTESY or message.attachments:
        return False
    text = _NUMBER.sub("", unicodedata.normalize("NFC", said).casefold().replace("’", "'"))
    words = _words_of(message, text)
    asks = _ASKS.search(text) is not None or len(words) <= _FEW
    return asks and not _STANDING.isdisjoint(words) and _MAY_ASK.issuperset(words) and not any(map(str.isdigit, text))


def _words_of(message: Message, text: str) -> set[str]:
    own_name = (message.author.name if message.author else "").casefold().split()
    return set(_WORDS.findall(text)).difference(own_name)
