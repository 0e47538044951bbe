"""A payment provider's address in From: nobody there is a customer, and least of all whoever only uses the address."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where the configuration reads alerts from that address."""
    if message.author is None or message.author.addr_spec not in context.provider_addresses:
        return None
    return Finding(rule="payment_provider", effect=Effect.NO_ANSWER, reason="From is an address at which a payment provider sends alerts")
