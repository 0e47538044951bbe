"""Marks of other helpdesks: two systems that acknowledge each other's acknowledgments never end, and their agents are people."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

_PREFIXES = (
    "x-rt-", "rt-", "x-zammad-", "x-otrs-", "x-znuny-", "x-freescout-", "x-zendesk-", "x-jira-", "x-freshdesk-", "x-kayako-", "x-osticket-",
    "x-helpscout-", "x-hubspot-ticket-", "x-roundup-", "x-gitlab-", "x-servicenow-", "x-intercom-", "x-front-", "x-deskpro-", "x-chatwoot-",
)  # fmt: skip


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where the message came out of another helpdesk."""
    field = next((name for name, _ in message.headers if name.startswith(_PREFIXES)), "")
    if not field:
        return None
    return Finding(rule="other_helpdesks", effect=Effect.NO_ANSWER, reason=f"{field[:60]}: sent by another helpdesk")
