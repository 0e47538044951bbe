"""RFC 3834 §2: nothing may be answered to the null reverse-path. Redirecting servers blank it on personal mail too, so a case is opened."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.local_parts import is_machine, is_role


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where the reverse-path is null; AUTOMATIC where its author is a role besides, as a server's is."""
    if message.return_path != "":
        return None
    by_server = any(is_role(author.local_part) or is_machine(author.local_part) for author in message.from_)
    effect = Effect.AUTOMATIC if by_server else Effect.NO_ANSWER
    return Finding(rule="null_reverse_path", effect=effect, reason="Return-Path: <> (nobody to answer, RFC 3834 §2)")
