"""A flood in simulated time: nothing is lost, strangers in a crowd hear nothing, people are acknowledged within their day."""

import asyncio
import random
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from tests.proof.judged import Judged
from tests.proof.shop import MORNING, Shop, shop
from tests.spine.world import letter
from tests.store.words import new_case
from triage.message import Address
from triage.ports import Transaction
from triage.reply import DeliveryStatus
from triage.stages.flood import GROUP

_DAY = timedelta(hours=24)
_AUTHENTIC = {"Authentication-Results": "mx.shop.example; dmarc=pass header.from=shop.example"}
_CROWDS = 3


@dataclass
class Verdict(Judged):
    """What a flood left behind."""

    messages: int
    per_hour: int
    cases: int = 0
    trusted_at_once: int = 0
    held: int = 0
    groups: int = 0
    crowd_written_to: int = 0
    told_after: timedelta | None = None
    last_single: timedelta | None = None
    most_in_an_hour: int = 0

    def __str__(self) -> str:
        return (
            f"{self.messages} messages in an hour where {self.per_hour} are usual: {self.cases} cases, {self.trusted_at_once} known or "
            f"authenticated acknowledged at once, {self.held} held, told after {self.told_after}, {self.groups} groups left to a person "
            f"({self.crowd_written_to} of them written to), last of the others after {self.last_single}, at most {self.most_in_an_hour} "
            f"released in an hour, {len(self.problems)} problems"
        )


@dataclass(frozen=True)
class _Cast:
    """Who writes, by address."""

    known: list[str]
    authentic: list[str]
    crowd: list[str]
    singles: list[str]


def run(messages: int, seed: int) -> Verdict:
    """A flood of so many messages, and the day and a half after it."""
    with tempfile.TemporaryDirectory(prefix="triage-flood-") as name:
        return asyncio.run(flooded(Path(name), messages, seed))


