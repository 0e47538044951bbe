"""Delivery reports in the standard's form (RFC 3464), as a dozen systems write them, and mail that only resembles one."""

from dataclasses import dataclass

import pytest

from tests.parsing.mail import multipart, part, read

ACK = "Message-ID: <ack.7@shop.example>"
ORIGINAL = (
    f"From: Shop <support@shop.example>\r\nTo: ann@customer.example\r\n{ACK}\r\nSubject: We have received your message\r\n\r\nHello Ann"
)
#: The returned message, whole or its header only.
WHOLE, HEADER = part("message/rfc822", ORIGINAL), part("text/rfc822-headers", ORIGINAL.partition("\r\n\r\n")[0])


@dataclass(frozen=True)
class System:
    """How one system writes its report."""

    sender: str
    subject: str
    text: str
    fields: str
    returned: str = WHOLE
    status: str = "5.1.1"
    action: str = "failed"

    @property
    def content(self) -> str:
        """The message."""
        head = f"From: {self.sender}\r\nReturn-Path: <>\r\nAuto-Submitted: auto-replied\r\nSubject: {self.subject}\r\n"
        parts = (part("text/plain; charset=utf-8", self.text), part("message/delivery-status", self.fields), self.returned)
        return multipart("report; report-type=delivery-status", *(one for one in parts if one), header=head)


def status(*lines: str, mta: str = "dns; mx.customer.example") -> str:
    """The fields of a message, and those of one recipient."""
    return f"Reporting-MTA: {mta}\r\nArrival-Date: Mon, 1 Jun 2026 10:00:00 +0200\r\n\r\n" + "\r\n".join(lines)


