"""X-Auto-Response-Suppress (MS-OXCMAIL §2.1.3.2.20) asks that nothing automatic goes back; it does not say that a machine wrote."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: DR, NDR, RN, NRN and OOF speak of other kinds of automatic mail than an acknowledgment.
_MEANT_FOR_US = frozenset({"all", "autoreply"})


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where automatic replies were asked not to be sent."""
    for name, value in message.headers:
        if name == "x-auto-response-suppress":
            words = {word.strip().lower() for word in value.replace(";", ",").split(",")}
            if words & _MEANT_FOR_US:
                return Finding(rule="suppress_request", effect=Effect.NO_ANSWER, reason=f"X-Auto-Response-Suppress: {value.strip()[:60]}")
    return None
