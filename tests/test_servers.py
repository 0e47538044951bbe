"""The test servers and the embedded ones do what they say: whoever builds on them can rely on it."""

import asyncio
import smtplib
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import SupportsBytes, SupportsIndex

import psycopg
import pymap.bytes
import pytest
from imapclient import IMAPClient
from imapclient.exceptions import LoginError
from pymap.bytes import Writeable
from pymap.parsing.specials.flag import Flag

from tests.conftest import PASSWORD
from tests.servers import chaos, invariants, smtp_sink
from tests.servers import dovecot as dovecot_server
from tests.servers import postgres as postgres_server
from tests.servers.ports import free_ports
from tests.servers.postgres import Postgres
from triage.demo.servers import DemoServers, running

MESSAGE = b"From: ann@customer.example\r\nTo: support@shop.example\r\nSubject: hello\r\nMessage-ID: <1@customer.example>\r\n\r\n.dot\r\n"


def _inbox(port: int, user: str, password: str = PASSWORD) -> list[tuple[datetime, bytes]]:
    with IMAPClient("127.0.0.1", port=port, ssl=False, timeout=10) as client:
        client.normalise_times = False
        client.login(user, password)
        client.select_folder("INBOX")
        found = client.fetch(client.search("ALL"), ["INTERNALDATE", "BODY.PEEK[]"])
    return [(items[b"INTERNALDATE"], items[b"BODY[]"]) for items in found.values()]


def _submit(port: int, recipients: list[str], content: bytes = MESSAGE, login: tuple[str, str] | None = None) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        if login:
            client.login(*login)
        client.sendmail("ann@customer.example", recipients, content)


async def test_the_embedded_server_vouches_where_it_is_asked_to() -> None:
    """Then what is submitted gets its word by the envelope; otherwise mail arrives as it was."""
    async with running({"support@shop.example": PASSWORD}, vouches=True) as servers:
        await asyncio.to_thread(_submit, servers.smtp_port, ["support@shop.example"])
        [(_at, content)] = await asyncio.to_thread(_inbox, servers.imap_port, "support@shop.example")
        assert b"Authentication-Results: mx.saypro.example; dmarc=pass header.from=customer.example\r\n" in content
        assert content.endswith(MESSAGE)


async def test_delivered_mail_can_be_read_over_imap(embedded: DemoServers) -> None:
    """A message put into an account is there for any IMAP client, byte for byte, with the arrival time given."""
    arrived = datetime(2026, 6, 1, 10, 0, tzinfo=UTC)
    assert await embedded.deliver("support@shop.example", MESSAGE, arrived)
    [(at, content)] = await asyncio.to_thread(_inbox, embedded.imap_port, "support@shop.example")
    assert (at.astimezone(UTC), content) == (arrived, MESSAGE)


async def test_submitted_mail_reaches_the_base_address(embedded: DemoServers) -> None:
    """A plus-address delivers to its account, with the reverse-path recorded as a server at the border does."""
    await asyncio.to_thread(_submit, embedded.smtp_port, ["support+token@shop.example"])
    [(_, content)] = await asyncio.to_thread(_inbox, embedded.imap_port, "support@shop.example")
    assert content.startswith(b"Return-Path: <ann@customer.example>\r\nDelivered-To: support+token@shop.example\r\n")
    assert content.endswith(MESSAGE)
    assert [envelope.recipients for envelope in embedded.sent] == [("support+token@shop.example",)]
    assert embedded.outside == []


async def test_mail_to_strangers_goes_to_the_outside_world(embedded: DemoServers) -> None:
    """Mail to an address without an account is accepted and listed as gone outside."""
    await asyncio.to_thread(_submit, embedded.smtp_port, ["ann@customer.example"], login=("support@shop.example", PASSWORD))
    assert [envelope.content for envelope in embedded.outside] == [MESSAGE]
    assert not await embedded.deliver("ann@customer.example", MESSAGE)


@pytest.mark.parametrize("password", ["wrong", ""])
async def test_a_wrong_password_is_refused(embedded: DemoServers, password: str) -> None:
    """Neither server lets anybody in without the password."""
    with pytest.raises(LoginError):
        await asyncio.to_thread(_inbox, embedded.imap_port, "support@shop.example", password)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await asyncio.to_thread(_submit, embedded.smtp_port, ["x@y.example"], login=("support@shop.example", password))


def test_ports_of_servers_are_no_connection_s() -> None:
    """A port for a server is none that the system lends to connections, so that it is still free when the server starts; none is given twice."""
    ports, others = free_ports(300), free_ports(300)
    lent = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    assert len({*ports, *others}) == 600
    assert 10_000 <= min(ports) < max(ports) < max(lent, 32_768)
    for port in ports[:20]:
        socket.create_server(("127.0.0.1", port)).close()


