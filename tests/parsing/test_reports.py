"""Delivery reports: standard ones, free-form ones, complaints, and people who only speak of such things."""

import pytest

from tests.parsing.mail import multipart, part, plain, read

RETURNED = part("message/rfc822", "From: support@shop.example\r\nMessage-ID: <ack.1@shop.example>\r\nSubject: Your order\r\n\r\nHello")


def status(*lines: str) -> str:
    """A standard report about one recipient."""
    fields = "Reporting-MTA: dns; mx.customer.example\r\n\r\n" + "\r\n".join(lines)
    return multipart(
        "report; report-type=delivery-status",
        part("text/plain", "It failed."),
        part("message/delivery-status", fields),
        RETURNED,
        header="From: MAILER-DAEMON@mx.customer.example\r\nReturn-Path: <>\r\n",
    )


@pytest.mark.parametrize(
    ("lines", "action", "code", "recipient", "permanent"),
    [
        (
            ("Final-Recipient: rfc822; Ann@customer.example", "Action: failed", "Status: 5.1.1"),
            "failed",
            "5.1.1",
            "ann@customer.example",
            True,
        ),
        (
            ("Final-Recipient: rfc822; ann@customer.example", "Action: delayed", "Status: 4.4.1"),
            "delayed",
            "4.4.1",
            "ann@customer.example",
            False,
        ),
        (
            ("Original-Recipient: rfc822;<ann@customer.example>", "Action: Delivered (ok)", "Status: 2.0.0"),
            "delivered",
            "2.0.0",
            "ann@customer.example",
            False,
        ),
        (("Final-Recipient: rfc822; ann@customer.example", "Status: 4.2.2"), "delayed", "4.2.2", "ann@customer.example", False),
        (("Final-Recipient: rfc822; ann@customer.example", "Status: 2.1.5"), "delivered", "2.1.5", "ann@customer.example", False),
        (
            ("Final-Recipient: rfc822; ann@customer.example", "Diagnostic-Code: smtp; 550 5.1.1 no"),
            "failed",
            "5.1.1",
            "ann@customer.example",
            True,
        ),
        (("Final-Recipient: rfc822; nobody", "Action: failed"), "failed", "", "", True),
        (
            (
                "Final-Recipient: rfc822; a@b.example",
                "Action: delayed",
                "",
                "Final-Recipient: rfc822; ann@customer.example",
                "Action: failed",
                "Status: 5.0.0",
            ),
            "failed",
            "5.0.0",
            "ann@customer.example",
            True,
        ),
    ],
)
def test_standard_report(lines: tuple[str, ...], action: str, code: str, recipient: str, permanent: bool) -> None:
    """Action, status, recipient and the message it speaks of come from the fields; the worst recipient speaks for all."""
    report = read(status(*lines)).report
    assert report is not None
    assert (report.action, report.status, report.recipient, report.permanent) == (action, code, recipient, permanent)
    assert report.original_message_id == "ack.1@shop.example"


def test_report_by_fields_of_its_own() -> None:
    """Where the message did not come back, its identifier is taken from the report's fields or the returned header."""
    fields = (
        "Original-Message-ID: <ack.2@shop.example>\r\n\r\nFinal-Recipient: rfc822; ann@customer.example\r\nAction: failed\r\nStatus: 5.1.1"
    )
    report = read(multipart("report; report-type=delivery-status", part("text/plain", "x"), part("message/delivery-status", fields))).report
    assert report is not None
    assert report.original_message_id == "ack.2@shop.example"
    head = part("text/rfc822-headers", "Subject: x\r\nMessage-ID:\r\n <ack.3@shop.example>\r\n")
    fields = "Final-Recipient: rfc822;\r\n ann@customer.example\r\nAction: failed\r\nStatus: 5.1.1"
    report = read(
        multipart("report; report-type=delivery-status", part("text/plain", "x"), part("message/delivery-status", fields), head)
    ).report
    assert report is not None
    assert (report.original_message_id, report.recipient) == ("ack.3@shop.example", "ann@customer.example")


