"""RFC 3834 §5: Auto-Submitted with anything but `no` was sent without a person's doing."""

from triage.message import Message
from triage.reading import Effect, Finding
from triage.rules.context import RuleContext

#: Forwarded by a machine, written by a person: not in IANA's registry, but in use.
_FORWARDED = "auto-forwarded"


def check(message: Message, context: RuleContext) -> Finding | None:
    """AUTOMATIC where any Auto-Submitted field names a keyword other than `no`."""
    keywords = [_keyword(value) for name, value in message.headers if name == "auto-submitted"]
    telling = [keyword for keyword in keywords if keyword not in {"", "no"}]
    if not telling:
        return None
    effect = Effect.NO_ANSWER if set(telling) == {_FORWARDED} else Effect.AUTOMATIC
    return Finding(rule="auto_submitted", effect=effect, reason=f"Auto-Submitted: {telling[0][:60]}")


def _keyword(value: str) -> str:
    """The keyword without comments and parameters, in lower case."""
    return _without_comments(value).partition(";")[0].strip().lower()


def _without_comments(value: str) -> str:
    # Comments nest (RFC 5322 §3.2.2), which no regular expression follows.
    if "(" not in value:
        return value
    kept, depth = [], 0
    for character in value:
        if character == "(":
            depth += 1
        elif character == ")" and depth:
            depth -= 1
        elif not depth:
            kept.append(character)
    return "".join(kept)
