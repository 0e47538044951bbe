"""The table of what waits out a flood: groups, order, counts; and the usual hour that a flood is measured by."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from tests.store.words import NOON, Each, later, new_case, raw, reading, reply
from triage.ports import Store
from triage.reply import DeliveryStatus
from triage.stages.flood import Floodgate


async def hold(each: Each, name: str, group: str, hours: int = 24) -> int:
    """A held acknowledgment of a case of its own."""
    case = await each.cases.open(new_case(subject=f"about {group}"))
    delivery_id: int = await each.deliveries.queue(case.id, None, reply(name, deadline=later(hours=hours)), NOON, crowd=group)
    return delivery_id


async def test_what_is_held_does_not_leave(each: Each) -> None:
    """Held ones are no sender's business: they cannot begin, and are counted as waiting in the forecast."""
    held = await hold(each, "a", "crowd")
    assert not await each.deliveries.begin_data(held, NOON)
    backlog = await each.vitals.backlog()
    assert (list(backlog.deadlines), dict(backlog.deliveries)) == ([later(hours=24)], {"held": 1})
    assert await each.flood.release(held, later(hours=1))
    assert not await each.flood.release(held, later(hours=2))
    [delivery] = await each.deliveries.find()
    assert (delivery.status, delivery.next_attempt_at) == (DeliveryStatus.QUEUED, later(hours=1))
    assert await each.flood.held() == 0


async def test_groups_are_told_apart(each: Each) -> None:
    """A group has its count, earliest deadline and an example; small ones are released by themselves, in the order of their deadlines."""
    for number in range(3):
        await hold(each, f"c{number}", "crowd", hours=20 + number)
    late, soon = await hold(each, "late", "late", hours=30), await hold(each, "soon", "soon", hours=10)
    [crowd] = await each.flood.groups(3)
    assert (crowd.group, crowd.count, crowd.deadline, crowd.subject) == ("crowd", 3, later(hours=20), "about crowd")
    assert (crowd.first_at, crowd.last_at, crowd.case_number) == (NOON, NOON, "SP-100001")
    assert [it.id for it in await each.flood.waiting(later(hours=99), 3, 10)] == [soon, late]
    assert [it.id for it in await each.flood.waiting(later(hours=10), 3, 10)] == [soon]
    assert len(await each.flood.waiting(later(hours=99), 4, 10)) == 5
    assert len(await each.flood.waiting(later(hours=99), 4, 2)) == 2
    assert len(await each.flood.of_group("crowd")) == 3
    assert await each.flood.held() == 5


async def test_what_is_leaving_is_counted(each: Each) -> None:
    """What waits to be sent and what was begun since then count; held and older ones do not."""
    await hold(each, "held", "crowd")
    await each.queued("waits")
    assert await each.deliveries.begin_data(await each.queued("old"), NOON)
    assert await each.deliveries.begin_data(await each.queued("new"), later(hours=2))
    assert await each.flood.leaving(later(hours=1)) == 2


async def write(store: Store, hours: dict[int, int]) -> None:
    """So many acknowledgments so many hours before noon."""

    def work(tx: Any) -> None:
        for ago, count in hours.items():
            at = NOON - timedelta(hours=ago, minutes=30)
            for number in range(count):
                tx.deliveries.queue(tx.cases.open(new_case()).id, None, reply(f"{ago}.{number}"), at)

    await store.transact(work)


@pytest.mark.parametrize(
    ("hours", "limit"),
    [
        ({}, 10),
        # Half of the hours of a week are quiet, so no flood of a night or a day counts as usual.
        (dict.fromkeys(range(1, 84), 9), 10),
        (dict.fromkeys(range(1, 100), 4), 20),
        ({**dict.fromkeys(range(1, 100), 3), 5: 400}, 15),
    ],
)
async def test_the_usual_is_learned(store: Store, hours: dict[int, int], limit: int) -> None:
    """A flood is more than the limit, and more than five times the median hour of the week."""
    await write(store, hours)
    assert await store.query(lambda tx: Floodgate(10).limit(tx, NOON)) == limit


async def test_the_usual_is_asked_once_an_hour(store: Store) -> None:
    """What is usual is remembered for an hour, and learned again when the clock was turned back."""
    gate = Floodgate(1)
    assert await store.query(lambda tx: gate.limit(tx, NOON)) == 1
    await write(store, dict.fromkeys(range(1, 100), 2))
    assert await store.query(lambda tx: gate.limit(tx, later(minutes=59))) == 1
    assert await store.query(lambda tx: gate.limit(tx, NOON - timedelta(minutes=1))) == 10
    assert await store.query(lambda tx: gate.limit(tx, later(hours=2))) == 10


async def test_the_gate_closes_and_opens(store: Store) -> None:
    """With as many as the limit in the last hour one more is too many; an hour later it is not."""
    gate = Floodgate(3)
    await write(store, {0: 3})
    assert await store.query(lambda tx: gate.rises(tx, NOON))
    assert not await store.query(lambda tx: gate.rises(tx, later(minutes=31)))


async def test_the_gate_closes_in_time(store: Store) -> None:
    """However seldom the gate counts, the first one too many is too many, and so is every later one."""
    gate = Floodgate(40)

    def one_more(tx: Any, number: int) -> bool:
        tx.deliveries.queue(tx.cases.open(new_case()).id, None, reply(f"one.{number}"), NOON)
        return gate.rises(tx, NOON)

    found = [await store.transact(partial(one_more, number=number)) for number in range(60)]
    assert found == [False] * 39 + [True] * 21


async def test_the_same_once_more_is_found(each: Each) -> None:
    """Only the author's own message of the last day, in a case, and the first one of several."""
    case = await each.cases.open(new_case())
    for uid in (1, 2, 3):
        await each.messages.add([raw(uid, at=later(hours=uid))])
        await each.messages.settle(uid, "opened", None if uid == 1 else case.id, reading(likeness="l1"), reason="", keep_raw=False)
    assert (await each.messages.echo("l1", "ann@customer.example", NOON)).id == 2
    assert await each.messages.echo("l1", "ann@customer.example", later(hours=3)) is None
    assert await each.messages.echo("l1", "bob@customer.example", NOON) is None
    assert await each.messages.echo("l2", "ann@customer.example", NOON) is None


async def test_who_is_known(each: Each) -> None:
    """Somebody whose case was acknowledged and went on is known; one whose first message is still open is not."""
    case = await each.cases.open(new_case())
    assert not await each.cases.knows("ann@customer.example")
    await each.cases.set_acknowledged(case.id, NOON)
    assert not await each.cases.knows("ann@customer.example")
    await each.cases.set_status(case.id, "pending", NOON)
    assert await each.cases.knows("ann@customer.example")
    assert not await each.cases.knows("bob@customer.example")
