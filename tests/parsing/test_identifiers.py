"""Message identifiers and the fingerprint of copies."""

import pytest

from tests.parsing.mail import plain, raw, read
from triage.parsing import identifiers
from triage.parsing.salvage import salvage


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("<a@b.example>", "a@b.example"),
        ("a@b.example", "a@b.example"),
        ("  <a@b.example> (comment)", "a@b.example"),
        ("<>", ""),
        ("<", ""),
        ("", ""),
        ("<[abc]@x>", "[abc]@x"),
        ("<a@[b", "a@[b"),
        ("<no-at-sign>", "no-at-sign"),
        ("<a b@c.example>", "b@c.example"),
        ("<a\x01@b.example>", ""),
        ("<a@b.example> <c@d.example>", "a@b.example"),
        ("=?utf-8?q?=3Ca=40b=2Eexample=3E?=", "a@b.example"),
        ("<\r\n a@b.example>", "a@b.example"),
        ("<" + "a" * 2000 + "@x>", ""),
    ],
)
def test_message_id(field: str, expected: str) -> None:
    """The identifier without brackets; junk around it is tolerated, control characters and spaces are not."""
    assert read(f"Message-ID: {field}\r\n\r\nx").message_id == expected


def test_unusable_and_double_identifiers_are_defects() -> None:
    """A missing, unusable or double Message-ID is told."""
    assert identifiers.message_id(None) == ("", "no Message-ID")
    assert identifiers.message_id("<>")[1] == "Message-ID cannot be used"
    assert "several" in identifiers.message_id("<a@b> <c@d>")[1]


def test_references_are_bounded_and_in_order() -> None:
    """The last 50 references are kept, each once, in their order."""
    message = read(
        plain(
            "x", References=" ".join(f"<{number}@x.example>" for number in range(80)), In_Reply_To="Ann's message of Monday <79@x.example>"
        )
    )
    assert message.references == tuple(f"{number}@x.example" for number in range(30, 80))
    assert message.in_reply_to == ("79@x.example",)


def test_copies_that_differ_in_trace_fields_share_a_fingerprint() -> None:
    """Two copies over different ways, with different line ends, are one message."""
    one = read(plain("text", Received="from a by b", Delivered_To="x@shop.example"))
    other = read(("X-Spam: no\r\n" + plain("text", Received="from c by d")).replace("\r\n", "\n"))
    assert one.fingerprint == other.fingerprint
    assert len(one.fingerprint) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"Subject": "Other"},
        {"From": "bob@customer.example"},
        {"Date": "Mon, 1 Jun 2026 10:00:00 +0000"},
        {"Message_ID": "<m2@customer.example>"},
    ],
)
def test_different_messages_of_one_identifier_differ(change: dict[str, str]) -> None:
    """A reused Message-ID does not make another subject, author or date the same message."""
    assert read(plain("text")).fingerprint != read(plain("text", **change)).fingerprint


def test_body_makes_the_difference() -> None:
    """Same header, other text: another message; without Message-ID the raw bytes decide."""
    assert read(plain("text")).fingerprint != read(plain("other")).fingerprint
    bare = raw("Subject: a\r\n\r\nx")
    assert read("Subject: a\r\n\r\nx").fingerprint == bare.sha256


def test_salvage_shows_the_main_fields() -> None:
    """What killed its reader is still shown by author, subject, date line and identifiers."""
    message = salvage(
        raw(
            plain(
                "text", To="s@shop.example", References="<r@x.example>", In_Reply_To="<i@x.example>", Subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?="
            )
        )
    )
    assert message.author is not None
    assert (message.author.addr_spec, message.subject, message.message_id) == ("ann@customer.example", "Grüße", "m1@customer.example")
    assert (message.references, message.in_reply_to) == (("r@x.example",), ("i@x.example",))
    assert [person.addr_spec for person in message.to] == ["s@shop.example"]
    assert message.defects


@pytest.mark.parametrize("content", [b"", b"\0" * 1000, b"From: <\r\n\r\n", b"Subject", b"\xff" * 100])
def test_salvage_never_fails(content: bytes) -> None:
    """Any bytes give a message."""
    assert salvage(raw(content)).defects
