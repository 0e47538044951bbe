"""What the server says, and fails to say, while we send."""

import asyncio

import pytest

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.case import Case
from triage.daemon import once
from triage.errors import ConnectionLostError
from triage.outbox import Lane
from triage.reply import DeliveryStatus

DROP = "DROP"


async def a_customer_wrote(world: World) -> None:
    """One message that is acknowledged and goes to nobody else."""
    await world.deliver(letter("Which colours does the lamp come in?", subject="question before buying"))


async def status(world: World) -> DeliveryStatus:
    """How the acknowledgment stands."""
    return (await world.ask(lambda tx: tx.deliveries.of_case(1)))[0].status


async def the_case(world: World) -> Case:
    """The only case."""
    return (await world.ask(lambda tx: tx.cases.find()))[0]


async def test_silence_after_the_dot_is_uncertain_and_never_sent_again(world: World, sink: Sink) -> None:
    """The connection breaks after the message was handed over: perhaps accepted, so it is not sent twice."""
    sink.script["dot"] = [DROP]
    await a_customer_wrote(world)
    await world.settle()
    assert await status(world) is DeliveryStatus.UNCERTAIN
    world.clock.forward(hours=30)
    await world.settle()
    assert len(sink.envelopes) == 1
    assert any(event.detail.get("status") == "uncertain" for event in await world.ask(lambda tx: tx.cases.events(1)))


async def test_a_temporary_refusal_is_tried_again_with_the_same_bytes(world: World, sink: Sink) -> None:
    """450 now and 250 later: one message, the same bytes, and the case knows both."""
    sink.script["rcpt"] = ["450 4.2.0 greylisted"]
    await a_customer_wrote(world)
    await world.settle()
    assert await status(world) is DeliveryStatus.DEFERRED
    frozen = (await world.ask(lambda tx: tx.deliveries.of_case(1)))[0].content
    world.clock.forward(minutes=6)
    await world.settle()
    assert await status(world) is DeliveryStatus.SENT
    assert len(sink.accepted) == 1
    assert sink.accepted[0].content.replace(b"\r\n", b"\n").strip() == frozen.replace(b"\r\n", b"\n").strip()
    assert (await the_case(world)).acknowledged_at == world.clock.at


async def test_a_retry_waits_for_its_time(world: World, sink: Sink) -> None:
    """A deferred delivery is not tried again before it is due."""
    sink.always["rcpt"] = "450 4.2.0 later"
    await a_customer_wrote(world)
    await world.settle()
    attempts = sink.commands.count("DATA"), len([command for command in sink.commands if command.startswith("RCPT")])
    world.clock.forward(seconds=20)
    await world.settle()
    assert (sink.commands.count("DATA"), len([command for command in sink.commands if command.startswith("RCPT")])) == attempts


async def test_idle_waits_for_a_retry_to_come(world: World, sink: Sink) -> None:
    """With something due later and no server held up, the stage waits instead of failing or of looking again and again."""
    sink.always["rcpt"] = "450 4.2.0 later"
    await a_customer_wrote(world)
    await world.settle()
    # A daemon that has just started holds no server up.
    async with world.app() as app:
        assert app.deliver
        waiting = asyncio.create_task(app.deliver.idle())
        await asyncio.wait([waiting], timeout=0.3)
        assert not waiting.done()
        waiting.cancel()


async def test_a_permanent_refusal_is_told_to_the_case(world: World, sink: Sink) -> None:
    """550 for the recipient: failed, the customer is marked unreachable, and nothing more is sent."""
    sink.always["rcpt"] = "550 5.1.1 no such user"
    await a_customer_wrote(world)
    await world.settle()
    assert await status(world) is DeliveryStatus.FAILED
    assert (await the_case(world)).unreachable
    world.clock.forward(days=2)
    sink.always.clear()
    await world.settle()
    assert [envelope for envelope in sink.accepted if "customer" in envelope.recipients[0]] == []


