"""Agents and departments are not acknowledged; whoever merely claims to be one is not believed."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext


def check(message: Message, context: RuleContext) -> Finding | None:
    """STAFF where the author is an agent or a department and our server did not find the author forged."""
    author = message.author
    if author is None or author.addr_spec not in context.staff_addresses:
        return None
    if message.authentication_result("dmarc") == "fail":
        return Finding(rule="staff", effect=Effect.NO_ANSWER, reason="From names a colleague, but dmarc=fail")
    return Finding(rule="staff", effect=Effect.STAFF, reason="from an agent or a department")
