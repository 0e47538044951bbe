"""`triage policy`: what the policy would do with a message, or with the cases there are; changes nothing."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import click
from pydantic import TypeAdapter, ValidationError

from triage import installation
from triage.case import Case
from triage.cli.classify import read_file, settings_or_none
from triage.cli.context import Json, print_json, run_async, settings
from triage.cli.places import printable
from triage.clocks.due import BothClocks
from triage.clocks.tell import tell, zone
from triage.decision import Decision, Match
from triage.people import People
from triage.policy.decide import decide
from triage.policy.replay import called, would_call
from triage.policy.timing import aged, opened
from triage.ports import Transaction
from triage.reply import ReplyKind
from triage.sections.values import Duration
from triage.settings import Settings
from triage.stages.recall import recall
from triage.stores import open_case_store
from triage.worker import prepare

#: Cases that are named beside each trigger.
_NAMED = 5
_span: TypeAdapter[timedelta] = TypeAdapter(Duration)


def _duration(_context: click.Context, _parameter: click.Parameter, value: str | None) -> timedelta | None:
    try:
        return _span.validate_python(value) if value else None
    except ValidationError as error:
        raise click.BadParameter(f"{value!r}: expected a duration such as 90d") from error


@click.command()
@click.option("--try", "tried", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE.eml", help="A message.")
@click.option("--replay", "span", callback=_duration, metavar="90d", help="The cases of so long.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
@click.pass_context
def policy(context: click.Context, tried: Path | None, span: timedelta | None, as_json: bool) -> None:
    """Show what the policy would do, before it does.

    --try says where a message would be filed, who would be called upon and why, and what would be promised by when; --replay says whom
    the policy as it stands would have called upon for the cases there are, and how that differs from what happened.
    """
    if (tried is None) == (span is None):
        raise click.UsageError("expected --try FILE.eml or --replay 90d")
    if tried:
        said = _tried(settings_or_none(context.obj), tried)
        print_json(said) if as_json else _show_tried(said)
    elif span:
        replayed = run_async(_replayed(settings(context), span))
        print_json(replayed.document()) if as_json else replayed.show()


def _tried(chosen: Settings, path: Path) -> dict[str, Json]:
    prepare(installation.read_plan(chosen), chosen.paths)
    reading, now, its = read_file(path), datetime.now(UTC), installation.load_policy(chosen)
    people, where = People.of(chosen), zone(chosen.identity.time_zone)
    decision = decide(
        reading,
        Match(),
        None,
        (),
        people=people,
        policy=its,
        received_at=now,
        now=now,
        due=BothClocks(installation.load_calendar(chosen).staffed),
    )
    return {
        "file": str(path),
        "outcome": decision.outcome.value,
        "reason": decision.reason,
        "category": reading.classification.category,
        "issue": reading.classification.issue,
        "abstained": reading.classification.abstained,
        "folder": decision.folder,
        "priority": decision.new_case.priority.value if decision.new_case else None,
        "acknowledged": any(order.kind is ReplyKind.ACKNOWLEDGMENT for order in decision.replies),
        "withheld": next((event.detail["why"] for event in decision.events if event.kind == "withheld"), ""),
        "escalations": [
            {"department": order.department, "why": order.reason, "answer_by": _moment(order.answer_by)}
            for order in decision.replies
            if order.kind is ReplyKind.ESCALATION
        ],
        "not_escalated": [event.detail["why"] for event in decision.events if event.kind == "not_escalated"],
        "promises": [{"what": what, "by": _moment(by), "told": tell(by, where)} for what, by in _promises(chosen, decision)],
    }


def _promises(chosen: Settings, decision: Decision) -> Iterator[tuple[str, datetime]]:
    """What would be promised or done by when, the earliest first."""
    if decision.new_case is None:
        return
    its, time, new = installation.load_policy(chosen), installation.load_calendar(chosen), decision.new_case
    case = Case(id=0, number="", **{name: getattr(new, name) for name in new.__dataclass_fields__})
    found = [*decision.deadlines, *opened(case, its, time), *aged(case, its, new.opened_at)]
    for it in sorted(found, key=lambda one: one.due_at):
        yield f"{it.kind} ({it.bound})" if it.bound else it.kind, it.due_at


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _show_tried(said: dict[str, Json]) -> None:
    def line(label: str, text: object) -> None:
        click.echo(f"  {label:<14}{printable(str(text))}")

    click.echo(click.style(printable(str(said["file"])), bold=True))
    line("outcome", f"{said['outcome']}: {said['reason']}")
    line("about", "not sure: a person sorts it" if said["abstained"] else f"{said['category']}/{said['issue'] or '?'}")
    line("folder", said["folder"] or "stays where it is")
    if not said["priority"]:
        return
    line("priority", said["priority"])
    line("acknowledged", "yes" if said["acknowledged"] else f"no: {said['withheld']}")
    for it in _rows(said["escalations"]):
        line("escalated", f"to {it['department']}: {it['why']}")
    for why in said["not_escalated"] if isinstance(said["not_escalated"], list) else ():
        line("not escalated", why)
    for it in _rows(said["promises"]):
        line("by", f"{it['told']}: {it['what']}")


def _rows(value: Json) -> list[dict[str, Json]]:
    return [dict(it) for it in value if isinstance(it, dict)] if isinstance(value, list) else []


@dataclass(kw_only=True)
class _Replayed:
    """What the policy would have done with the cases of a time."""

    cases: int = 0
    #: Numbers of cases by what would have called upon somebody.
    hits: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    departments: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    #: Numbers of cases by department that would be called now and was not then, and the other way round.
    more: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    less: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def document(self) -> Json:
        """All of it, for programs."""
        return {
            "cases": self.cases,
            "triggers": [{"name": name, "departments": sorted(self.departments[name]), "cases": self.hits[name]} for name in self.hits],
            "would_call_now": dict(self.more),
            "would_not_call_now": dict(self.less),
        }

    def show(self) -> None:
        """The same for people."""
        click.echo(f"{self.cases} cases")
        for name, numbers in sorted(self.hits.items(), key=lambda it: -len(it[1])):
            to = ", ".join(sorted(self.departments[name])) or "nobody, the priority rises"
            click.echo(f"  {len(numbers):>5} {printable(name)} -> {to}: {_listed(numbers)}")
        for said, differs in (("would be called now and was not", self.more), ("was called and would not be now", self.less)):
            for department, numbers in sorted(differs.items()):
                click.echo(f"  {len(numbers):>5} {department} {said}: {_listed(numbers)}")


def _listed(numbers: Sequence[str]) -> str:
    further = len(numbers) - _NAMED
    return ", ".join(numbers[:_NAMED]) + (f" and {further} more" if further > 0 else "")


async def _replayed(chosen: Settings, span: timedelta) -> _Replayed:
    store = open_case_store(chosen)
    try:
        return await store.query(lambda tx: _replay(tx, chosen, datetime.now(UTC) - span))
    finally:
        await store.close()


def _replay(tx: Transaction, chosen: Settings, since: datetime) -> _Replayed:
    its, people, found = installation.load_policy(chosen), People.of(chosen), _Replayed()
    due = BothClocks(installation.load_calendar(chosen).staffed)
    earlier: list[Case] = []
    for case in reversed(tx.cases.find()):
        if case.received_at >= since:
            log = tx.cases.events(case.id)
            reading = recall(case, tx.messages.of_case(case.id)[:1])
            calls = would_call(case, reading, log, partial(_repeats, earlier, case), policy=its, people=people, due=due)
            _count(found, case, {why.partition(":")[0]: to for why, to in calls.items()}, called(log), its.management)
        earlier.append(case)
    return found


def _count(found: _Replayed, case: Case, calls: dict[str, list[str]], then: set[str], management: str) -> None:
    found.cases += 1
    now: Counter[str] = Counter()
    for name, departments in calls.items():
        found.hits[name].append(case.number)
        found.departments[name].update(departments)
        now.update(departments)
    for department in set(now) - then:
        found.more[department].append(case.number)
    # Management is called for much else besides, such as promises that were missed.
    for department in then - set(now) - {management}:
        found.less[department].append(case.number)


def _repeats(earlier: Sequence[Case], case: Case, category: str, within: timedelta) -> int:
    """As the store counts them, of the cases that were there before this one."""

    def alike(other: Case) -> bool:
        same = other.requester is not None and case.requester is not None and other.requester.addr_spec == case.requester.addr_spec
        return same or bool(case.order_numbers and other.order_numbers[:1] == case.order_numbers[:1])

    since = case.received_at - within
    return sum(one.category == category and one.received_at >= since and alike(one) for one in earlier)