async def test_five_days_of_refusals_are_enough(world: World, sink: Sink) -> None:
    """What is deferred for longer than five days is given up, and the case says so."""
    sink.always["rcpt"] = "450 4.2.0 later"
    await a_customer_wrote(world)
    await world.settle()
    world.clock.forward(days=5, minutes=5)
    await world.settle()
    assert await status(world) is DeliveryStatus.FAILED


async def test_a_server_that_is_away_delays_everything_and_loses_nothing(world: World, sink: Sink) -> None:
    """Connections refused at the greeting leave the outbox as it is; all of it leaves when the server is back."""
    sink.always["connect"] = "421 4.3.2 shutting down"
    for number in range(3):
        await world.deliver(letter("Which colours?", sender=f"c{number}@customer.example", subject="question before buying"))
    with pytest.raises(ConnectionLostError):
        await world.settle()
    waiting = await world.ask(lambda tx: tx.deliveries.find(status=DeliveryStatus.QUEUED))
    assert len(waiting) >= 3
    sink.always.clear()
    await world.settle()
    assert len({envelope.recipients for envelope in sink.accepted}) >= 3


async def test_what_was_on_the_wire_at_a_crash_is_uncertain_at_the_next_start(world: World, sink: Sink) -> None:
    """A delivery left in `sending` is marked uncertain, told to its case, and not sent again."""
    sink.always["connect"] = "421 4.3.2 shutting down"
    await a_customer_wrote(world)
    with pytest.raises(ConnectionLostError):
        await world.settle()
    sink.always.clear()
    async with world.app() as app:
        delivery = (await app.store.query(lambda tx: tx.deliveries.of_case(1)))[0]
        assert await app.store.transact(lambda tx: tx.deliveries.begin_data(delivery.id, world.clock()))
    await world.settle()
    assert await status(world) is DeliveryStatus.UNCERTAIN
    assert sink.envelopes == []


async def test_sending_is_on_the_disk_before_data(world: World, sink: Sink) -> None:
    """When the server sees DATA, the store already says `sending`."""
    import sqlite3

    seen: list[str] = []

    def look(step: str) -> None:
        if step == "data":
            db = sqlite3.connect(world.root / "var" / "triage.db")
            seen.append(db.execute("select status from deliveries where kind = 'acknowledgment'").fetchone()[0])
            db.close()

    sink.observe = look
    await a_customer_wrote(world)
    await world.settle()
    assert seen == ["sending"]


async def test_the_earliest_promise_leaves_first(world: World, sink: Sink) -> None:
    """Among waiting deliveries the one with the nearest deadline is sent first."""
    sink.always["connect"] = "421 4.3.2 shutting down"
    for number in range(5):
        await world.deliver(letter("Which colours?", sender=f"c{number}@customer.example", subject="question before buying"))
    with pytest.raises(ConnectionLostError):
        await world.settle()
    sink.always.clear()
    async with world.app() as app:
        due = await app.store.query(lambda tx: tx.deliveries.due(world.clock(), 100, Lane.ACKNOWLEDGMENTS))
    assert [it.deadline for it in due] == sorted(it.deadline for it in due)


@pytest.mark.parametrize("action", [DROP, "421 4.3.2 shutting down"])
async def test_a_break_at_data_is_surely_not_sent_and_tried_again(world: World, sink: Sink, action: str) -> None:
    """The server goes away before it took the message: deferred, not uncertain, and sent a little later without a restart."""
    sink.script["data"] = [action]
    await a_customer_wrote(world)
    async with world.app() as app:
        with pytest.raises(ConnectionLostError):
            await once(app)
        assert [it.status for it in await app.store.query(lambda tx: tx.deliveries.of_case(1))] == ["deferred"]
        world.clock.forward(minutes=2)
        await once(app)
    assert await status(world) is DeliveryStatus.SENT
    assert len(sink.accepted) == 1
