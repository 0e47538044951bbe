"""What a text promises and until when: "refund in 3–5 business days", "you will hear from us by Friday", "innerhalb von zwei Werktagen"."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

#: A person promises near the beginning, and nobody is to wait for a novel.
_LOOKED_AT = 10_000
_SHOWN = 160
_MOST = 60


class Unit(StrEnum):
    """What is counted."""

    HOURS = "hours"
    DAYS = "days"
    WORKING_DAYS = "working days"
    #: The next day of that name; the count is 0 for Monday.
    WEEKDAY = "weekday"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """Something that is to have come true after some time."""

    #: As it was written.
    words: str
    count: int
    unit: Unit


_NUMBERS = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "ten": 10,
    "ein": 1, "eine": 1, "einem": 1, "einer": 1, "zwei": 2, "drei": 3, "vier": 4, "fünf": 5, "sechs": 6, "sieben": 7, "zehn": 10,
}  # fmt: skip
_COUNT = rf"(?:\d{{1,2}}|{'|'.join(_NUMBERS)})"
_UNITS = (
    (re.compile(r"(?:business|working)[ -]days?|werktage?n?|arbeitstage?n?"), Unit.WORKING_DAYS, 1),
    (re.compile(r"hours?|stunden?"), Unit.HOURS, 1),
    (re.compile(r"weeks?|wochen?"), Unit.DAYS, 7),
    (re.compile(r"days?|tage?n?"), Unit.DAYS, 1),
)
_UNIT = "|".join(expression.pattern for expression, _unit, _times in _UNITS)
_SPAN = re.compile(
    rf"\b(?:in|within|innerhalb von|binnen|takes?|dauert|spätestens in)(?: about| etwa| ca\.?| the next| den nächsten)? "
    rf"(?:{_COUNT} ?(?:-|–|to|bis) ?)?(?P<count>{_COUNT}) (?P<unit>{_UNIT})\b"
)
_DAYS = {
    "monday": 0, "tuesday": 1, "wednesday": 2, "thursday": 3, "friday": 4, "saturday": 5, "sunday": 6,
    "montag": 0, "dienstag": 1, "mittwoch": 2, "donnerstag": 3, "freitag": 4, "samstag": 5, "sonntag": 6,
}  # fmt: skip
_BY = re.compile(rf"\b(?:by|until|on|bis|am|bis spätestens)(?: zum)? (?P<day>{'|'.join(_DAYS)})\b|\b(?P<next>tomorrow|morgen)\b")
#: Only what somebody is to do or to get is a promise; "I waited for 5 days" is none.
_WILL = re.compile(
    r"\b(?:will|shall|we'll|you'll|i'll|is going to|are going to|wird|werden|erhalten sie|bekommen sie|senden wir|schicken wir|melde[nt]?"
    r"|refunds?|erstattung|should (?:arrive|reach|be))\b"
)
_SENTENCE = re.compile(r"[^.!?\n]{1,400}")
_PAST = re.compile(r"\b(?:waited|have been|has been|wartete|gewartet|ago|since|seit|vor \d)\b")


def pledges(text: str) -> Iterator[Pledge]:
    """Each sentence that promises something within a time, in the order of the text; of "3 to 5 days" the later end counts."""
    flat = text[:_LOOKED_AT].replace("’", "'").replace("ca.", "ca")
    for sentence in (found.group() for found in _SENTENCE.finditer(flat)):
        said = " ".join(sentence.casefold().split())
        if not _WILL.search(said) or _PAST.search(said):
            continue
        pledge = _pledge(said, " ".join(sentence.split())[:_SHOWN])
        if pledge is not None:
            yield pledge


def _pledge(said: str, words: str) -> Pledge | None:
    if span := _SPAN.search(said):
        count = _NUMBERS.get(span["count"]) or int(span["count"])
        unit, times = next((unit, times) for expression, unit, times in _UNITS if expression.fullmatch(span["unit"]))
        return Pledge(words=words, count=count * times, unit=unit) if 0 < count * times <= _MOST else None
    by = _BY.search(said)
    if by is None:
        return None
    return Pledge(words=words, count=_DAYS[by["day"]], unit=Unit.WEEKDAY) if by["day"] else Pledge(words=words, count=1, unit=Unit.DAYS)
