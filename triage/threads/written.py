"""Which case a message belongs to that a person wrote in our mailbox: by its thread, a case number, or whom it is written to."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.case import Case
from triage.decision import Candidate
from triage.message import Message
from triage.reading import Facts

_ANSWERS = ("re:", "aw:", "antw:", "sv:", "odp:", "rif:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a message of a person's is to our cases."""

    case_id: int | None = None
    #: It goes to the customer: an answer. Otherwise it is about the case, as a question to the carrier.
    to_customer: bool = False
    reason: str = "goes to nobody who has a case"


def written(message: Message, facts: Facts, candidates: Sequence[Candidate], waiting: Sequence[Case]) -> Written:
    """The case it answers or speaks of; `waiting` are the cases of its recipients that are not done."""
    recipients = frozenset(address.addr_spec for address in (*message.to, *message.cc))
    nearest = sorted(candidates, key=lambda one: (not one.by_thread, -one.case_id))
    for candidate in nearest:
        if candidate.participants & recipients:
            how = "answers a message of" if candidate.by_thread else "names"
            return Written(case_id=candidate.case_id, to_customer=True, reason=f"{how} {candidate.number}")
    if waiting and not any(one.by_thread for one in nearest):
        return _by_recipient(message, facts, waiting)
    if nearest:
        return Written(case_id=nearest[0].case_id, reason=f"about {nearest[0].number}, to somebody other than the customer")
    return Written()


def _by_recipient(message: Message, facts: Facts, waiting: Sequence[Case]) -> Written:
    """Nothing but the recipient tells: then it must be clear which of the customer's cases is meant."""
    orders = set(facts.order_numbers)
    hints = (
        ("names the order of", [case for case in waiting if orders.intersection(case.order_numbers)]),
        ("has the subject of", [case for case in waiting if _bare(case.subject) and _bare(case.subject) == _bare(message.subject)]),
        ("goes to the customer of", list(waiting)),
    )
    for why, cases in hints:
        if len(cases) == 1:
            return Written(case_id=cases[0].id, to_customer=True, reason=f"{why} {cases[0].number}")
    return Written(reason=f"goes to a customer with {len(waiting)} open cases, and nothing tells which is meant")


def _bare(subject: str) -> str:
    said = " ".join(subject.casefold().split())
    for _ in range(10):
        mark = next((mark for mark in _ANSWERS if said.startswith(mark)), "")
        if not mark:
            break
        said = said.removeprefix(mark).strip()
    return said
