"""The message as a whole: every field comes from the right place."""

import pickle
from datetime import UTC, datetime

from tests.parsing.mail import multipart, part, plain, read
from triage.parsing.options import ParseOptions
from triage.sections.reading import FormSettings


def test_plain_message_fills_every_field() -> None:
    """A plain message gives author, subject, identifiers, date, text and language."""
    message = read(
        plain(
            "Hello,\nwhere is my order ORD-1234? I have been waiting for two weeks now.\n",
            To="Support <support@shop.example>",
            Date="Mon, 1 Jun 2026 10:00:00 +0200",
            In_Reply_To="<a@shop.example>",
            References="<r1@shop.example> <a@shop.example>",
            Return_Path="<ann@customer.example>",
        )
    )
    assert message.author is not None
    assert (message.author.name, message.author.addr_spec) == ("Ann Smith", "ann@customer.example")
    assert message.to[0].addr_spec == "support@shop.example"
    assert (message.message_id, message.in_reply_to, message.references) == (
        "m1@customer.example",
        ("a@shop.example",),
        ("r1@shop.example", "a@shop.example"),
    )
    assert message.date == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert message.return_path == "ann@customer.example"
    assert message.text.startswith("Hello,\nwhere is my order ORD-1234?")
    assert message.language == "en"
    assert message.defects == ()


def test_alternatives_give_one_text_and_attachments_are_listed() -> None:
    """Of two alternatives one is the text; a picture beside them is an attachment with size and digest."""
    inner = multipart(
        "alternative", part("text/plain", "The lamp is broken."), part("text/html", "<p>The lamp is <b>broken</b>.</p>"), header=""
    ).replace("edge", "inner")
    message = read(
        multipart("mixed", inner.rstrip(), part('image/png; name="../../lamp.png"', "aGVsbG8=", "Content-Transfer-Encoding: base64"))
    )
    assert message.text == "The lamp is broken."
    assert [(one.filename, one.content_type, one.size) for one in message.attachments] == [("lamp.png", "image/png", 5)]


def test_our_own_fields_are_not_accepted_from_outside() -> None:
    """Header fields of our own namespace are removed on input, whatever their case."""
    message = read(plain("hi", **{"X-Triage-Command": "close", "x-tRiage-Case": "1", "X-Other": "kept"}))
    assert message.header("x-other") == "kept"
    assert not [name for name, _ in message.headers if name.startswith("x-triage-")]


def test_options_travel_to_another_process() -> None:
    """The options survive pickling, since reading happens in a pool of processes."""
    options = ParseOptions(authserv_id="mx.shop.example", forms=(FormSettings(address="form@shop.example"),))
    assert pickle.loads(pickle.dumps(options)) == options
