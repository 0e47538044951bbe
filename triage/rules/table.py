"""The rules in their order: whoever reads this page knows why a message is or is not answered."""

from collections.abc import Callable

from triage.message import Message
from triage.reading import Finding
from triage.rules import (
    authentication_failed,
    author_unclear,
    auto_response_headers,
    auto_submitted,
    calendar_reply,
    delivery_report,
    list_headers,
    malformed,
    never_answered_local_parts,
    not_addressed_to_us,
    null_reverse_path,
    other_helpdesks,
    own_message,
    payment_provider,
    precedence,
    received_loop,
    spam_flag,
    staff,
    subject_patterns,
    suppress_request,
)
from triage.rules.context import RuleContext

__all__ = ["RULES", "RuleContext", "check_all"]

Rule = Callable[[Message, RuleContext], Finding | None]

#: Surest evidence first: the first finding of an effect is the reason that people are shown.
RULES: tuple[Rule, ...] = (
    # Ourselves, and reports about what we sent: these would loop.
    own_message.check,
    delivery_report.check,
    # What a machine says of itself (RFC 3834 and the customs beside it).
    auto_submitted.check,
    auto_response_headers.check,
    list_headers.check,
    precedence.check,
    calendar_reply.check,
    never_answered_local_parts.check,
    # What our own boundary says of it.
    spam_flag.check,
    authentication_failed.check,
    # People who work for us.
    staff.check,
    payment_provider.check,
    # A person may have written it, but nothing may go back by itself.
    null_reverse_path.check,
    suppress_request.check,
    other_helpdesks.check,
    author_unclear.check,
    not_addressed_to_us.check,
    received_loop.check,
    malformed.check,
    # Second evidence only (RFC 3834 §3.1.5).
    subject_patterns.check,
)

#: What these find in a message that was passed on is true of the form or the colleague who carried it, not of its author.
_OF_THE_CARRIER = frozenset({
    auto_submitted.check, auto_response_headers.check, list_headers.check, precedence.check, calendar_reply.check,
    authentication_failed.check, null_reverse_path.check, suppress_request.check, other_helpdesks.check, subject_patterns.check,
})  # fmt: skip
_OF_THE_AUTHOR = tuple(rule for rule in RULES if rule not in _OF_THE_CARRIER)


def check_all(message: Message, context: RuleContext) -> tuple[Finding, ...]:
    """Every finding about the message, in the order of the table."""
    rules = _OF_THE_AUTHOR if message.relayed_by else RULES
    return tuple(finding for rule in rules if (finding := rule(message, context)))
