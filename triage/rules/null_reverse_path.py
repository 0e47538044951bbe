"""RFC 3834 §2: nothing may be answered to the null reverse-path. Redirecting servers blank it on personal mail too, so a case is opened."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where the reverse-path is null; the other rules say whether a machine wrote it."""
    if message.return_path != "":
        return None
    return Finding(rule="null_reverse_path", effect=Effect.NO_ANSWER, reason="Return-Path: <> (nobody to answer, RFC 3834 §2)")
