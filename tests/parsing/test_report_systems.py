"""Delivery reports as mail systems write them when they do not follow RFC 3464, written for this project."""

import pytest

from tests.parsing.mail import multipart, part, read

ORIGINAL = (
    "Return-Path: <ack+100042.abc@shop.example>\r\nFrom: Support <support@shop.example>\r\nTo: ann@customer.example\r\n"
    "Message-ID: <ack.100042@shop.example>\r\nSubject: We have received your message [SP-100042]\r\n\r\nHello Ann,\r\n"
)


def flat(sender: str, subject: str, text: str, *fields: str) -> str:
    """A report of one text, with the old message below it."""
    head = "".join(f"{field}\r\n" for field in (f"From: {sender}", f"Subject: {subject}", "Return-Path: <>", *fields))
    return f"{head}Content-Type: text/plain\r\n\r\n{text}\r\n"


def boxed(sender: str, subject: str, text: str, *fields: str) -> str:
    """A report with the old message attached."""
    head = "".join(f"{field}\r\n" for field in (f"From: {sender}", f"Subject: {subject}", *fields))
    return multipart("mixed", part("text/plain", text), part("message/rfc822", ORIGINAL), header=head)


EXIM = flat(
    "Mail Delivery System <Mailer-Daemon@mx.customer.example>",
    "Mail delivery failed: returning message to sender",
    "This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered "
    "to one or more of its\r\n"
    "recipients. This is a permanent error. The following address(es) failed:\r\n\r\n  ann@customer.example\r\n"
    "    SMTP error from remote mail server after RCPT TO:<ann@customer.example>:\r\n    550 5.1.1 <ann@customer.example>: "
    "User unknown\r\n\r\n"
    f"------ This is a copy of the message, including all the headers. ------\r\n\r\n{ORIGINAL}",
    "X-Failed-Recipients: ann@customer.example",
    "Auto-Submitted: auto-replied",
)
EXIM_WARNING = flat(
    "Mail Delivery System <Mailer-Daemon@mx.customer.example>",
    "Warning: message 1abcde-000001-AB delayed 24 hours",
    "This message was created automatically by mail delivery software.\r\nA message that you sent has not yet been delivered "
    "to one or more of its\r\n"
    "recipients after more than 24 hours on the queue.\r\n\r\nThe address to which the message has not yet been delivered "
    "is:\r\n\r\n  ann@customer.example\r\n\r\n"
    "No action is required on your part. Delivery attempts will continue for\r\nsome time, and this warning may be repeated.",
)
QMAIL = flat(
    "MAILER-DAEMON@mx.customer.example",
    "failure notice",
    "Hi. This is the qmail-send program at mx.customer.example.\r\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\r\n"
    "This is a permanent error; I've given up. Sorry it didn't work out.\r\n\r\n<ann@customer.example>:\r\nSorry, no mailbox "
    "here by that name. (#5.1.1)\r\n\r\n"
    f"--- Below this line is a copy of the message.\r\n\r\n{ORIGINAL}",
)
EXCHANGE_2003 = boxed(
    "System Administrator <postmaster@customer.example>",
    "Undeliverable: We have received your message [SP-100042]",
    "Your message\r\n\r\n  To:      ann@customer.example\r\n  Subject: We have received your message\r\n  Sent:    Mon, 1 Jun "
    "2026 10:00:00 +0200\r\n\r\n"
    "did not reach the following recipient(s):\r\n\r\nann@customer.example on Mon, 1 Jun 2026 10:00:05 +0200\r\n    The "
    "recipient name is not recognized\r\n"
    "    <mx.customer.example #5.1.1>",
)
SENDMAIL = flat(
    "Mail Delivery Subsystem <MAILER-DAEMON@mx.customer.example>",
    "Returned mail: see transcript for details",
    "The original message was received at Mon, 1 Jun 2026 10:00:00 +0200\r\nfrom mail.shop.example [192.0.2.1]\r\n\r\n"
    "   ----- The following addresses had permanent fatal errors -----\r\n<ann@customer.example>\r\n    (reason: 550 5.1.1 "
    "User unknown)\r\n\r\n"
    f"   ----- Original message follows -----\r\n{ORIGINAL}",
)
SENDMAIL_WARNING = flat(
    "Mail Delivery Subsystem <MAILER-DAEMON@mx.customer.example>",
    "Warning: could not send message for past 4 hours",
    "    **********************************************\r\n    **      THIS IS A WARNING MESSAGE ONLY      **\r\n    **  YOU "
    "DO NOT NEED TO RESEND YOUR MESSAGE  **\r\n"
    "    **********************************************\r\n\r\n   ----- The following addresses had transient non-fatal "
    "errors -----\r\n<ann@customer.example>\r\n\r\n"
    "ann@customer.example... Deferred: Connection timed out\r\nWarning: message still undelivered after 4 hours\r\nWill keep "
    "trying until message is 5 days old",
)
DOMINO = flat(
    "Postmaster@customer.example",
    "DELIVERY FAILURE: User ann (ann@customer.example) not listed in Domino Directory",
    "Your message\r\n\r\n  Subject: We have received your message\r\n\r\nwas not delivered to:\r\n\r\n  "
    "ann@customer.example\r\n\r\nbecause:\r\n\r\n"
    "  User ann (ann@customer.example) not listed in Domino Directory",
)
IMAIL = flat(
    '"Postmaster" <postmaster@customer.example>',
    "Undeliverable Mail",
    f"Unknown user: ann@customer.example\r\n\r\nOriginal message follows.\r\n\r\n{ORIGINAL}",
)
CARRIER = boxed(
    "post_master@carrier.example",
    "Re:We have received your message",
    "Error: Invalid user address\r\n\r\nError message below:\r\n550 - Requested action not taken: no such user here\r\n\r\n"
    "Message details:\r\n  RCPT TO: ann@customer.example",
)
FULL = flat(
    "MAILER-DAEMON@mx.customer.example",
    "Mailbox full",
    "Delivery to the following recipient failed: ann@customer.example\r\n\r\n552 5.2.2 Mailbox full, quota exceeded",
)
JAPANESE = boxed(
    "no-reply@carrier.example",
    "=?utf-8?b?44Oh44O844Or44Ko44Op44O86YCa55+l?=",
    "送信先のメールボックスが一杯のため、送信できませんでした。\r\n<ann@customer.example>",
)
GERMAN = flat(
    "Mail Delivery System <mailer-daemon@mx.customer.example>",
    "Unzustellbar: Wir haben Ihre Nachricht erhalten",
    "Ihre Nachricht an ann@customer.example konnte nicht zugestellt werden.\r\n550 5.1.1 Benutzer unbekannt",
)

