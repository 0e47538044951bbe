"""What goes onto the wire, and what never does."""

import asyncio
from dataclasses import replace

import pytest

from tests.servers import smtp_sink
from tests.servers.smtp_sink import Sink
from tests.transport.making import CONTENT, DELIVERY, FAILED, SENT, go_on, transport


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


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("550 5.1.1 <ann@customer.example>: no such user", "5.1.1 (address) no such user"),
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
    async with transport(postfix_sink.port, timeout="5s", dot_timeout="5s") as out:
        receipts = await asyncio.gather(*(out.send(replace(DELIVERY, id=number), go_on) for number in range(8)))
    assert {receipt.status for receipt in receipts} == {SENT}
    dumps = postfix_sink.messages()
    assert len(dumps) == 8
    assert all(
        b"X-Rcpt-Args: <ann@customer.example>" in dump and b"\n.leading dot\n..two\nend\n" in dump.replace(b"\r\n", b"\n") for dump in dumps
    )
