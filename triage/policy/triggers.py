"""What the customer's own words add to the category: triggers of escalation, and whether there is anything but thanks."""

import re
import unicodedata

from triage.message import Message
from triage.policy.table import Policy, Trigger

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


def triggered(message: Message, policy: Policy) -> tuple[tuple[Trigger, str], ...]:
    """The triggers that the customer's own text sets off, each with the word that did."""
    text = f"{message.subject}\n{message.text[:_SEARCHED]}".casefold()
    hits = ((trigger, next((word for word in trigger.words if _says(text, word.casefold())), "")) for trigger in policy.trigger)
    return tuple((trigger, word) for trigger, word in hits if word)


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
    own_name = (message.author.name if message.author else "").casefold().split()
    return _BESIDE.issuperset(set(_WORDS.findall(_FOR_HELP.sub("", text))).difference(own_name))
