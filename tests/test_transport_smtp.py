"""What becomes of a delivery at each step where an SMTP server can fail: a table, and the connection behaviour around it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.servers import chaos, smtp_sink
from tests.servers.smtp_sink import DROP, HANG, Sink
from triage.reply import Delivery, DeliveryStatus, ReplyKind
from triage.settings import Secret, SmtpSettings
from triage.transport.smtp import SmtpTransport

NOW = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
CONTENT = b"From: support@shop.example\r\nTo: ann@customer.example\r\nSubject: x\r\n\r\n.leading dot\r\n..two\r\nend\r\n"
DELIVERY = Delivery(
    id=1, case_id=1, kind=ReplyKind.ACKNOWLEDGMENT, recipient="ann@customer.example", reverse_path="support+ab12@shop.example",
    message_id="1@shop.example", subject="x", content=CONTENT, deadline=NOW, status=DeliveryStatus.QUEUED,
    created_at=NOW, next_attempt_at=NOW,
)  # fmt: skip


async def go_on() -> bool:
    """Let the attempt proceed to DATA."""
    return True


@asynccontextmanager
async def transport(port: int, **settings: Any) -> AsyncIterator[SmtpTransport]:
    """A transport to that port, impatient."""
    idle = settings.pop("idle", timedelta(seconds=30))
    values = {"host": "127.0.0.1", "port": port, "security": "none", "timeout": "0.4s", "data_timeout": "0.4s", **settings}
    made = SmtpTransport(SmtpSettings.model_validate(values), idle=idle)
    try:
        yield made
    finally:
        await made.close()


#: More than any server has to say.
ENDLESS = "250-and\r\n" * 10_000 + "250 so on"
SENT, DEFERRED, FAILED, UNCERTAIN = DeliveryStatus.SENT, DeliveryStatus.DEFERRED, DeliveryStatus.FAILED, DeliveryStatus.UNCERTAIN
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
    async with smtp_sink.running(tls=_server_tls(tls_files) if secure else None) as sink, transport(sink.port, **secure, **login) as out:
        sink.script[step] = [reply]
        receipt = await out.send(DELIVERY, go_on)
        assert (receipt.status, receipt.host_fault) == (status, host_fault)
        if reply[:3].isdigit() and step != "quit" and status is not UNCERTAIN and reply != ENDLESS:
            assert receipt.code == int(reply[:3])
        if status is not UNCERTAIN:
            assert [envelope.content for envelope in sink.accepted] == [CONTENT] * (status is SENT)
        await out.close()
        assert (await out.send(DELIVERY, go_on)).status is SENT


@pytest.fixture(scope="session")
def tls_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a certificate for localhost, its key, and a password."""
    from tests.servers.dovecot import make_certificate

    folder = tmp_path_factory.mktemp("tls")
    make_certificate(folder)
    (folder / "password").write_text("pass word", encoding="utf-8")
    return folder


def _server_tls(folder: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context


async def test_a_delivery_leaves_as_frozen(sink: Sink) -> None:
    """The bytes arrive as they are, leading dots included, from the reverse-path to the one recipient, and the receipt says so."""
    async with transport(sink.port) as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.code, receipt.text) == (SENT, 250, "2.0.0 queued as 1")
    [envelope] = sink.envelopes
    assert (envelope.sender, envelope.recipients, envelope.content) == (DELIVERY.reverse_path, (DELIVERY.recipient,), CONTENT)
    assert f"MAIL FROM:<{DELIVERY.reverse_path}> SIZE={len(CONTENT)}" in sink.commands


async def test_the_null_reverse_path_is_sent_as_such(sink: Sink) -> None:
    """An empty reverse-path is written as <>."""
    async with transport(sink.port) as out:
        assert (await out.send(replace(DELIVERY, reverse_path=""), go_on)).status is SENT
    assert any(command.startswith("MAIL FROM:<> ") for command in sink.commands)


async def test_content_beyond_ascii_is_declared(sink: Sink) -> None:
    """8-bit content is announced where the server knows the word; a server without extensions gets plain commands."""
    async with transport(sink.port) as out:
        await out.send(replace(DELIVERY, content="Subject: x\r\n\r\nGrüße\r\n".encode()), go_on)
    assert any(command.endswith("BODY=8BITMIME") for command in sink.commands)
    sink.extensions, sink.commands = (), []
    async with transport(sink.port) as out:
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert f"MAIL FROM:<{DELIVERY.reverse_path}>" in sink.commands


async def test_before_data_is_awaited_between_rcpt_and_data(sink: Sink) -> None:
    """The commit to send happens after the recipient was accepted and before the server hears of DATA."""
    seen: list[list[str]] = []

    async def commit() -> bool:
        seen.append([command.split(" ")[0] for command in sink.commands])
        return True

    async with transport(sink.port) as out:
        await out.send(DELIVERY, commit)
        sink.script["rcpt"] = ["550 no"]
        await out.send(DELIVERY, commit)
    assert seen == [["EHLO", "MAIL", "RCPT"]]


