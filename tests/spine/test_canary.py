"""A message to ourselves: out, in, seen, removed; and an alarm when it does not come back."""

import contextlib
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.servers.smtp_sink import Sink
from tests.spine.world import World, letter
from triage.app import App
from triage.decision import Outcome
from triage.errors import SettingsError
from triage.keyed import canary_id, is_canary
from triage.stages.loop import drain

CANARY = '[canary]\nevery = "1h"\n'
KEY = b"k" * 32


@contextlib.asynccontextmanager
async def flying(world: World) -> AsyncIterator[App]:
    """A daemon with a canary."""
    async with world.app(extra=CANARY) as app:
        assert app.canary
        yield app


async def turn(app: App) -> list[str]:
    """Let mail pass and the canary look; the alarms that stand then."""
    assert app.canary
    for stage in (*app.receive, app.decide):
        await drain(stage)
    await app.canary.work()
    return [alarm.kind for alarm in app.board.standing()]


async def come_back(world: World, sink: Sink) -> None:
    """The server delivers what it was given to ourselves."""
    await world.deliver(next(it.content for it in reversed(sink.accepted) if it.recipients == ("support@shop.example",)))


async def test_it_comes_back(world: World, sink: Sink) -> None:
    """Sent, delivered, received and decided: no case, no answer, no alarm, the time it took, and the mailbox is as before."""
    async with flying(world) as app:
        assert await turn(app) == []
        await come_back(world, sink)
        world.clock.forward(seconds=3)
        assert await turn(app) == []
        assert app.canary
        assert app.canary.round_trip == timedelta(seconds=3)
        assert (await app.watch.vitals.look()).round_trip == timedelta(seconds=3)
        assert await app.mailboxes["support"].uids("INBOX") == []
        assert await app.store.query(lambda tx: [it.outcome for it in tx.messages.all("support")]) == [Outcome.AUTOMATIC]
        assert await app.store.query(lambda tx: tx.cases.find()) == []
        assert len(sink.accepted) == 1
        world.clock.forward(minutes=59)
        await turn(app)
        assert len(sink.accepted) == 1
        world.clock.forward(minutes=1)
        await turn(app)
        assert len(sink.accepted) == 2


async def test_one_that_does_not_come_back_is_told(world: World, sink: Sink) -> None:
    """After ten minutes a person is told; the next one that comes back ends the alarm, and the lost one is removed should it still come."""
    async with flying(world) as app:
        await turn(app)
        world.clock.forward(minutes=10, seconds=1)
        assert await turn(app) == ["canary"]
        assert "was accepted and has not come back" in app.board.standing()[0].text
        lost = sink.accepted[0].content
        world.clock.forward(minutes=61)
        await turn(app)
        await turn(app)
        await come_back(world, sink)
        # The clock was turned beside the server's, which is an alarm of its own.
        assert "canary" not in await turn(app)
        await world.deliver(lost)
        await turn(app)
        assert await app.mailboxes["support"].uids("INBOX") == []


async def test_a_server_that_takes_nothing_is_told(world: World, sink: Sink) -> None:
    """Where it cannot even be handed over the alarm says what the server said."""
    sink.always["mail"] = "421 4.3.2 closing"
    async with flying(world) as app:
        await turn(app)
        world.clock.forward(minutes=11)
        assert "canary" in await turn(app)
        assert "could not be sent" in next(it.text for it in app.board.standing() if it.kind == "canary")


@pytest.mark.parametrize("wrong", [timedelta(minutes=-2), timedelta(minutes=2)])
async def test_clocks_that_differ_are_told(world: World, sink: Sink, wrong: timedelta) -> None:
    """A message that arrived before it was sent, or after it was seen, says that one of the clocks is wrong."""
    world.clock.forward(seconds=wrong.total_seconds())
    async with flying(world) as app:
        await turn(app)
        await come_back(world, sink)
        assert await turn(app) == ["clock"]
        assert app.board.standing()[0].text.endswith("s apart: is NTP running?")


async def test_nobody_else_can_make_one(world: World, sink: Sink) -> None:
    """A message that only looks like one is a customer's like any other."""
    await world.deliver(letter("Where is ORD1234?", message_id=f"<{canary_id(KEY, 'support@shop.example', '0' * 16)}>"))
    await world.settle()
    assert await world.ask(lambda tx: [it.reason for it in tx.messages.all("support")]) != ["a message to ourselves"]


def test_it_is_keyed() -> None:
    """Only the key that made it knows it."""
    made = canary_id(KEY, "support@shop.example", "0123456789abcdef")
    assert is_canary(KEY, made)
    assert not is_canary(b"x" * 32, made)
    assert not is_canary(KEY, made.replace("0123", "1123"))
    assert not is_canary(KEY, "ann@customer.example")


async def test_none_is_sent_unasked(world: World) -> None:
    """Without [canary], and in shadow mode, nobody mails to ourselves."""
    async with world.app() as app:
        assert app.canary is None
    async with world.app(extra=CANARY, mode="shadow") as app:
        assert app.canary is None


async def test_it_needs_a_mailbox_that_is_watched(world: World) -> None:
    """A mailbox that is not there is named."""
    with pytest.raises(SettingsError, match=r"canary\.mailbox = 'nowhere'"):
        world.configure(extra='[canary]\nmailbox = "nowhere"\n')


async def test_one_on_its_way_at_a_restart(world: World, sink: Sink) -> None:
    """Its sender was stopped before it came, or after: the next daemon takes it out of the folder, and nothing of a customer's."""
    async with flying(world) as app:
        await turn(app)
    mine = sink.accepted[0].content
    sink.always["mail"] = "421 4.3.2 closing"
    await come_back(world, sink)
    forged = f"<{canary_id(KEY, 'support@shop.example', '0' * 16)}>"
    await world.deliver(letter("Which colours are there?", message_id=forged, headers={"Auto-Submitted": "auto-replied"}))
    async with flying(world) as app:
        # The next one is on its way meanwhile, and is not taken for a stray.
        await turn(app)
        assert app.canary
        assert len(await app.mailboxes["support"].uids("INBOX")) == 1
        removed = set(app.canary._removed)
        assert len(removed) == 1
        await turn(app)
        assert app.canary._removed == removed
        await world.deliver(mine)
        await turn(app)
        assert len(await app.mailboxes["support"].uids("INBOX")) == 1


async def test_strays_of_a_renumbered_folder(world: World, sink: Sink) -> None:
    """Under their old numbers other messages may lie now: nothing is removed by them."""
    async with flying(world) as app:
        await turn(app)
    await come_back(world, sink)
    sink.always["mail"] = "421 4.3.2 closing"
    async with flying(world) as app:
        for stage in (*app.receive, app.decide):
            await drain(stage)
        app.store._db.execute("update messages set uid_validity = uid_validity + 1")  # type: ignore[attr-defined]
        assert app.canary
        await app.canary.work()
        assert len(await app.mailboxes["support"].uids("INBOX")) == 1
