"""Connections are kept, bounded, replaced when stale, and given up on in time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.servers import chaos
from tests.servers.smtp_sink import DROP, HANG, Sink
from tests.transport.making import DEFERRED, DELIVERY, IMPATIENT, SENT, UNCERTAIN, go_on, transport


async def test_cancelled_in_the_middle(sink: Sink) -> None:
    """A delivery that is broken off leaves no connection half way through a message."""
    sink.script["dot"] = [HANG]
    async with transport(sink.port, dot_timeout="10s") as out:
        sending = asyncio.create_task(out.send(DELIVERY, go_on))
        while not sink.envelopes:
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert sink.connections == 2


async def test_connections_are_kept_and_bounded(sink: Sink) -> None:
    """Many deliveries at once use no more connections than configured, and each connection serves many."""
    async with transport(sink.port, connections=3) as out:
        receipts = await asyncio.gather(*(out.send(replace(DELIVERY, id=number), go_on) for number in range(60)))
        assert {receipt.status for receipt in receipts} == {SENT}
        assert sink.connections == 3
    assert len(sink.accepted) == 60
    assert sink.commands.count("QUIT") == 3


async def test_unused_connections_are_closed(sink: Sink) -> None:
    """A connection nobody needs is quit after the idle time, and another is made when one is needed."""
    async with transport(sink.port, idle=timedelta(milliseconds=50)) as out:
        await out.send(DELIVERY, go_on)
        await asyncio.sleep(0.2)
        assert sink.commands[-1] == "QUIT"
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert sink.connections == 2


@pytest.mark.parametrize("how", [DROP, "421 4.4.2 idle too long"])
async def test_a_connection_that_went_stale_costs_no_attempt(sink: Sink, how: str) -> None:
    """A server that closed a kept connection shows it at the next MAIL; the delivery goes over a new one, and leaves once."""
    async with transport(sink.port) as out:
        await out.send(DELIVERY, go_on)
        sink.script["mail"] = [how]
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert (sink.connections, len(sink.accepted)) == (2, 2)


async def test_a_refused_sender_is_not_tried_on_another_connection(sink: Sink) -> None:
    """A no to MAIL on a kept connection is an answer, not a stale connection."""
    async with transport(sink.port) as out:
        await out.send(DELIVERY, go_on)
        sink.script["mail"] = ["550 5.7.1 not you"]
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.code, receipt.host_fault, sink.connections) == (DEFERRED, 550, True, 1)


async def test_nobody_listens(sink: Sink) -> None:
    """A server that is away defers, and the receipt blames the host."""
    async with chaos.in_front_of(sink.port) as proxy:
        port = proxy.port
    async with transport(port) as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.code, receipt.host_fault) == (DEFERRED, 0, True)
    assert receipt.text


async def test_a_name_that_does_not_resolve(sink: Sink) -> None:
    """An unknown host defers."""
    async with transport(sink.port, host="no-such-host.invalid", security="tls") as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)


async def test_the_answer_is_lost_after_the_dot(sink: Sink) -> None:
    """The server has the message and its answer never comes: uncertain, and not sent again by itself."""
    async with chaos.in_front_of(sink.port) as proxy, transport(proxy.port) as out:
        proxy.cut_before_reply = b"queued as"
        receipt = await out.send(DELIVERY, go_on)
    assert receipt.status is UNCERTAIN
    assert len(sink.accepted) == 1


async def test_cut_while_the_message_is_on_its_way(sink: Sink) -> None:
    """A connection that breaks before the final dot was written has delivered nothing, and the receipt knows it."""
    sink.hang_up_after = 1000
    large = b"Subject: x\r\n\r\n" + b"0123456789abcdef" * 50 + b"\r\n"
    async with transport(sink.port) as out:
        receipt = await out.send(replace(DELIVERY, content=large * 40_000), go_on)
        assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert sink.envelopes == []


async def test_a_server_that_stops_reading(sink: Sink) -> None:
    """A server that takes no more octets is given up on before the dot: deferred, not uncertain."""
    async with chaos.in_front_of(sink.port) as proxy, transport(proxy.port, **IMPATIENT) as out:
        proxy.stop_reading_at = b"DATA"
        receipt = await out.send(replace(DELIVERY, content=b"Subject: x\r\n\r\n" + (b"y" * 80 + b"\r\n") * 200_000), go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert sink.envelopes == []


async def test_replies_in_pieces(sink: Sink) -> None:
    """A reply that arrives octet by octet is one reply."""
    async with chaos.in_front_of(sink.port) as proxy, transport(proxy.port, timeout="5s", dot_timeout="5s") as out:
        proxy.split = True
        assert (await out.send(DELIVERY, go_on)).status is SENT
