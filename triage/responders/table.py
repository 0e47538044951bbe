"""Which responder writes which kind of reply."""

from collections.abc import Callable, Mapping

from triage.reply import ReplyKind
from triage.responders.acknowledgment import acknowledge
from triage.responders.advice import advise
from triage.responders.answer import answer
from triage.responders.customer import tell_customer
from triage.responders.desk import Assignment, Desk
from triage.responders.envelope import Letter
from triage.responders.escalation import escalate
from triage.responders.notification import digest, notify, remind
from triage.responders.report import report
from triage.responders.resolution import resolve
from triage.responders.words_to_staff import ask_again, collide, disclaim, refuse

RESPONDERS: Mapping[ReplyKind, Callable[[Desk, Assignment], Letter]] = {
    ReplyKind.ACKNOWLEDGMENT: acknowledge,
    ReplyKind.ESCALATION: escalate,
    ReplyKind.NOTIFICATION: notify,
    ReplyKind.DIGEST: digest,
    ReplyKind.ANSWER: answer,
    ReplyKind.COPY: answer,
    ReplyKind.RESOLUTION: resolve,
    ReplyKind.ADVICE: advise,
    ReplyKind.REFUSAL: refuse,
    ReplyKind.COLLISION: collide,
    ReplyKind.CONFIRMATION: ask_again,
    ReplyKind.DISCLAIMER: disclaim,
    ReplyKind.REMINDERS: remind,
    ReplyKind.REPORT: report,
    ReplyKind.PROGRESS: tell_customer,
    ReplyKind.STATUS: tell_customer,
    ReplyKind.ESCALATED: tell_customer,
    ReplyKind.CLOSING: tell_customer,
    ReplyKind.SURVEY: tell_customer,
}