def test_complaint_is_a_report_of_a_delivered_message() -> None:
    """A feedback report tells that the message arrived and was complained about."""
    fields = "Feedback-Type: abuse\r\nOriginal-Rcpt-To: <ann@customer.example>"
    report = read(
        multipart("report; report-type=feedback-report", part("text/plain", "x"), part("message/feedback-report", fields), RETURNED)
    ).report
    assert report is not None
    assert (report.action, report.recipient, report.original_message_id) == ("delivered", "ann@customer.example", "ack.1@shop.example")
    assert report.diagnostic == "feedback report: abuse"
    hotmail = multipart("mixed", RETURNED, header="From: staff@hotmail.com\r\nSubject: complaint about message from 192.0.2.1\r\n")
    report = read(hotmail).report
    assert report is not None
    assert report.diagnostic == "feedback report: abuse"


QMAIL = """Hi. This is the qmail-send program at mx.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ann@customer.example>:
192.0.2.1 does not like recipient.
Remote host said: 550 5.1.1 User unknown

--- Below this line is a copy of the message.

Message-ID: <ack.4@shop.example>
Subject: Your order
"""
DELAYED = """The original message was received yesterday and has not yet been delivered to ann@customer.example.
It will be retried for 4 more days. You do not need to resend it.
451 4.4.1 Connection timed out
"""


@pytest.mark.parametrize(
    ("fields", "text", "action", "code", "recipient", "original"),
    [
        (
            {"From": "MAILER-DAEMON@mx.example", "Subject": "failure notice"},
            QMAIL,
            "failed",
            "5.1.1",
            "ann@customer.example",
            "ack.4@shop.example",
        ),
        (
            {"From": "postmaster@mx.example", "Subject": "Warning: message delayed", "Return-Path": "<>"},
            DELAYED,
            "delayed",
            "4.4.1",
            "ann@customer.example",
            "",
        ),
        (
            {"From": "x@mx.example", "Subject": "Mail failure", "X-Failed-Recipients": "ann@customer.example"},
            "It failed.",
            "failed",
            "",
            "ann@customer.example",
            "",
        ),
        (
            {"From": "Mail Delivery System <MAILER-DAEMON@mx.example>", "Subject": "x", "Return-Path": "<>"},
            "User unknown",
            "failed",
            "",
            "",
            "",
        ),
        (
            {"From": "System Administrator <postmaster@x.example>", "Subject": "Unzustellbar", "Return-Path": "<>"},
            "Ihre Nachricht",
            "failed",
            "",
            "",
            "",
        ),
    ],
)
def test_free_form_report(fields: dict[str, str], text: str, action: str, code: str, recipient: str, original: str) -> None:
    """Reports without fields are known by sender, reverse-path, subject and words together."""
    report = read(plain(text, **fields)).report
    assert report is not None
    assert (report.action, report.status, report.recipient, report.original_message_id) == (action, code, recipient, original)


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"Subject": "My parcel was not delivered"}, "It failed permanently, the carrier says it could not be delivered. 550 EUR lost!"),
        ({"From": "postmaster@customer.example", "Subject": "Order not delivered"}, "I run my own server. My order was not delivered."),
        ({"Subject": "Fwd: Undelivered Mail Returned to Sender"}, "Your mail to me failed:\n> 550 5.1.1 User unknown"),
        ({"From": "no-reply@carrier.example", "Subject": "Delivery failed"}, "We could not deliver your parcel."),
        ({"Return-Path": "<>", "Subject": "Automatic reply"}, "I am out of the office."),
    ],
)
def test_people_who_speak_of_delivery_are_no_report(fields: dict[str, str], text: str) -> None:
    """Words alone, and a human postmaster, make no delivery report."""
    assert read(plain(text, **fields)).report is None


def test_report_without_its_fields() -> None:
    """A message that calls itself a delivery report is one, even when its fields are missing or say nothing."""
    broken = status("Nothing: here")
    report = read(broken).report
    assert report is not None
    assert (report.action, report.original_message_id) == ("failed", "ack.1@shop.example")
