"""Subjects of bounces and absence notices in many languages: second evidence only, for a customer may write the same words."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.local_parts import is_machine, is_role
from triage.rules.subjects import NOTES_ABSENCE, RECEIPTS, SHARED_WITH_PEOPLE, WRITTEN_BY_PROGRAMS

#: A subject longer than this is no shorter for being matched.
_READ = 300


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC together with other evidence; alone NO_ANSWER for a program's own words, NOTE for words that people use too."""
    subject = message.subject[:_READ].strip().lower()
    by_program = subject.startswith(WRITTEN_BY_PROGRAMS) or NOTES_ABSENCE.match(subject) is not None
    if not by_program and not SHARED_WITH_PEOPLE.search(subject):
        return None
    evidence = _strong_evidence(message) or (by_program and _weak_evidence(message))
    if evidence:
        reason = f"the subject is an automatic one, and {evidence}"
        return Finding(rule="subject_patterns", effect=Effect.AUTOMATIC, reason=reason)
    # "Read: this is urgent" is what a person may write; a receipt answers a message, which is evidence.
    effect = Effect.NO_ANSWER if by_program and not subject.startswith(RECEIPTS) else Effect.NOTE
    return Finding(rule="subject_patterns", effect=effect, reason="the subject is like that of an automatic message")


def _strong_evidence(message: Message) -> str:
    """What, beside the subject, shows that a program wrote; empty for nothing."""
    if any(is_machine(author.local_part) or is_role(author.local_part) for author in message.from_):
        return "so is the author"
    if message.header("x-auto-response-suppress") is not None:
        return "it asks for no automatic response"
    return ""


def _weak_evidence(message: Message) -> str:
    """What a redirection or a person's client may cause too, and so counts only beside a program's own words."""
    if message.return_path == "":
        return "the reverse-path is null"
    if message.thread_ids():
        return "it answers a message without a Re:"
    if not message.from_:
        return "it has no author"
    return ""
