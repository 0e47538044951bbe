"""RFC 5546, RFC 6047: an answer to an invitation is made by a click, and an invitation wants a calendar's answer, not ours."""

import re

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

_METHOD = re.compile(r"method\s{0,3}=\s{0,3}\"?([a-z]{3,20})", re.IGNORECASE)
_REPLIES = frozenset({"reply", "counter", "declinecounter"})

#: What Outlook, Google and Apple put before the title of the event when somebody answers.
_ANSWERED = (
    "accepted:", "declined:", "tentative:", "tentatively accepted:", "zugesagt:", "abgesagt:", "abgelehnt:", "angenommen:",
    "mit vorbehalt:", "mit vorbehalt angenommen:", "accepté", "refusé", "provisoire", "aceptado:", "aceptada:", "rechazado:",
    "rechazada:", "provisional:", "aceito:", "aceite:", "recusado:", "accettato:", "rifiutato:", "geaccepteerd:", "geweigerd:",
    "zaakceptowano:", "odrzucono:",
)  # fmt: skip


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC for an answer to an invitation, NO_ANSWER for an invitation; an attached event changes nothing."""
    if message.content_type == "text/calendar":
        found = _METHOD.search(message.header("content-type") or "")
        method = found[1].lower() if found else ""
        effect = Effect.AUTOMATIC if method in _REPLIES else Effect.NO_ANSWER
        return Finding(rule="calendar_reply", effect=effect, reason=f"text/calendar {method}".strip())
    carries_event = any(part.content_type == "text/calendar" for part in message.attachments)
    if (carries_event or _calendar_class(message)) and message.subject.lower().startswith(_ANSWERED):
        return Finding(rule="calendar_reply", effect=Effect.AUTOMATIC, reason="an answer to an invitation")
    return None


def _calendar_class(message: Message) -> bool:
    return "calendarmessage" in (message.header("content-class") or "").lower()
