"""A sender killed at every step that a server can see, with receipt copies on: one copy reaches the customer, never two, never none."""

import asyncio
import signal
from pathlib import Path

import pytest

from tests.forked import forked
from tests.servers import smtp_sink
from tests.servers.smtp_sink import DROP, Sink
from tests.spine.outbox import AUDIT, WayOut, submission, way_out
from tests.spine.test_receipts import Desk, desk
from triage.demo.servers import DemoServers
from triage.reply import DeliveryStatus

#: The step at which it dies, how often that step is passed before, and whether the server had taken the message by then.
_DEATHS = [
    ("connect", 0, False), ("ehlo", 0, False), ("mail", 0, False), ("rcpt", 0, False), ("rcpt", 1, False), ("data", 0, False),
    ("dot", 0, True), ("dot", 0, False), ("quit", 0, True),
]  # fmt: skip


def sender(root: Path, port: int) -> None:
    """A daemon's way out, for a process of its own."""

    async def main() -> None:
        async with way_out(root, submission(port), copies=True) as out:
            await out.send()

    asyncio.run(main())


async def killed(root: Path, sink: Sink, step: str, passed: int) -> None:
    """A sender that is killed when the server sees that step."""
    left = passed

    def see(seen: str) -> None:
        nonlocal left
        if seen == step:
            left -= 1
            if left < 0:
                child.send_signal(signal.SIGKILL)

    # Without giving way in between, or the sender might be seen before anybody looks.
    child = forked(sender, root, sink.port)
    sink.observe = see
    code = await asyncio.to_thread(child.wait, 60)
    sink.observe = lambda _step: None
    assert code == -signal.SIGKILL, f"it lived on past {step}"
    # The server may still be reading what had been sent to it.
    await asyncio.sleep(0.05)


@pytest.mark.parametrize(("step", "passed", "taken"), _DEATHS, ids=str)
async def test_one_copy_however_it_dies(tmp_path: Path, embedded: DemoServers, step: str, passed: int, taken: bool) -> None:
    """Killed at this step and started anew: the customer has exactly one message, its bytes are those that were frozen."""
    (tmp_path / "child").mkdir()
    async with smtp_sink.running() as sink:
        async with way_out(tmp_path / "child", submission(sink.port), copies=True) as out:
            delivery = await out.queue()
        if step == "dot" and not taken:
            sink.script["dot"] = [DROP]
        await killed(tmp_path / "child", sink, step, passed)
        assert len(sink.accepted) == taken
        async with way_out(tmp_path / "child", submission(sink.port), copies=True) as out:
            async with desk(tmp_path, embedded) as audit:
                # What the server did not take leaves no copy.
                audit.carried = set() if taken else set(range(len(sink.envelopes)))
                await _settled(out, audit, sink)
            after = await out.of(delivery)
        assert (after.status, after.possible_duplicate) == (DeliveryStatus.SENT, step in ("data", "dot") and not taken)
        assert [envelope.content for envelope in sink.accepted] == [delivery.content]


async def _settled(out: WayOut, audit: Desk, sink: Sink) -> None:
    """Half an hour of starts and looks, with mail of others on its way, whose copies arrive."""
    audit.sink, audit.out = sink, out
    audit.receipts._store, audit.receipts._now, audit.receipts._board = out.store, out.clock, out.board
    await out.send()
    others = await audit.usual("other")
    for _ in range(3):
        await audit.carry()
        await audit.look(minutes=10)
        await out.send()
    # Only the first customer counts below.
    sink.envelopes[:] = [envelope for envelope in sink.envelopes if others.recipient not in envelope.recipients]
    assert all(AUDIT in envelope.recipients for envelope in sink.envelopes)
