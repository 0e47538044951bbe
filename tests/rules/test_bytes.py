"""Whole messages as bytes, read and judged: what systems really send, in the spellings they send it in."""

from datetime import UTC, datetime

import pytest

from tests.rows import rows
from tests.rules.messages import CONTEXT, EVE, MACHINE, US
from triage.message import Message, MessageKey, RawMessage
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse
from triage.reading import Effect
from triage.rules.table import check_all

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
KEY = MessageKey(account="main", mailbox="INBOX", uid_validity=1, uid=1)
ANSWERED, CASE, MACHINES = "answered", "case", "machine"


def read(*fields: str, body: str = "Where is my parcel?", author: str = EVE, path: str | None = EVE, subject: str = "Order") -> Message:
    """A message of these header fields, beside those that every message has."""
    plain = [
        f"From: Eve <{author}>",
        f"To: {US}",
        f"Subject: {subject}",
        "Message-ID: <1@mail.example>",
        "Date: Mon, 02 Mar 2026 10:00:00 +0000",
    ]
    trace = [] if path is None else [f"Return-Path: <{path}>"]
    content = "\r\n".join((*trace, *plain, *fields, "", body, "")).encode()
    return parse(RawMessage(key=KEY, received_at=NOW, content=content, size=len(content)), ParseOptions())


def verdict(message: Message) -> str:
    """What becomes of it."""
    found = {finding.effect for finding in check_all(message, CONTEXT)}
    return MACHINES if found & MACHINE else CASE if Effect.NO_ANSWER in found else ANSWERED


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("Auto-Submitted: auto-replied", MACHINES), ("auto-submitted : AUTO-REPLIED; x=1", MACHINES), ("AUTO-SUBMITTED:auto-generated", MACHINES),
        ("Auto-Submitted:\r\n auto-replied", MACHINES), ("Auto-Submitted: (so (we) say)\r\n\tauto-notified", MACHINES),
        ("Auto-Submitted: =?utf-8?q?auto-replied?=", MACHINES), ("Auto-Submitted: no\r\nAuto-Submitted: auto-replied", MACHINES),
        ("Auto-Submitted: no", ANSWERED), ("Auto-Submitted: no (human)", ANSWERED), ("Auto-Submitted: No; auto-replied", ANSWERED),
        ("Auto-Submitted:", ANSWERED), ("X-Auto-Submitted-By: auto-replied", ANSWERED), ("Precedence: first-class", ANSWERED),
        ("Precedence:\r\n bulk", MACHINES), ("PRECEDENCE: Junk", MACHINES), ("List-Id:", ANSWERED), ("List-Id: \r\n ", ANSWERED),
        ("List-Id: Talk\r\n <talk.lists.example>", MACHINES), ("list-unsubscribe: <https://x.example>", MACHINES),
        ("X-Auto-Response-Suppress: DR, RN, NRN, OOF", ANSWERED), ("X-Auto-Response-Suppress: DR,\r\n AutoReply", CASE),
        ("X-Spam-Status: Yes, score=9\r\n required=5", MACHINES), ("X-Spam-Flag: NO", ANSWERED), ("Feedback-ID: 1:2:3:x", CASE),
        ("X-Failed-Recipients: x@y.example", MACHINES), ("X-Loop: yes", MACHINES), ("X-Loop: other@desk.example", ANSWERED),
        ("RT-Ticket: example #12", CASE), ("Sender: no-reply@forms.example", CASE), ("Sender: eve-office@customer.example", ANSWERED),
    ],
)  # fmt: skip
def test_fields_as_they_come_over_the_wire(field: str, expected: str) -> None:
    """Folding, case, blanks before the colon, encoded words and repetition change no verdict."""
    assert verdict(read(field)) == expected


@pytest.mark.parametrize(
    ("path", "author", "expected"),
    [
        (None, EVE, ANSWERED), (EVE, EVE, ANSWERED), ("", EVE, CASE), ("", "postmaster@customer.example", MACHINES),
        ("", "mailer-daemon@customer.example", MACHINES), (None, "postmaster@customer.example", CASE), ("bounces+1@x.example", EVE, ANSWERED),
    ],
)  # fmt: skip
def test_reverse_paths_and_authors(path: str | None, author: str, expected: str) -> None:
    """A blank path on a customer's redirected mail keeps the case; only a server's own opens none."""
    assert verdict(read(path=path, author=author, subject="Your mail")) == expected


@rows("number", range(100))
def test_a_hundred_bounces_and_a_hundred_absences_are_all_machines(number: int) -> None:
    """The loop that other systems fell into: every report and every notice is known, whatever its subject."""
    address = f"user{number}@customer.example"
    report = "\r\n".join((
        "--b", "Content-Type: text/plain", "", "It could not be delivered.", "--b", "Content-Type: message/delivery-status", "",
        "Reporting-MTA: dns; mx.example", "", f"Final-Recipient: rfc822; {address}", "Action: failed", "Status: 5.1.1", "", "--b--",
    ))  # fmt: skip
    content_type = 'Content-Type: multipart/report; report-type=delivery-status; boundary="b"'
    bounce = read("MIME-Version: 1.0", content_type, body=report, author="postmaster@mx.example", path="", subject=f"[SP-{number}]")
    assert verdict(bounce) == MACHINES
    assert bounce.report is not None
    assert (bounce.report.recipient, bounce.report.permanent) == (address, True)
    absence = read("In-Reply-To: <ack@shop.example>", author=address, path="", subject=f"Automatic reply: [SP-{number}]")
    assert verdict(absence) == MACHINES


@pytest.mark.parametrize("field", ["X-Triage-Loop: x", "X-TRIAGE-LOOP: another"])
def test_our_own_mail_is_known_in_any_case(field: str) -> None:
    """What we sent comes back through a redirection with our mark, and is never answered."""
    assert verdict(read(field, author=US)) == MACHINES
    assert verdict(read(field)) == MACHINES


@pytest.mark.parametrize("field", ["X-Triage-Staff: yes", "X-Triage-Answer: always", "X-Triage-Rules: none", "X-Triage-Loopy: x"])
def test_nobody_can_steer_us_with_our_own_names(field: str) -> None:
    """Fields of our namespace in a stranger's message are not even seen by the rules."""
    message = read(field)
    assert [name for name, _ in message.headers if name.startswith("x-triage-")] == []
    assert verdict(message) == ANSWERED
