"""RFC 5321 §6.3: a message with very many Received fields is going round in circles."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: The RFC lets servers stop at 100; honest mail has fewer than 20.
_LOOP = 50


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER from 50 Received fields on."""
    hops = sum(name == "received" for name, _ in message.headers)
    if hops < _LOOP:
        return None
    return Finding(rule="received_loop", effect=Effect.NO_ANSWER, reason=f"{hops} Received fields: a mail loop")
