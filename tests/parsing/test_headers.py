"""Header fields: decoded, bounded, and where the body begins."""

from datetime import UTC, datetime

import pytest

from tests.parsing.mail import ARRIVED, plain, raw, read
from triage.parsing import fields
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("plain", "plain"),
        ("=?utf-8?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?UTF-8?B?R3LDvMOfZQ==?=", "Grüße"),
        ("=?iso-8859-1?q?Gr=FC=DFe?= =?iso-8859-1?q?_an_Ann?=", "Grüße an Ann"),
        ("=?utf-8?b?ww==?= =?utf-8?b?vA==?=", "ü"),
        ("=?utf-8?b?w7w=?= x =?utf-8?q?y?=", "ü x y"),
        ("=?utf-8*de?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?q?hello world?=", "hello world"),
        ("Re: =?utf-8?q?a?=b", "Re: ab"),
        ("=?foo?x?abc?= y", "=?foo?x?abc?= y"),
        ("=?utf-8?q?open", "=?utf-8?q?open"),
        ("=?=?=?utf-8?q?a?=", "=?=?a"),
        ("=?" + "x" * 100 + "?q?a?=", "=?" + "x" * 100 + "?q?a?="),
        ("=?nonsense?q?Gr=C3=BC=C3=9Fe?=", "Grüße"),
        ("=?utf-8?q?a=0ABcc:_x?=", "a Bcc: x"),
        ("=?utf-8?b?!!!?=", ""),
        ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
        ("=?utf-8?q?a?= =?iso-8859-1?q?=E4?=", "aä"),
        ("folded\r\n\ttext", "folded text"),
        ("=?iso-2022-jp?b?GyRCJDMkcyRLJEEkTxsoQg==?=", "こんにちは"),
    ],
)
def test_subject_is_decoded(field: str, expected: str) -> None:
    """Encoded-words in every form that mail carries become text; what is none stays as it is."""
    assert read(f"Subject: {field}\r\n\r\nx").subject == expected


@pytest.mark.parametrize(("encoding", "expected"), [("utf-8", "Grüße"), ("cp1252", "Grüße")])
def test_raw_eight_bit_subject(encoding: str, expected: str) -> None:
    """A subject in raw 8-bit characters is read as UTF-8, else as Windows-1252."""
    assert read("Subject: Grüße\r\n\r\nx".encode(encoding)).subject == expected


@pytest.mark.parametrize(
    ("label", "codec", "subject"),
    [
        ("gb2312", "gbk", "关于订单"),
        ("windows-1251", "cp1251", "Вопрос о заказе"),
        ("big5", "big5", "關於訂單"),
        ("utf-8", "cp1252", "Grüße"),
    ],
)
def test_raw_subject_in_the_charset_of_the_text(label: str, codec: str, subject: str) -> None:
    """Raw 8-bit characters in subject and names are read in the charset of the text, also where that lies in a part."""
    head = f"Subject: {subject}\r\nFrom: {subject} <ann@customer.example>\r\n"
    text = f"Content-Type: text/plain; charset={label}\r\n"
    for content in (f"{head}{text}\r\nx", f"{head}Content-Type: multipart/mixed; boundary=e\r\n\r\n--e\r\n{text}\r\nx\r\n--e--"):
        message = read(content.encode(codec))
        assert (message.subject, message.from_[0].name) == (subject, subject)


