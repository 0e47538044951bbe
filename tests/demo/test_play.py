"""The order in which the day is played, on the embedded servers and a real store, with a daemon of a few lines."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.demo.conftest import sample
from tests.orders.making import ANN, checked, order
from tests.stores import laid
from triage.case import NewCase
from triage.decision import Outcome
from triage.demo import place
from triage.demo.day import Sample
from triage.demo.play import Play
from triage.demo.servers import running
from triage.demo.shop import Change, Shop
from triage.demo.watch import Notice, Standing, Watch
from triage.message import Address, MessageKey
from triage.order import OrderStatus
from triage.orders.books.sqlite import SqliteBook
from triage.ports import Store, Transaction
from triage.reply import DeliveryStatus, Receipt, Reply, ReplyKind
from triage.stages.advise import MARK
from triage.store.sqlite import open_store


@dataclass(slots=True)
class _Stage:
    """A play with a store that settles what the test tells it to."""

    play: Play
    store: Store
    told: list[int] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

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
    store = open_store(laid(tmp_path / "triage.db"), "SP")
    async with running(place.users()) as servers:
        told: list[int] = []
        notices: list[str] = []

        def tell(settled: Standing | Notice, _at: datetime) -> None:
            if isinstance(settled, Notice):
                notices.append(settled.checked.number)
            else:
                told.append(settled.record.key.uid)

        yield _Stage(Play([], servers, Watch(store, place.ACCOUNT), tell), store, told, notices)
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


def _change(*after: str) -> Change:
    return Change(after=after, order=order(status=OrderStatus.DELAYED, expected_at=None, shipments=(), reason="Strike"), recipient=ANN)


async def test_an_order_changes_when_the_daemon_follows_changes(stage: _Stage, tmp_path: Path) -> None:
    """It waits for its messages and for the daemon's first look; the day is over when the notice about it has left, which is told once."""
    stage.play.day, stage.play.changes = _day(()), [_change("01")]
    stage.play.shop = Shop(tmp_path / "orders.db", stage.play.began)
    book = SqliteBook(tmp_path / "orders.db")
    assert await book.by_numbers(["ORD1234"]) == []
    performing = asyncio.create_task(stage.play.perform(asyncio.Event()))
    await stage.until("01")
    await stage.settle(stage.play.uids["01"])
    await asyncio.sleep(0.2)
    assert await book.by_numbers(["ORD1234"]) == []
    await stage.store.transact(lambda tx: tx.orders.set_mark(MARK, "0"))
    async with asyncio.timeout(20):
        while not await book.by_numbers(["ORD1234"]):
            await asyncio.sleep(0.01)
    assert not stage.play.is_over
    mail = await stage.store.transact(_advised)
    await asyncio.sleep(0.2)
    assert stage.notices == []
    await stage.store.transact(lambda tx: _sent(tx, mail))
    await asyncio.wait_for(performing, 20)
    assert (stage.play.is_over, stage.notices) == (True, ["ORD1234"])
    [notice] = stage.play.notices.values()
    assert (notice.delivery.recipient, notice.checked.order and notice.checked.order.reason) == (ANN, "Strike")
    await book.close()


async def test_a_day_whose_notice_never_comes_ends(stage: _Stage, tmp_path: Path) -> None:
    """A change that nobody is told of does not keep the demo for ever."""
    stage.play.day, stage.play.changes, stage.play.patience = [], [_change()], 0.3
    stage.play.shop = Shop(tmp_path / "orders.db", stage.play.began)
    await stage.store.transact(lambda tx: tx.orders.set_mark(MARK, "0"))
    await asyncio.wait_for(stage.play.perform(asyncio.Event()), 20)
    assert (stage.play.is_over, stage.play.was_stopped, list(stage.play.changed_at)) == (False, False, ["ORD1234"])


def _advised(tx: Transaction) -> int:
    """A case as the daemon opens it for a change, with its letter on the way."""
    known = checked(_change().order)
    now = datetime.now(UTC)
    new = NewCase(
        category="order", issue="delivery_delayed", confidence=1, abstained=False, requester=Address(addr_spec=ANN), subject="Order ORD1234",
        order_numbers=("ORD1234",), opened_at=now, received_at=now,
    )  # fmt: skip
    case = tx.cases.open(new)
    tx.orders.keep(case.id, [known])
    reply = Reply(
        kind=ReplyKind.ADVICE, recipient=ANN, reverse_path="b@saypro.example", message_id="1@saypro.example", subject="s", content=b"c",
        deadline=now,
    )  # fmt: skip
    return tx.deliveries.queue(case.id, None, reply, now)


def _sent(tx: Transaction, delivery_id: int) -> None:
    tx.deliveries.begin_data(delivery_id, datetime.now(UTC))
    tx.deliveries.settle(delivery_id, Receipt(status=DeliveryStatus.SENT, code=250), datetime.now(UTC), None)