async def test_ports_can_be_chosen() -> None:
    """Fixed ports are used as given, so that a mail client can be pointed at them."""
    imap_port, smtp_port = free_ports(2)
    async with running({"a@shop.example": "pw"}, imap_port=imap_port, smtp_port=smtp_port) as servers:
        assert (servers.imap_port, servers.smtp_port) == (imap_port, smtp_port)
        assert await asyncio.to_thread(_inbox, imap_port, "a@shop.example", "pw") == []


async def test_an_open_client_does_not_keep_the_servers(embedded: DemoServers) -> None:
    """The servers end with their block although clients are still connected."""
    async with running({"a@shop.example": "pw"}) as servers:
        readers = [await asyncio.open_connection("127.0.0.1", port) for port in (servers.imap_port, servers.smtp_port)]
        for reader, _ in readers:
            await reader.readline()
    for reader, writer in readers:
        assert b"OK" not in await asyncio.wait_for(reader.read(), 5)
        writer.close()


def test_dovecot_serves_mail(dovecot: dovecot_server.Dovecot, dovecot_user: str) -> None:
    """The private Dovecot keeps a message as delivered, on its plain and its TLS port, and gives a wrong password a quick no."""
    dovecot.deliver(dovecot_user, MESSAGE, at=datetime(2026, 6, 1, 10, 0, tzinfo=UTC))
    assert _inbox(dovecot.imap_port, dovecot_user) == [(datetime(2026, 6, 1, 10, 0, tzinfo=UTC), MESSAGE)]
    with pytest.raises(LoginError, match="AUTHENTICATIONFAILED"):
        _inbox(dovecot.imap_port, dovecot_user, "wrong")


def test_dovecot_takes_mail_by_lmtp(dovecot: dovecot_server.Dovecot, dovecot_user: str) -> None:
    """Mail handed over by LMTP is in the account, with a Return-Path."""
    with smtplib.LMTP("127.0.0.1", dovecot.lmtp_port) as client:
        client.sendmail("ann@customer.example", [dovecot_user.replace("@", "+x@")], MESSAGE)
    [(_, content)] = _inbox(dovecot.imap_port, dovecot_user)
    assert content.startswith(b"Return-Path: <ann@customer.example>")


async def test_the_sink_does_as_told(sink: smtp_sink.Sink) -> None:
    """A scripted reply is given once, then the sink is friendly again, and it keeps what it was given."""
    sink.script["rcpt"] = ["450 4.2.0 later"]
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        await asyncio.to_thread(_submit, sink.port, ["a@b.example"])
    await asyncio.to_thread(_submit, sink.port, ["a@b.example"])
    assert [(envelope.sender, envelope.recipients, envelope.content) for envelope in sink.accepted] == [
        ("ann@customer.example", ("a@b.example",), MESSAGE)
    ]


def test_postfix_sink_keeps_messages(postfix_sink: smtp_sink.PostfixSink) -> None:
    """Postfix's sink writes each message to a file."""
    _submit(postfix_sink.port, ["a@b.example"])
    [content] = postfix_sink.messages()
    assert b"X-Rcpt-Args: <a@b.example>" in content
    assert b"Subject: hello" in content


async def test_the_proxy_cuts_after_the_request(sink: smtp_sink.Sink) -> None:
    """What was cut after the request has reached the server, and the client does not know."""
    async with chaos.in_front_of(sink.port) as proxy:
        proxy.cut_after_request = b"\r\n.\r\n"
        with pytest.raises(smtplib.SMTPServerDisconnected):
            await asyncio.to_thread(_submit, proxy.port, ["a@b.example"])
        assert (proxy.hits, len(sink.accepted)) == (1, 1)
        proxy.calm()
        proxy.split = True
        await asyncio.to_thread(_submit, proxy.port, ["a@b.example"])
        assert len(sink.accepted) == 2


GOOD = (
    b"From: SayPro Support <support@shop.example>\r\nTo: ann@customer.example\r\nSubject: We have your message\r\n"
    b"Date: Mon, 01 Jun 2026 10:00:00 +0000\r\nMessage-ID: <x@shop.example>\r\nAuto-Submitted: auto-replied\r\n"
    b"Content-Type: text/plain\r\n\r\nYour case is SP-1.\r\n"
)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (b"", b"", ""),
        (b"Subject:", b"Bcc: x@y.example\r\nSubject:", "'bcc' is not allowed"),
        (b"To: ann@", b"To: bob@b.example, ann@", "one recipient"),
        (b"support@shop", b"evil@shop", "From is not ours"),
        (b"Auto-Submitted: auto-replied\r\n", b"", "Auto-Submitted"),
        (b"text/plain", b"text/html", "must be text/plain"),
        (b"SP-1.", b"SP-1.\n", "bare"),
        (b"SP-1.", b"4111 1111 1111 1111", "card number"),
        (b"SP-1.", b"SP-1." + b"x" * 999, "998"),
        (b"SP-1.", b"word\r\n" * 500, "below 2048"),
        (b"ann@customer.example\r\n", b"=?utf-8?q?Ann_=C3=96z?=\r\n <ANN@customer.example>\r\n", ""),
        (b"To: ann@customer.example", b"To: customers: ann@customer.example, bob@b.example;", "one recipient"),
        (b"To: ann@customer.example", b"To: undisclosed-recipients:;", "one recipient"),
        (b"To: ann@customer.example", b"To: bob@b.example\r\nTo: ann@customer.example", "2 fields 'to'"),
        (b"To: ann@customer.example\r\n", b"", "0 fields 'to'"),
        (b"We have", b"=?utf-8?q?4111_1111?=\r\n =?utf-8?q?_1111_1111?=", "card number"),
        (b"We have", b"4111\r\n 1111\r\n 1111\r\n 1111", "card number"),
        (b"We have", b"=?utf-8?b?NDExMQ==?= 1111 1111 1112", ""),
        (b"<support@shop.example>", b"<support@shop.example>, eve@evil.example", "From is not ours"),
    ],
)
def test_the_invariants_find(old: bytes, new: bytes, complaint: str) -> None:
    """Each invariant is seen to be broken where it is, and a good message has none."""
    found = invariants.check(
        GOOD.replace(old, new, 1), recipients=["ann@customer.example"], ours=["support@shop.example"], acknowledgment=True
    )
    assert (not found) if not complaint else any(complaint in line for line in found)


