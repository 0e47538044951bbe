"""RFC 5322 §3.6.2: without exactly one author there is nobody to answer."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where From is missing, unusable or names several."""
    if message.author is not None:
        return None
    reason = f"From names {len(message.from_)} authors" if message.from_ else "From is missing or unusable"
    return Finding(rule="author_unclear", effect=Effect.NO_ANSWER, reason=reason)
