"""RFC 3464, RFC 5965 and what older systems send: reports about a message are never answered and never a case."""

import re

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.local_parts import is_machine, is_role
from triage.rules.subjects import AGGREGATE_REPORT

_REPORT_TYPES = {
    "delivery-status": (Effect.REPORT, "a delivery report (RFC 3464)"),
    "feedback-report": (Effect.REPORT, "a complaint from a mailbox provider (RFC 5965)"),
    "disposition-notification": (Effect.AUTOMATIC, "a read receipt (RFC 8098)"),
}

#: How Microsoft's complaints begin, which came before RFC 5965.
_COMPLAINT = "complaint about message from "

#: Lines of an SMTP session, as a server lays them out and a person does not.
_TRANSCRIPT = re.compile(
    r"(?:^|\n)[ \t>]{0,8}(?:rcpt to|mail from|final-recipient|diagnostic-code|remote host said|<<< [45]\d\d|>>> )", re.IGNORECASE
)
_LOOKED_AT = 4000


def check(message: Message, context: RuleContext) -> Finding | None:
    """REPORT for delivery reports and complaints, AUTOMATIC for read receipts."""
    if message.report is not None:
        reason = " ".join(filter(None, ("delivery report:", message.report.action, message.report.status)))
        return Finding(rule="delivery_report", effect=Effect.REPORT, reason=reason)
    effect, reason = _by_structure(message)
    return Finding(rule="delivery_report", effect=effect, reason=reason) if reason else None


def _by_structure(message: Message) -> tuple[Effect, str]:
    """What the form of the message says, and in words; empty words for nothing."""
    if message.header("x-failed-recipients") is not None:
        return Effect.REPORT, "X-Failed-Recipients, as Exim puts it into delivery reports"
    if message.content_type == "multipart/report":
        field = (message.header("content-type") or "").lower()
        named = (verdict for report_type, verdict in _REPORT_TYPES.items() if report_type in field)
        return next(named, (Effect.AUTOMATIC, "multipart/report (RFC 6522)"))
    if AGGREGATE_REPORT.match(message.subject[:600].lower()):
        return Effect.AUTOMATIC, "a report on DMARC or TLS"
    if message.subject.lower().startswith(_COMPLAINT) and any(part.content_type == "message/rfc822" for part in message.attachments):
        return Effect.REPORT, "a complaint from a mailbox provider"
    if _TRANSCRIPT.search(message.full_text[:_LOOKED_AT]) and _by_server(message):
        return Effect.REPORT, "a server's account of an SMTP session"
    return Effect.NOTE, ""


def _by_server(message: Message) -> bool:
    return any(is_role(author.local_part) or is_machine(author.local_part) for author in message.from_)
