"""Receipt copies on the way out: a second recipient in the same transaction, and what happens where the server does not take it."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import DROP
from tests.spine.outbox import AUDIT, submission, way_out
from triage.reply import Cause, DeliveryStatus

DEFERRED, SENT, QUEUED = DeliveryStatus.DEFERRED, DeliveryStatus.SENT, DeliveryStatus.QUEUED
OK = "250 2.1.5 ok"


async def test_the_copy_is_a_second_recipient_of_the_same_message(tmp_path: Path) -> None:
    """One transaction, two recipients, and no trace of the second in the message; the outbox knows that a copy went along."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        delivery = await out.queue()
        await out.send()
        [envelope] = sink.accepted
        assert envelope.recipients == (delivery.recipient, AUDIT)
        assert AUDIT.encode() not in envelope.content
        after = await out.of(delivery)
        assert (after.status, after.receipted, after.begun_at) == (SENT, True, out.clock())


async def test_without_an_audit_mailbox_there_is_one_recipient(tmp_path: Path) -> None:
    """No address configured: no copy, no alarm, and the outbox says so."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port)) as out:
        delivery = await out.queue()
        await out.send()
        assert [envelope.recipients for envelope in sink.accepted] == [(delivery.recipient,)]
        assert ((await out.of(delivery)).receipted, out.alarms()) == (False, [])


@pytest.mark.parametrize("refusal", ["450 4.2.2 full", "452 x", "550 5.1.1 unknown", "552 x", "554 x"])
async def test_no_data_without_the_copy(tmp_path: Path, refusal: str) -> None:
    """The recipient is accepted and the copy is not: the transaction is reset, the delivery deferred, the operator told; later both go."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        sink.script["rcpt"] = [OK, refusal]
        delivery = await out.queue()
        await out.send()
        after = await out.of(delivery)
        assert (after.status, after.cause, after.begun_at, sink.envelopes) == (DEFERRED, Cause.RECEIPT, None, [])
        assert out.alarms() == ["receipts_refused"]
        out.clock.forward(minutes=2)
        await out.send()
        assert ((await out.of(delivery)).status, out.alarms()) == (SENT, [])
        verbs = [command.split(" ")[0] for command in sink.commands]
        assert verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "RSET", "MAIL", "RCPT", "RCPT", "DATA"]


@pytest.mark.parametrize("fault", ["421 later", DROP])
async def test_a_server_that_leaves_at_the_copy_is_at_fault(tmp_path: Path, fault: str) -> None:
    """Going away while the copy is named is the server's fault and no word about the copy: no message is blamed, no alarm sounds."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        sink.script["rcpt"] = [OK, fault]
        delivery = await out.queue()
        assert not await out.send()
        assert ((await out.of(delivery)).status, out.alarms()) == (QUEUED, [])
        out.clock.forward(minutes=1)
        await out.send()
        assert [envelope.recipients for envelope in sink.accepted] == [(delivery.recipient, AUDIT)]


async def test_after_two_hours_mail_leaves_without_copies(tmp_path: Path) -> None:
    """Copies refused for two hours: mail goes without, is counted, and its case says so; a copy that is taken again ends it."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        first = await out.queue()
        for _ in range(7):
            sink.script["rcpt"] = [OK, "550 5.1.1 unknown"]
            await out.send()
            out.clock.forward(minutes=16)
        assert sink.envelopes == []
        sink.script["rcpt"] = [OK, "550 5.1.1 unknown"]
        out.clock.forward(minutes=30)
        await out.send()
        after = await out.of(first)
        assert (after.status, after.receipted) == (SENT, False)
        assert [envelope.recipients for envelope in sink.accepted] == [(first.recipient, AUDIT)]
        assert (await out.told(first))[-1]["copy"] == "none: the server refused it"
        [alarm] = out.board.standing()
        assert "1 messages have left without" in alarm.text
        second = await out.queue(name="second")
        await out.send()
        assert ((await out.of(second)).receipted, out.alarms()) == (True, [])


async def test_a_promise_is_worth_more_than_its_proof(tmp_path: Path) -> None:
    """Half an hour before the deadline an acknowledgment leaves without its copy, also where the refusals have just begun."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        sink.script["rcpt"] = [OK, "450 full", OK, "450 full", OK, "450 full"]
        pressing = await out.queue(deadline=out.clock() + timedelta(minutes=31))
        relaxed = await out.queue(name="relaxed")
        await out.send()
        out.clock.forward(minutes=2)
        sink.script["rcpt"] = [OK, "450 full"] * 9
        await out.send()
        assert [(await out.of(it)).status for it in (pressing, relaxed)] == [SENT, DEFERRED]


async def test_a_copy_that_was_named_and_silence_is_uncertain_with_proof_to_come(tmp_path: Path) -> None:
    """Silence after the dot with a copy named: uncertain, and known to be provable."""
    async with smtp_sink.running() as sink, way_out(tmp_path, submission(sink.port), copies=True) as out:
        sink.script["dot"] = [DROP]
        delivery = await out.queue()
        await out.send()
        after = await out.of(delivery)
        assert (after.status, after.receipted) == (DeliveryStatus.UNCERTAIN, True)
