"""What we sent ourselves comes back by redirections and copies; answering it would never end."""

import re

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: kind.token@domain, with the 26 characters of a keyed token.
_OWN_MESSAGE_ID = re.compile(r"[a-z_]{2,30}\.(?:[a-z0-9-]{1,40}\.)?[a-z2-7]{26}@([a-z0-9.-]{1,253})")

#: purpose.number.token or purpose.number.expiry.token, which our automatic mail puts behind the plus of its Reply-To.
_KEYED_DETAIL = re.compile(r"[a-z]{1,3}\.(?:\d{1,9}\.){0,2}[a-z2-7]{26}")


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC for our own automatic mail, STAFF for a colleague who writes from our address, NO_ANSWER for a web form that does."""
    mark = _mark(message, context)
    if mark:
        return Finding(rule="own_message", effect=Effect.AUTOMATIC, reason=mark)
    if not any(context.is_own(address.addr_spec) for address in message.from_):
        return None
    if any(not context.is_own(address.addr_spec) for address in message.reply_to):
        return Finding(
            rule="own_message", effect=Effect.NO_ANSWER, reason="From is our own address and Reply-To is not: perhaps a web form"
        )
    return Finding(rule="own_message", effect=Effect.STAFF, reason="From is our own address")


def _mark(message: Message, context: RuleContext) -> str:
    """Which of the marks of our automatic mail the message carries; empty for none."""
    if message.header("x-triage-loop") is not None:
        return "X-Triage-Loop: sent by a triage daemon"
    found = _OWN_MESSAGE_ID.fullmatch(message.message_id.lower())
    if found and found[1] in context.own_domains:
        return "the Message-ID is of our own making"
    if any(
        context.is_own(address.addr_spec) and _KEYED_DETAIL.fullmatch(address.local_part.partition("+")[2]) for address in message.reply_to
    ):
        return "Reply-To is a keyed address of ours"
    return ""
