"""The fields around a reply: threading, keyed addresses, deterministic Message-IDs, and size."""

import email
from dataclasses import replace
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest

from tests.making import IDENTITY, KEY, NOW, PEOPLE, acknowledgment_order, case, escalation_order, reading, writer, written
from tests.responders.reading_back import assert_sound, parsed
from triage import keyed, staff_tokens
from triage.people import People
from triage.reply import Reply
from triage.sections.identity import Identity
from triage.staff_tokens import KeyRing

MICROSOFT = "AM0PR04MB5121234567890ABCDEF1234567890ABCDEF0123456789@AM0PR04MB5121.eurprd04.prod.outlook.com"


def answering(message_id: str, *references: str) -> Reply:
    reply = written(acknowledgment_order(), read=reading(message_id=message_id, references=references))
    assert_sound(reply)
    return reply


def ids(reply: Reply) -> list[str]:
    return str(parsed(reply)["References"] or "").replace("<", "").replace(">", "").split()


@pytest.mark.parametrize("message_id", ["a@customer.example", MICROSOFT, "CAF+x_y=z$1!@mail.gmail.com"])
def test_the_reply_joins_the_customer_s_thread(message_id: str) -> None:
    """In-Reply-To and the last reference name the customer's message as it is, also where its ID is long."""
    reply = answering(message_id, "root@customer.example")
    assert parsed(reply)["In-Reply-To"] == f"<{message_id}>"
    assert ids(reply) == ["root@customer.example", message_id]
    assert b"=?" not in reply.content.partition(b"\r\n\r\n")[0]


@pytest.mark.parametrize("message_id", ["", "a b@c", "a@c\r\nBcc: x@evil.example", "a>@c", "ü@c", "x" * 251 + "@c", "a", "a\x00b@c"])
def test_an_id_that_cannot_be_repeated_is_left_out(message_id: str) -> None:
    """An absent, broken, foreign or overlong Message-ID leads to no threading rather than to a broken field."""
    message = parsed(answering(message_id, "root@customer.example"))
    assert message["In-Reply-To"] is None
    assert message["References"] is None


def test_each_reference_has_a_line_of_its_own() -> None:
    """Ten references, each as long as is allowed, make no line that a server must refuse (RFC 5322 §2.1.1)."""
    thread = tuple(f"{number}{'r' * 245}@c" for number in range(10))
    reply = written(acknowledgment_order(), read=reading(message_id="last@c", references=thread[:1]))
    assert f"References: <{thread[0]}>\r\n <last@c>\r\n".encode() in reply.content
    assert_sound(written(acknowledgment_order(), read=reading(message_id="last@c", references=thread)))


def test_only_the_nearest_references_are_repeated() -> None:
    """Of a long thread the last nine ancestors and the message itself are named."""
    reply = answering("last@x.example", *(f"r{number}@x.example" for number in range(30)))
    assert ids(reply) == [*(f"r{number}@x.example" for number in range(21, 30)), "last@x.example"]


def test_a_broken_reference_ends_the_thread_there() -> None:
    """What lies before a reference that cannot be repeated is left out."""
    assert ids(answering("last@x.example", "far@x.example", "bro ken@x.example", "near@x.example")) == ["near@x.example", "last@x.example"]


def test_threading_gives_way_to_size() -> None:
    """Long references are dropped before the acknowledgment grows to 2 KB; the nearest stay."""
    reply = answering(MICROSOFT, *(f"{number}-{MICROSOFT}" for number in range(9)))
    kept = ids(reply)
    assert 1 <= len(kept) < 10
    assert kept[-1] == MICROSOFT
    assert len(reply.content) < 2048


def test_the_worst_case_still_fits() -> None:
    """The longest address, Message-ID and references together with the longest text stay under 2 KB."""
    order = acknowledgment_order(recipient=f"{'a' * 64}@{'b' * 60}.{'c' * 60}.{'d' * 60}.example")
    of = case(category="payment", issue="payment_failed", language="de", departments=("technical_support", "management"))
    people = replace(PEOPLE, identity=PEOPLE.identity.model_copy(update={"help_url": "https://" + "h" * 72}))
    reply = written(order, of, reading(message_id="m" * 248 + "@c", references=("r" * 248 + "@c",) * 9), using=writer(people=people))
    assert_sound(reply)
    assert reply.fallback == ""


