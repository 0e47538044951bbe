"""RFC 3834 §2: extremely malformed messages are not answered; a person looks at them."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: Of two hundred broken messages that people really sent, the worst had six; more than that was broken on purpose or on the way.
_MANY_DEFECTS = 8


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where there is nothing to read, or little of it could be read as it was meant."""
    if not (message.subject.strip() or message.full_text.strip() or message.text.strip() or message.attachments):
        return Finding(rule="malformed", effect=Effect.NO_ANSWER, reason="nothing in it: no subject, no text, no attachment")
    if len(message.defects) >= _MANY_DEFECTS:
        return Finding(rule="malformed", effect=Effect.NO_ANSWER, reason=f"{len(message.defects)} defects")
    return None
