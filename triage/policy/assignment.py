"""Who looks after a case: whoever is there, knows the matter and the language, and has the least to do."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self

from triage.case import Case, CaseEvent, Deadline
from triage.decision import Decision, Outcome
from triage.people import People
from triage.policy.table import Policy
from triage.staff import Colleague, Notice, NoticeKind, Role, Workload
from triage.topic import Due


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Who can be given cases today."""

    there: tuple[Colleague, ...]
    workloads: Mapping[str, Workload]
    #: In turn, rather than whoever has the fewest cases.
    in_turn: bool = False

    def after(self, key: str, case_id: int) -> Self:
        """The same with one case more on somebody's desk."""
        load = self.workloads.get(key, Workload())
        return replace(self, workloads={**self.workloads, key: Workload(open_cases=load.open_cases + 1, latest=max(load.latest, case_id))})


def bench(people: People, workloads: Mapping[str, Workload], unreachable: Collection[str], today: date, *, in_turn: bool) -> Bench:
    """The agents who are neither away nor out of reach of mail."""
    there = tuple(one for one in people.agents_at_work if not one.is_away(today) and one.key not in unreachable)
    return Bench(there=there, workloads=workloads, in_turn=in_turn)


def assign(case: Case, bench: Bench, *, people: People, policy: Policy, now: datetime, due: Due) -> Decision:
    """The case given to somebody, with the event and the notice; a promise to find somebody where nobody is there."""
    key, why = _chosen(case, bench) or _standing_in(case, people, policy)
    if not key:
        return _nobody(case, policy, due, why)
    before = people.called(case.assignee) if case.assignee else ""
    detail = {"to": key, "name": people.called(key), "why": why, "instead_of": before}
    return Decision(
        outcome=Outcome.NOTED,
        reason=why,
        case_id=case.id,
        assignee=key,
        events=(CaseEvent(at=now, kind="assigned", provenance="policy", detail={name: text for name, text in detail.items() if text}),),
        kept=(("assign", ""),),
        notices=(Notice(kind=NoticeKind.REASSIGNED if before else NoticeKind.ASSIGNED, case_id=case.id, colleague=key),),
    )


def _chosen(case: Case, bench: Bench) -> tuple[str, str] | None:
    # Each row asks for less than the one above: somebody who does not speak the language is better than nobody.
    for wanted, why in _STEPS:
        fitting = [one for one in bench.there if wanted(one, case)]
        if fitting:
            return _next(fitting, bench).key, why
    return None


def _next(fitting: Sequence[Colleague], bench: Bench) -> Colleague:
    def order(one: Colleague) -> tuple[int, int]:
        load = bench.workloads.get(one.key, Workload())
        return (0 if bench.in_turn else load.open_cases, load.latest)

    return min(fitting, key=order)


def _speaks(one: Colleague, case: Case) -> bool:
    return not one.languages or not case.language or case.language in one.languages


def _knows(one: Colleague, case: Case) -> bool:
    # What is not sorted yet may be anything, so that everybody fits.
    return not one.categories or case.abstained or case.category in one.categories


def _is_agent(one: Colleague) -> bool:
    return one.role is Role.AGENT


_STEPS: tuple[tuple[Callable[[Colleague, Case], bool], str], ...] = (
    (lambda one, case: _is_agent(one) and _knows(one, case) and _speaks(one, case), "knows the matter and the language"),
    (lambda one, case: _is_agent(one) and _knows(one, case), "knows the matter; nobody there who also speaks the language"),
    (lambda one, case: _is_agent(one) and _speaks(one, case), "speaks the language; nobody there who looks after the matter"),
    (lambda one, case: _is_agent(one), "nobody there who looks after the matter or speaks the language"),
    (lambda one, case: True, "a manager, because no agent is there"),
)


def _standing_in(case: Case, people: People, policy: Policy) -> tuple[str, str]:
    for key in (*case.departments, policy.escalation.management):
        if key in people.departments:
            return key, "a department, because no agent is there"
    return "", "no agent is there, and no department to stand in"


def _nobody(case: Case, policy: Policy, due: Due, why: str) -> Decision:
    by = due(case.received_at, policy.promises.assign)
    return Decision(outcome=Outcome.NOTED, reason=why, case_id=case.id, deadlines=(Deadline(case_id=case.id, kind="assign", due_at=by),))
