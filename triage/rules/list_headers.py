"""RFC 2919, RFC 2369, RFC 8058: what a mailing list or a newsletter sends is not answered (RFC 5230 §4.6)."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext
from triage.rules.lists import is_own_list

_FIELDS = frozenset({
    "list-id", "list-unsubscribe", "list-unsubscribe-post", "list-post", "list-help", "list-subscribe", "list-owner", "list-archive",
    "mailing-list", "x-mailing-list", "x-mlserver", "x-ml-name", "x-ml-count",
})  # fmt: skip


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC where a list carried the message; NOTE where that list is our own address."""
    field = next((name for name, value in message.headers if name in _FIELDS and value.strip()), "")
    if not field:
        return None
    if is_own_list(message, context):
        return Finding(rule="list_headers", effect=Effect.NOTE, reason=f"{field}: the list is our own address")
    return Finding(rule="list_headers", effect=Effect.AUTOMATIC, reason=f"{field}: sent through a mailing list")
