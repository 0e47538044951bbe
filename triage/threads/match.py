"""Which case a message continues: by its thread or by a case number, if its author takes part in that case."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from triage.case import DONE
from triage.decision import Candidate, Match
from triage.reading import Classification, Effect, Reading

#: An answer is told apart from its thread by its category only where that is as good as certain.
_SURE = 0.9
_STILL = re.compile(
    r"\b(?:still|again|yet|as before|immer noch|noch immer|nach wie vor|wieder|weiterhin|"
    r"toujours|encore|todav[ií]a|ancora|nog steeds|fortfarande)\b",
    re.IGNORECASE,
)
_LOOKED_AT = 4000
#: Machines' messages that are only ever kept as notes, so that it does not matter who sends them.
_NOTES = (Effect.REPORT, Effect.AUTOMATIC)


def match(
    reading: Reading,
    candidates: Sequence[Candidate],
    *,
    staff: frozenset[str],
    window: timedelta,
    now: datetime,
    answered: Sequence[str] = (),
) -> Match:
    """The case the message joins, or one to show beside the case it opens.

    A stranger never joins a case: quoting its number or its thread gives nobody a part in it. Only writing to its keyed address does,
    which none but the customer was given; `answered` has the numbers of such cases.
    """
    nearest = sorted(candidates, key=_nearest)
    standing = ((candidate, why) for candidate in nearest if (why := _standing(reading, candidate, staff, answered)))
    by_staff = _author(reading) in staff
    found = [_joined(reading, candidate, why, by_staff=by_staff, window=window, now=now) for candidate, why in standing]
    if found:
        return next((one for one in found if one.case_id is not None), found[0])
    if nearest:
        return Match(linked_case=nearest[0].case_id, reason=f"points to {nearest[0].number}, but its author takes no part in that case")
    return Match()


def _nearest(candidate: Candidate) -> tuple[bool, bool, int]:
    # A thread says more than a number, a case at work more than one that is done, a later case more than an earlier one.
    return (not candidate.by_thread, candidate.status in DONE, -candidate.case_id)


def _author(reading: Reading) -> str:
    author = reading.message.author
    return author.addr_spec if author else ""


def _standing(reading: Reading, candidate: Candidate, staff: frozenset[str], answered: Sequence[str]) -> str:
    how = f"continues the thread of {candidate.number}" if candidate.by_thread else f"quotes the number {candidate.number}"
    author = _author(reading)
    if author in candidate.participants:
        return how
    if author in staff:
        return f"{how}, from one of our own"
    if candidate.number in answered:
        return f"is sent to the keyed address of {candidate.number}"
    machine = candidate.by_thread and any(reading.first(effect) for effect in _NOTES)
    return f"{how}, from a machine" if machine else ""


def _joined(reading: Reading, candidate: Candidate, why: str, *, by_staff: bool, window: timedelta, now: datetime) -> Match:
    apart = "" if by_staff or any(reading.first(effect) for effect in _NOTES) else _apart(reading, candidate, window, now)
    if apart:
        return Match(linked_case=candidate.case_id, reason=f"{why}, but {apart}")
    return Match(case_id=candidate.case_id, reason=why)


def _apart(reading: Reading, candidate: Candidate, window: timedelta, now: datetime) -> str:
    """Why it is a matter of its own although it was written as an answer; "" where nothing speaks for that."""
    done = candidate.status in DONE
    if done and candidate.solved_at and now - candidate.solved_at > window:
        return "that case was solved too long ago to be taken up again"
    # Only what the customer writes now counts; the quoted history names the old order anyway.
    named = {fact.value for fact in reading.facts if fact.kind == "order_number" and fact.source != "quoted"}
    other_order = bool(named and candidate.order_numbers and named.isdisjoint(candidate.order_numbers))
    if done and other_order:
        return "that case is done and this is about another order"
    other_matter = _is_another(reading.classification, candidate.category)
    if other_order and other_matter:
        return f"this is about another order, and a matter of {reading.classification.category}"
    # Who wants money back, names the order or says that it is so still comes back to what was not solved after all.
    again = bool(named) or reading.classification.category == "dispute" or _STILL.search(reading.message.text[:_LOOKED_AT])
    return f"that case is done and this is a matter of {reading.classification.category}" if done and other_matter and not again else ""


def _is_another(said: Classification, category: str) -> bool:
    sure = not said.abstained and said.confidence >= _SURE
    return sure and bool(category) and said.category not in (category, "other")