@pytest.mark.parametrize(
    ("content", "subject", "text", "defect"),
    [
        ("Subject: a\r\nnonsense line\r\nTo: b@c.example\r\n\r\nbody", "a", "body", "a line in the header is no header field"),
        ("Subject: a\r\nThis is the text\r\nof it.", "a", "This is the text\nof it.", "no empty line between header and text"),
        ("Subject: a\r\n__\r\n  folded\r\nTo: c@d.example\r\n\r\nbody", "a folded", "body", "a line in the header is no header field"),
        ("Subject : a\r\n\r\nbody", "a", "body", "space before the colon of a header field"),
        ("\r\n\r\nSubject: a\r\n\r\nbody", "a", "body", ""),
        ("From x@y Mon Jan 1\r\nSubject: a\r\n\r\nbody", "a", "body", ""),
        ("Subject: a\r\n \r\n\r\nbody", "a", "body", ""),
        ("Subject: a\r\n \r\n  b\r\nTo: c@d.example\r\n\r\nbody", "a  b", "body", ""),
        ("Subject: a\n\nbody", "a", "body", ""),
        ("Subject: a\r\rbody", "a", "body", ""),
        ("hello world", "", "hello world", "no empty line between header and text"),
        ("", "", "", "no Message-ID"),
        ("Subject: a", "a", "", ""),
        ("Subject: a\r\nContent-Type: text/plain;\r\ncharset=utf-8\r\n\r\nbody", "a", "body", "goes on without indentation"),
    ],
)
def test_header_ends_where_people_see_it_end(content: str, subject: str, text: str, defect: str) -> None:
    """Stray lines, missing empty lines, odd line ends and mbox lines lose neither fields nor text."""
    message = read(content)
    assert (message.subject, message.text) == (subject, text)
    assert any(defect in line for line in message.defects)


def test_many_fields_and_long_ones_are_cut() -> None:
    """More than 1000 fields, and fields longer than 64 KB, are read in part and reported."""
    message = read("X-A: b\r\n" * 3000 + "\r\nbody")
    assert len(message.headers) == fields.MAX_FIELDS
    assert any("header fields" in defect for defect in message.defects)
    long = read("X-A: " + "b" * 100_000 + "\r\nSubject: s\r\n\r\nbody")
    assert (len(long.headers[0][1]), long.subject) == (fields.MAX_FIELD, "s")
    assert any("too long" in defect for defect in long.defects)


@pytest.mark.parametrize(
    ("name", "value", "limit"),
    [
        ("content-type", "text/plain" + "; a=b" * 2000, 1000),
        ("subject", "=?utf-8?q?a?= " * 2000, 20_000),
        ("to", "a@b.example, (" * 4000, fields.MAX_MARKS),
        ("x", "y" * 2000, 2000),
    ],
)
def test_costly_fields_are_shortened(name: str, value: str, limit: int) -> None:
    """Fields full of parameters, encoded-words or brackets keep their beginning only."""
    kept = fields.shortened(name, value)
    assert value.startswith(kept)
    assert len(kept) <= limit


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Mon, 1 Jun 2026 10:00:00 +0200", datetime(2026, 6, 1, 8, tzinfo=UTC)),
        ("Mon, 1 Jun 2026 10:00:00", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("1 Jun 2026 10:00:00 GMT", datetime(2026, 6, 1, 10, tzinfo=UTC)),
        ("32 Foo 2026 99:99", None),
        ("Mon, 1 Jun 0000 10:00:00 +0000", None),
        ("Mon, 1 Jun 1970 10:00:00 +0000", None),
        ("Mon, 1 Jun 2050 10:00:00 +0000", None),
        ("Mon, 99999999999999999999 Jan 99999999999 10:00:00 +99999999999", None),
        ("", None),
    ],
)
def test_date_is_in_utc_or_none(date: str, expected: datetime | None) -> None:
    """Dates come in UTC; absurd ones are no date."""
    assert read(plain("x", Date=date)).date == expected


def test_absurd_date_is_a_defect() -> None:
    """A date in the far future is told as a defect."""
    assert "the date makes no sense" in read(plain("x", Date="Mon, 1 Jun 2050 10:00:00 +0000")).defects


def test_partly_fetched_message_says_so() -> None:
    """A message of which only the first part was fetched is read as far as it goes."""
    message = parse(raw(plain("beginning of"), size=50_000_000), ParseOptions())
    assert message.text == "beginning of"
    assert any("of 50000000 bytes were read" in defect for defect in message.defects)
    short = parse(raw(plain("x" * 1000)), ParseOptions(max_bytes=300))
    assert any("only the first 300" in defect for defect in short.defects)


def test_arrival_is_the_future() -> None:
    """The clock of the sender may run ahead a little."""
    assert read(plain("x", Date="Mon, 1 Jun 2026 23:59:59 +0000")).date is not None
    assert ARRIVED.year == 2026
