"""The poison set: each message that broke some mail program once, with what ours makes of it."""

from dataclasses import dataclass, field

import pytest

from tests.effort import effort
from tests.parsing.mail import raw, read
from triage.message import Message
from triage.parsing.salvage import salvage

HEAD = "From: Ann <ann@customer.example>\r\nSubject: Order\r\nMessage-ID: <m@customer.example>\r\n"


@dataclass(frozen=True)
class Poison:
    """Bytes, and what must be read of them."""

    content: bytes
    author: str = "ann@customer.example"
    subject: str = "Order"
    text: str | None = "hello"
    #: A part of each defect that must be told.
    defects: tuple[str, ...] = field(default=())


def with_body(lines: str, body: str = "hello") -> bytes:
    """Our head, these further lines, and a body."""
    return f"{HEAD}{lines}\r\n{body}".encode()


def nested(kind: str, depth: int) -> bytes:
    """Multiparts or messages, each inside the one before."""
    if kind == "message":
        return HEAD.encode() + b"Content-Type: message/rfc822\r\n\r\n" * depth + b"Subject: leaf\r\n\r\nhello"
    content = b"Content-Type: text/plain\r\n\r\nhello\r\n"
    for level in range(depth):
        content = b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n%b\r\n--b%d--\r\n" % (level, level, content, level)
    return HEAD.encode() + content


