"""Subjects of bounces and absence notices in many languages: second evidence only, for a customer may write the same words."""

import re

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules import absences
from triage.rules.context import RuleContext
from triage.rules.local_parts import is_machine, is_role
from triage.rules.subjects import NOTES_ABSENCE, RECEIPTS, SHARED_WITH_PEOPLE, WRITTEN_BY_PROGRAMS

#: A subject longer than this is no shorter for being matched.
_READ = 300
#: Notices say what they are in their first sentences.
_TEXT_READ = 1000
#: Programs end their words, or set off the subject that they answer; "Failure notice on the washing machine" goes on as a person does.
_SET_OFF = re.compile(r"\s{0,3}(?:$|[^\w\s,?!.]|(?:re|aw|wg|tr|sv|vs)\b)")


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC together with other evidence; alone NO_ANSWER for a program's own words, NOTE for words that people use too."""
    subject = message.subject[:_READ].strip().lower()
    by_program = subject.startswith(WRITTEN_BY_PROGRAMS) or NOTES_ABSENCE.match(subject) is not None
    weak = _weak_evidence(message)
    if weak and not by_program and _is_absence(message, subject):
        return Finding(
            rule="subject_patterns", effect=Effect.AUTOMATIC, reason=f"subject and text are those of an absence notice, and {weak}"
        )
    if not by_program and not SHARED_WITH_PEOPLE.search(subject):
        return None
    evidence = _strong_evidence(message) or (by_program and weak)
    if evidence:
        reason = f"the subject is an automatic one, and {evidence}"
        return Finding(rule="subject_patterns", effect=Effect.AUTOMATIC, reason=reason)
    # "Read: this is urgent" is what a person may write; a receipt answers a message, which is evidence.
    effect = Effect.NO_ANSWER if _is_set_off(subject) and not subject.startswith(RECEIPTS) else Effect.NOTE
    return Finding(rule="subject_patterns", effect=effect, reason="the subject is like that of an automatic message")


def _is_set_off(subject: str) -> bool:
    """True where a program's words stand alone or are set off from the subject that follows."""
    if NOTES_ABSENCE.match(subject):
        return True
    begun = (words for words in WRITTEN_BY_PROGRAMS if subject.startswith(words))
    return any(not words[-1].isalnum() or _SET_OFF.match(_after_word(subject, len(words))) for words in begun)


def _after_word(subject: str, start: int) -> str:
    """What follows, without the letters that end the word before: "nedoručiteln" begins "nedoručitelná zpráva"."""
    return subject[start:].partition(" ")[2] if subject[start : start + 1].isalpha() else subject[start:]


def _is_absence(message: Message, subject: str) -> bool:
    """True for an absence notice in its writer's own words."""
    if absences.ANSWER.match(subject) or not any(words in subject for words in absences.SUBJECTS):
        return False
    text = message.text[:_TEXT_READ].lower()
    return any(words in text for words in absences.TEXTS)


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
