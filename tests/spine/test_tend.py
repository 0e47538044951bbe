"""What becomes due is dealt with once."""

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter


async def test_a_missed_promise_goes_to_management_once(world: World, sink: Sink) -> None:
    """Two days without a result: the case says so, management is written to, and only once."""
    await world.deliver(letter("Where is ORD1234?"))
    await world.settle()
    world.clock.forward(hours=49)
    await world.settle()
    world.clock.forward(hours=1)
    await world.settle()
    to_management = [envelope for envelope in sink.accepted if envelope.recipients == ("management@shop.example",)]
    # Some days a report of the week lies with it.
    assert sum(b"Subject: [SP-100001]" in envelope.content for envelope in to_management) == 1
    states = await world.ask(lambda tx: {deadline.kind: state for deadline, state in tx.deadlines.of_case(1) if not deadline.bound})
    assert states["acknowledge"] == "kept"
    assert states["resolve"] == "missed"


async def test_a_late_acknowledgment_is_noticed(world: World, sink: Sink) -> None:
    """A day without an acknowledgment is a missed promise that the history shows."""
    sink.always["rcpt"] = "450 4.2.0 later"
    await world.deliver(letter("Which colours does the lamp come in?"))
    await world.settle()
    world.clock.forward(hours=25)
    sink.always.clear()
    await world.settle()
    events = await world.ask(lambda tx: tx.cases.events(1))
    assert any(event.kind == "missed" and event.detail["promise"] == "acknowledge" for event in events)


async def test_a_quiet_case_is_left_alone_until_its_time(world: World, sink: Sink) -> None:
    """Before the deadline nothing happens."""
    await world.deliver(letter("Where is ORD1234?"))
    await world.settle()
    sent = len(sink.accepted)
    world.clock.forward(hours=23)
    await world.settle()
    assert len(sink.accepted) == sent