def test_an_escalation_starts_its_own_thread() -> None:
    """A department is not drawn into the customer's thread."""
    message = parsed(written(escalation_order()))
    assert (message["In-Reply-To"], message["Auto-Submitted"]) == (None, "auto-generated")


def test_an_acknowledgment_says_that_it_is_a_reply() -> None:
    """RFC 3834 §3.1.7 tells replies from what is sent unasked."""
    assert parsed(written(acknowledgment_order()))["Auto-Submitted"] == "auto-replied"


def test_the_same_order_gives_the_same_bytes() -> None:
    """Written twice, by two writers, a reply is the same to the last octet, Message-ID and reverse-path included."""
    assert written(acknowledgment_order(), using=writer()) == written(acknowledgment_order(), using=writer())


@pytest.mark.parametrize(
    "other",
    [
        written(acknowledgment_order(recipient="john@customer.example")),
        written(acknowledgment_order(), case(number="SP-100043")),
        written(acknowledgment_order(), now=NOW + timedelta(seconds=1)),
        written(acknowledgment_order(), case(category="invoice")),
    ],
)
def test_another_message_has_another_id(other: Reply) -> None:
    """A Message-ID belongs to one version of one message to one recipient (RFC 5322 §3.6.4)."""
    one = written(acknowledgment_order())
    assert one.message_id != other.message_id
    assert one.reverse_path != other.reverse_path


def test_answers_come_back_to_the_case() -> None:
    """The customer's Reply-To carries the case for customers, the department's for departments, and neither for the other."""
    customer, department = (str(parsed(written(order))["Reply-To"]) for order in (acknowledgment_order(), escalation_order()))
    assert keyed.answered_number(KEY, customer, "SP") == "SP-100042"
    assert keyed.answered_number(KEY, department, "SP") == ""
    assert staff_tokens.read(customer.partition("+")[2].partition("@")[0]) is None
    token = staff_tokens.read(department.partition("+")[2].partition("@")[0])
    assert token
    finance = PEOPLE.colleagues["finance"]
    holder = staff_tokens.holder(KeyRing(current=KEY), token, "SP", (finance,), lifetime=PEOPLE.rules.token_lifetime)
    assert holder == finance


def test_reports_come_back_to_the_message() -> None:
    """The reverse-path is keyed to this one message."""
    reply = written(acknowledgment_order())
    assert reply.reverse_path == keyed.report_address(KEY, IDENTITY.address, reply.message_id)


def test_without_plus_addressing_the_plain_address_is_used() -> None:
    """A server that delivers no local+anything gets our plain address in Reply-To and reverse-path."""
    plain = People(identity=IDENTITY.model_copy(update={"plus_addressing": False}), departments=PEOPLE.departments)
    reply = written(acknowledgment_order(), using=writer(people=plain))
    assert (reply.reverse_path, parsed(reply)["Reply-To"]) == (IDENTITY.address, IDENTITY.address)


@pytest.mark.parametrize(
    "name",
    [
        "SayPro Support",
        "Müller & Söhne Kundendienst",
        'Support "24/7"',
        "Acme, Inc.",
        "客服 " * 15,
        "Back\\slash",
        "a\r\nBcc: x@evil.example",
        "",
    ],
)
def test_our_own_name_survives(name: str) -> None:
    """Any name of the settings reads back as it was written, on one line."""
    people = People(identity=Identity(name=name, address=IDENTITY.address))
    content = written(acknowledgment_order(), using=writer(people=people)).content
    # Not by the newer parser: it puts a space between encoded words inside a display name.
    message = email.message_from_bytes(content)
    read, addr_spec = parseaddr(message["From"])
    assert (str(make_header(decode_header(read))), addr_spec) == (" ".join(name.split()), IDENTITY.address)
    assert message["Bcc"] is None


def test_the_loop_mark_is_the_same_on_all_our_mail() -> None:
    """Every message carries one mark, by which we know our own."""
    marks = {str(parsed(written(order))["X-Triage-Loop"]) for order in (acknowledgment_order(), escalation_order())}
    assert len(marks) == 1
    assert len(marks.pop()) == 26
