"""Which responder writes which kind of reply."""

from collections.abc import Callable, Mapping

from triage.reply import ReplyKind
from triage.responders.acknowledgment import acknowledge
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.escalation import escalate

RESPONDERS: Mapping[ReplyKind, Callable[[Desk, Assignment], Letter]] = {
    ReplyKind.ACKNOWLEDGMENT: acknowledge,
    ReplyKind.ESCALATION: escalate,
}
