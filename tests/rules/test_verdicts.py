"""Whole messages as real systems send them: a machine is never answered, and a person never lost."""

import pytest

from triage.message import Address, Attachment, DeliveryReport, Message
from triage.reading import Effect
from triage.rules.table import RuleContext, check_all

US = "support@shop.example"
CONTEXT = RuleContext(own_addresses=frozenset({US}), staff_addresses=frozenset({"ann@shop.example"}))
MACHINE = {Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM}

#: What becomes of a message: answered, a case without an answer, kept from the customers' queue, or a colleague's.
ANSWERED, CASE, MACHINES, COLLEAGUE = "answered", "case", "machine", "colleague"


def verdict(message: Message) -> str:
    effects = {finding.effect for finding in check_all(message, CONTEXT)}
    if effects & MACHINE:
        return MACHINES
    if Effect.STAFF in effects:
        return COLLEAGUE
    return CASE if Effect.NO_ANSWER in effects else ANSWERED


def message(author: str, subject: str, fields: str = "", **more: object) -> Message:
    """A message with the header fields that are given one per line."""
    pairs = (line.partition(":") for line in fields.strip().splitlines())
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)
    defaults = {"message_id": "1@mail.example", "to": (Address(addr_spec=US),), "return_path": author, "text": "Hello"}
    return Message(from_=(Address(addr_spec=author),), subject=subject, headers=headers, **(defaults | more))  # type: ignore[arg-type]


EVE = "eve@customer.example"
REPLY_TO_EVE = (Address(name="Eve", addr_spec=EVE),)
ANSWERS_US = ("acknowledgment.x@elsewhere.example",)