SYSTEMS = {
    "exim": (EXIM, "failed", "5.1.1", True),
    "exim warning": (EXIM_WARNING, "delayed", "", False),
    "qmail": (QMAIL, "failed", "5.1.1", True),
    "exchange 2003": (EXCHANGE_2003, "failed", "5.1.1", True),
    "sendmail": (SENDMAIL, "failed", "5.1.1", True),
    "sendmail warning": (SENDMAIL_WARNING, "delayed", "", False),
    "domino": (DOMINO, "failed", "", True),
    "imail": (IMAIL, "failed", "", True),
    "carrier": (CARRIER, "failed", "", True),
    "mailbox full": (FULL, "failed", "5.2.2", True),
    "japanese": (JAPANESE, "failed", "", True),
    "german": (GERMAN, "failed", "5.1.1", True),
}


@pytest.mark.parametrize(("content", "action", "code", "permanent"), SYSTEMS.values(), ids=SYSTEMS.keys())
def test_report_of_each_system(content: str, action: str, code: str, permanent: bool) -> None:
    """Each system's own form is a report that says whether it is final, with the status it names."""
    report = read(content).report
    assert report is not None
    assert (report.action, report.status, report.permanent) == (action, code, permanent)


@pytest.mark.parametrize(("content", "_action", "_code", "_permanent"), SYSTEMS.values(), ids=SYSTEMS.keys())
def test_recipient_and_original_message(content: str, _action: str, _code: str, _permanent: bool) -> None:
    """The customer who was not reached is named, and the message that came back is known where it is there."""
    report = read(content).report
    assert report is not None
    assert report.recipient == "ann@customer.example"
    came_back = "Message-ID: <ack.100042@shop.example>" in content
    assert report.original_message_id == ("ack.100042@shop.example" if came_back else "")


@pytest.mark.parametrize(("content", "_action", "_code", "_permanent"), SYSTEMS.values(), ids=SYSTEMS.keys())
def test_the_same_words_from_a_person(content: str, _action: str, _code: str, _permanent: bool) -> None:
    """What a person forwards or tells of such a report is no report."""
    lines = content.split("\r\n")
    kept = [line for line in lines if not line.lower().startswith(("from: ", "return-path: <>", "x-failed-recipients"))]
    body = read("\r\n".join(kept)).full_text
    told = read(
        f"From: Ann <ann@customer.example>\r\nReturn-Path: <ann@customer.example>\r\nSubject: Fwd: your mail failed\r\n\r\nI "
        f"got this from you:\r\n\r\n{body}"
    )
    assert told.report is None