@dataclass(frozen=True)
class Left:
    """A message as it left."""

    recipients: tuple[str, ...]
    content: bytes


def left(to: str, *, kind: str = "acknowledgment", auto: str = "auto-replied", audit: bool = False) -> Left:
    """A message of ours to that address."""
    lines = [
        "From: support@shop.example", f"To: {to}", "Subject: We have your message", "Date: Mon, 02 Mar 2026 08:00:00 +0000",
        f"Message-ID: <{kind}.abc@shop.example>", *([f"Auto-Submitted: {auto}"] if auto else []), "", "Hello", "",
    ]  # fmt: skip
    return Left((to, invariants.AUDIT) if audit else (to,), "\r\n".join(lines).encode())


def test_what_left_a_world_is_judged() -> None:
    """Copies to the audit mailbox are left aside, a person's answer need not call itself automatic, and strangers are found out."""
    known = ["From: Ann <Ann@customer.example>", "finance@shop.example"]
    assert invariants.broken([], known=known) == []
    assert invariants.broken([left("ann@customer.example", audit=True), left("finance@shop.example", kind="escalation")], known=known) == []
    assert invariants.broken([left("ann@customer.example", kind="answer", auto="")], known=known) == []
    assert invariants.broken([left("ann@customer.example", auto="")], known=known) == [
        "to ann@customer.example: Auto-Submitted is missing or wrong"
    ]
    assert invariants.broken([left("eve@evil.example")], known=known) == ["to eve@evil.example: eve@evil.example was never heard of"]
    assert invariants.broken([left("eve@evil.example")], known=None) == []


def test_what_is_no_card_number() -> None:
    """Zeros add up as a card number does, and are none."""
    assert invariants._luhn(b"0" * 16)
    message = left("ann@customer.example")
    for digits, found in (("0" * 16, 0), ("4111 1111 1111 1111", 1), ("4111111111111112", 0)):
        content = message.content.replace(b"Hello", digits.encode())
        assert len(invariants.broken([Left(message.recipients, content)], known=None)) == found


def test_postgres_serves_whom_it_should(postgres: Postgres) -> None:
    """The owner comes by the socket, the reader with a password, may read what is granted and write nothing."""
    address = postgres.database("served")
    postgres.run(["create table things (name text)", "insert into things values ('one')"], "served")
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(address)
    with psycopg.connect(address, password=postgres_server.PASSWORD) as reader:
        assert reader.execute("select name from things").fetchall() == [("one",)]
        assert postgres.sessions()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            reader.execute("insert into things values ('two')")
    assert not postgres.root.is_relative_to("/home")


@pytest.mark.parametrize(
    "value", [b"octets", "text", 3, 3.5, None, (), [b"octets"], {}, memoryview(b""), object(), Flag(b"\\Seen"), Writeable.empty()]
)
def test_the_embedded_server_knows_what_it_writes(value: object) -> None:
    """Its quick look at a class finds what Python's own slow one finds, the second time as well as the first."""
    DemoServers({"support@shop.example": PASSWORD})
    for _time in range(2):
        assert pymap.bytes.has_bytes(value) == (isinstance(value, bytes | SupportsBytes))
        assert isinstance(value, pymap.bytes.SupportsIndex) == isinstance(value, SupportsIndex)


async def test_all_embedded_servers_offer_the_same_ways_to_log_in() -> None:
    """A second server beside the first lets in whoever it knows, and nobody else."""
    async with running({"ann@shop.example": "one"}) as first, running({"ann@shop.example": "two"}) as second:
        for server, password, other in ((first, "one", "two"), (second, "two", "one")):
            assert await asyncio.to_thread(_inbox, server.imap_port, "ann@shop.example", password) == []
            with pytest.raises(LoginError):
                await asyncio.to_thread(_inbox, server.imap_port, "ann@shop.example", other)
