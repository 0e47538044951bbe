"""RFC 3834 §2: a responder answers only what was addressed to it, not what a list or a blind copy brought."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: Where delivery agents and redirections name the address that a message was delivered for.
_DELIVERY_FIELDS = frozenset({
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to", "apparently-to", "resent-to",
    "x-rcpt-to", "x-real-to",
})  # fmt: skip


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where neither To nor Cc nor a delivery field names one of our addresses."""
    if not context.own_addresses or any(context.is_own(address.addr_spec) for address in (*message.to, *message.cc)):
        return None
    if any(_names_us(value, context) for name, value in message.headers if name in _DELIVERY_FIELDS):
        return None
    return Finding(rule="not_addressed_to_us", effect=Effect.NO_ANSWER, reason="no address of ours in To, Cc or Delivered-To")


def _names_us(value: str, context: RuleContext) -> bool:
    words = value.lower().replace("<", " ").replace(">", " ").replace(",", " ").split()
    return any(context.is_own(word) for word in words)
