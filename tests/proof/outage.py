"""The submission server is away for 23 simulated hours: when the alarm comes, who is acknowledged in time, and that each late one is named."""

import asyncio
import tempfile
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tests.proof.shop import MORNING, Shop, shop
from tests.store.words import new_case
from triage.case import Deadline
from triage.decision import ReplyOrder
from triage.message import Address
from triage.ports import Transaction
from triage.reply import DeliveryStatus, ReplyKind

_DAY, _HOUR = timedelta(hours=24), timedelta(hours=1)
_AWAY = timedelta(hours=23)
_STEP = timedelta(minutes=10)


@dataclass
class Outage:
    """What one outage led to."""

    waiting: int
    per_minute: int
    #: How long after the server went away each alarm stood.
    server_told: timedelta | None = None
    promise_told: timedelta | None = None
    #: How long before the first promise broke that was.
    ahead: timedelta | None = None
    in_time: int = 0
    late: int = 0
    said_late: int = 0
    breaches: int = 0
    #: As many as any order could have saved at that rate.
    savable: int = 0
    problems: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        """One line."""
        return (
            f"{self.waiting} waiting at {self.per_minute} a minute: server told after {self.server_told}, promise after {self.promise_told}, "
            f"{self.in_time} in time (of {self.savable} that could be), {self.late} late, {self.said_late} of them say so, {self.breaches} breaches on record"
        )


@dataclass
class Verdict:
    """Both kinds."""

    outages: dict[str, Outage]

    @property
    def clean(self) -> bool:
        """True where all is as it should be."""
        return not self.details_of_problems()

    def details_of_problems(self) -> list[str]:
        """What is not."""
        return [f"{name}: {problem}" for name, outage in self.outages.items() for problem in outage.problems]

    def details(self) -> list[str]:
        """One line for each outage, and what is not as it should be."""
        return [*(f"{name}: {outage}" for name, outage in self.outages.items()), *self.details_of_problems()]

    def __str__(self) -> str:
        return f"{len(self.outages)} outages, {len(self.details_of_problems())} problems"


def run(waiting: int, seed: int) -> Verdict:
    """Customers who wrote all day, and all at once; `seed` changes nothing."""
    return Verdict({name: asyncio.run(_alone(waiting, spread)) for name, spread in (("all day", _AWAY), ("within an hour", _HOUR))})


async def _alone(waiting: int, spread: timedelta) -> Outage:
    with tempfile.TemporaryDirectory(prefix="triage-outage-") as name:
        return await outage(Path(name), waiting, spread)


async def outage(root: Path, waiting: int, spread: timedelta) -> Outage:
    """The server goes away in the morning, so many customers write within `spread`, and it comes back after 23 hours."""
    # As slow as a provider that takes 30 a minute is for 20,000.
    found = Outage(waiting=waiting, per_minute=max(1, 30 * waiting // 20_000))
    async with shop(root, per_minute=found.per_minute) as place:
        place.provider.away = True
        arrivals = [MORNING + spread * number / waiting for number in range(waiting)]
        await _away(place, arrivals)
        place.provider.away = False
        back = place.clock()
        while await place.store.query(lambda tx: tx.vitals.backlog().deadlines):
            for _ in range(int(_STEP / timedelta(minutes=1))):
                place.clock.at += timedelta(minutes=1)
                await place.send()
            await place.settle()
        await _count(place, found, arrivals, back)
    return found


async def _away(place: Shop, arrivals: list[datetime]) -> None:
    written = 0
    while place.clock() < MORNING + _AWAY:
        due = [at for at in arrivals[written:] if at <= place.clock()]
        await place.store.transact(lambda tx, due=due, first=written: _write(place, tx, due, first))  # type: ignore[misc]
        written += len(due)
        await place.turn(_STEP)
    await place.store.transact(lambda tx: _write(place, tx, arrivals[written:], written))


def _write(place: Shop, tx: Transaction, arrivals: list[datetime], first: int) -> None:
    for number, at in enumerate(arrivals, first):
        customer = Address(addr_spec=f"c{number}@customer.example")
        case = tx.cases.open(new_case(requester=customer, opened_at=at, received_at=at))
        order = ReplyOrder(kind=ReplyKind.ACKNOWLEDGMENT, recipient=customer.addr_spec, deadline=at + _DAY)
        reply = place.parts.recorder.writer.write(order, case, log=(), reading=None, raw=None, now=at)
        tx.deliveries.queue(case.id, None, reply, at)
        tx.deadlines.set(Deadline(case_id=case.id, kind="acknowledge", due_at=at + _DAY))


async def _count(place: Shop, found: Outage, arrivals: list[datetime], back: datetime) -> None:
    sent = {f"c{number}@customer.example": at for number, at in enumerate(arrivals)}
    times = {customer: place.provider.sent.get(customer, []) for customer in sent}
    found.late = sum(len(its) == 1 and its[0] > sent[customer] + _DAY for customer, its in times.items())
    found.in_time = sum(len(its) == 1 and its[0] <= sent[customer] + _DAY for customer, its in times.items())
    found.said_late = place.provider.late
    found.breaches = await place.store.query(lambda tx: _breaches(tx, len(arrivals)))
    found.savable = _savable([at + _DAY for at in arrivals], back, found.per_minute)
    found.server_told = place.alarms["smtp"][0] - MORNING if "smtp" in place.alarms else None
    found.promise_told = place.alarms["promise"][0] - MORNING if "promise" in place.alarms else None
    unsettled = await place.store.query(lambda tx: len(tx.deliveries.find(status=DeliveryStatus.UNCERTAIN)))
    _expect(found, found.in_time + found.late == found.waiting, "somebody was written to twice or not at all")
    _expect(found, found.said_late == found.late, f"{found.late} late and {found.said_late} say so")
    _expect(found, found.breaches >= found.late, f"{found.late} late and {found.breaches} breaches on record")
    _expect(found, not place.provider.refused, f"the provider's limit was broken {place.provider.refused} times")
    _expect(
        found, found.server_told is not None and found.server_told <= timedelta(minutes=30), "the operator was not told within 30 minutes"
    )
    _expect(found, unsettled == 0, f"{unsettled} uncertain")
    # The other lane has one turn in four, once promises are broken and departments are told.
    _expect(found, found.in_time >= 0.7 * found.savable, f"{found.in_time} in time, and {found.savable} could have been")
    if found.savable < found.waiting:
        # Early enough that, had the server come back then, every promise would have been kept.
        needed = timedelta(minutes=found.waiting / found.per_minute)
        told = found.promise_told
        _expect(found, told is not None and told + needed <= _DAY, f"the forecast spoke after {told}, and {needed} were needed")
    else:
        _expect(found, found.late == 0, f"{found.late} late although all could be saved")


def _breaches(tx: Transaction, many: int) -> int:
    return sum(state == "missed" for case in range(1, many + 1) for it, state in tx.deadlines.of_case(case) if it.kind == "acknowledge")


def _savable(deadlines: list[datetime], back: datetime, per_minute: int) -> int:
    """How many any order could save: earliest deadline first, passing over what cannot be reached."""
    saved = 0
    for deadline in deadlines:
        saved += back + timedelta(minutes=(saved + 1) / per_minute) <= deadline
    return saved


def _expect(found: Outage, holds: bool, problem: str) -> None:
    if not holds:
        found.problems.append(problem)
