"""What whoever acts on a message should beware of."""

import re
import unicodedata
from collections.abc import Iterator

from triage.message import Message
from triage.reading import Facts
from triage.responders.names import one_line, visible

_ADDRESS = re.compile(r"[a-z0-9._%+-]{1,64}@[a-z0-9.-]{1,253}")
#: Display names are short; what is longer was made to be slow to look at.
_LOOKED_AT = 300


def warnings(message: Message, facts: Facts) -> tuple[str, ...]:
    """Sentences for a person, the gravest first."""
    return (*_about_sender(message), *_about_content(message, facts))


def _about_sender(message: Message) -> Iterator[str]:
    author = message.author
    if author is None:
        yield "The message does not name one certain author."
        return
    checked = message.authentication_result("dmarc")
    if checked == "fail":
        yield f"Our mail server says that this message does not come from {author.domain}. Disclose nothing and change nothing on its word."
    elif checked != "pass":
        yield "The sender is not verified: anybody can write any address into a message. Make sure before you disclose or change anything."
    named = _ADDRESS.search(author.name[:_LOOKED_AT].lower())
    if named and named[0] != author.addr_spec:
        yield f"The display name contains another address, {named[0]}; the message comes from {author.addr_spec}."
    scripts = _scripts(author.name[:_LOOKED_AT])
    if len(scripts) > 1:
        yield f"The display name mixes scripts ({', '.join(sorted(scripts))}): letters may not be what they look like."
    if "xn--" in author.domain:
        yield f"The sender's domain has letters from outside ASCII ({author.domain}): it may look like another one."
    elsewhere = [address.addr_spec for address in message.reply_to if address.addr_spec != author.addr_spec]
    if elsewhere:
        yield f"The message asks for answers to another address, {one_line(', '.join(elsewhere), 120)}."


def _about_content(message: Message, facts: Facts) -> Iterator[str]:
    if len(facts.order_numbers) > 1:
        yield f"Several order numbers are named ({one_line(', '.join(facts.order_numbers), 200)}); none of them has been picked."
    if message.masked:
        yield "Card numbers or security codes in the message have been masked."
    if visible(message.text) != message.text:
        yield "The text contained invisible characters; they are left out below."


def _scripts(name: str) -> frozenset[str]:
    # The first word of a letter's Unicode name is its script: LATIN, CYRILLIC, GREEK …
    return frozenset(unicodedata.name(letter, "?").split()[0].title() for letter in name if letter.isalpha())
