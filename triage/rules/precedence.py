"""Precedence and its kin (RFC 3834 §2, RFC 2076 §3.9): bulk, junk, list and automatic replies are not answered."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.lists import is_own_list

_FIELDS = frozenset({"precedence", "x-precedence", "preference"})
_VALUES = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC for the values that mean many recipients or no author; `list` of our own list does not."""
    for name, value in message.headers:
        word = value.strip().lower()
        if name in _FIELDS and word in _VALUES and not (word == "list" and is_own_list(message, context)):
            return Finding(rule="precedence", effect=Effect.AUTOMATIC, reason=f"{name}: {word}")
    return None
