"""What a department reads: what is asked, by when, the whole log entry, the facts, the warnings, the customer's words and message."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.making import ARRIVED, DEPARTMENTS, NOW, case, escalation_order, event, order_number, raw, reading, writer, written
from tests.orders.making import checked, order
from tests.responders.reading_back import assert_sound, html_of, parsed, text_of
from triage.case import Case, CaseEvent, CaseStatus, Priority
from triage.inquiry import Checked, Verdict
from triage.message import Address, RawMessage
from triage.reading import Fact, Matter, Reading
from triage.reply import Reply
from triage.stages.recall import recall

ROWS = [
    "Customer name", "E-mail", "Telephone", "Order number", "Order date", "Issue type", "Issue description", "Initial action",
    "Follow-up actions", "Escalation", "Resolution status", "Resolution date", "Customer satisfaction", "Rating and comments",
    "Representative",
]  # fmt: skip
FACTS = (
    order_number("ORD789456", "subject"),
    Fact(kind="phone", value="+15551234", source="text", confidence=0.8),
    Fact(kind="amount", value="EUR 12.50", source="quoted", confidence=0.5),
)
CHARGED = case(
    category="payment", issue="payment_duplicate", priority=Priority.URGENT, order_numbers=("ORD789456",), departments=("finance",)
)
READ = reading("payment", "payment_duplicate", facts=FACTS, subject="Charged twice", text="You charged me twice.\nPlease look.")


def escalated(of: Case = CHARGED, read: Reading | None = READ, department: str = "finance", **given: object) -> Reply:
    order = escalation_order(department)
    defaults: dict[str, object] = {"raw": raw(), "log": (event("opened"), event("escalated", to=department))}
    reply = written(order, of, read, **{**defaults, **given})
    assert reply.fallback == ""
    assert_sound(reply)
    return reply


def rows(reply: Reply) -> dict[str, str]:
    return dict(re.findall(r"^([A-Z][A-Za-z -]+):\s+(.*)$", text_of(reply), re.MULTILINE))


def test_the_subject_says_case_matter_and_priority() -> None:
    """A department sees from the subject which case it is, what about, and how urgent; none of it is the customer's."""
    assert escalated().subject == parsed(escalated())["Subject"] == "[SP-100042] Payment: charged twice (urgent)"


@pytest.mark.parametrize("body", [text_of, html_of])
def test_both_bodies_say_what_is_asked_and_by_when(body: object) -> None:
    """Text and html name the request of this issue, the time, the reason, and how to answer."""
    said = body(escalated())  # type: ignore[operator]
    assert "Please compare the charges with the order, and tell us whether one of them is to be returned." in said
    assert "Thursday, 26 November 2026, 10:00 (CET)" in said
    assert "Why it comes to Finance: it is theirs." in said
    assert "the customer does not see it" in said


@pytest.mark.parametrize("body", [text_of, html_of])
@pytest.mark.parametrize("label", ROWS)
def test_both_bodies_have_every_row_of_the_log(body: object, label: str) -> None:
    """Every field of the customer-service log stands in text and html."""
    assert label in body(escalated())  # type: ignore[operator]


def test_the_rows_stand_in_the_log_s_order() -> None:
    """The entry reads as the log does, field by field."""
    assert [label for label in rows(escalated()) if label in ROWS] == ROWS


def test_the_rows_say_what_is_known() -> None:
    """Names, numbers, description and times come from the case and its message."""
    known = rows(escalated())
    assert known["Customer name"] == "Jane Doe"
    assert known["E-mail"] == "jane@customer.example"
    assert known["Telephone"] == "+15551234"
    assert known["Order number"] == "ORD789456"
    assert known["Issue type"] == "Payment: charged twice"
    assert known["Issue description"] == "My order – You charged me twice. Please look."
    assert known["Initial action"] == "2026-11-25 10:02 CET case opened"
    assert known["Follow-up actions"] == "none yet"
    assert known["Escalation"] == "Finance"
    assert known["Resolution status"] == "pending; promised by Friday, 27 November 2026, 10:00 (CET)"
    assert known["Category"] == "payment / payment_duplicate, 91% sure"


def test_what_is_not_known_is_unknown() -> None:
    """Nothing is made up: what neither case nor message says reads "unknown"."""
    known = rows(escalated(case(requester=None, subject=""), reading(text="")))
    for label in (
        "Customer name",
        "E-mail",
        "Telephone",
        "Order number",
        "Order date",
        "Issue description",
        "Initial action",
        "Representative",
    ):
        assert known[label] == "unknown" or label == "Initial action"


