"""A simulated quarter: real stages on a real store under a virtual clock, people who answer late, holidays, an outage; every figure twice."""

import asyncio
import heapq
import random
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.proof.recount import COUNTS, PRODUCT, VENDOR, recount
from tests.spine.office import JANE, Inside, Office, answer, opened, opened_office, written
from tests.spine.world import Clock
from triage.app import People, front_desk
from triage.case import Rating
from triage.entry import Channel
from triage.figures import Group, Period, Report, Span
from triage.installation import read_plan
from triage.message import MessageKey, RawMessage
from triage.policy.by_hand import Contact
from triage.ports import Transaction
from triage.reporting import counted
from triage.reports.period import period_of
from triage.stages.log import KeepLog
from triage.stages.read import read

WHERE = ZoneInfo("Europe/Berlin")
FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
HOLIDAYS = frozenset({date(2026, 10, 3), date(2026, 12, 25), date(2026, 12, 26), date(2026, 12, 31)})
#: Nothing leaves in between: the submission server puts everything off.
OUTAGE = (datetime(2026, 11, 14, 6, tzinfo=UTC), datetime(2026, 11, 15, 16, tzinfo=UTC))
SUBJECTS = ("charged twice", "where is my parcel", "charged twice for ORD{n}", "order ORD{n} not here", "the kettle of order ORD{n}")
PRODUCTS = ("", "", "Kettle", "Reading Lamp", "Garden Chair")
COMMENTS = ("", "quick", "resolved quickly, but I wish I had been informed earlier", "too slow")


@dataclass(order=True)
class _Step:
    """Something that somebody does at a time."""

    at: datetime
    number: int
    do: Any = field(compare=False)