async def test_false_before_data_stops_the_attempt(sink: Sink) -> None:
    """When another has the delivery nothing is sent, and the connection serves the next one after a reset."""

    async def another_has_it() -> bool:
        return False

    async with transport(sink.port) as out:
        receipt = await out.send(DELIVERY, another_has_it)
        assert (receipt.status, receipt.host_fault, sink.envelopes) == (DEFERRED, False, [])
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert [command.split(" ")[0] for command in sink.commands] == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA", "QUIT"]
    assert sink.connections == 1


async def test_an_error_before_data_passes_through(sink: Sink) -> None:
    """What the commit raises is not of the server: it is not swallowed, and nothing is sent."""

    async def store_is_full() -> bool:
        raise ConnectionError("the store, not the server")

    async with transport(sink.port) as out:
        with pytest.raises(ConnectionError, match="the store"):
            await out.send(DELIVERY, store_is_full)
        assert sink.envelopes == []
        assert (await out.send(DELIVERY, go_on)).status is SENT


async def test_cancelled_in_the_middle(sink: Sink) -> None:
    """A delivery that is broken off leaves no connection half way through a message."""
    sink.script["dot"] = [HANG]
    async with transport(sink.port, data_timeout="10s") as out:
        sending = asyncio.create_task(out.send(DELIVERY, go_on))
        while not sink.envelopes:
            await asyncio.sleep(0.01)
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        assert (await out.send(DELIVERY, go_on)).status is SENT
    assert sink.connections == 2


EVIL = [
    "a@b.example>\r\nRCPT TO:<evil@z.example", "a@b.example\nDATA", "victim@shop.example <evil@z.example>", "a b@c.example",
    "<a@b.example>", "ünïcode@b.example", "a@büro.example", '"quoted local"@b.example', "a@b..example", "a@-b.example", "a@b.example-",
    "a@[127.0.0.1]", "a", "@b.example", "a@", "a@b@c.example", "a@b.example\x00", "x" * 65 + "@b.example", "a@" + "b" * 64 + ".example",
    "a@" + ("b" * 60 + ".") * 5 + "example", "",
]  # fmt: skip


@pytest.mark.parametrize("address", EVIL)
async def test_what_is_no_address_never_reaches_the_wire(sink: Sink, address: str) -> None:
    """An address with anything in it that could be read as a command fails here, without a connection."""
    async with transport(sink.port) as out:
        receipts = [await out.send(replace(DELIVERY, recipient=address), go_on)]
        if address:
            receipts.append(await out.send(replace(DELIVERY, reverse_path=address), go_on))
    assert {(receipt.status, receipt.host_fault) for receipt in receipts} == {(FAILED, False)}
    assert sink.connections == 0