ANN = "Final-Recipient: rfc822; ann@customer.example"
FAILED = (ANN, "Action: failed", "Status: 5.1.1")
SYSTEMS = {
    "postfix": System(
        "MAILER-DAEMON@mail.shop.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "This is the mail system at host mail.shop.example.\r\n\r\nI'm sorry to have to inform you that your message could not\r\n"
        "be delivered to one or more recipients. It's attached below.",
        status(ANN, "Original-Recipient: rfc822;ann@customer.example", "Action: failed", "Status: 5.1.1", "Remote-MTA: dns; mx.customer.example",
               "Diagnostic-Code: smtp; 550 5.1.1 <ann@customer.example>: Recipient address rejected: User unknown"),
    ),
    "postfix, delayed": System(
        "MAILER-DAEMON@mail.shop.example (Mail Delivery System)",
        "Delayed Mail (still being retried)",
        "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #",
        status(ANN, "Action: delayed", "Status: 4.4.1", "Will-Retry-Until: Sat, 6 Jun 2026 10:00:00 +0200"),
        HEADER, "4.4.1", "delayed",
    ),
    "gmail": System(
        "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
        "Delivery Status Notification (Failure)",
        "** Address not found **\r\n\r\nYour message wasn't delivered to ann@customer.example because the address couldn't be found.",
        status(*FAILED, "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
               mta="dns; googlemail.com"),
    ),
    "exchange online": System(
        "Microsoft Outlook <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@customer.example>",
        "Undeliverable: We have received your message",
        "Delivery has failed to these recipients or groups:\r\n\r\nann@customer.example\r\nThe email address you entered couldn't be found.",
        status("Final-Recipient: RFC822;ann@customer.example", "Action: failed", "Status: 5.1.10",
               "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"),
        WHOLE, "5.1.10",
    ),
    "exchange, mailbox full": System(
        "postmaster@customer.example",
        "Unzustellbar: Ihre Anfrage",
        "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\r\n\r\nAnn\r\nDas Postfach des Empfängers ist voll.",
        status(ANN, "Action: failed", "Status: 5.2.2", "Diagnostic-Code: smtp;554 5.2.2 mailbox full", mta="dns;EX01.customer.example"),
        WHOLE, "5.2.2",
    ),
    "sendmail": System(
        "Mail Delivery Subsystem <MAILER-DAEMON@mx.customer.example>",
        "Returned mail: see transcript for details",
        "   ----- The following addresses had permanent fatal errors -----\r\n<ann@customer.example>",
        status("Final-Recipient: RFC822; ann@customer.example", "X-Actual-Recipient: rfc822; ann.smith@customer.example", "Action: failed",
               "Status: 5.1.1", "Remote-MTA: DNS; mx.customer.example", "Last-Attempt-Date: Mon, 1 Jun 2026 10:00:01 +0200"),
    ),
    "exim": System(
        "Mail Delivery System <Mailer-Daemon@mx.customer.example>",
        "Mail delivery failed: returning message to sender",
        "This message was created automatically by mail delivery software.",
        "Reporting-MTA: dns; mx.customer.example\r\n\r\nAction: failed\r\nFinal-Recipient: rfc822;ann@customer.example\r\nStatus: 5.0.0",
        HEADER, "5.0.0",
    ),
    "opensmtpd": System(
        "Mailer Daemon <MAILER-DAEMON@mx.customer.example>",
        "Delivery status notification: error",
        "    Hi!\r\n\r\n    This is the MAILER-DAEMON, please DO NOT REPLY to this email.",
        status("Final-Recipient: rfc822; ann@customer.example", "Action: failed", "Status: 5.0.0"),
        HEADER, "5.0.0",
    ),
    "courier": System(
        '"Courier mail server at mx.customer.example" <@>',
        "NOTICE: mail delivery status.",
        "This is a delivery status notification from mx.customer.example, running the Courier mail server.",
        status(ANN, "Action: failed", "Status: 5.0.0", "Remote-MTA: dns; mx.customer.example", "Diagnostic-Code: smtp; 550 User unknown."),
        HEADER, "5.0.0",
    ),
    "amazon": System(
        "MAILER-DAEMON@eu-west-1.amazonses.com",
        "Delivery Status Notification (Failure)",
        "An error occurred while trying to deliver the mail to the following recipients:\r\nann@customer.example",
        status(*FAILED, "Diagnostic-Code: smtp; 550 5.1.1 user unknown", mta="dns; a1-2.smtp-out.eu-west-1.amazonses.com"),
    ),
    "zimbra": System(
        "MAILER-DAEMON@zimbra.customer.example (Mail Delivery System)",
        "Undelivered Mail Returned to Sender",
        "I'm sorry to have to inform you that your message could not be delivered.",
        status(ANN, "Action: failed", "Status: 5.1.1", "Diagnostic-Code: X-Postfix; unknown user: \"ann\""),
    ),
    "james": System(
        "postmaster@james.customer.example",
        "Re: We have received your message",
        "Hi. This is the James mail server at james.customer.example.\r\nI'm afraid I wasn't able to deliver your message.",
        "Reporting-MTA: dns; james.customer.example\r\nReceived-From-MTA: dns; 192.0.2.1\r\n\r\n"
        "Final-Recipient: rfc822; ann@customer.example\r\nAction: failed\r\nStatus: 500\r\nDiagnostic-Code: X-James; 5.1.1 no such user",
    ),
    "gmx": System(
        '"GMX Mailer Daemon" <mailer-daemon@gmx.de>',
        "Mail delivery failed: returning message to sender",
        "Eine Nachricht, die Sie versendet haben, konnte nicht zugestellt werden.",
        status(ANN, "Action: failed", "Status: 5.4.4", "Diagnostic-Code: dns; no route"),
        HEADER, "5.4.4",
    ),
    "internationalised": System(
        "MAILER-DAEMON@mx.customer.example",
        "=?utf-8?q?Zustellung_fehlgeschlagen?=",
        "Die Nachricht konnte nicht zugestellt werden.",
        status("Final-Recipient: utf-8; änn@customer.example", "Original-Recipient: rfc822; ann@customer.example", "Action: failed", "Status: 5.6.7"),
        WHOLE, "5.6.7",
    ),
    "relayed to one that does not report": System(
        "MAILER-DAEMON@mx.customer.example",
        "Successful Mail Delivery Report",
        "Your message was successfully delivered to the destination(s) listed below.",
        status(ANN, "Action: relayed", "Status: 2.1.5"),
        HEADER, "2.1.5", "relayed",
    ),
    "delivered": System(
        "MAILER-DAEMON@mx.customer.example",
        "Delivered: We have received your message",
        "Your message was delivered.",
        status(ANN, "Action: delivered", "Status: 2.0.0"),
        HEADER, "2.0.0", "delivered",
    ),
}  # fmt: skip


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_report_in_standard_form(system: System) -> None:
    """Action, status, recipient and original message are read from each system's report."""
    report = read(system.content).report
    assert report is not None
    assert (report.action, report.status, report.recipient) == (system.action, system.status, "ann@customer.example")
    assert report.original_message_id == "ack.7@shop.example"
    assert report.permanent is (system.action == "failed")


@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_report_has_the_mta_s_text_only(system: System) -> None:
    """What is shown is the system's own text: our message that came back is attached, not read as the customer's."""
    message = read(system.content)
    assert "Hello Ann" not in message.full_text
    assert message.full_text.split()[0] == system.text.split()[0]
    assert message.in_reply_to == ()


@pytest.mark.parametrize("ends", ["\n", "\r"], ids=["unix", "mac"])
@pytest.mark.parametrize("system", SYSTEMS.values(), ids=SYSTEMS.keys())
def test_report_with_other_line_ends(system: System, ends: str) -> None:
    """The same report after a program changed its line ends is the same report."""
    assert read(system.content.replace("\r\n", ends)).report == read(system.content).report


