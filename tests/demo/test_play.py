"""The order in which the day is played, on the embedded servers and a real store, with a daemon of a few lines."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from tests.demo.conftest import sample
from triage.decision import Outcome
from triage.demo import place
from triage.demo.day import Sample
from triage.demo.play import Play
from triage.demo.servers import running
from triage.demo.watch import Standing, Watch
from triage.message import MessageKey
from triage.ports import Store
from triage.store.sqlite import open_store


@dataclass(slots=True)
class _Stage:
    """A play with a store that settles what the test tells it to."""

    play: Play
    store: Store
    told: list[int] = field(default_factory=list)

    async def settle(self, *uids: int) -> None:
        """Let messages end as spam."""
        keys = [MessageKey(account=place.ACCOUNT, mailbox="INBOX", uid_validity=1, uid=uid) for uid in uids]
        arrived_at = [self.play.arrived_at.get(uid, self.play.began) for uid in uids]
        await self.store.transact(lambda tx: tx.messages.add_settled(zip(keys, arrived_at, strict=True), Outcome.SPAM))

    async def until(self, *numbers: str) -> None:
        """Wait until these samples, and no others, are in the mailbox."""
        async with asyncio.timeout(20):
            while set(self.play.uids) != set(numbers):
                await asyncio.sleep(0.01)


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[_Stage]:
    """A stage with no day yet."""
    store = open_store(tmp_path / "triage.db", "SP")
    async with running(place.users()) as servers:
        told: list[int] = []

        def tell(standing: Standing, _arrived_at: datetime) -> None:
            told.append(standing.record.key.uid)

        yield _Stage(Play([], servers, Watch(store, place.ACCOUNT), tell), store, told)
    await store.close()


def _day(*after: tuple[str, ...]) -> Sequence[Sample]:
    return [sample(f"{number:02}", after=earlier) for number, earlier in enumerate(after, 1)]


async def test_messages_wait_for_the_ones_they_speak_of(stage: _Stage) -> None:
    """The first message goes alone; later ones go when all that they wait for has settled, whatever stands before them."""
    stage.play.day = _day((), ("01",), (), ("02", "03"))
    performing = asyncio.create_task(stage.play.perform(asyncio.Event()))
    await stage.until("01")
    await asyncio.sleep(0.3)
    assert set(stage.play.uids) == {"01"}
    await stage.settle(stage.play.uids["01"])
    await stage.until("01", "02", "03")
    await stage.settle(stage.play.uids["03"])
    await asyncio.sleep(0.3)
    assert "04" not in stage.play.uids
    await stage.settle(stage.play.uids["02"])
    await stage.until("01", "02", "03", "04")
    await stage.settle(stage.play.uids["04"])
    await asyncio.wait_for(performing, 20)
    assert (stage.play.is_over, stage.play.was_stopped) == (True, False)
    assert stage.told == [stage.play.uids[number] for number in ("01", "03", "02", "04")]


async def test_message_that_cannot_be_written_is_passed_over(stage: _Stage) -> None:
    """Where an earlier message led to no case, the one that quotes its number is set aside with the reason, and the day ends."""
    stage.play.day = [sample("01"), sample("02", after=("01",), content=b"{{number:01}}")]
    performing = asyncio.create_task(stage.play.perform(asyncio.Event()))
    await stage.until("01")
    await stage.settle(stage.play.uids["01"])
    await asyncio.wait_for(performing, 20)
    assert list(stage.play.undeliverable) == ["02"]
    assert "has no case" in stage.play.undeliverable["02"]


async def test_play_gives_up_when_nothing_moves(stage: _Stage) -> None:
    """A daemon that never settles anything does not keep the demo for ever."""
    stage.play.day, stage.play.patience = _day(()), 0.3
    await asyncio.wait_for(stage.play.perform(asyncio.Event()), 5)
    assert (stage.play.is_over, stage.play.was_stopped, stage.play.standings) == (False, False, {})


async def test_play_stops_when_told(stage: _Stage) -> None:
    """A stop ends the day early, and that can be seen."""
    stage.play.day, stop = _day(()), asyncio.Event()
    performing = asyncio.create_task(stage.play.perform(stop))
    await stage.until("01")
    stop.set()
    await asyncio.wait_for(performing, 20)
    assert stage.play.was_stopped


async def test_after_the_day_whatever_comes_is_told(stage: _Stage) -> None:
    """Mail that somebody else puts into the mailbox is told, with the server's time of arrival, until the stop."""
    stop = asyncio.Event()
    lingering = asyncio.create_task(stage.play.linger(stop))
    await stage.settle(77)
    async with asyncio.timeout(20):
        while not stage.told:
            await asyncio.sleep(0.01)
    stop.set()
    await asyncio.wait_for(lingering, 20)
    assert stage.told == [77]
    assert stage.play.arrival(stage.play.watch.settled[77]) == stage.play.began
