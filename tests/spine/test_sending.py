"""The way out as a whole, over servers that answer: fallback servers, the provider's limits across restarts, lanes, and the end of a run."""

import asyncio
from datetime import timedelta
from pathlib import Path

from tests.servers import smtp_sink
from tests.servers.smtp_sink import HANG
from tests.spine.outbox import WayOut, submission, way_out
from tests.spine.world import Clock
from triage.reply import DeliveryStatus, ReplyKind
from triage.stages.loop import run

ESCALATION = ReplyKind.ESCALATION


async def passes(out: WayOut, **time: float) -> None:
    """Time passes, and everything that is due is tried."""
    out.clock.forward(**time)
    await out.send()


async def test_the_second_server_carries_while_the_first_is_away(tmp_path: Path) -> None:
    """The first is away: after half an hour all mail leaves by the second, and by the first again once a probe finds it."""
    async with smtp_sink.running() as first, smtp_sink.running() as second:
        async with way_out(tmp_path, submission(first.port), submission(second.port)) as out:
            first.always["connect"] = "421 away"
            for number in range(5):
                await out.queue(name=f"c{number}")
            for _ in range(6):
                await passes(out, minutes=5)
            assert (len(first.accepted), len(second.accepted)) == (0, 0)
            await passes(out, minutes=5)
            await passes(out, seconds=1)
            assert (len(first.accepted), len(second.accepted)) == (0, 5)
            assert out.alarms() == ["smtp"]
            first.always.clear()
            await out.queue(name="later")
            await passes(out, minutes=5)
            await out.queue(name="last")
            await passes(out, seconds=1)
            assert (len(first.accepted), len(second.accepted), out.alarms()) == (2, 5, [])


async def test_a_promise_in_danger_takes_the_second_server_at_once(tmp_path: Path) -> None:
    """Told that promises will break, mail leaves by the second server without the usual patience."""
    async with smtp_sink.running() as first, smtp_sink.running() as second:
        async with way_out(tmp_path, submission(first.port), submission(second.port)) as out:
            first.always["connect"] = "421 away"
            await out.queue()
            await out.send()
            out.deliver.hurry()
            await out.send()
            assert len(second.accepted) == 1


async def test_a_providers_limits_hold_across_a_restart(tmp_path: Path) -> None:
    """Three a minute and five a day: no more leave, whatever waits and however often the daemon starts; the most urgent go first."""
    clock, limits = Clock(), {"per_minute": 3, "per_day": 5}
    async with smtp_sink.running() as sink:
        server = submission(sink.port)
        async with way_out(tmp_path, server, clock=clock, **limits) as out:
            for number in range(8):
                await out.queue(name=f"c{number}", deadline=clock() + timedelta(hours=24 - number))
            await out.send()
            assert [envelope.recipients[0] for envelope in sink.accepted] == [f"c{number}@customer.example" for number in (7, 6, 5)]
        async with way_out(tmp_path, server, clock=clock, **limits) as out:
            await passes(out, seconds=59)
            assert len(sink.accepted) == 3
            await passes(out, seconds=2)
            assert len(sink.accepted) == 5
        async with way_out(tmp_path, server, clock=clock, **limits) as out:
            await passes(out, hours=23)
            assert len(sink.accepted) == 5
            await passes(out, hours=1)
            assert len(sink.accepted) == 8


async def test_copies_count_as_recipients(tmp_path: Path) -> None:
    """A limit of recipients per day takes half as many messages where each has a copy."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True, recipients_per_day=6) as out:
        for number in range(5):
            await out.queue(name=f"c{number}")
        await out.send()
        assert len(sink.accepted) == 3


async def test_an_escalation_does_not_wait_behind_acknowledgments(tmp_path: Path) -> None:
    """Forty acknowledgments with earlier deadlines wait under a limit: the escalations are among the first, and not alone."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), per_minute=8) as out:
        for number in range(40):
            await out.queue(name=f"c{number}", deadline=out.clock() + timedelta(hours=1))
        case = (await out.queue(name="more")).case_id
        for _ in range(10):
            await out.queue(ESCALATION, name="department", case_id=case, deadline=out.clock() + timedelta(hours=20))
        await out.send()
        kinds = [envelope.recipients[0].startswith("department") for envelope in sink.accepted]
        assert (len(kinds), sum(kinds)) == (8, 2)


async def test_a_stop_waits_for_what_is_on_the_wire(tmp_path: Path) -> None:
    """Told to stop between DATA and its answer, the stage ends when the answer is recorded, and takes nothing new in hand."""
    stop = asyncio.Event()
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        first = await out.queue(name="first")

        def see(step: str) -> None:
            if step == "dot":
                stop.set()

        sink.observe = see
        await asyncio.wait_for(run(out.deliver, stop), 10)
        assert (await out.of(first)).status is DeliveryStatus.SENT


async def test_what_is_cut_off_is_uncertain_at_the_next_start(tmp_path: Path) -> None:
    """A server that hangs after the dot is not waited for at the end; the next start says that nobody knows."""
    clock = Clock()
    async with smtp_sink.running() as sink:
        async with way_out(tmp_path, submission(sink.port, dot_timeout="30s"), clock=clock) as out:
            sink.script["dot"] = [HANG]
            delivery = await out.queue()
            await out.deliver.work()
            assert (await out.of(delivery)).status is DeliveryStatus.SENDING
        async with way_out(tmp_path, submission(sink.port), clock=clock) as out:
            assert (await out.of(delivery)).status is DeliveryStatus.UNCERTAIN
            assert await out.send()
            assert [told["status"] for told in await out.told(delivery)] == ["uncertain"]
    assert len(sink.envelopes) == 1