@dataclass
class Quarter:
    """The quarter as it is played."""

    office: Office
    clock: Clock
    chance: random.Random
    steps: list[_Step] = field(default_factory=list)
    _serial: "count[int]" = field(default_factory=count)

    def later(self, at: datetime, do: Any) -> None:
        """Somebody does that then."""
        heapq.heappush(self.steps, _Step(at, next(self._serial), do))

    async def play(self) -> None:
        """Everything in the order of time."""
        while self.steps:
            step = heapq.heappop(self.steps)
            if step.at > self.clock.at:
                self.clock.at = step.at
            down = OUTAGE[0] <= self.clock.at < OUTAGE[1]
            self.office.post.down = down
            await step.do()
            await self.office.work()

    def at_work(self, at: datetime) -> datetime:
        """The next moment at which people are at work: weekdays from nine to five."""
        local = at.astimezone(WHERE)
        while local.weekday() > 4 or local.date() in HOLIDAYS or local.hour >= 17:
            local = (local + timedelta(days=1)).replace(hour=9, minute=self.chance.randrange(60))
        return (local if local.hour >= 9 else local.replace(hour=9, minute=self.chance.randrange(60))).astimezone(UTC)

    async def machine(self) -> None:
        """Something writes that is nobody: no case, and counted by name."""
        fields = self.chance.choice(({"Auto_Submitted": "auto-replied"}, {"List_Id": "<news.example>", "Precedence": "bulk"}))
        await self.office.get(
            written(f"robot{self.chance.randrange(99)}@machine.example", "I am away.", subject="away", **fields), minutes=0
        )

    async def arrive(self, customer: str, subject: str) -> None:
        """A customer writes; somebody will answer sooner or later, or never."""
        before = await self._latest()
        product = self.chance.choice(PRODUCTS)
        named = f"\n\n{PRODUCT}{product}" if product else ""
        said = f"Hello,\n\n{subject}. Please help.{named}\n\n{customer}"
        await (self.call if self.chance.random() < 0.1 else self.mail)(customer, subject, said)
        case = await self._latest()
        if case == before or self.chance.random() < 0.03:
            return
        if self.chance.random() < 0.02:
            self.later(self.clock.at + timedelta(minutes=30), lambda: self.spam(case))
            return
        patience = self.chance.choice((2, 5, 12, 20, 40, 70)) * self.chance.uniform(0.5, 1.5)
        self.later(self.at_work(self.clock.at + timedelta(hours=patience)), lambda: self.answer(case, customer))

    async def mail(self, customer: str, subject: str, said: str) -> None:
        """It comes by mail."""
        await self.office.get(written(customer, said, subject=subject), minutes=0)

    async def call(self, customer: str, subject: str, said: str) -> None:
        """It comes by telephone, and somebody takes it down."""
        plan, at = read_plan(self.office.settings), self.clock.at
        key = MessageKey(account="", mailbox="phone", uid_validity=1, uid=0)
        content = written(customer, said, subject=subject)
        raw = RawMessage(key=key, received_at=at, content=content, size=len(content))
        reading = replace(read(raw, plan, Inside(plan)), findings=())
        contact = Contact(channel=Channel.PHONE, at=at, by="Jane Adams", agent="jane", customer=customer)
        await self.office.store.transact(lambda tx: front_desk(self.office.settings).open(tx, raw, reading, contact, at))
        await self.office.work()

    async def answer(self, case: int, customer: str) -> None:
        """Somebody answers: with the resolution, or first with how far it is, or after having called upon the vendor."""
        told = self._told(case)
        if told is None:
            return
        if self.chance.random() < 0.2:
            await self.office.get(answer(told, f"#escalate {VENDOR} it is theirs", JANE), minutes=2)
        if self.chance.random() < 0.25:
            await self.office.get(answer(told, "Dear customer,\n\nwe are looking into it.", JANE), minutes=2)
            self.later(self.at_work(self.clock.at + timedelta(hours=self.chance.uniform(5, 60))), lambda: self.resolve(case, customer))
        else:
            await self.resolve(case, customer)

    async def resolve(self, case: int, customer: str) -> None:
        """The matter is settled; the customer may rate it, or write again."""
        told = self._told(case)
        if told is not None:
            await self.office.get(answer(told, "#resolve settled\n\nDear customer,\n\nit is settled.", JANE), minutes=2)
        if self.chance.random() < 0.3:
            self.later(self.clock.at + timedelta(hours=self.chance.uniform(1, 90)), lambda: self.rate(case))
        if self.chance.random() < 0.08:
            self.later(self.clock.at + timedelta(hours=self.chance.uniform(1, 60)), lambda: self.again(case, customer))

    async def spam(self, case: int) -> None:
        """Somebody sees that it is no customer's."""
        told = self._told(case)
        if told is not None:
            await self.office.get(answer(told, "#spam", JANE), minutes=0)

    async def rate(self, case: int) -> None:
        """The customer says how it went."""
        score, comment = self.chance.choice((1, 3, 4, 4, 5, 5)), self.chance.choice(COMMENTS)
        await self.office.store.transact(lambda tx: _rate(tx, case, score, comment, self.clock.at))

    async def again(self, case: int, customer: str) -> None:
        """It is not settled after all."""
        latest = next((it for it in reversed(self.office.post.sent) if it.recipient == customer and it.case_id == case), None)
        if latest:
            said = "It is still broken, please look again."
            await self.office.get(answer(opened(latest.content), said, customer, passed="", to="support@shop.example"), minutes=0)
            self.later(self.at_work(self.clock.at + timedelta(hours=self.chance.uniform(1, 50))), lambda: self.resolve(case, customer))

    async def _latest(self) -> int:
        return await self.office.ask(lambda tx: max((it.id for it in tx.cases.find(limit=1)), default=0))

    def _told(self, case: int) -> Any:
        found = next((it for it in reversed(self.office.post.sent) if it.case_id == case and it.recipient == JANE), None)
        return opened(found.content) if found else None


def _rate(tx: Transaction, case: int, score: int, comment: str, at: datetime) -> None:
    from tests.store.words import event

    tx.cases.set_rating(case, Rating(score=score, comment=comment), at)
    tx.cases.record(case, [event("rated", at, score=str(score), comment=comment)])


