"""Messages made wrong: the n-th mutant of our own messages is always the same one, so that any of them can be looked at again."""

import base64
import hashlib
import random
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

from tests.parsing import test_clients, test_formats, test_hostile, test_report_systems

ROOT = Path(__file__).resolve().parent.parent.parent
_DEMO = ROOT / "triage" / "demo" / "mail"
_SHARED = ROOT.parent / "shared" / "mail"
#: A mutant is at most this long; the limits of size have tests of their own.
MAX_BYTES = 200_000
_MAX_SEED = 40_000
_LABELS = (
    b"utf-8", b"us-ascii", b"iso-8859-1", b"utf-16", b"utf-7", b"iso-2022-jp", b"gb18030", b"hz", b"big5", b"koi8-r", b"x-unknown", b"idna",
    b"unicode_escape", b"rot13", b"undefined", b"\0", b"", b"\"utf-8", b"utf-8\r\n ;", b"cp65001", b"base64", b"zlib", b"utf-32",
)  # fmt: skip
_CODINGS = (
    b"base64", b"quoted-printable", b"8bit", b"binary", b"x-uuencode", b"7bit", b"base 64", b"BASE64 (comment)", b"gzip", b"", b"\0",
    b"quoted-printable\r\nContent-Transfer-Encoding: base64",
)  # fmt: skip
_TYPES = (
    b"text/plain", b"text/html", b"multipart/mixed", b"multipart/alternative", b"multipart/related", b"multipart/digest", b"multipart/report",
    b"message/rfc822", b"message/delivery-status", b"message/feedback-report", b"message/partial", b"message/external-body",
    b"application/ms-tnef", b"application/pdf", b"application/pkcs7-mime", b"text/calendar", b"text", b"/", b"", b"multipart/", b"text/plain/x",
    b"text/html; charset=utf-16", b"multipart/mixed; boundary=\"\"", b"multipart/mixed; boundary*=utf-8''%e2%82%ac", b"text/rfc822-headers",
)  # fmt: skip
_TOKENS = (
    b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\0", b"<", b">", b"@", b'"', b"=?", b"?=", b"=?utf-8?q?", b"=?utf-8?b?", b"(((", b"))", b"\\", b";",
    b":", b",", b"=", b"%", b"''", b"*0*=", b"*=", b"boundary=", b"charset=", b"name=", b"--", b"\xff", b"\xc3", b"\xf0\x9f\x92\xa9",
    b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xed\xa0\x80", b"\xee\x80\x80", b"\xee\x80\x81", b"\x1b$B", b"\x1b(B", b"~{", b"+AAA-", b"&#0;",
    b"&#xd800;", b"<!--", b"<![CDATA[", b"<table>", b"<td rowspan=99999 colspan=99999>", b"<blockquote type=cite>", b"> ", b"-- \r\n",
    b"4111 1111 1111 1111", b"begin 644 x\r\n", b"x\x9f\x3e\x22", b"%PDF-1.4\n", b"ORD123456", b"On Mon, 1 Jun 2026 Ann <a@b.example> wrote:\r\n",
)  # fmt: skip
_FIELDS = (
    b"From: support@shop.example <x@evil.example>", b"From: <", b'From: "', b"From: a@b(c)d@e.example", b"From: Ann <ann@x.example>",
    b"Sender: <@a,@b:c@d.example>", b"To: undisclosed-recipients:;", b"To: a:b:c;;,,<", b"Reply-To: =?utf-8?q?=00=0A=0D?= <a@b.example>",
    b"Subject: =?utf-8?b?//79?= =?x?y?z?=", b"Subject: =?utf-8?q?=F0=9F?= =?utf-8?q?=98=80?=", b"Message-ID: <a@[b", b"Message-ID: <<>>",
    b"References: " + b"<a@b> " * 80, b"In-Reply-To: <\0@x>", b"Date: 99 Foo 0000 99:99:99 +9999", b"Date: -1", b"Date: " + b"9" * 400,
    b"Content-Type: multipart/mixed; boundary=x; boundary=y", b"Content-Type: text/plain; charset=utf-8; charset=utf-16",
    b"Content-Disposition: attachment; filename*0*=utf-8''%2e%2e%2f; filename*2=x; filename*1*=%ff", b"Content-Disposition: ;;;=",
    b"Content-Disposition: attachment; " + b"x" * 70 + b'="caf\xc3\xa9"', b"Authentication-Results: mx.shop.example; dkim=pass (((",
    b"Authentication-Results: mx.shop.example; dmarc=pass", b"From: form@shop.example", b"Subject: Fwd: x",
    b"Authentication-Results: mx.shop.example; =; dmarc=pass reason=\"", b"Received: by mx.shop.example", b"Return-Path: <>",
    b"X-Failed-Recipients: a@b.example, <", b"Auto-Submitted: auto-replied", b"X-Triage-Loop: x", b" folded", b"no colon here", b": no name",
    b"\xff\xfe: raw", b"From : spaced@x.example", b"List-Id: <", b"Feedback-Type: abuse", b"MIME-Version: (((1.0", b"Content-ID: <>",
)  # fmt: skip

#: Another one wherever a number no longer makes the message that it made before.
_EDITION = 2
_BOUNDARY = re.compile(rb'boundary="?([^"\s;]{1,70})')
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_LABEL = re.compile(rb"charset=\"?[\w.:-]{1,40}\"?", re.IGNORECASE)
_CODING = re.compile(rb"(?<=Content-Transfer-Encoding: )[\w-]{1,40}", re.IGNORECASE)
_TYPE = re.compile(rb"(?<=Content-Type: )[\w./-]{1,60}", re.IGNORECASE)
_VALUE = re.compile(rb"^([A-Za-z-]{1,30}: )([^\r\n]{1,400})", re.MULTILINE)


@cache
def seeds(*, shared: bool) -> tuple[bytes, ...]:
    """What is mutated: messages of the tests and of the demo, and the collections of real mail where they are at hand and wanted."""
    ours = [
        *(content for content in test_hostile.POISON.values() if len(content) < _MAX_SEED),
        *(text.encode() for text in test_hostile.SEEDS),
        *test_clients.PROGRAMS.values(),
        *(system[0].encode() for system in test_report_systems.SYSTEMS.values()),
        *test_formats.seeds(),
        *(path.read_bytes().replace(b"{{date}}", b"Mon, 1 Jun 2026 10:00:00 +0200") for path in sorted(_DEMO.glob("*.eml"))),
    ]
    files = sorted(path for path in _SHARED.rglob("*") if path.suffix in {".eml", ".msg"}) if shared else []
    return tuple(content for content in (*ours, *(path.read_bytes() for path in files)) if len(content) < _MAX_SEED)


def digest(originals: Sequence[bytes]) -> str:
    """What the seeds are and how they are mutated: a run is only continued on the same ones."""
    made = b"%d" % _EDITION + b"".join(hashlib.sha256(content).digest() for content in originals)
    return hashlib.sha256(made).hexdigest()[:16]


def mutant(originals: Sequence[bytes], seed: int, number: int) -> bytes:
    """The message of that number."""
    chance = random.Random(f"{seed}/{number}")
    # The smaller of two, nearly always: what breaks a reader is seldom long, and many short ones are read in the time of a long one.
    content = min(chance.choice(originals), chance.choice(originals), key=len) if chance.random() < 0.9 else chance.choice(originals)
    if chance.random() < 0.15:
        content = _spliced(chance, content, chance.choice(originals))
    for _ in range(chance.choice((1, 1, 2, 2, 3, 5, 8, 12))):
        content = chance.choice(_MUTATIONS)(chance, content)[:MAX_BYTES]
    return content


def _spliced(chance: random.Random, one: bytes, other: bytes) -> bytes:
    if chance.random() < 0.5:
        # The header of one over the body of the other: boundaries and encodings then belong to nobody.
        head, body = _HEAD_END.search(one), _HEAD_END.search(other)
        return one[: head.end() if head else None] + other[body.end() if body else 0 :]
    return one[: chance.randrange(len(one) + 1)] + other[chance.randrange(len(other) + 1) :]


def _replaced(chance: random.Random, content: bytes) -> bytes:
    data = bytearray(content)
    for _ in range(chance.randint(1, 8) if data else 0):
        data[chance.randrange(len(data))] = chance.choice(b"\r\n\0<>@\"=?;:, \xff()[]%'-")
    return bytes(data)


def _removed(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    return content[:start] + content[start + chance.choice((1, 2, 6, 40, 400)) :]


def _inserted(chance: random.Random, content: bytes) -> bytes:
    # Half of all insertions go where structure is: near the beginning.
    start = chance.randrange(min(len(content), 1500) + 1 if chance.random() < 0.5 else len(content) + 1)
    return content[:start] + chance.choice(_TOKENS) * chance.choice((1, 1, 1, 2, 3, 60)) + content[start:]


def _truncated(chance: random.Random, content: bytes) -> bytes:
    return content[: chance.randrange(len(content) + 1)]


def _repeated(chance: random.Random, content: bytes) -> bytes:
    start = chance.randrange(len(content) + 1)
    piece = content[start : start + chance.choice((1, 4, 20, 200, 4000))]
    most = 30_000 if chance.random() < 0.1 else 1500
    times = min(chance.choice((2, 3, 30, 3000)), most // max(1, len(piece)) + 1)
    return content[:start] + piece * times + content[start:]


def _field(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n", 12)
    lines.insert(chance.randrange(len(lines)), chance.choice(_FIELDS) + b"\r")
    return b"\n".join(lines)


def _line(chance: random.Random, content: bytes) -> bytes:
    lines = content.split(b"\n")
    taken = lines.pop(chance.randrange(len(lines)))
    for _ in range(chance.choice((0, 1, 2))):
        lines.insert(chance.randrange(len(lines) + 1), taken)
    return b"\n".join(lines)


def _line_ends(chance: random.Random, content: bytes) -> bytes:
    bare = content.replace(b"\r\n", b"\n")
    end = chance.choice((b"\n", b"\r", b"\r\n", b"\r\r\n", b"\n\r", b"\r\n\r\n", b""))
    return bare.replace(b"\n", end) if chance.random() < 0.7 else bare.replace(b"\n", end, chance.randint(1, 30))


def _boundary(chance: random.Random, content: bytes) -> bytes:
    found = _BOUNDARY.findall(content)
    if not found:
        return content
    name = chance.choice(found)
    other = chance.choice((name[:-1], name + b"x", name * 3, b"", b" ", b'"', b"-", b"--", chance.choice(found), b"\xff", name + b" "))
    times = chance.choice((1, 1, 2, -1))
    return content.replace(name, other, times) if times > 0 else content.replace(b"--" + name, b"--" + other)


def _swapped(pattern: re.Pattern[bytes], values: Sequence[bytes], before: bytes = b"") -> Callable[[random.Random, bytes], bytes]:
    def swap(chance: random.Random, content: bytes) -> bytes:
        found = list(pattern.finditer(content))
        if not found:
            return content
        where = chance.choice(found)
        return content[: where.start()] + before + chance.choice(values) + content[where.end() :]

    return swap


def _encoded_words(chance: random.Random, content: bytes) -> bytes:
    found = list(_VALUE.finditer(content[:4000]))
    if not found:
        return content
    where = chance.choice(found)
    label, value = chance.choice(_LABELS), where[2]
    word = chance.choice(
        (
            b"=?" + label + b"?b?" + base64.b64encode(value) + b"?=",
            b"=?" + label + b"?q?" + value.replace(b" ", b"_") + b"=0D=0ABcc:_x?=",
            b"=?" + label + b"?q?" + b"".join(b"=%02X" % byte for byte in value) + b"?=",
            b"=?" + label + b"*en?Q?" + value,
            b"=?" + label + b"?x?" + value + b"?=",
            b"".join(b"=?%b?b?%b?= " % (label, base64.b64encode(bytes([byte]))) for byte in value[:300]),
        )
    )
    return content[: where.start(2)] + word + content[where.end(2) :]


def _wrapped(chance: random.Random, content: bytes) -> bytes:
    for level in range(chance.choice((1, 1, 1, 2, 2, 2, 3, 5, 29, 31, 60))):
        if chance.random() < 0.5:
            content = b"Content-Type: multipart/mixed; boundary=w%d\r\n\r\n--w%d\r\n%b\r\n--w%d--\r\n" % (level, level, content, level)
        elif chance.random() < 0.3 and len(content) < 20_000:
            packed = base64.encodebytes(content)
            content = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + packed
        else:
            content = b"Content-Type: message/rfc822\r\n\r\n" + content
    return b"From: Ann <ann@customer.example>\r\n" + content


def _recoded(chance: random.Random, content: bytes) -> bytes:
    head = _HEAD_END.search(content)
    start = head.end() if head and chance.random() < 0.8 else 0
    text = content[start:].decode("utf-8", "replace")
    return content[:start] + text.encode(chance.choice(("utf-16", "utf-16-be", "utf-7", "cp1252", "cp500", "utf-32", "big5")), "replace")


_MUTATIONS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    _replaced, _replaced, _removed, _inserted, _inserted, _truncated, _repeated, _field, _field, _line, _line_ends, _boundary,
    _swapped(_LABEL, _LABELS, b"charset="), _swapped(_CODING, _CODINGS), _swapped(_TYPE, _TYPES), _encoded_words, _wrapped, _recoded,
)  # fmt: skip
