"""What may go on of a colleague's answer: their own words, and nothing of the notification they answer."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE
from triage.staff_tokens import in_text
from triage.threads.among import among

#: What mail programs put right above a quotation: the fields of the message that is answered, or a rule.
_HEADER = re.compile(
    r"\A[\s>*|]{0,8}(?:from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|envoyé|à|objet)\s?\*?:", re.IGNORECASE
)
_RULE = re.compile(r"\A[\s>]{0,8}[-_=]{2,8}")
_YEAR = re.compile(r"\d{4}")
#: The longest line that is looked at: heads are short.
_LOOKED_AT = 900
#: So many characters at the start of two texts tell that they are one.
_SAME = 200
#: So many lines may stand between somebody's last word and our first line.
_HEAD = 12
_MOBILE = re.compile(
    r"\A\s{0,4}(?:sent|get|envoyé|enviado|inviato|verzonden|von meinem|gesendet|diese nachricht wurde)\b.{0,40}"
    r"(?:iphone|ipad|android|outlook|samsung|galaxy|mobile|handy|smartphone|mobil|blackberry).{0,60}\Z",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWords:
    """The text that is theirs, or why it cannot be told apart from ours."""

    text: str = ""
    problem: str = ""


def own_words(text: str, whole: str = "", sent: Sequence[str] = ()) -> OwnWords:
    """The writer's words in an answer: its `text` without history, else also those typed among what was `sent`, in the `whole` of it.

    A problem where parts of our message would go along.
    """
    found = _typed_among(text, whole, sent) if sent and whole else None
    return _above(text) if found is None else found


def _typed_among(text: str, whole: str, sent: Sequence[str]) -> OwnWords | None:
    """None where nothing was typed within our message that the text does not have."""
    lines = whole.replace("\r\n", "\n").split("\n")
    at = _marked_at(lines)
    if at is None:
        return None
    # Which of several messages was answered shows by what it explains.
    found = min((among(lines[at + 1 :], one) for one in sent), key=lambda one: len(one.typed))
    if not found.typed.strip():
        above = _above(text)
        return _checked(_without_mobile(_without_head(lines[:at]))) if above.problem else above
    if found.unsure:
        return OwnWords(problem="Some of your words stand among parts of our message that the customer must not see.")
    own = text.replace("\r\n", "\n").split("\n")
    mark = _marked_at(own)
    if mark is None and _begins(found.typed, text):
        # Written below our message, and found there before.
        return None
    own = _without_mobile(own if mark is None else _without_head(own[:mark]))
    return _checked([*own, *([""] if any(own) else []), *_without_mobile(found.text.split("\n"))])


def _begins(typed: str, text: str) -> bool:
    return " ".join(typed.split()).startswith(" ".join(text.split())[:_SAME])


def _marked_at(lines: Sequence[str]) -> int | None:
    return next((index for index, line in enumerate(lines) if REPLY_ABOVE in line), None)


def _above(text: str) -> OwnWords:
    lines = text.replace("\r\n", "\n").split("\n")
    at = _marked_at(lines)
    if at is None:
        return _checked(_without_mobile(lines))
    above = _without_mobile(_without_head(lines[:at]))
    # Where our mark itself bears no mark of quotation, nobody can tell whose words stand below: all of it is taken for ours.
    among = _among(lines[at + 1 :]) if _is_quoted(lines[at]) else []
    if among is None:
        return OwnWords(problem="Some of your words stand among parts of our message that the customer must not see.")
    return _checked([*above, *([""] if above and among else []), *among])


def _checked(lines: Sequence[str]) -> OwnWords:
    text = "\n".join(lines).strip("\n")
    if in_text(text) or CUSTOMER_BEGINS in text or CUSTOMER_ENDS in text:
        return OwnWords(problem="Parts of our message to you stand among your words, and the customer must not see them.")
    return OwnWords(text=text.strip())


def _without_head(lines: Sequence[str]) -> list[str]:
    """The lines without the head that a mail program put over its quotation."""
    kept = list(lines)
    for _ in range(_HEAD):
        while kept and not kept[-1].strip(" >|\t"):
            kept.pop()
        if not kept or not _is_head(kept[-1]):
            break
        kept.pop()
    return kept


def _is_head(line: str) -> bool:
    if len(line) > _LOOKED_AT:
        return False
    # "On … wrote:", which may be wrapped before the address.
    attribution = line.rstrip().endswith((":", "<")) and ("@" in line or _YEAR.search(line))
    return bool(attribution or _HEADER.match(line) or _RULE.match(line))


def _without_mobile(lines: Sequence[str]) -> list[str]:
    kept = list(lines)
    while kept and (not kept[-1].strip() or _MOBILE.match(kept[-1])):
        kept.pop()
    return kept


def _among(below: Sequence[str]) -> list[str] | None:
    """The customer's words with the answers among them; [] where nothing was answered there, None where our own parts were."""
    begins = next((index for index, line in enumerate(below) if CUSTOMER_BEGINS in line), len(below))
    ends = next((index for index, line in enumerate(below) if CUSTOMER_ENDS in line), begins)
    if any(_is_word(line) for line in (*below[:begins], *below[ends + 1 :])):
        return None
    inside = below[begins + 1 : ends]
    return list(_answered(inside)) if any(_is_word(line) for line in inside) else []


def _answered(lines: Sequence[str]) -> Iterator[str]:
    # One mark less: what we had quoted from the customer stays quoted.
    for line in lines:
        yield line.lstrip().removeprefix(">").removeprefix(" ") if _is_quoted(line) else line


def _is_quoted(line: str) -> bool:
    return line.lstrip().startswith(">")


def _is_word(line: str) -> bool:
    return bool(line.strip()) and not _is_quoted(line)
