"""What the boundary's spam filter decided (SpamAssassin, rspamd, Microsoft, Barracuda); we judge nothing ourselves."""

import re

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: (field, what its value begins with) where a filter says yes.
_VERDICTS = {
    "x-spam-flag": ("yes", "true"),
    "x-spam-status": ("yes",),
    "x-spam": ("yes", "true"),
    "x-rspamd-action": ("reject", "add header", "rewrite subject"),
    "x-barracuda-spam-status": ("yes",),
}

#: Spam confidence level: 5 and above is spam, -1 and 1 are not.
_SCL_IN_REPORT = re.compile(r"(?:^|;)\s{0,3}SCL:(\d)", re.IGNORECASE)
_SCL = re.compile(r"\s{0,3}(\d)\s{0,3}")


def check(message: Message, context: RuleContext) -> Finding | None:
    """SPAM where a filter said so in one of its fields."""
    for name, value in message.headers:
        if value.strip().lower().startswith(_VERDICTS.get(name, ("\0",))) or _scl(name, value) >= 5:
            return Finding(rule="spam_flag", effect=Effect.SPAM, reason=f"{name}: {value.strip()[:60]}")
    return None


def _scl(name: str, value: str) -> int:
    if name == "x-forefront-antispam-report":
        found = _SCL_IN_REPORT.search(value)
    elif name == "x-ms-exchange-organization-scl":
        found = _SCL.fullmatch(value)
    else:
        found = None
    return int(found[1]) if found else 0