async def played(root: Path, cases: int, seed: int) -> Office:
    """An office at the end of a quarter with so many customers, machines and strangers among them."""
    chance, clock = random.Random(seed), Clock(datetime.combine(FIRST, datetime.min.time(), WHERE).astimezone(UTC))
    office, _store = opened_office(root, clock)
    quarter = Quarter(office=office, clock=clock, chance=chance)
    seconds = (LAST - FIRST).days * 86400
    for number in range(cases):
        customer = f"{'dead' if chance.random() < 0.02 else 'c'}{chance.randrange(cases)}@customer.example"
        if customer.startswith("dead"):
            office.post.refuses.add(customer)
        # More in December, as in a shop.
        place = chance.random() ** 0.8
        subject = chance.choice(SUBJECTS).format(n=100_000 + chance.randrange(3 * cases)) + f" {number}"
        quarter.later(clock.at + timedelta(seconds=place * seconds), partial(quarter.arrive, customer, subject))
    for _ in range(cases // 20):
        quarter.later(clock.at + timedelta(seconds=chance.random() * seconds), quarter.machine)
    await quarter.play()
    return office


@dataclass
class Verdict:
    """What two ways of counting have found."""

    cases: int = 0
    reports: int = 0
    compared: int = 0
    resolved: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """True where every figure agrees."""
        return not self.problems and self.compared > 0

    def details(self) -> list[str]:
        """Figures that differ."""
        return self.problems[:20]

    def __str__(self) -> str:
        return f"{self.cases} cases, {self.reports} reports, {self.compared} figures counted twice; {self.resolved}; {len(self.problems)} differ"


def periods() -> Iterator[Period]:
    """Every week, month and the quarter."""
    yield period_of(Span.QUARTER, FIRST, WHERE)
    for month in (10, 11, 12):
        yield period_of(Span.MONTH, date(2026, month, 1), WHERE)
    day = FIRST
    while day <= LAST:
        yield period_of(Span.WEEK, day, WHERE)
        day += timedelta(days=7)


async def judged(office: Office) -> Verdict:
    """Each figure of each report beside what the raw events say."""
    people, now = People.of(office.settings), office.clock.at
    await KeepLog(store=office.store, people=people, now=office.clock).catch_up()
    verdict = Verdict()
    with sqlite3.connect(office.settings.paths.store) as db:
        for period in periods():
            report = await office.ask(lambda tx, period=period: counted(tx, period, now, people.called, WHERE))
            ours, raw = told(report), recount(db, period.start, period.end, now)
            verdict.reports += 1
            verdict.compared += len(raw)
            verdict.problems += [
                f"{period.title}, {name}: report {ours.get(name)}, events {value}"
                for name, value in raw.items()
                if ours.get(name, 0) != value
            ]
            verdict.problems += [
                f"{period.title}, {name}: report {value}, events nothing" for name, value in ours.items() if value and name not in raw
            ]
            if period.span is Span.QUARTER:
                counts = report.total.counts
                verdict.cases = counts.received
                verdict.resolved = (
                    f"acknowledged in time {counts.acknowledged}, resolved in time {counts.resolved} of {counts.resolution_due}"
                )
    return verdict


def told(report: Report) -> dict[str, object]:
    """What the report says, under the names of the recount."""
    flat: dict[str, object] = {"solved in the period": report.solved, "waiting": report.waiting.many, "ratings": report.total.ratings}
    flat["points"] = report.total.points
    for name, group in (("all", report.total), ("disputes", report.disputes)):
        flat |= {f"{name} {count}": getattr(group.counts, count) for count in COUNTS}
        flat |= _timed(name, group)
    for by in ("matter", "category", "representative", "department", "channel", "product", "vendor"):
        for group in report.by[by]:
            flat |= {f"{by} {group.name} {count}": getattr(group.counts, count) for count in COUNTS}
            flat |= _timed(f"{by} {group.name}", group) | {f"{by} {group.name} {it}": getattr(group, it) for it in ("ratings", "points")}
    for promise, misses in report.misses.items():
        flat[f"missed {promise}"] = misses.many
    flat |= {f"excluded {name}": many for name, many in report.excluded.items()}
    return flat


def _timed(name: str, group: Group) -> dict[str, object]:
    said: dict[str, object] = {}
    for kind in ("acknowledgment", "answer", "resolution"):
        its = getattr(group, kind)
        said |= {f"{name} {kind} n": its.n, f"{name} {kind} median": its.median or 0, f"{name} {kind} p90": its.p90 or 0}
        said[f"{name} {kind} mean"] = round(its.mean or 0, 3)
    return said


def run(cases: int, seed: int) -> Verdict:
    """Play the quarter and count it twice."""
    with tempfile.TemporaryDirectory() as root:
        return asyncio.run(_run(Path(root), cases, seed))


async def _run(root: Path, cases: int, seed: int) -> Verdict:
    office = await played(root, cases, seed)
    try:
        return await judged(office)
    finally:
        await office.store.close()
