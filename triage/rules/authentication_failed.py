"""RFC 7489, RFC 8601: where our own server found the author forged, an answer would reach somebody who never wrote."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext


def check(message: Message, context: RuleContext) -> Finding | None:
    """NO_ANSWER where the server says dmarc=fail, or spf and dkim both fail; no result is not a failure."""
    results = {method: message.authentication_result(method) for method in ("dmarc", "spf", "dkim")}
    if results["dmarc"] == "fail":
        return Finding(rule="authentication_failed", effect=Effect.NO_ANSWER, reason="dmarc=fail")
    if results["dmarc"] != "pass" and results["spf"] == results["dkim"] == "fail":
        return Finding(rule="authentication_failed", effect=Effect.NO_ANSWER, reason="spf=fail and dkim=fail")
    return None
