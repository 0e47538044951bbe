"""Whether a mailing list that carried a message is our own address: customers who write to it are people, not a list."""

from triage.message import Message
from triage.rules.context import RuleContext

#: Fields in which a list gives its address, as list@domain or, in List-Id (RFC 2919), as list.domain.
_NAMING_FIELDS = frozenset({"list-id", "list-post", "mailing-list", "x-mailing-list"})


def is_own_list(message: Message, context: RuleContext) -> bool:
    """True where the list goes by one of our addresses, as when a group of colleagues shares the support address."""
    named = " ".join(value.lower() for name, value in message.headers if name in _NAMING_FIELDS)
    if not named:
        return False
    return any(_delimited(named, own) or _delimited(named, own.replace("@", ".")) for own in context.own_addresses)


def _delimited(text: str, name: str) -> bool:
    # `support.shop.example` must not be found in `my-support.shop.example.org`.
    start = text.find(name)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(name) : start + len(name) + 1]
        if not _of_a_name(before) and not _of_a_name(after):
            return True
        start = text.find(name, start + 1)
    return False


def _of_a_name(character: str) -> bool:
    return character.isalnum() or (character != "" and character in "-_.+@")