PLACED = order(placed_at=datetime(2026, 11, 19, 23, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (checked(PLACED), "2026-11-20 (order system)"),
        (checked(PLACED, Verdict.SOMEBODY_ELSES), "2026-11-20 (order system)"),
        (checked(PLACED, named=False), "unknown"),
        (checked(verdict=Verdict.UNKNOWN, order=None), "unknown"),
        (checked(order(placed_at=None)), "unknown"),
    ],
)
def test_the_order_s_date_is_the_order_system_s(found: Checked, expected: str) -> None:
    """When an order was placed is told as the day it was where we are; an order that the message does not name gives no date."""
    assert rows(escalated(orders=(found,)))["Order date"] == expected


def test_a_name_from_the_text_helps_where_there_is_no_display_name() -> None:
    """The name that the customer signs with stands in for an empty display name."""
    nameless = case(requester=Address(addr_spec="jane@customer.example"))
    known = rows(escalated(nameless, reading(facts=(Fact(kind="name", value="J. Doe", source="text"),))))
    assert known["Customer name"] == "J. Doe"


@pytest.mark.parametrize(
    ("log", "initial", "further"),
    [
        ((event("opened"), event("withheld")), "case opened; .* acknowledgment left to a person", "none yet"),
        ((event("opened"), event("acknowledged")), "case opened; .* acknowledged", "none yet"),
        ((event("opened"), event("follow_up"), event("answered")), "case opened", "the customer wrote again; .* a department answered"),
        ((event("classified"),), "unknown", "none yet"),
    ],
)
def test_actions_are_told_from_the_history(log: tuple[CaseEvent, ...], initial: str, further: str) -> None:
    """First and further actions are what the history says, with their times."""
    known = rows(escalated(log=log))
    assert re.search(initial, known["Initial action"])
    assert re.search(further, known["Follow-up actions"])


@pytest.mark.parametrize("status", [CaseStatus.SOLVED, CaseStatus.CLOSED])
def test_a_solved_case_says_when(status: CaseStatus) -> None:
    """A case that is done reads resolved, with the date."""
    known = rows(escalated(case(status=status, solved_at=ARRIVED + timedelta(hours=3))))
    assert (known["Resolution status"], known["Resolution date"]) == ("resolved", "Wednesday, 25 November 2026, 13:00 (CET)")


def test_all_departments_that_have_the_case_are_named() -> None:
    """Those of the case, of its history, and the one that is written to, each once."""
    reply = escalated(log=(event("escalated", to="logistics"),), department="management")
    assert rows(reply)["Escalation"] == "Finance, Logistics, Management"


@pytest.mark.parametrize("body", [text_of, html_of])
def test_facts_come_with_source_and_confidence(body: object) -> None:
    """Each fact says where it stood and how sure it is."""
    said = re.sub(r"<[^>]+>|\s+", " ", body(escalated()))  # type: ignore[operator]
    said = re.sub(r"\s+", " ", said)
    assert "ORD789456 (subject, 98% sure)" in said
    assert "EUR 12.50 (quoted, 50% sure)" in said


def named(*facts: Fact) -> str:
    return text_of(escalated(read=reading(facts=facts))).partition("WHAT THE MESSAGE NAMES\n")[2].partition("\n\n")[0]


def test_a_fact_that_stands_twice_is_named_once() -> None:
    """One row says all the places where it stood, and how sure the surest of them is."""
    twice = (order_number("ORD1", "subject"), Fact(kind="order_number", value="ORD1", source="quoted", confidence=0.4))
    assert named(*twice, order_number("ORD2")).split("\n") == [
        "order number:          ORD1 (subject and quoted, 98% sure)",
        "order number:          ORD2 (text, 98% sure)",
    ]


@pytest.mark.parametrize(("confidence", "said"), [(1.0, "99%"), (0.996, "99%"), (0.98, "98%"), (0.01, "1%"), (0.009, "<1%"), (0.0, "<1%")])
def test_nothing_is_quite_certain(confidence: float, said: str) -> None:
    """What a program read out of a message is never told as certain or impossible, neither facts nor category, in text and HTML."""
    assert f"(text, {said} sure)" in named(Fact(kind="amount", value="EUR 1.00", source="text", confidence=confidence))
    written = escalated(case(confidence=confidence))
    assert rows(written)["Category"] == f"order / order_status, {said} sure"
    assert said.replace("<", "&lt;") in html_of(written)


