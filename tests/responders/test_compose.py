"""Bytes of messages: whatever goes in, lines stay lines, fields stay fields, and files come out as they went in."""

import email
import email.policy
from email.header import decode_header, make_header
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from triage.errors import TemplateError
from triage.responders.compose import (
    Attached,
    Entity,
    assembled,
    attachment_entity,
    header_block,
    multipart,
    named_address,
    text_entity,
    words,
)

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=400)
POLICY = email.policy.default


def read_back(entity: Entity) -> EmailMessage:
    """The entity as a receiver reads it."""
    message = email.message_from_bytes(assembled((), entity), policy=POLICY)
    assert isinstance(message, EmailMessage)
    return message


@given(ANY_TEXT)
@settings(max_examples=150)
@example(".\n..\n.")
@example("From me\r\rFrom you")
@example("trailing \t \nspace ")
@example("\ud800 alone")
@example("=" * 300)
def test_any_text_becomes_sound_lines(text: str) -> None:
    """Any text is carried in ASCII lines that are short, end in CRLF and hold no bare CR or LF."""
    entity = assembled((), text_entity(text))
    assert entity.isascii()
    assert entity.endswith(b"\r\n")
    assert not set(entity.replace(b"\r\n", b"")) & set(b"\r\n")
    assert max(map(len, entity.split(b"\r\n"))) <= 78
    assert b"\r\n.\r\n" not in entity


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=300))
@settings(max_examples=150)
def test_text_comes_out_as_it_went_in(text: str) -> None:
    """What a receiver reads is what was written, with one line end at the end."""
    read = read_back(text_entity(text)).get_content()
    assert read.replace("\r\n", "\n") == text + "\n"


def test_every_kind_of_line_end_is_a_line_end() -> None:
    """CRLF, CR and LF in a text each end a line."""
    assert read_back(text_entity("a\rb\r\nc\nd")).get_content().split() == ["a", "b", "c", "d"]


@given(st.binary(max_size=3000))
@settings(max_examples=50)
def test_files_come_out_as_they_went_in(content: bytes) -> None:
    """Any bytes survive, also beside other parts."""
    part = attachment_entity(Attached(filename="a.bin", content_type="application/octet-stream", content=content))
    message = read_back(multipart("mixed", [text_entity("hello"), part], "x"))
    text, file = message.iter_parts()
    assert text.get_content().strip() == "hello"
    assert (file.get_filename(), file.get_content()) == ("a.bin", content)
    assert file.get_content_disposition() == "attachment"


def test_a_boundary_in_a_part_does_not_split_it() -> None:
    """A part that holds its own boundary stays one part."""
    message = read_back(multipart("mixed", [text_entity("--=_mixed_x\n--=_mixed_x--"), text_entity("b")], "x"))
    assert [part.get_content().split() for part in message.iter_parts()] == [["--=_mixed_x", "--=_mixed_x--"], ["b"]]


@given(ANY_TEXT)
@settings(max_examples=150)
@example("=?UTF-8?Q?=0A?=Bcc: x")
@example("a\r\nBcc: x@evil.example")
@example("ü" * 300)
def test_any_text_makes_one_field(text: str) -> None:
    """Any text makes exactly one field, in short ASCII lines, that reads as the text without its controls and extra spaces."""
    value = words(text)
    block = header_block([("Subject", value)])
    message = email.message_from_bytes(block + b"\r\n")
    assert message.keys() == ["Subject"]
    assert max(map(len, block.split(b"\r\n"))) <= 210
    read = str(make_header(decode_header(message["Subject"]))) if value else ""
    assert "\n" not in read.replace("\n ", "")
    if text.isascii() and text.isprintable():
        assert " ".join(read.split()) == " ".join(text.split())


@given(st.text(st.characters(min_codepoint=0xA1, exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=300))
@settings(max_examples=150)
@example("€" * 100)
@example("😀" * 100)
@example("ü" + "a" * 44 + "ü" * 44)
def test_encoded_words_are_whole(text: str) -> None:
    """Every encoded word is of at most 75 characters and readable by itself, and together they say what was meant (RFC 2047 §2, §5)."""
    found = words(text).split("\r\n ")
    assert all(len(word) <= 75 for word in found)
    assert "".join(str(make_header(decode_header(word))) for word in found) == text
    assert str(make_header(decode_header("\r\n ".join(found)))) == text


@pytest.mark.parametrize("value", ["a\r\nb", "a\nb", "a\rb", "ü", "a\x00", "x" * 999, "a\r\n\r\nb", "a\r\n"])
def test_a_value_that_would_not_stay_one_field_is_refused(value: str) -> None:
    """A line break, a control, a raw 8-bit character or an endless line never gets into a header."""
    with pytest.raises(TemplateError, match="'Subject' would not stay one field"):
        header_block([("Subject", value)])
    with pytest.raises(TemplateError, match="'Subject' would not stay one field"):
        assembled([("Subject", value)], text_entity("hello"))


@pytest.mark.parametrize("name", ["", "Sub ject", "Bcc:", "X\r\nBcc", "Ä", "1st"])
def test_a_name_that_is_none_is_refused(name: str) -> None:
    """Field names are letters and hyphens."""
    with pytest.raises(TemplateError, match="would not stay one field"):
        header_block([(name, "value")])


def test_a_folded_value_is_one_field() -> None:
    """A line that continues with a space is part of its field."""
    assert email.message_from_bytes(header_block([("References", "<a@b>\r\n <c@d>")]) + b"\r\n")["References"] == "<a@b>\r\n <c@d>"


@pytest.mark.parametrize("name", ["Message-ID", "In-Reply-To", "References"])
def test_a_long_id_stands_beside_its_name_as_it_is(name: str) -> None:
    """However long an ID is, it is neither folded away from its field's name nor made an encoded word."""
    field = (name, f"<{'m' * 248}@c>\r\n <{'n' * 900}@c>")
    written = f"{name}: {field[1]}\r\n".encode()
    assert header_block([field]) == written
    assert assembled([field], text_entity("hello")).startswith(written)


def test_the_fields_of_a_message_come_first() -> None:
    """Who opens the source of a message sees whom it is from and to before how it is encoded."""
    message = email.message_from_bytes(assembled([("From", "a@b.example"), ("To", "c@d.example")], text_entity("hello")))
    assert message.keys() == ["From", "To", "Content-Type", "Content-Transfer-Encoding"]


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("", "a@b.example"),
        ("Shop 24", "Shop 24 <a@b.example>"),
        ("Shop, Inc.", '"Shop, Inc." <a@b.example>'),
        ('The "Shop"', '"The \\"Shop\\"" <a@b.example>'),
        ("a\r\nBcc: x", '"a Bcc: x" <a@b.example>'),
        ("Läden", "=?utf-8?b?TMOkZGVu?= <a@b.example>"),
    ],
)
def test_a_display_name_is_quoted_or_encoded_as_needed(name: str, written: str) -> None:
    """Plain names stand plain, special characters in quotes, others in encoded words (RFC 5322 §3.2.5, RFC 2047)."""
    assert named_address(name, "a@b.example") == written