CASES: dict[str, tuple[str, Message]] = {
    "a customer from a web mailer": (ANSWERED, message(EVE, "Order 12345", "X-Mailer: Webmail 2\nX-Priority: 1")),
    "a customer of Microsoft 365": (
        ANSWERED,
        message(EVE, "Order 12345", "X-MS-Has-Attach: yes\nX-MS-Exchange-Organization-SCL: 1\nX-Auto-Response-Suppress: DR, OOF"),
    ),
    "a customer whose subject sounds like a bounce": (ANSWERED, message(EVE, "Delivery failed, undeliverable they say")),
    "a customer whose subject sounds like an absence": (ANSWERED, message(EVE, "I am away on vacation, deliver later")),
    "a customer who answers us": (ANSWERED, message(EVE, "Re: [SP-100042] We have your message", in_reply_to=ANSWERS_US)),
    "a customer who forwards a bounce": (ANSWERED, message(EVE, "Fwd: Undelivered Mail Returned to Sender")),
    "a customer who says it is no machine": (ANSWERED, message(EVE, "Order", "Auto-Submitted: no")),
    "a customer with a calendar attached": (
        ANSWERED,
        message(EVE, "Delivery date", attachments=(Attachment(filename="a.ics", content_type="text/calendar", size=1, sha256=""),)),
    ),
    "a customer who wrote to an old address of ours": (ANSWERED, message(EVE, "Order", to=(Address(addr_spec="info@shop.example"),))),
    "a customer behind our own mailing list": (
        ANSWERED,
        message(EVE, "Order", "List-Id: <support.shop.example>\nPrecedence: list\nMailing-list: list support@shop.example; contact x"),
    ),
    "a customer redirected with a blank reverse-path": (CASE, message(EVE, "Order", return_path="")),
    "a customer redirected by an Exchange rule": (CASE, message(EVE, "Order", "X-MS-Exchange-Inbox-Rules-Loop: old@shop.example")),
    "a customer through a web form": (CASE, message("noreply@forms.example", "Contact form", reply_to=REPLY_TO_EVE)),
    "a customer through our own web form": (CASE, message(US, "Contact form", reply_to=REPLY_TO_EVE)),
    "a customer whose author is forged": (CASE, message(EVE, "Refund", authentication=(("dmarc", "fail"),))),
    "a customer with two authors": (CASE, Message(from_=(*REPLY_TO_EVE, Address(addr_spec="bob@customer.example")), subject="Hi")),
    "a partner's helpdesk": (CASE, message("help@partner.example", "[#123] Stock", "X-Zendesk-From-Account-Id: 1")),
    "a postmaster who writes himself": (CASE, message("postmaster@customer.example", "Your mails are refused")),
    "an invitation": (CASE, message(EVE, "Meeting", "Content-Type: text/calendar; method=REQUEST", content_type="text/calendar")),
    "Exchange is out of office": (
        MACHINES,
        message(EVE, "Automatic reply: Order", "X-Auto-Response-Suppress: All\nAuto-Submitted: auto-generated", return_path=""),
    ),
    "Gmail is out of office": (MACHINES, message(EVE, "Out of Office Re: Order", "Auto-Submitted: auto-replied\nPrecedence: bulk")),
    "an old responder without any field": (MACHINES, message(EVE, "Abwesenheitsnotiz: Order", in_reply_to=ANSWERS_US)),
    "an old responder with a null reverse-path": (MACHINES, message(EVE, "Réponse automatique : Order", return_path="")),
    "a qmail autoresponder": (MACHINES, message(EVE, "Order", "Delivered-To: Autoresponder")),
    "a newsletter": (MACHINES, message("news@brand.example", "Sale!", "List-Unsubscribe: <https://x.example>\nPrecedence: bulk")),
    "a mailing list": (
        MACHINES,
        message(EVE, "[talk] Lamps", "List-Id: Talk <talk.lists.example>\nList-Post: <mailto:talk@lists.example>"),
    ),
    "a payment provider's notice": (MACHINES, message("service-noreply@pay.example", "You have a payment")),
    "a delivery report": (MACHINES, message("mailer-daemon@mx.example", "Failure", report=DeliveryReport(action="failed", status="5.1.1"))),
    "a read receipt": (
        MACHINES,
        message(
            EVE, "Read: Order", "Content-Type: multipart/report; report-type=disposition-notification", content_type="multipart/report"
        ),
    ),
    "a complaint": (
        MACHINES,
        message(
            "fbl@provider.example", "Abuse", "Content-Type: multipart/report; report-type=feedback-report", content_type="multipart/report"
        ),
    ),
    "an accepted invitation": (
        MACHINES,
        message(EVE, "Accepted: X", "Content-Type: text/calendar; method=REPLY", content_type="text/calendar"),
    ),
    "our own acknowledgment come back": (MACHINES, message(US, "[SP-100042]", message_id=f"acknowledgment.{'a' * 26}@shop.example")),
    "another daemon like us": (MACHINES, message("help@other.example", "[SP-5]", "Auto-Submitted: auto-replied")),
    "spam that a filter marked": (MACHINES, message(EVE, "Cheap", "X-Spam-Status: Yes, score=12.1")),
    "a colleague": (COLLEAGUE, message("ann@shop.example", "Re: escalation")),
    "a colleague writing from the shared mailbox": (COLLEAGUE, message(US, "Re: Order")),
    "a colleague out of office": (MACHINES, message("ann@shop.example", "Automatic reply: x", "Auto-Submitted: auto-replied")),
    "somebody who claims to be a colleague": (CASE, message("ann@shop.example", "Refund", authentication=(("dmarc", "fail"),))),
}


@pytest.mark.parametrize("name", CASES)
def test_what_becomes_of_a_message(name: str) -> None:
    """Each kind of sender meets the verdict that people would give."""
    expected, received = CASES[name]
    assert verdict(received) == expected, check_all(received, CONTEXT)


@pytest.mark.parametrize("name", [name for name, (expected, _) in CASES.items() if expected == ANSWERED])
def test_a_machine_s_mark_silences_whoever_carries_it(name: str) -> None:
    """The same message with Auto-Submitted is a machine's, whoever seems to have written it."""
    received = CASES[name][1]
    marked = Message(
        from_=received.from_, to=received.to, subject=received.subject, headers=(*received.headers, ("auto-submitted", "auto-replied"))
    )
    assert verdict(marked) == MACHINES
