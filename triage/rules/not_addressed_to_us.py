"""RFC 3834 §2: a responder answers only what was addressed to it. Circulars came by a blind copy and are not answered.

A single other address is most often an alias or a redirection that nobody has told us of: those customers are answered, and a note is left.
"""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: Where delivery agents and redirections name the address that a message was delivered for.
_DELIVERY_FIELDS = frozenset({
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-forwarded-to", "x-delivered-to", "apparently-to", "resent-to",
    "x-rcpt-to", "x-real-to",
})  # fmt: skip

#: From so many other recipients on, a message is a circular.
_MANY = 10


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER for a blind copy of a circular, NOTE for an address of ours that the settings do not know."""
    recipients = {address.addr_spec for address in (*message.to, *message.cc)}
    if not context.own_addresses or any(context.is_own(recipient) for recipient in recipients):
        return None
    if any(_names_us(value, context) for name, value in message.headers if name in _DELIVERY_FIELDS):
        return None
    if "undisclosed" in (message.header("to") or "").lower():
        return Finding(rule="not_addressed_to_us", effect=Effect.NO_ANSWER, reason="To: undisclosed recipients")
    if len(recipients) >= _MANY:
        return Finding(
            rule="not_addressed_to_us", effect=Effect.NO_ANSWER, reason=f"{len(recipients)} recipients, and we are not among them"
        )
    return Finding(rule="not_addressed_to_us", effect=Effect.NOTE, reason="no address of ours in To, Cc or Delivered-To")


def _names_us(value: str, context: RuleContext) -> bool:
    words = value.lower().replace("<", " ").replace(">", " ").replace(",", " ").split()
    return any(context.is_own(word) for word in words)