SET = {
    "From is an open bracket": Poison(b"From: <\r\nSubject: Order\r\n\r\nhello", author="", defects=("From: ", "no Message-ID")),
    "From is a quote": Poison(b'From: "\r\nSubject: Order\r\n\r\nhello', author="", defects=("From: quoted string without its end",)),
    "From has no domain": Poison(b"From: a@\r\nSubject: Order\r\n\r\nhello", author="", defects=("From: not a plain address",)),
    "Message-ID is an open bracket": Poison(
        b"From: ann@customer.example\r\nMessage-ID: <\r\nSubject: Order\r\n\r\nhello", defects=("Message-ID cannot be used",)
    ),
    "Message-ID is empty brackets": Poison(
        b"From: ann@customer.example\r\nMessage-ID: <>\r\nSubject: Order\r\n\r\nhello", defects=("Message-ID cannot be used",)
    ),
    "Message-ID with half a literal": Poison(b"From: ann@customer.example\r\nMessage-ID: <a@[b\r\nSubject: Order\r\n\r\nhello"),
    "a line feed in an encoded name": Poison(b"From: =?utf-8?q?=22=0A?= <a@b.example>\r\nSubject: Order\r\n\r\nhello", author="a@b.example"),
    "comments in comments": Poison(
        b"From: " + b"(" * 2000 + b"\r\nSubject: Order\r\n\r\nhello", author="", defects=("comment without its end",)
    ),
    "multiparts in multiparts": Poison(nested("multipart", 1000), text=None, defects=("nested deeper than 30",)),
    "messages in messages": Poison(nested("message", 1000), text="", defects=("nested deeper than 30",)),
    "twenty multiparts": Poison(nested("multipart", 20)),
    "a parameter name without end": Poison(with_body("Content-Disposition: inline; " + "x" * 70 + '="café"\r\n')),
    "32,000 encoded-words": Poison(
        (HEAD.replace("Order", "=?utf-8?q?ab?= " * 32_000) + "\r\nhello").encode(),
        subject="ab" * 299,
        defects=("header field Subject is too long",),
    ),
    "32,000 parameters": Poison(with_body("Content-Type: text/plain" + "; a=b" * 32_000 + "\r\n"), defects=("Content-Type is too long",)),
    "32,000 recipients": Poison(
        with_body("To: " + "a@b.example, " * 32_000 + "\r\n"), defects=("field To is too long",)
    ),
    "a charset of NUL": Poison(with_body('Content-Type: text/plain; charset="\0"\r\n')),
    "the charset idna": Poison(with_body("Content-Type: text/plain; charset=idna\r\n", "hällo"), text="hällo", defects=("'idna' is unknown",)),
    "a charset that nobody knows": Poison(
        with_body("Content-Type: text/plain; charset=nonexistent\r\n", "hällo"), text="hällo", defects=("'nonexistent' is unknown",)
    ),
    "a field smuggled into the subject": Poison(
        HEAD.replace("Order", "Order=?UTF-8?Q?=0A?=Bcc: x@evil.example").encode() + b"\r\nhello", subject="Order Bcc: x@evil.example"
    ),
    "our address as a bare name": Poison(
        b"From: support@shop.example <x@evil.example>\r\nSubject: Order\r\n\r\nhello",
        author="x@evil.example",
        defects=("display name contains an address",),
    ),
    "an address that ends in another": Poison(
        b"From: alice@shop.example)bob@evil.example\r\nSubject: Order\r\n\r\nhello", author="", defects=("From: ",)
    ),
    "an address with two at signs": Poison(
        b"From: ann@shop.example@evil.example\r\nSubject: Order\r\n\r\nhello", author="", defects=("From: not a plain address",)
    ),
    "an address that only folds into another": Poison(
        "From: m\u0131ke@customer.example\r\nSubject: Order\r\n\r\nhello".encode(), author="", defects=("From: ",)
    ),
    "a command in the Message-ID": Poison(
        b"From: ann@customer.example\r\nMessage-ID: <a@b.example\r\n X1 STORE 1:* +FLAGS (\\Deleted)>\r\nSubject: Order\r\n\r\nhello",
    ),
    "a message smuggled behind a dot": Poison(
        with_body("", "hello\n.\nMAIL FROM:<x@evil.example>\nRCPT TO:<a@shop.example>\nDATA\nFrom: x@evil.example\n\nbye"),
        text="hello\n.\nMAIL FROM:<x@evil.example>\nRCPT TO:<a@shop.example>\nDATA\nFrom: x@evil.example\n\nbye",
    ),
    "a report of delivery": Poison(
        with_body(
            "Content-Type: multipart/report; report-type=delivery-status; boundary=e\r\n",
            "--e\r\n\r\nhello\r\n--e\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\n\r\n"
            "Final-Recipient: rfc822; b@c.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--e--",
        ),
        text=None,
    ),
    "an archive": Poison(
        with_body(
            "Content-Type: multipart/mixed; boundary=e\r\n",
            "--e\r\n\r\nhello\r\n--e\r\nContent-Type: application/zip; name=../x.zip\r\n\r\nPK\x03\x04 secret\r\n--e--",
        )
    ),
    **{
        f"the charset {label}": Poison(
            with_body(f"Content-Type: text/plain; charset={label}\r\n", "hällo"), text="hällo", defects=(f"{label!r} is unknown",)
        )
        for label in ("undefined", "unicode_escape", "punycode", "rot13")
    },
    "two From fields": Poison(b"From: a@b.example\r\nFrom: c@d.example\r\nSubject: Order\r\n\r\nhello", author=""),
    "two Content-Types": Poison(with_body("Content-Type: text/plain\r\nContent-Type: text/html\r\n", "a < b"), text="a < b"),
    "two subjects": Poison(with_body("Subject: Other\r\n")),
    "a subject with a space before its colon": Poison(
        b"From: ann@customer.example\r\nSubject : Order\r\n\r\nhello", defects=("space before the colon",)
    ),
    "50,000 parts": Poison(
        with_body("Content-Type: multipart/mixed; boundary=e\r\n", "--e\r\n\r\nhello\r\n" + "--e\r\n\r\n" * 50_000), defects=("more than 500 parts",)
    ),
    "attributes without end": Poison(with_body("Content-Type: text/html\r\n", "<p>hello</p>" + "<a x=" * 20_000), text=None),
    "comments without end": Poison(with_body("Content-Type: text/html\r\n", "<p>hello</p>" + "<!--" * 50_000), text=None),
    "closing tags without end": Poison(with_body("Content-Type: text/html\r\n", "<p>hello</p>" + "</" * 100_000), text=None),
    "a million spaces": Poison(with_body("", "hello" + " " * 1_000_000)),
    "a million line feeds": Poison(with_body("", "hello" + "\n" * 1_000_000)),
    "a line of a million letters": Poison(with_body("", "h" * 1_000_000), text="h" * 1_000_000),
    "nothing but NULs in the body": Poison(with_body("", "hello" + "\0" * 10_000)),
    "a date of large numbers": Poison(with_body("Date: Mon, 1 Jun 999999999999999999999 10:00:00 +99999999999\r\n")),
    "a date of year 0": Poison(with_body("Date: Mon, 1 Jan 0000 00:00:00 +0000\r\n")),
    "a date without a zone, 9999": Poison(with_body("Date: Fri, 31 Dec 9999 23:59:59 -2359\r\n"), defects=("date",)),
    "an e-mail in UTF-16 without a header": Poison("hello".encode("utf-16"), author="", subject=""),
    "a boundary that is a prefix of another": Poison(
        with_body("Content-Type: multipart/mixed; boundary=a\r\n", "--a\r\nContent-Type: multipart/mixed; boundary=ab\r\n\r\n--ab\r\n\r\nhello\r\n--ab--\r\n--a--")
    ),
    "one boundary for two levels": Poison(
        with_body("Content-Type: multipart/mixed; boundary=a\r\n", "--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n\r\nhello\r\n--a--\r\n--a--")
    ),
    "base64 of one letter a line": Poison(
        with_body("Content-Transfer-Encoding: base64\r\n", "\r\n".join("aGVsbG8=")),
    ),
    "quoted-printable that ends in an equals sign": Poison(with_body("Content-Transfer-Encoding: quoted-printable\r\n", "hel=\r\nlo=")),
    "an encoding of two words": Poison(with_body("Content-Transfer-Encoding: 8bit; charset=x\r\n")),
    "an empty multipart": Poison(with_body("Content-Type: multipart/mixed; boundary=e\r\n", "--e--"), text="--e--", defects=("without parts",)),
    "message/partial": Poison(with_body("Content-Type: message/partial; number=2; total=3; id=x\r\n"), text=""),
    "message/external-body": Poison(with_body("Content-Type: message/external-body; access-type=local-file; name=/etc/passwd\r\n"), text=""),
}  # fmt: skip


