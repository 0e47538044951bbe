"""RFC 3834 §2: extremely malformed messages are not answered; a person looks at them."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: A client with a fault or two is common; a message with this many was broken on purpose or on the way.
_MANY_DEFECTS = 8


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where nothing identifies the message, or little of it could be read as it was meant."""
    if not message.message_id and message.header("date") is None and message.header("received") is None:
        return Finding(rule="malformed", effect=Effect.NO_ANSWER, reason="neither Message-ID nor Date nor Received")
    if len(message.defects) >= _MANY_DEFECTS:
        return Finding(rule="malformed", effect=Effect.NO_ANSWER, reason=f"{len(message.defects)} defects")
    return None
