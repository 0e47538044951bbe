"""What becomes of a delivery at each step where an SMTP server can fail: a table."""

from pathlib import Path

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import DROP, HANG, Sink
from tests.transport.making import CONTENT, DEFERRED, DELIVERY, FAILED, IMPATIENT, SENT, UNCERTAIN, go_on, server_tls, transport
from triage.reply import DeliveryStatus
from triage.secret import Secret

#: More than any server has to say.
ENDLESS = "250-and\r\n" * 10_000 + "250 so on"
HOST = True
#: step, what the server does there, the receipt's status, whether the host is at fault.
TABLE = [
    *[(step, reply, DEFERRED, HOST) for step in ("connect", "ehlo", "auth") for reply in ("421 later", "451 no", "554 no", DROP, HANG)],
    *[("starttls", reply, DEFERRED, HOST) for reply in ("421 later", "454 no", "554 no", DROP, HANG)],
    ("auth", "535 5.7.8 wrong", DEFERRED, HOST),
    ("auth", "454 4.7.0 later", DEFERRED, HOST),
    *[
        ("mail", reply, DEFERRED, HOST)
        for reply in ("421 later", "450 no", "451 no", "452 no", "550 no", "553 no", "554 no", "530 auth", DROP, HANG)
    ],
    ("mail", "552 5.3.4 too large", FAILED, not HOST),
    *[("rcpt", reply, DEFERRED, not HOST) for reply in ("450 4.2.0 greylisted", "451 no", "452 too many", "552 mailbox full")],
    *[("rcpt", reply, FAILED, not HOST) for reply in ("550 5.1.1 unknown", "551 not here", "553 bad name", "554 no", "501 syntax")],
    *[("rcpt", reply, DEFERRED, HOST) for reply in ("421 later", "530 auth", "503 sequence", DROP, HANG, ENDLESS, "gibberish")],
    *[("data", reply, DEFERRED, not HOST) for reply in ("450 no", "451 no", "452 no", "550 no", "554 5.7.1 content")],
    ("data", "552 too large", FAILED, not HOST),
    *[("data", reply, DEFERRED, HOST) for reply in ("421 later", "250 odd", DROP, HANG)],
    *[("dot", reply, DEFERRED, not HOST) for reply in ("450 no", "451 no", "452 full")],
    ("dot", "421 later", DEFERRED, HOST),
    *[("dot", reply, FAILED, not HOST) for reply in ("550 no", "552 too large", "554 5.7.1 spam")],
    *[("dot", reply, UNCERTAIN, not HOST) for reply in (DROP, HANG, "354 odd", "gibberish", "250-never ends", "9", ENDLESS)],
    ("dot", "251 taken", SENT, not HOST),
    ("dot", "250-taken\r\n250-in three\r\n250 lines", SENT, not HOST),
    *[("quit", reply, SENT, not HOST) for reply in ("421 later", "500 what", DROP, HANG)],
]


@pytest.mark.parametrize(("step", "reply", "status", "host_fault"), TABLE)
async def test_each_fault_has_one_outcome(tls_files: Path, step: str, reply: str, status: DeliveryStatus, host_fault: bool) -> None:
    """A fault at a step leads to exactly this receipt; what is deferred or failed was not accepted, and the next attempt succeeds."""
    secure = {"security": "starttls", "ca_file": tls_files / "cert.pem", "host": "localhost"} if step == "starttls" else {}
    login = {"username": "support", "password": Secret(file=tls_files / "password")} if step == "auth" else {}
    timeouts = IMPATIENT if reply in (HANG, "250-never ends") else {}
    async with (
        smtp_sink.running(tls=server_tls(tls_files) if secure else None) as sink,
        transport(sink.port, **secure, **login, **timeouts) as out,
        transport(sink.port, **secure, **login) as later,
    ):
        sink.script[step] = [reply]
        receipt = await out.send(DELIVERY, go_on)
        assert (receipt.status, receipt.host_fault) == (status, host_fault)
        if reply[:3].isdigit() and step != "quit" and status is not UNCERTAIN and reply != ENDLESS:
            assert receipt.code == int(reply[:3])
        if status is not UNCERTAIN:
            assert [envelope.content for envelope in sink.accepted] == [CONTENT] * (status is SENT)
        await out.close()
        assert (await (later if timeouts else out).send(DELIVERY, go_on)).status is SENT


async def test_before_data_is_awaited_between_rcpt_and_data(sink: Sink) -> None:
    """The commit to send happens after the recipient was accepted and before the server hears of DATA."""
    seen: list[list[str]] = []

    async def commit(_copied: bool) -> bool:
        seen.append([command.split(" ")[0] for command in sink.commands])
        return True

    async with transport(sink.port) as out:
        await out.send(DELIVERY, commit)
        sink.script["rcpt"] = ["550 no"]
        await out.send(DELIVERY, commit)
    assert seen == [["EHLO", "MAIL", "RCPT"]]


async def test_false_before_data_stops_the_attempt(sink: Sink) -> None:
    """When another has the delivery nothing is sent, and the connection serves the next one after a reset."""

    async def another_has_it(_copied: bool) -> bool:
        return False

    async with transport(sink.port) as out:
        receipt = await out.send(DELIVERY, another_has_it)
        assert (receipt.status, receipt.host_fault, sink.envelopes) == (DEFERRED, False, [])
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert [command.split(" ")[0] for command in sink.commands] == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]
    assert sink.connections == 1


async def test_an_error_before_data_passes_through(sink: Sink) -> None:
    """What the commit raises is not of the server: it is not swallowed, and nothing is sent."""

    async def store_is_full(_copied: bool) -> bool:
        raise ConnectionError("the store, not the server")

    async with transport(sink.port) as out:
        with pytest.raises(ConnectionError, match="the store"):
            await out.send(DELIVERY, store_is_full)
        assert sink.envelopes == []
        assert (await out.send(DELIVERY, go_on)).status is SENT