@pytest.mark.parametrize("poison", SET.values(), ids=SET.keys())
def test_poison_is_read_for_what_it_is(poison: Poison) -> None:
    """Author, subject and text are those a person would see, and what is wrong is told in words."""
    message = read(poison.content)
    author = message.author.addr_spec if message.author else ""
    assert (author, message.subject) == (poison.author, poison.subject)
    assert not set(message.message_id) & set(" <>\r\n")
    # Where layout gave up, tags and delimiters may be shown; the text itself must be there.
    assert message.text == poison.text if poison.text is not None else "hello" in message.full_text
    missing = [part for part in poison.defects if not any(part in defect for defect in message.defects)]
    assert not missing, message.defects


@pytest.mark.parametrize("poison", SET.values(), ids=SET.keys())
def test_poison_takes_less_than_a_second(poison: Poison) -> None:
    """No message of the set takes a second of processor time, and salvage none at all to speak of."""
    read(HEAD + "\r\nThis sentence loads what is loaded once.")
    assert effort(lambda: read(poison.content), 1) < 1
    assert effort(lambda: salvage(raw(poison.content)), 0.1) < 0.1
    saved = salvage(raw(poison.content))
    assert saved.author is None or not poison.author or saved.author.addr_spec == poison.author


def fetches(source: str) -> Message:
    """An HTML message with this source."""
    return read(f"{HEAD}Content-Type: text/html\r\n\r\n<p>hello</p>{source}")


@pytest.mark.parametrize(
    "source",
    [
        "<img src='http://192.0.2.1/track.gif'>",
        "<img src='file:///etc/passwd'>",
        "<iframe src='php://filter/resource=/etc/passwd'></iframe>",
        "<link rel=stylesheet href='http://192.0.2.1/a.css'>",
        "<object data='file:///etc/passwd'></object>",
        "<!DOCTYPE html [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><p>&x;</p>",
        "<svg><image href='http://192.0.2.1/x'/></svg>",
        "<style>@import url(http://192.0.2.1/a.css)</style>",
        "<xml><xi:include href='file:///etc/passwd' parse='text' xmlns:xi='http://www.w3.org/2001/XInclude'/></xml>",
        "<script>fetch('http://192.0.2.1')</script>",
        "<base href='http://192.0.2.1/'><form action=x><input value=secret></form>",
        "<meta http-equiv=refresh content='0;url=http://192.0.2.1/'>",
    ],
)
def test_html_brings_in_nothing_from_elsewhere(source: str) -> None:
    """Files, addresses and entities that a document names are not opened and not shown."""
    message = fetches(source)
    assert message.text.split()[0] == "hello"
    assert "root:" not in message.full_text
    assert "192.0.2.1" not in message.full_text
