"""Late acknowledgments say so, messages that are not fit to leave are held back, and both are told."""

from datetime import timedelta

import pytest

from tests.servers.smtp_sink import Sink
from tests.spine.outbox import submission, way_out
from tests.spine.world import World, letter
from triage.daemon import once
from triage.errors import ConnectionLostError
from triage.reply import Cause, Delivery, DeliveryStatus

LATE = b"We are sorry that this answer reaches you so late"


async def acknowledgment(world: World) -> Delivery:
    """The acknowledgment of the only case."""
    return next(it for it in await world.ask(lambda tx: tx.deliveries.of_case(1)) if it.kind == "acknowledgment")


async def kept_waiting(world: World, sink: Sink, step: str, reply: str) -> None:
    """A customer has written, and the server refuses at this step."""
    sink.always[step] = reply
    await world.deliver(letter("Where is order ORD123456? I was promised an answer.", subject="my order"))
    try:
        await world.settle()
    except ConnectionLostError:
        assert step == "connect"


def to_customer(sink: Sink) -> list[bytes]:
    """What the customer got."""
    return [envelope.content for envelope in sink.accepted if envelope.recipients == ("ann@customer.example",)]


@pytest.mark.parametrize(("step", "reply"), [("connect", "421 away"), ("rcpt", "450 later")])
async def test_an_acknowledgment_past_its_deadline_says_so(world: World, sink: Sink, step: str, reply: str) -> None:
    """Thirty hours without a server that takes it: other bytes with a new Message-ID leave, once, and the case knows that it was late."""
    await kept_waiting(world, sink, step, reply)
    before = await acknowledgment(world)
    sink.always.clear()
    world.clock.forward(hours=30)
    await world.settle()
    after = await acknowledgment(world)
    [got] = to_customer(sink)
    assert (LATE in got.replace(b"=\r\n", b""), LATE in before.content) == (True, False)
    assert (after.status, after.id, after.deadline) == (DeliveryStatus.SENT, before.id, before.deadline)
    assert after.message_id != before.message_id
    assert f"<{after.message_id}>".encode() in got
    events = await world.ask(lambda tx: tx.cases.events(1))
    assert [event.detail["late"] for event in events if "late" in event.detail] == [f"promised by {before.deadline:%Y-%m-%d %H:%M} UTC"]
    assert any(event.kind == "missed" for event in events)


async def test_what_reached_data_keeps_its_bytes(world: World, sink: Sink) -> None:
    """Refused after DATA had begun: the same bytes leave again, however late, for somebody may have seen them."""
    await kept_waiting(world, sink, "dot", "451 later")
    before = await acknowledgment(world)
    sink.always.clear()
    world.clock.forward(hours=30)
    await world.settle()
    assert [LATE in content for content in to_customer(sink)] == [False]
    assert (await acknowledgment(world)).message_id == before.message_id


async def test_it_is_written_anew_once(world: World, sink: Sink) -> None:
    """Still refused hours later, the late words stay as they are."""
    await kept_waiting(world, sink, "rcpt", "450 later")
    written = set()
    for hours in (30, 3, 3):
        world.clock.forward(hours=hours)
        await world.settle()
        written.add((await acknowledgment(world)).message_id)
    assert len(written) == 1


async def test_what_is_in_time_is_left_alone(world: World, sink: Sink) -> None:
    """An hour before the deadline the first words are still right."""
    await kept_waiting(world, sink, "rcpt", "450 later")
    before = await acknowledgment(world)
    sink.always.clear()
    world.clock.at = before.deadline - timedelta(hours=1)
    await world.settle()
    assert [LATE in content for content in to_customer(sink)] == [False]


async def test_what_was_tampered_with_never_leaves(world: World, sink: Sink) -> None:
    """Bytes changed in the store behind our back: failed, an alarm, the customer not called unreachable, and the server never hears of it."""
    await kept_waiting(world, sink, "connect", "421 away")
    sink.always.clear()
    world.clock.forward(minutes=5)
    async with world.app() as app:
        sql = "update letters set content = cast(replace(cast(content as text), 'SayPro', 'SayPr0') as blob)"
        app.store._db.execute(sql)  # type: ignore[attr-defined]
        await once(app)
        assert "outgoing" in [alarm.kind for alarm in app.board.standing()]
    after = await acknowledgment(world)
    assert (after.status, after.cause, after.smtp_reply) == (DeliveryStatus.FAILED, Cause.OURS, "its bytes are not those that were frozen")
    assert to_customer(sink) == []
    case = await world.ask(lambda tx: tx.cases.get(1))
    assert case
    assert not case.unreachable


async def test_one_that_must_stay_holds_up_nobody(tmp_path, sink: Sink) -> None:  # type: ignore[no-untyped-def]
    """Held back before any server is asked: the others leave, and the server is not taken for proven by it."""
    async with way_out(tmp_path, submission(sink.port)) as out:
        bad = await out.queue(name="bad")
        out.faults[bad.recipient] = "not fit to leave"
        await out.queue(name="good")
        assert await out.send()
        assert [envelope.recipients for envelope in sink.accepted] == [("good@customer.example",)]
        assert ((await out.of(bad)).status, out.alarms()) == (DeliveryStatus.FAILED, ["outgoing"])
        assert "not fit to leave" in out.board.standing()[0].text
