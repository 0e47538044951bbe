"""A case on one line of a list to a colleague, with the address by which it is answered."""

from datetime import datetime

from triage import staff_tokens
from triage.case import Case
from triage.people import People
from triage.staff import Colleague


def case_line(people: People, key: bytes, colleague: Colleague, case: Case, now: datetime) -> str:
    """Number, matter, priority and status, and where to write about it."""
    token = staff_tokens.issue(key, colleague, case.number, staff_tokens.expiry(now, people.rules.token_lifetime))
    identity = people.identity
    address = staff_tokens.addressed(identity.address, token) if identity.plus_addressing else identity.address
    return f"{case.number} {case.category} {case.issue} ({case.priority}, {case.status}): {address}"