@pytest.mark.parametrize(
    ("fields", "action", "code"),
    [
        ("Action: failed\r\n\r\nAction: delivered", None, ""),
        (f"{ANN}\r\nAction: nonsense\r\nStatus: 5.2.1", "failed", "5.2.1"),
        (f"{ANN}\r\nAction: FAILED (user unknown)\r\nStatus: 5.1.1 (bad address)", "failed", "5.1.1"),
        (f"{ANN}\r\nStatus: 4.2.2", "delayed", "4.2.2"),
        (f"{ANN}\r\nAction: failed\r\nStatus: abc", "failed", ""),
        (f"{ANN}\r\nAction: failed\r\nStatus: 9.9.9", "failed", ""),
        (f"{ANN}\r\nAction: failed\r\nStatus:\r\nDiagnostic-Code: smtp; 452 4.2.2 full", "failed", "4.2.2"),
        (f"\r\n\r\n\r\n{ANN}\r\n Action: folded\r\nAction: failed", "failed", ""),
        (f"{ANN}\r\nAction: failed\r\n" + "X: y\r\n" * 5000, "failed", ""),
        (
            "\r\n\r\n".join([f"{ANN}\r\nAction: delivered\r\nStatus: 2.0.0"] * 99 + [f"{ANN}\r\nAction: failed\r\nStatus: 5.0.0"]),
            "failed",
            "5.0.0",
        ),
        (f"{ANN}\r\nAction: =?utf-8?q?failed?=\r\nStatus: =?utf-8?q?5.1.1?=", "failed", "5.1.1"),
        (f"{ANN}\r\nAction: failed\r\nDiagnostic-Code: smtp; {'x' * 5000}", "failed", ""),
    ],
)
def test_fields_however_they_are_broken(fields: str, action: str | None, code: str) -> None:
    """Missing, odd, folded and endless fields leave a report with what they say; the worst of many recipients speaks for all."""
    report = read(System("MAILER-DAEMON@x.example", "Mail delivery failed", "It failed.", fields).content).report
    assert report is not None
    if action:
        assert (report.action, report.status) == (action, code)
    assert len(report.diagnostic) <= 500


@pytest.mark.parametrize(
    "recipient",
    [
        "rfc822; <>",
        "rfc822;",
        "x",
        "rfc822; ann",
        "rfc822; a@b@c.example",
        "rfc822; ann@customer.example\0",
        "x400; /G=Ann/S=Smith/",
        "rfc822; ann@локальный",
    ],
)
def test_a_recipient_that_is_no_address(recipient: str) -> None:
    """Whoever cannot be written to is not named as the recipient; the report is one all the same."""
    report = read(
        System("MAILER-DAEMON@x.example", "x", "It failed.", status(f"Final-Recipient: {recipient}", "Action: failed")).content
    ).report
    assert report is not None
    assert report.recipient in {"", "ann@customer.example"}
    assert report.recipient.isascii()


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("mixed", (part("text/plain", "Where is my order?"), WHOLE)),
        (
            "mixed",
            (part("text/plain", "See the attached bounce"), part("message/rfc822", SYSTEMS["postfix"].content.replace("edge", "inner"))),
        ),
        ("mixed", (part("text/plain", "550 5.1.1 User unknown, it says"), part("text/plain; name=log.txt", "Action: failed"))),
        ("alternative", (part("text/plain", "I got: Undelivered Mail"), part("text/html", "<p>I got: Undelivered Mail</p>"))),
        (
            "report; report-type=disposition-notification",
            (part("text/plain", "Read."), part("message/disposition-notification", "Disposition: x")),
        ),
    ],
)
def test_a_person_s_mail_is_no_report(kind: str, parts: tuple[str, ...]) -> None:
    """Messages people attach, forward or tell of, and receipts that mail was read, are no delivery reports."""
    head = "From: Ann <ann@customer.example>\r\nReturn-Path: <ann@customer.example>\r\nSubject: Undeliverable: your mail\r\n"
    assert read(multipart(kind, *parts, header=head)).report is None


@pytest.mark.parametrize(
    ("fields", "recipient", "diagnostic"),
    [
        ("Feedback-Type: abuse\r\nOriginal-Rcpt-To: ann@customer.example", "ann@customer.example", "feedback report: abuse"),
        ("Feedback-Type: FRAUD\r\nUser-Agent: x", "", "feedback report: fraud"),
        ("Feedback-Type: opt-out\r\nRemoval-Recipient: <ann@customer.example>", "ann@customer.example", "feedback report: opt-out"),
        ("Version: 1", "", "feedback report: abuse"),
        ("Feedback-Type: " + "x" * 500, "", "feedback report: " + "x" * 40),
        ("Feedback-Type: not-spam\r\n\r\nOriginal-Rcpt-To: ann@customer.example", "ann@customer.example", "feedback report: not-spam"),
    ],
)
def test_complaints(fields: str, recipient: str, diagnostic: str) -> None:
    """A complaint (RFC 5965) is the report of a message that arrived, with who complained where it says so."""
    content = multipart("report; report-type=feedback-report", part("text/plain", "x"), part("message/feedback-report", fields), WHOLE)
    report = read(content).report
    assert report is not None
    assert (report.action, report.recipient, report.diagnostic) == ("delivered", recipient, diagnostic)
    assert (report.original_message_id, report.permanent) == ("ack.7@shop.example", False)
