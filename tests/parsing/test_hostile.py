"""Messages made to break a reader: each ends in a clear outcome, fast."""

import random

import pytest

from tests.effort import effort
from tests.parsing.mail import html, multipart, part, plain, raw, read
from triage.parsing import parse as border
from triage.parsing.options import ParseOptions
from triage.parsing.salvage import salvage


def nested(depth: int) -> bytes:
    """Multiparts inside each other."""
    content = b"Content-Type: text/plain\r\n\r\nleaf\r\n"
    for level in range(depth):
        content = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%s\r\n--b%d--\r\n" % (level, level, content, level)
    return b"From: ann@customer.example\r\n" + content


HEAD = b"From: ann@customer.example\r\n"
POISON = {
    "unfinished From": b"From: <\r\n\r\nx",
    "From that is a quote": b'From: "\r\n\r\nx',
    "unfinished Message-ID": b"Message-ID: <a@[b\r\n\r\nx",
    "line feed in a name": b"From: =?utf-8?q?=22=0A?= <a@b>\r\n\r\nx",
    "comments in comments": b"From: " + b"(" * 70_000 + b"\r\n\r\nx",
    "deep multiparts": nested(1000),
    "deep messages": HEAD + b"Content-Type: message/rfc822\r\n\r\n" * 1000 + b"Subject: x\r\n\r\nleaf",
    "long parameter name": b"Content-Disposition: attachment; " + b"x" * 70 + b'="caf\xc3\xa9"\r\n\r\nx',
    "32,000 encoded-words": b"Subject: " + b"=?utf-8?q?ab?= " * 32_000 + b"\r\n\r\nx",
    "32,000 parameters": b"Content-Type: text/plain" + b"; a=b" * 32_000 + b"\r\n\r\nx",
    "32,000 recipients": b"To: " + b"a@b.example, " * 32_000 + b"\r\n\r\nx",
    "16,000 field names": b"".join(b"X-%d: y\r\n" % number for number in range(16_000)) + b"\r\nx",
    "tags without end": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<a x=" * 20_000,
    "comments without end": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<!--" * 100_000,
    "closing tags": HEAD + b"Content-Type: text/html\r\n\r\n" + b"</" * 100_000,
    "deep html": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<div>" * 5900 + b"x",
    "tables in tables": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<table><tr><td>x" * 1900,
    "quotes in quotes": HEAD + b"Content-Type: text/html\r\n\r\n" + b"<blockquote type=cite>x" * 5000,
    "charset NUL": HEAD + b'Content-Type: text/plain; charset="\0"\r\n\r\n\xe4',
    "50,000 parts": HEAD + b"Content-Type: multipart/mixed; boundary=e\r\n\r\n" + b"--e\r\n\r\n" * 50_000,
    "nearly parts": HEAD + b"Content-Type: multipart/mixed; boundary=e\r\n\r\n" + b"--ex\r\n" * 50_000,
    "line feeds": HEAD + b"\r\n" + b"\n" * 200_000,
    "spaces": HEAD + b"\r\n" + b" " * 200_000,
    "On and no wrote": HEAD + b"\r\n" + b"On Mon\n" * 20_000,
    "header lines": HEAD + b"\r\n" + b"From: a\n" * 20_000,
    "underscores": HEAD + b"\r\n" + b"_" * 100_000,
    "references": b"References: " + b"<a@b> " * 20_000 + b"\r\n\r\nx",
    "result in comments": b"Authentication-Results: mx; " + b"dkim=pass (" * 5000 + b"\r\n\r\nx",
    "dots in a file name": b'Content-Disposition: attachment; filename="' + b"../" * 3000 + b'x"\r\n\r\nx',
    "file name in pieces": b"Content-Disposition: attachment; "
    + b"".join(b"filename*%d=a; " % number for number in range(3000))
    + b"\r\n\r\nx",
    "all bytes": bytes(range(256)) * 400,
    "NULs": b"\0" * 100_000,
    "nothing": b"",
}


@pytest.mark.parametrize("content", POISON.values(), ids=POISON.keys())
def test_poison_ends_fast(content: bytes) -> None:
    """Each message made to hang or crash a reader is read within two seconds, and salvaged at once."""
    message = read(content)
    assert effort(lambda: read(content), 2) < 2
    assert len(message.fingerprint) == 64
    assert all(author.addr_spec.isascii() for author in message.from_)
    assert salvage(raw(content)).defects
    assert effort(lambda: salvage(raw(content)), 0.2) < 0.2


def test_limits_are_told() -> None:
    """What was cut for depth or number of parts is said in words."""
    assert any("nested deeper than 30" in defect for defect in read(POISON["deep multiparts"]).defects)
    assert any("more than 500 parts" in defect for defect in read(POISON["50,000 parts"]).defects)


SEEDS = (
    plain(
        "Hello, where is my order?\n\nOn Mon, Jun 1, 2026 at 10:00 AM Support <s@shop.example> wrote:\n> Hi",
        Date="Mon, 1 Jun 2026 10:00:00 +0200",
    ),
    html('<p>Thanks</p><div class="gmail_quote">On Monday</div><table><tr><td>x</td></tr></table>'),
    multipart(
        "mixed",
        part("text/plain; charset=utf-8", "x"),
        part("message/rfc822", "Subject: y\r\n\r\nz"),
        part("application/pdf; name*=utf-8''x.pdf", "%PDF"),
    ),
    multipart(
        "report; report-type=delivery-status",
        part("text/plain", "x"),
        part("message/delivery-status", "\r\nFinal-Recipient: rfc822; a@b.example\r\nAction: failed"),
    ),
)
TOKENS = (
    b"=?utf-8?q?",
    b"?=",
    b'"',
    b"boundary=",
    b"\r\n",
    b"<",
    b"(((",
    b"charset=x",
    b"*0*=",
    b"\xf0\x9f",
    b"\0",
    b"\r",
    b"--edge",
    b"@",
    b";",
    b": ",
    b"base64",
)


def test_mutated_messages_always_give_a_message() -> None:
    """Two thousand mutants of ordinary mail are each read without an exception and without the last resort."""
    chance = random.Random(1)
    for _ in range(2000):
        content = bytearray(chance.choice(SEEDS).encode())
        for _ in range(chance.randint(1, 12)):
            position = chance.randrange(len(content))
            if chance.random() < 0.5:
                content[position:position] = chance.choice(TOKENS)
            else:
                del content[position : position + chance.randint(1, 9)]
        message = read(bytes(content))
        assert not [defect for defect in message.defects if defect.startswith("reading failed")], bytes(content)


def test_a_library_that_fails_costs_only_what_it_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """When mail-parser raises, its part is missing and the rest is read; when all else fails, the header is shown."""

    def fail(*_: object) -> None:
        raise IndexError

    monkeypatch.setattr(border, "_Judge", fail)
    message = read(plain("text", Date="Mon, 1 Jun 2026 10:00:00 +0200"))
    assert message.text == "text"
    assert message.date is not None
    assert "mail-parser gave up: IndexError" in message.defects
    monkeypatch.setattr(border.parts, "collect", fail)
    saved = border.parse(raw(plain("text")), ParseOptions())
    assert (saved.subject, saved.text) == ("Order", "")
    assert "reading failed: IndexError" in saved.defects
