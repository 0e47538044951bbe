"""Whatever a person corrects to whatever else, some things always hold."""

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from tests.making import ARRIVED, DUE, NOW, PEOPLE, SHIPPED, case
from triage.case import Case, CaseStatus, Deadline
from triage.correction import Provenance, Ruling
from triage.policy.correcting import Corrected, Correcting, corrected, topic_of
from triage.policy.folders import SPAM_RULING

MATTERS = [(category, issue) for category, issue in SHIPPED.matters if issue]
RULINGS = [*(Ruling(category=category, issue=issue) for category, issue in SHIPPED.matters), SPAM_RULING, Ruling()]
PROMISES = [
    (Deadline(case_id=42, kind="acknowledge", due_at=ARRIVED + timedelta(hours=24)), "kept"),
    (Deadline(case_id=42, kind="resolve", due_at=ARRIVED + timedelta(hours=48)), "open"),
]


def outcome(matter: tuple[str, str], ruling: Ruling, status: CaseStatus = CaseStatus.OPEN) -> Corrected | None:
    """What follows for an acknowledged case."""
    return corrected(
        Correcting(
            case=case(category=matter[0], issue=matter[1], status=status, acknowledged_at=NOW),
            ruling=ruling,
            author="Jane",
            provenance=Provenance.FOLDER,
            moved="1",
            people=PEOPLE,
            policy=SHIPPED,
            now=NOW,
            due=DUE,
            log=(),
            promises=PROMISES,
        )
    )


@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: f"{ruling.category}/{ruling.issue}" + (" spam" if ruling.spam else ""))
def test_every_correction_is_consistent(ruling: Ruling) -> None:
    """One event says it first; the folder is that of the case as it is now; no customer is written to; saying it again is nothing."""
    for matter, status in product(MATTERS, (CaseStatus.OPEN, CaseStatus.SOLVED)):
        found = outcome(matter, ruling, status)
        if found is None:
            assert matter[0] == ruling.category
            continue
        after = found.case if found.decision.status is None else _standing(found)
        assert [event.kind for event in found.decision.events].count("corrected") == 1
        assert found.decision.events[0].kind == "corrected"
        assert found.decision.folder == topic_of(after, SHIPPED).folder, (matter, ruling)
        assert {order.kind.value for order in found.decision.replies} <= {"escalation"}
        assert all(order.recipient != after.requester.addr_spec for order in found.decision.replies if after.requester)
        assert len(found.decision.replies) <= 1


def _standing(found: Corrected) -> Case:
    """The case with the status that the decision gives it."""
    return replace(found.case, status=found.decision.status or found.case.status)


@pytest.mark.parametrize("ruling", RULINGS, ids=lambda ruling: f"{ruling.category}/{ruling.issue}" + (" spam" if ruling.spam else ""))
def test_a_correction_settles(ruling: Ruling) -> None:
    """After a correction the same ruling says nothing new, from any matter."""
    for matter in MATTERS:
        found = outcome(matter, ruling)
        if found is None:
            continue
        given = Correcting(
            case=replace(found.case, status=found.decision.status or found.case.status),
            ruling=ruling, author="Jane", provenance=Provenance.CLI, moved="", people=PEOPLE, policy=SHIPPED, now=NOW, due=DUE,
            log=found.decision.events, promises=PROMISES,
        )  # fmt: skip
        assert corrected(given) is None, (matter, ruling)


def test_no_promise_grows_longer_than_the_customer_was_told() -> None:
    """Whatever the new matter, word of progress is promised no later than before."""
    for matter, ruling in product(MATTERS, RULINGS):
        found = outcome(matter, ruling)
        promised = [deadline.due_at for deadline in (found.decision.deadlines if found else ()) if deadline.kind == "resolve"]
        assert all(due_at <= ARRIVED + timedelta(hours=48) for due_at in promised)