@pytest.mark.parametrize(
    "address", ["ann@customer.example", "A.B+tag@Sub.Domain.example", "o'hara!#$%&*/=?^_`{|}~-@x.co", "a@localhost", "a..b@docomo.example"]
)
async def test_real_addresses_are_sent_to(sink: Sink, address: str) -> None:
    """Every unquoted ASCII address gets through as written."""
    async with transport(sink.port) as out:
        assert (await out.send(replace(DELIVERY, recipient=address), go_on)).status is SENT
    assert sink.envelopes[0].recipients == (address,)


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\n\nbody\n",
        b"Subject: x\r\n\r\nbody\r\n.\r\nMAIL FROM:<evil@z.example>\n",
        b"Subject: x\r\n\r\n.\r.\r\n",
        b"Subject: x\r\n\r\nno end",
        b"Subject: x\r\n\r\nnul\0\r\n",
        b"Subject: x\r\n\r\n" + b"y" * 999 + b"\r\n",
        b"",
    ],
)
async def test_content_that_could_be_read_in_two_ways_is_refused(sink: Sink, content: bytes) -> None:
    """Bare CR or LF, NUL and endless lines never leave: they are how mail is smuggled."""
    async with transport(sink.port) as out:
        assert (await out.send(replace(DELIVERY, content=content), go_on)).status is FAILED
    assert sink.connections == 0


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
    async with chaos.in_front_of(sink.port) as proxy, transport(proxy.port) as out:
        proxy.stop_reading_at = b"DATA"
        receipt = await out.send(replace(DELIVERY, content=b"Subject: x\r\n\r\n" + (b"y" * 80 + b"\r\n") * 200_000), go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert sink.envelopes == []


async def test_replies_in_pieces(sink: Sink) -> None:
    """A reply that arrives octet by octet is one reply."""
    async with chaos.in_front_of(sink.port) as proxy, transport(proxy.port, timeout="5s", data_timeout="5s") as out:
        proxy.split = True
        assert (await out.send(DELIVERY, go_on)).status is SENT


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_encryption_as_configured(tls_files: Path, security: str) -> None:
    """With a certificate that is trusted, mail leaves encrypted, from the first octet or after STARTTLS."""
    implicit = security == "tls"
    async with (
        smtp_sink.running(tls=_server_tls(tls_files), implicit_tls=implicit) as sink,
        transport(sink.port, security=security, ca_file=tls_files / "cert.pem", timeout="5s") as out,
    ):
        assert (await out.send(DELIVERY, go_on)).status is SENT
        assert ("STARTTLS" in sink.commands) == (security == "starttls")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_an_untrusted_certificate_is_refused(tls_files: Path, security: str) -> None:
    """A certificate nobody vouches for stops the delivery before name, password or mail are shown to the server."""
    async with (
        smtp_sink.running(tls=_server_tls(tls_files), implicit_tls=security == "tls") as sink,
        transport(sink.port, security=security, username="u", password=Secret(file=tls_files / "password"), timeout="5s") as out,
    ):
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert "certificate" in receipt.text.lower()
    assert not [command for command in sink.commands if command.startswith(("MAIL", "AUTH"))]


async def test_starttls_taken_away_is_no_reason_to_go_without(sink: Sink, tls_files: Path) -> None:
    """When the server does not offer STARTTLS, nothing is sent in the clear."""
    async with transport(sink.port, security="starttls", username="u", password=Secret(file=tls_files / "password")) as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert not [command for command in sink.commands if command.startswith(("MAIL", "AUTH"))]


@pytest.mark.parametrize("offer", ["AUTH PLAIN LOGIN", "AUTH LOGIN", "AUTH CRAM-MD5", "AUTH LOGIN PLAIN CRAM-MD5"])
async def test_logging_in(sink: Sink, tls_files: Path, offer: str) -> None:
    """Any of the usual methods will do, and one refusal is not followed by a try of the next: accounts get locked that way."""
    sink.extensions = (offer,)
    async with transport(sink.port, username="support", password=Secret(file=tls_files / "password")) as out:
        assert (await out.send(DELIVERY, go_on)).status is SENT
        await out.close()
        sink.commands.clear()
        sink.script["auth"] = ["535 5.7.8 wrong password for support@shop.example"]
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.code, receipt.host_fault) == (DEFERRED, 535, True)
    assert receipt.text == "5.7.8 wrong password for (address)"
    assert sum(command.startswith("AUTH") for command in sink.commands) == 1


@pytest.mark.parametrize("extensions", [(), ("AUTH GSSAPI",)])
async def test_no_way_to_log_in(sink: Sink, tls_files: Path, extensions: tuple[str, ...]) -> None:
    """A server that offers no authentication we know gets no mail from somebody who is to log in."""
    sink.extensions = extensions
    async with transport(sink.port, username="u", password=Secret(file=tls_files / "password")) as out:
        assert (await out.send(DELIVERY, go_on)).status is DEFERRED
    assert sink.envelopes == []


async def test_a_password_that_cannot_be_had(sink: Sink, tmp_path: Path) -> None:
    """A missing secret defers with the reason, and without the name of the account."""
    async with transport(sink.port, username="u@shop.example", password=Secret(file=tmp_path / "absent")) as out:
        receipt = await out.send(DELIVERY, go_on)
    assert (receipt.status, receipt.host_fault) == (DEFERRED, True)
    assert "password of (address)" in receipt.text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <ann@customer.example>: no such user", "5.1.1 <(address)>: no such user"),
        ("550 user ann+x@customer.example unknown\x1b[31m\x07", "user (address) unknown?[31m?"),
        ("550-first\r\n550 second", "first second"),
        ("550 " + "long " * 400, ("long " * 40)[:199]),
    ],
)
async def test_the_text_of_a_receipt_is_safe_to_keep(sink: Sink, said: str, kept: str) -> None:
    """What the server said is kept on one line, bounded, printable, and without addresses."""
    sink.script["rcpt"] = [said]
    async with transport(sink.port) as out:
        assert (await out.send(DELIVERY, go_on)).text.strip() == kept


async def test_on_postfix(postfix_sink: smtp_sink.PostfixSink) -> None:
    """Postfix's own sink takes the message byte for byte."""
    async with transport(postfix_sink.port, timeout="5s", data_timeout="5s") as out:
        receipts = await asyncio.gather(*(out.send(replace(DELIVERY, id=number), go_on) for number in range(8)))
    assert {receipt.status for receipt in receipts} == {SENT}
    dumps = postfix_sink.messages()
    assert len(dumps) == 8
    assert all(
        b"X-Rcpt-Args: <ann@customer.example>" in dump and b"\n.leading dot\n..two\nend\n" in dump.replace(b"\r\n", b"\n") for dump in dumps
    )