async def flooded(root: Path, messages: int, seed: int) -> Verdict:
    """The same in a folder that is given."""
    verdict = Verdict(messages=messages, per_hour=max(20, messages // 10))
    cast = _Cast(*[[f"{role}{n}@{role}{n}.example" for n in range(messages * share // 100)] for role, share in _SHARES.items()])
    async with shop(root, per_hour=verdict.per_hour) as place:
        await place.store.transact(lambda tx: _acquaint(tx, cast.known))
        await _begin(place, cast, verdict, random.Random(seed))
        await _check_the_first_hour(place, cast, verdict)
        await _pass_the_day(place, cast, verdict)
        await _decide(place, cast, verdict)
    return verdict


_SHARES = {"known": 2, "authentic": 5, "crowd": 53, "single": 40}


def _acquaint(tx: Transaction, people: list[str]) -> None:
    for person in people:
        case = tx.cases.open(new_case(requester=Address(addr_spec=person), opened_at=MORNING - 9 * _DAY, received_at=MORNING - 9 * _DAY))
        tx.cases.set_acknowledged(case.id, MORNING - 9 * _DAY)
        tx.cases.set_status(case.id, "solved", MORNING - 8 * _DAY)  # type: ignore[arg-type]


async def _begin(place: Shop, cast: _Cast, verdict: Verdict, choose: random.Random) -> None:
    crowds = [(f"You won {n} prizes", f"Claim prize {n} now at http://prize.example/{n}") for n in range(_CROWDS)]
    contents = [letter("Where is my parcel?", sender=it, subject=f"From {it}") for it in cast.known]
    contents += [letter("Where is my parcel?", sender=it, subject=f"From {it}", headers=_AUTHENTIC) for it in cast.authentic]
    contents += [letter(crowds[n % _CROWDS][1], sender=it, subject=crowds[n % _CROWDS][0]) for n, it in enumerate(cast.crowd)]
    contents += [letter(f"My order from {it} is late", sender=it, subject="late") for it in cast.singles]
    choose.shuffle(contents)
    for part in range(6):
        await place.arrive(contents[part::6], place.clock())
        await place.settle()
        await place.turn(timedelta(minutes=9))


async def _check_the_first_hour(place: Shop, cast: _Cast, verdict: Verdict) -> None:
    sent = place.provider.sent
    trusted = [*cast.known, *cast.authentic]
    verdict.cases = len(await place.store.query(lambda tx: tx.cases.find())) - len(cast.known)
    verdict.trusted_at_once = sum(it in sent for it in trusted)
    verdict.held = await place.store.query(lambda tx: tx.flood.held())
    verdict.groups = len(await place.store.query(lambda tx: tx.flood.groups(GROUP)))
    told = place.alarms.get("flood")
    verdict.told_after = told[0] - MORNING if told else None
    writers = sum(len(its) for its in (cast.known, cast.authentic, cast.crowd, cast.singles))
    _expect(verdict, verdict.cases == writers, f"{verdict.cases} cases of {writers} messages")
    _expect(verdict, verdict.trusted_at_once == len(trusted), f"{len(trusted) - verdict.trusted_at_once} trusted people wait")
    _expect(verdict, verdict.held + len(sent) == writers, f"{verdict.held} held and {len(sent)} sent of {writers}")
    _expect(verdict, len(sent) <= verdict.per_hour + len(trusted), f"{len(sent)} acknowledgments left in the hour of the flood")
    _expect(verdict, verdict.groups == _CROWDS, f"{verdict.groups} groups of {_CROWDS}")
    _expect(verdict, bool(told and "triage flood" in told[1]), "nobody was told")


async def _pass_the_day(place: Shop, cast: _Cast, verdict: Verdict) -> None:
    before = set(place.provider.sent)
    while place.clock() < MORNING + _DAY + timedelta(hours=1):
        await place.turn(timedelta(minutes=20))
    sent = place.provider.sent
    fresh = sorted(sent[it][0] for it in cast.singles if it in sent and it not in before)
    late = [it for it in cast.singles if it not in sent or sent[it][0] > MORNING + _DAY]
    verdict.last_single = max((sent[it][0] for it in cast.singles if it in sent), default=MORNING) - MORNING
    verdict.most_in_an_hour = max((_within(fresh, at) for at in fresh if at < MORNING + timedelta(hours=20)), default=0)
    verdict.crowd_written_to = sum(it in sent and it not in before for it in cast.crowd)
    _expect(verdict, not late, f"{len(late)} people were not acknowledged within their day")
    _expect(verdict, verdict.most_in_an_hour <= verdict.per_hour, f"{verdict.most_in_an_hour} released in one hour")
    _expect(verdict, not verdict.crowd_written_to, f"{verdict.crowd_written_to} of a crowd were written to")
    _expect(
        verdict,
        all(len(sent.get(it, [1])) == 1 for its in (cast.known, cast.crowd, cast.singles) for it in its),
        "somebody was written to twice",
    )


def _within(times: list[datetime], start: datetime) -> int:
    return sum(start <= at < start + timedelta(hours=1) for at in times)


async def _decide(place: Shop, cast: _Cast, verdict: Verdict) -> None:
    """A person releases the first crowd and drops the others: then nothing is held and the alarm is over."""
    groups = await place.store.query(lambda tx: tx.flood.groups(GROUP))
    for number, group in enumerate(groups):
        for delivery in await place.store.query(lambda tx, name=group.group: tx.flood.of_group(name)):  # type: ignore[misc]
            act = (lambda tx, it=delivery: tx.flood.release(it.id, place.clock())) if not number else (
                lambda tx, it=delivery: tx.deliveries.drop(it.id, place.clock())
            )  # fmt: skip
            await place.store.transact(act)
    await place.settle()
    dropped = len(await place.store.query(lambda tx: tx.deliveries.find(status=DeliveryStatus.FAILED)))
    expected = sum(group.count for group in groups[1:])
    _expect(verdict, dropped == expected, f"{dropped} dropped of {expected}")
    _expect(verdict, not await place.store.query(lambda tx: tx.flood.held()), "something is still held")
    _expect(verdict, "flood" not in {alarm.kind for alarm in place.parts.board.standing()}, "the alarm still stands")


def _expect(verdict: Verdict, holds: bool, problem: str) -> None:
    if not holds:
        verdict.problems.append(problem)
