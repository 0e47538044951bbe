"""How much automatic mail may leave: limits per author and per domain, and a guard against ping-pong."""

from triage.decision import History
from triage.message import Message
from triage.reading import Effect, Finding
from triage.sections.sending import SendLimits

#: Nobody writes a fourth message on one matter within ten minutes by hand.
_PING_PONG = 3


def check_limits(message: Message, history: History, limits: SendLimits) -> tuple[Finding, ...]:
    """NO_ANSWER for every limit that one more automatic message to the author would break."""
    domain = message.author.domain if message.author else ""
    reached = (
        (history.sent_to_author_day >= limits.per_sender_day, f"{history.sent_to_author_day} automatic messages to the author in a day"),
        (
            history.sent_to_author_week >= limits.per_sender_week,
            f"{history.sent_to_author_week} automatic messages to the author in a week",
        ),
        (
            domain not in limits.shared_domains and history.sent_to_domain_hour >= limits.per_domain_hour,
            f"{history.sent_to_domain_hour} automatic messages to {domain} in an hour",
        ),
        (
            history.author_in_case_recent > _PING_PONG,
            f"{history.author_in_case_recent} messages of the author in one case within ten minutes",
        ),
    )
    return tuple(Finding(rule="limits", effect=Effect.NO_ANSWER, reason=reason) for broken, reason in reached if broken)
