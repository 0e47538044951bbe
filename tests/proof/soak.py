"""Simulated days with a fault every thirty seconds: nobody is lost or written to twice, and memory and descriptors stay flat."""

import asyncio
import gc
import os
import random
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from tests.proof.box import Box
from tests.proof.judged import Judged
from tests.proof.shop import Shop, shop
from tests.spine.world import letter
from triage.errors import TemporaryError
from triage.outbox import Copy
from triage.ports import BeforeData
from triage.reply import Cause, Delivery, DeliveryStatus, Receipt
from triage.stages.loop import Stage, drain

_STEP = timedelta(seconds=30)
_STEPS_AN_HOUR = 120
_FAULTS = ("mailbox before", "mailbox after", "away", "lost after the dot", "refused for now", "recipient put off")
#: What may be added to what was held after the first tenth.
_FLAT = 1.05
#: Below this many simulated hours caches are still being filled.
_SETTLED_HOURS = 12


@dataclass
class Verdict(Judged):
    """What the days led to."""

    hours: int
    faults: int = 0
    messages: int = 0
    acknowledged: int = 0
    uncertain: int = 0
    megabytes: list[float] = field(default_factory=list)
    descriptors: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.hours} simulated hours, {self.faults} faults, {self.messages} messages: {self.acknowledged} acknowledged, {self.uncertain} "
            f"uncertain; memory {self.megabytes[0]:.1f} to {self.megabytes[-1]:.1f} MB, descriptors {self.descriptors[0]} to {self.descriptors[-1]}"
        )


class Trouble:
    """The Transport port around another, which goes wrong once when told."""

    def __init__(self) -> None:
        self.fault = ""
        self.accepted: dict[str, int] = {}

    async def send(self, delivery: Delivery, before_data: BeforeData, copy: Copy = Copy.NONE) -> Receipt:
        """Take it, or fail as told."""
        fault, self.fault = self.fault, ""
        if fault == "away":
            return Receipt(status=DeliveryStatus.DEFERRED, text="connection refused", cause=Cause.HOST)
        if fault == "recipient put off":
            return Receipt(status=DeliveryStatus.DEFERRED, code=450, text="later", cause=Cause.RECIPIENT)
        if not await before_data(copy is not Copy.NONE):
            return Receipt(status=DeliveryStatus.DEFERRED, text="stopped before DATA")
        if fault == "refused for now":
            return Receipt(status=DeliveryStatus.DEFERRED, code=451, text="later")
        self.accepted[delivery.recipient] = self.accepted.get(delivery.recipient, 0) + 1
        if fault == "lost after the dot":
            return Receipt(status=DeliveryStatus.UNCERTAIN, text="the line broke")
        return Receipt(status=DeliveryStatus.SENT, code=250, text="queued")

    async def close(self) -> None:
        """Nothing is open."""


def run(hours: int, seed: int) -> Verdict:
    """So many hours."""
    return asyncio.run(soak(hours * _STEPS_AN_HOUR, seed))


async def soak(steps: int, seed: int) -> Verdict:
    """So many half minutes, each with a fault; then two days without, so that all comes to its end."""
    verdict, choose = Verdict(hours=steps // _STEPS_AN_HOUR), random.Random(seed)
    with tempfile.TemporaryDirectory(prefix="triage-soak-") as name:
        async with shop(Path(name)) as place:
            box, trouble = Box(place.clock), Trouble()
            place.deliver = place.parts.outgoing(place.store).deliver([("provider", trouble)])
            stages = _stages(place, box)
            for step in range(steps):
                _harm(choose.choice(_FAULTS), box, trouble)
                verdict.faults += 1
                if choose.random() < 0.3:
                    verdict.messages += 1
                    box.put(letter("Where is my order ORD123456?", sender=f"c{verdict.messages}@customer.example"))
                await _turn(place, stages)
                if step % max(1, steps // 20) == 0 and step >= steps // 10:
                    _measure(verdict)
            box.fails = trouble.fault = ""
            for _ in range(60):
                place.clock.at += timedelta(minutes=10)
                await _turn(place, stages)
            await _count(verdict, place, box, trouble)
            await place.deliver.close()
    return verdict


def _stages(place: Shop, box: Box) -> tuple[Stage, ...]:
    mailboxes = {"support": box}
    receive = tuple(place.parts.receive(place.store, mailboxes))
    return (*receive, place.decide, place.deliver, *place.parts.accounts(place.store, mailboxes).file(), place.tend)


def _harm(fault: str, box: Box, trouble: Trouble) -> None:
    if fault.startswith("mailbox"):
        box.fails = fault.partition(" ")[2]
    else:
        trouble.fault = fault


async def _turn(place: Shop, stages: tuple[Stage, ...]) -> None:
    place.clock.at += _STEP
    for stage in stages:
        with suppress(TemporaryError):
            await drain(stage)
    await place.deliver.rest()
    await place.vitals.look()


def _measure(verdict: Verdict) -> None:
    gc.collect()
    resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    verdict.megabytes.append(resident / (1 << 20))
    verdict.descriptors.append(len(list(Path("/proc/self/fd").iterdir())))


async def _count(verdict: Verdict, place: Shop, box: Box, trouble: Trouble) -> None:
    found = await place.store.query(lambda tx: tx.deliveries.find())
    status = {it.recipient: it for it in found if it.recipient.startswith("c")}
    for number in range(1, verdict.messages + 1):
        customer = f"c{number}@customer.example"
        its, copies = status.get(customer), trouble.accepted.get(customer, 0)
        if its is None or its.status not in (DeliveryStatus.SENT, DeliveryStatus.UNCERTAIN):
            verdict.problems.append(f"{customer}: {its.status if its else 'no acknowledgment'}")
        elif copies != 1 and not its.possible_duplicate:
            verdict.problems.append(f"{customer}: accepted {copies} times, {its.status}")
    verdict.acknowledged = sum(it.status is DeliveryStatus.SENT for it in status.values())
    verdict.uncertain = sum(it.status is DeliveryStatus.UNCERTAIN for it in status.values())
    if left := len(box.lying["INBOX"]):
        verdict.problems.append(f"{left} messages were never filed")
    if verdict.hours >= _SETTLED_HOURS:
        for what, seen in (("memory", verdict.megabytes), ("descriptors", verdict.descriptors)):
            if seen[-1] > seen[0] * _FLAT:
                verdict.problems.append(f"{what} grew from {seen[0]:.1f} to {seen[-1]:.1f}")
