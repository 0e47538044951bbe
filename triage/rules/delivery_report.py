"""RFC 3464, RFC 5965 and what older systems send: reports about a message are never answered and never a case."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

_REPORT_TYPES = {
    "delivery-status": (Effect.REPORT, "a delivery report (RFC 3464)"),
    "feedback-report": (Effect.REPORT, "a complaint from a mailbox provider (RFC 5965)"),
    "disposition-notification": (Effect.AUTOMATIC, "a read receipt (RFC 8098)"),
}


def check(message: Message, context: RuleContext) -> Finding | None:
    """REPORT for delivery reports and complaints, AUTOMATIC for read receipts."""
    if message.report is not None:
        report = message.report
        reason = " ".join(filter(None, ("delivery report:", report.action, report.status)))
        return Finding(rule="delivery_report", effect=Effect.REPORT, reason=reason)
    effect, reason = _by_structure(message)
    return Finding(rule="delivery_report", effect=effect, reason=reason) if reason else None


def _by_structure(message: Message) -> tuple[Effect, str]:
    if message.header("x-failed-recipients") is not None:
        return Effect.REPORT, "X-Failed-Recipients, as Exim puts it into delivery reports"
    if message.content_type == "multipart/report":
        field = (message.header("content-type") or "").lower()
        for report_type, (effect, reason) in _REPORT_TYPES.items():
            if report_type in field:
                return effect, reason
        return Effect.AUTOMATIC, "multipart/report (RFC 6522)"
    return Effect.NOTE, ""
