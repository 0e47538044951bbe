"""The letter that carries a report: its parts as mail clients expect them, and nothing in it that anybody could fetch or forge."""

import email
import email.policy
from email.message import EmailMessage

import pytest

from tests.making import KEY, NOW, PEOPLE, SHIPPED, SOURCES, case
from triage.clocks.due import due_at
from triage.clocks.tell import tell, zone
from triage.decision import ReplyOrder
from triage.reply import Delivery, DeliveryStatus, Printed, Reply, ReplyKind
from triage.responders.inspection import Inspector
from triage.responders.writer import Writer

MANAGEMENT = "management@shop.example"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20
PRINTED = Printed(
    title="SayPro Support: report for November 2026",
    text="Key figures\nCases received  48 – größer als im Oktober\n",
    html='<h1>Report</h1><img src="cid:days" alt="Bars"><p>"cid:days" is no picture here, cid:days neither</p><img src="cid:ratings">',
    images={"days": PNG, "ratings": PNG[::-1]},
)


def letter(printed: Printed | None = PRINTED) -> Reply:
    """The report as it is frozen."""
    where = zone("Europe/Berlin")
    writer = Writer(SOURCES, people=PEOPLE, key=KEY, guide=SHIPPED, tell=lambda moment, language: tell(moment, where, language), due=due_at)
    order = ReplyOrder(kind=ReplyKind.REPORT, recipient=MANAGEMENT, deadline=NOW, colleague="management", printed=printed)
    return writer.write(order, case(), log=(), reading=None, raw=None, now=NOW)


def parsed(reply: Reply) -> EmailMessage:
    """As a mail client reads it."""
    message = email.message_from_bytes(reply.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def delivery(reply: Reply) -> Delivery:
    """The letter on its way."""
    return Delivery(
        id=1, case_id=42, kind=reply.kind, recipient=reply.recipient, reverse_path=reply.reverse_path, message_id=reply.message_id,
        subject=reply.subject, content=reply.content, deadline=reply.deadline, status=DeliveryStatus.QUEUED, created_at=NOW,
        next_attempt_at=NOW, sha256=reply.sha256, case_number="SP-100042", requester="jane@customer.example",
    )  # fmt: skip


def test_its_parts() -> None:
    """Text, or html with its pictures beside it: multipart/related within multipart/alternative (RFC 2387, RFC 2046 §5.1.4)."""
    message = parsed(letter())
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip
    text = message.get_body(("plain",))
    assert text is not None
    assert "größer als im Oktober" in text.get_content()
    assert str(message["Subject"]) == PRINTED.title
    assert not message.defects


def test_pictures_are_shown_where_they_stand() -> None:
    """Each picture is named once by its Content-ID, which is ours; other words stay as they are."""
    message = parsed(letter())
    page = message.get_body(("html",))
    assert page is not None
    pictures = {str(part["Content-ID"]).strip("<>"): part for part in message.walk() if part.get_content_type() == "image/png"}
    assert set(pictures) == {"days.report@shop.example", "ratings.report@shop.example"}
    for cid, part in pictures.items():
        assert f'src="cid:{cid}"' in page.get_content()
        assert part.get_content_disposition() == "inline"
    assert pictures["days.report@shop.example"].get_content() == PNG
    assert "cid:days neither" in page.get_content()


def test_it_passes_the_last_look() -> None:
    """What leaves is what was frozen, for somebody who works with us."""
    reply = letter()
    assert Inspector(PEOPLE, KEY).fault(delivery(reply)) == ""
    assert reply.kind is ReplyKind.REPORT


def test_the_same_report_has_the_same_octets() -> None:
    """Written twice it is the same message, and a retry sends the same bytes."""
    assert letter().content == letter().content


def test_it_is_answered_to_us() -> None:
    """An answer goes to the address of the house and has no token: a report is about no case."""
    message = parsed(letter())
    assert str(message["Reply-To"]) == "support@shop.example"
    assert "##-" not in message.as_string()
    assert (str(message["To"]), message["Auto-Submitted"]) == (MANAGEMENT, "auto-generated")


@pytest.mark.parametrize("title", ["Report\r\nBcc: eve@evil.example", "Bericht für März", "x" * 400])
def test_titles_stay_one_field(title: str) -> None:
    """Nothing in a title becomes a field of its own, and letters of every kind come through."""
    message = parsed(letter(Printed(title=title, text="t", html="<p>h</p>", images={})))
    assert message["Bcc"] is None
    assert str(message["Subject"]) == " ".join(title.split())


def test_no_line_is_too_long() -> None:
    """No line has more than 998 octets (RFC 5322 §2.1.1), and all of it is ASCII on the wire."""
    content = letter(Printed(title="t", text="ü" * 5000, html="<p>" + "x" * 5000 + "</p>", images={"a": PNG})).content
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert content.isascii()


def test_an_order_without_a_report() -> None:
    """As in a trial of all letters, a line says that there is nothing."""
    message = parsed(letter(None))
    assert message.get_content_type() == "text/plain"
    assert "nothing to report" in message.get_content()