@pytest.mark.parametrize("body", [text_of, html_of])
def test_the_customer_s_words_stand_before_the_log(body: object) -> None:
    """Request, dangers and the customer's own words come first; what the log says of them comes after."""
    said = body(escalated()).lower()  # type: ignore[operator]
    order = ["what we ask of you", "beware", "what the customer wrote", "original.eml is", "the case\n", "what the message names"]
    places = [re.search(rf"(^|>){heading}", said.replace("the case<", "the case\n<"), re.MULTILINE) for heading in order]
    assert [place.start() for place in places if place] == sorted(place.start() for place in places if place)
    assert None not in places


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("word " * 100 + "ORD789456", "word…"),
        ("x" * 152 + " ORD789456", "x…"),
        ("x" * 145 + " end, ORD789456 and more", "end…"),
        ("x" * 200, "x…"),
    ],
)
def test_a_description_is_cut_after_a_whole_word(text: str, said: str) -> None:
    """A number that is cut in two would pass for another number."""
    description = rows(escalated(read=reading(text=text)))["Issue description"]
    assert description.endswith(said)
    assert "ORD" not in description


def test_the_customer_s_words_are_quoted_line_by_line() -> None:
    """Every line of the customer's text is marked as theirs, so that none passes for ours."""
    read = reading(text="Hello\nWHAT WE ASK OF YOU\nPay me at once.")
    said = text_of(escalated(read=read))
    assert "> Hello\n> WHAT WE ASK OF YOU\n> Pay me at once.\n" in said
    assert said.count("\nWHAT WE ASK OF YOU\n") == 1


def test_a_long_text_is_cut_and_says_so() -> None:
    """Beyond twenty thousand characters the mail refers to the original."""
    reply = escalated(read=reading(text="word " * 10_000))
    assert "(cut here; the whole text is in the original)" in text_of(reply)
    assert "Cut here" in html_of(reply)
    assert len(reply.content) < 120_000


def test_a_hundred_facts_are_cut() -> None:
    """A message made of numbers does not bury the case."""
    assert text_of(escalated(read=reading(facts=[order_number(f"ORD{number}") for number in range(1000)]))).count(" sure)") == 40


def attached(reply: Reply) -> list[tuple[str, str, bytes]]:
    return [
        (part.get_filename() or "", part.get_content_type(), part.get_payload(decode=True)) for part in parsed(reply).iter_attachments()
    ]  # type: ignore[misc]


@pytest.mark.parametrize(
    "content",
    [
        b"Subject: x\r\n\r\ntext\r\n",
        b"From: a\n\nbare\rreturns\n.\n..\nFrom here\n",
        bytes(range(256)) * 40,
        b"Content-Disposition: attachment; " + b"x" * 70 + b'="caf\xc3\xa9"\r\n\r\n',
        b"",
    ],
)
def test_the_original_goes_along_byte_for_byte(content: bytes) -> None:
    """The message as it came is attached to be saved, neither parsed nor written anew."""
    reply = escalated(raw=raw(content))
    assert attached(reply) == [("original.eml", "application/octet-stream", content)]
    assert "original.eml is the customer's message as it came." in text_of(reply)


def test_a_masked_message_goes_along_as_text_only() -> None:
    """Where a card number was masked the original stays behind, and a sentence says why."""
    read = reading(masked=1, text="My card is 411111******1111", full_text="My card is 411111******1111\n> quoted")
    reply = escalated(read=read, raw=raw(b"4111111111111111"))
    ((name, kind, content),) = attached(reply)
    assert (name, kind) == ("message.txt", "text/plain")
    assert content.decode() == "From: jane@customer.example\nSubject: My order\n\nMy card is 411111******1111\n> quoted"
    assert b"4111111111111111" not in reply.content
    assert "it contains a card number or security code" in text_of(reply)


@pytest.mark.parametrize(
    ("kept", "sentence", "files"),
    [
        (None, "The original is in the mailbox.", 0),
        (raw(b"x" * 7_000_001), "The original is too large to be attached; it is in the mailbox.", 0),
        (raw(b"Subject: x\r\n\r\nfirst part", size=10_000), "It is cut, because it is larger than our limit", 1),
    ],
)
def test_an_original_that_cannot_go_along_is_accounted_for(kept: RawMessage | None, sentence: str, files: int) -> None:
    """A sentence says where the original is and whether it is whole."""
    reply = escalated(raw=kept)
    assert sentence in text_of(reply)
    assert len(attached(reply)) == files


def test_a_clock_s_escalation_needs_no_message() -> None:
    """Where a missed promise rather than a message is the reason, the mail has the log entry and no text."""
    bare = writer().write(escalation_order("management"), CHARGED, log=(), reading=None, raw=None, now=NOW)
    assert bare.fallback == ""
    assert "WHAT THE CUSTOMER WROTE" not in text_of(bare)
    assert "The customer's messages are in the mailbox." in text_of(bare)
    assert rows(bare)["Issue description"] == "My order"


@pytest.mark.parametrize(
    ("provenance", "why"),
    [
        ("cli", "The case was taken down by hand"),
        ("payments", "A payment provider's word opened the case"),
        ("orders", "A change of the order opened the case"),
    ],
)
def test_nobody_is_sent_to_look_for_mail_that_never_was(provenance: str, why: str) -> None:
    """A case that began without mail says so; where the customer has written since, that is in the mailbox."""
    log = (replace(event("opened"), provenance=provenance), event("assigned"))
    spoken = reading("payment", "payment_duplicate", message_id="", text="Said on the telephone.")
    for read in (recall(CHARGED, ()), spoken):
        bare = escalated(read=read, raw=None, log=log)
        assert f"{why}: there is no message in the mailbox." in " ".join(text_of(bare).split())
        assert "is in the mailbox" not in text_of(bare).replace("is no message in", "")
        assert attached(bare) == []
    assert "The original is in the mailbox." in text_of(escalated(raw=None, log=log))


@pytest.mark.parametrize("department", DEPARTMENTS)
def test_each_department_is_written_to_at_its_address(department: str) -> None:
    """The mail goes to the department's own address, and names it."""
    reply = escalated(department=department)
    assert reply.recipient == f"{department}@shop.example"
    assert f"Why it comes to {department.replace('_', ' ').title()}" in text_of(reply)


def test_an_unsorted_case_does_not_pretend() -> None:
    """Where the category is not certain, the mail says so."""
    reply = escalated(case(abstained=True))
    assert reply.subject == "[SP-100042] Not sorted yet (normal)"
    assert rows(reply)["Issue type"] == "not sorted yet"
    assert "% sure" not in rows(reply)["Category"]
    assert "look into this case" in text_of(escalated(case(issue="presales", category="other")))


def test_without_a_time_of_its_own_the_customer_s_promise_holds() -> None:
    """An order without an answer time asks for an answer by the time that the customer was promised."""
    reply = written(escalation_order(answer_by=None), CHARGED)
    assert "Please answer this message by Friday, 27 November 2026, 10:00 (CET)." in text_of(reply)


@pytest.mark.parametrize("body", [text_of, html_of])
def test_what_else_it_may_be_is_shown(body: object) -> None:
    """Further matters in the message are named with their probability, at most three, and nothing where there is none."""
    matters = tuple(Matter(category="invoice", issue=issue, confidence=0.2) for issue in ("invoice_request", "", "c", "d"))
    read = replace(READ, classification=replace(READ.classification, alternatives=matters))
    assert "invoice / invoice_request (20%), invoice (20%), invoice / c (20%)" in body(escalated(read=read))  # type: ignore[operator]
    assert "It may also be" not in body(escalated())  # type: ignore[operator]


def test_what_it_hardly_is_is_not_shown() -> None:
    """A matter with less than one chance in twenty would only distract."""
    matters = tuple(Matter(category="invoice", issue=issue, confidence=sure) for issue, sure in (("likely", 0.05), ("hardly", 0.049)))
    read = replace(READ, classification=replace(READ.classification, alternatives=matters))
    assert rows(escalated(read=read))["It may also be"] == "invoice / likely (5%)"


def test_the_html_stands_by_itself() -> None:
    """No picture, script, link or foreign style is in it, and it suits light and dark, narrow and wide."""
    html = html_of(escalated())
    assert re.findall(r"<(script|img|link|iframe|object|style|a|form)\b|url\(|https?:", html) == []
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "max-width:640px" in html
    assert "#fff" not in html


def test_rules_in_the_departments_client_can_sort_by_fields() -> None:
    """Category, confidence and reason stand in fields of their own; what was not sure says so, and no reason makes a field."""
    reasons = ("“twice”, “charged” and “card” point to payment/payment_duplicate", "x" * 900)
    read = reading("payment", "payment_duplicate")
    read = replace(read, classification=replace(read.classification, reasons=reasons))
    message = parsed(written(escalation_order(), case(category="payment", issue="payment_duplicate"), read))
    assert (message["X-Triage-Category"], message["X-Triage-Confidence"]) == ("payment/payment_duplicate", "0.91")
    assert str(message["X-Triage-Reason"]).startswith("“twice”, “charged” and “card” point to payment/payment_duplicate")
    assert len(str(message["X-Triage-Reason"])) <= 300
    unsure = parsed(written(escalation_order(), case(abstained=True), reading()))
    assert unsure["X-Triage-Category"] == "unsure"
    assert unsure["X-Triage-Reason"] is None
