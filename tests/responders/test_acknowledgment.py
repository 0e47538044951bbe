"""What a customer reads: thanks in the right tone, the number, what happens next, by when, and what we need."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.making import ARRIVED, JANE, PEOPLE, SHIPPED, acknowledgment_order, case, message, reading, writer, written
from tests.responders.reading_back import assert_sound, parsed, text_of
from tests.rows import rows
from triage.message import Address, Attachment
from triage.reading import Reading

PHOTO = Attachment(filename="box.jpg", content_type="image/jpeg", size=9, sha256="0")
LOGO = Attachment(filename="logo.png", content_type="image/png", size=9, sha256="0", inline=True)


def text(category: str = "order", issue: str = "order_status", read: Reading | None = None, order: str = "", **fields: object) -> str:
    of = case(category=category, issue=issue, **fields)
    reply = written(acknowledgment_order(text=order), of, read)
    assert reply.fallback == ""
    assert_sound(reply)
    return text_of(reply)


@pytest.mark.parametrize(
    ("category", "issue", "tone"),
    [
        ("order", "delivery_lost", "We're sorry for any trouble it is giving you, and we are looking into it."),
        ("invoice", "invoice_request", "Thank you for your message about your invoice."),
        ("receipt", "receipt_missing", "Thank you for your message about your receipt."),
        ("payment", "payment_duplicate", "We know that trouble with money is worrying, so we treat it as urgent."),
        ("dispute", "quality", "We're sorry to hear that you are not satisfied"),
        ("other", "presales", "Thank you for writing to us."),
    ],
)
def test_each_category_has_its_tone(category: str, issue: str, tone: str) -> None:
    """The first sentence fits the matter: empathy for disputes, urgency for payments."""
    assert tone in text(category, issue)


@rows(("category", "issue"), SHIPPED.matters)
@rows("language", ["en", "de"])
def test_each_matter_says_number_next_step_and_time(category: str, issue: str, language: str) -> None:
    """Every acknowledgment names the case number, what happens next, by when in local time, and how to add something."""
    said = text(category, issue, language=language)
    assert "SP-100042" in said
    assert SHIPPED.topic(category, issue).next_step(language) in said
    by, how = {
        "en": ("by Friday, 27 November 2026, 10:00 (CET).", "answer this message"),
        "de": ("Bis Freitag, 27. November 2026, 10:00 Uhr (MEZ)", "antworten Sie auf diese Nachricht"),
    }[language]
    assert by in said
    assert how in said
    assert "\n\n\n" not in said
    assert said.endswith("-- \nSayPro Support\n")


@pytest.mark.parametrize(
    ("language", "subject", "greeting"),
    [
        ("en", "[SP-100042] We have received your message", "Hello Jane Doe,"),
        ("de", "[SP-100042] Wir haben Ihre Nachricht erhalten", "Guten Tag Jane Doe,"),
        ("fr", "[SP-100042] We have received your message", "Hello Jane Doe,"),
        ("", "[SP-100042] We have received your message", "Hello Jane Doe,"),
    ],
)
def test_the_customer_s_language_is_used_where_there_is_one(language: str, subject: str, greeting: str) -> None:
    """German is answered in German, everything else in English, subject and text alike."""
    reply = written(acknowledgment_order(), case(language=language))
    assert parsed(reply)["Subject"] == subject == reply.subject
    assert text_of(reply).startswith(greeting)


@pytest.mark.parametrize(("order", "words"), [("unsorted", "see who can help you best"), ("unreadable", "could not open all of it")])
def test_what_is_not_sorted_or_not_readable_has_its_own_text(order: str, words: str) -> None:
    """Such a message is acknowledged without guessing what it is about, and asks for nothing."""
    said = text("payment", "payment_duplicate", order=order, abstained=True)
    assert words in said
    assert "order number" not in said
    assert "compare what you were charged" not in said


@pytest.mark.parametrize(
    ("departments", "sentence"),
    [
        ((), None),
        (("finance",), "We have also passed your message on to Finance."),
        (("logistics", "management"), "We have also passed your message on to Logistics and Management."),
    ],
)
def test_the_customer_is_told_whom_the_case_was_passed_to(departments: tuple[str, ...], sentence: str | None) -> None:
    """Word of the escalation stands in the same message; without one nothing is said."""
    said = text(departments=departments)
    assert ("passed your message on" in said) == (sentence is not None)
    assert sentence is None or sentence in said


@pytest.mark.parametrize(
    ("category", "issue", "numbers", "asked"),
    [
        ("order", "order_status", (), True),
        ("order", "order_status", ("ORD1",), False),
        ("payment", "payment_method", (), False),
        ("other", "presales", (), False),
    ],
)
def test_the_order_number_is_asked_for_where_it_is_missing(category: str, issue: str, numbers: tuple[str, ...], asked: bool) -> None:
    """It is asked for where the matter needs it and the message has none, and only there."""
    assert ("- your order number" in text(category, issue, order_numbers=numbers)) == asked


@pytest.mark.parametrize(
    ("issue", "files", "asked"),
    [
        ("delivery_damaged", (), True),
        ("delivery_damaged", (LOGO,), True),
        ("delivery_damaged", (PHOTO,), False),
        ("item_wrong", (), True),
        ("order_status", (), False),
    ],
)
def test_photos_are_asked_for_where_they_help(issue: str, files: tuple[Attachment, ...], asked: bool) -> None:
    """Photos are asked for where goods are damaged or wrong, unless some came along; a logo in the signature is none."""
    assert ("- photos that show" in text("order", issue, reading(attachments=files))) == asked


def test_photos_are_asked_for_where_the_message_is_no_longer_at_hand() -> None:
    """Without the reading nobody knows of photos."""
    reply = written(acknowledgment_order(), case(issue="delivery_damaged"), log=())
    assert "- photos that show" in text_of(reply)


def test_nothing_is_asked_for_under_a_lonely_heading() -> None:
    """Where nothing is needed, the request is left out whole."""
    assert "please send us" not in text(order_numbers=("ORD1",))


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("Jane Doe", "Hello Jane Doe,"),
        ("Jörg Müller-Lüdenscheidt", "Hello Jörg Müller-Lüdenscheidt,"),
        ("Sinéad O'Connor", "Hello Sinéad O'Connor,"),
        ("Нина Петрова", "Hello Нина Петрова,"),
        ("محمد علي", "Hello محمد علي,"),
        ("王小明", "Hello 王小明,"),
        ("अनिता शर्मा", "Hello अनिता शर्मा,"),
        ("", "Hello,"),
        ("A" * 41, "Hello,"),
        ("Click here for free money now", "Hello,"),
        ("www.evil.example", "Hello,"),
        ("jane@customer.example", "Hello,"),
        ("Jane\r\nBcc: x@evil.example", "Hello,"),
        ("{{ 7*7 }}", "Hello,"),
        ("<b>Jane</b>", "Hello,"),
        ("Jane \u202eeoD", "Hello,"),
        ("Call 555 1234", "Hello,"),
        ("- - -", "Hello,"),
        ("Jane  Doe", "Hello,"),
        ("🎁 Gift", "Hello,"),
    ],
)
def test_a_name_is_used_only_if_it_is_harmless(name: str, greeting: str) -> None:
    """A few words of letters are greeted by name; whatever could carry a message or markup is not."""
    assert text(requester=Address(name=name, addr_spec=JANE.addr_spec)).splitlines()[0] == greeting


def test_a_case_without_requester_is_greeted_without_name() -> None:
    """Nobody's name is made up."""
    assert text(requester=None).startswith("Hello,\n")


def test_nothing_of_the_customer_s_message_is_sent_back() -> None:
    """Neither subject nor text nor order number nor file name of the message returns (RFC 3834 §3.2)."""
    read = reading(subject="Canary subject", text="Canary text ORD777", attachments=(PHOTO,), quoted="canary", signature="canary")
    reply = written(acknowledgment_order(), case(subject="Canary subject", order_numbers=("ORD777",)), read)
    for secret in (b"anary", b"ORD777", b"box.jpg"):
        assert secret not in reply.content


def test_the_acknowledgment_goes_to_the_one_recipient_with_its_deadline() -> None:
    """The recipient, kind and deadline of the order are those of the reply."""
    order = acknowledgment_order(recipient="someone@else.example")
    reply = written(order)
    assert (reply.recipient, reply.kind, reply.deadline) == ("someone@else.example", order.kind, order.deadline)


def test_the_message_that_is_answered_does_not_change_the_words() -> None:
    """Two different messages of one case are acknowledged in the same words."""
    one, two = (written(acknowledgment_order(), read=reading(text=words)) for words in ("one", "two"))
    assert text_of(one) == text_of(two)
    assert message().text not in text_of(one)


@pytest.mark.parametrize(
    ("subject", "words", "order", "asked"),
    [
        ("", "", "", True),
        ("Hi", "help me", "", True),
        ("", "?", "unsorted", True),
        ("", "", "unreadable", False),
        ("Cancel ORD123456", "", "", False),
        ("", "Where is my parcel?", "", False),
    ],
)
def test_a_message_that_says_little_is_asked_for_more(subject: str, words: str, order: str, asked: bool) -> None:
    """Who wrote next to nothing is asked what happened; what could not be read is not held against the customer."""
    assert ("- a few words on what happened" in text(read=reading(subject=subject, text=words), order=order)) == asked


@pytest.mark.parametrize(
    ("hours", "sorry", "promised"),
    [(1, False, True), (24, False, True), (25, True, True), (47, True, True), (48, True, False), (90, True, False)],
)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_late_acknowledgment_says_sorry_and_promises_no_time_that_has_passed(
    hours: int, sorry: bool, promised: bool, language: str
) -> None:
    """After an outage the answer owns up to being late, and names only times that are still to come."""
    of = case(language=language)
    said = text_of(written(acknowledgment_order(), of, now=ARRIVED + timedelta(hours=hours)))
    assert (("so late" in said) or ("so spät" in said)) == sorry
    assert ("27 November 2026" in said or "27. November 2026" in said) == promised
    assert (("as soon as we can" in said) or ("so bald wie möglich" in said)) == (not promised)


@pytest.mark.parametrize(("language", "words"), [("en", "as soon as we can"), ("de", "so bald wie möglich")])
def test_the_built_in_text_names_no_time_that_has_passed(language: str, words: str) -> None:
    """Also without templates nothing is promised for yesterday."""
    reply = written(acknowledgment_order(), case(language=language), now=ARRIVED + timedelta(hours=90), using=writer({}))
    assert words in text_of(reply)
    assert "2026" not in text_of(reply)


@pytest.mark.parametrize(("language", "words"), [("en", "here: https://"), ("de", "eine Antwort: https://")])
def test_the_page_for_help_is_named_where_there_is_one(language: str, words: str) -> None:
    """With help_url the customer learns where to look; without it there is no word of it."""
    people = replace(PEOPLE, identity=PEOPLE.identity.model_copy(update={"help_url": "https://shop.example/help"}))
    reply = written(acknowledgment_order(), case(language=language), using=writer(people=people))
    assert_sound(reply)
    assert f"{words}shop.example/help\n" in text_of(reply)
    assert "https://" not in text(language=language)


@pytest.mark.parametrize(
    ("language", "hints"),
    [
        ("en", ("up to date", "PayPal shows no block", "cache", "another way to pay")),
        ("de", ("noch stimmen", "PayPal keine Sperre", "Cache", "andere Zahlungsart")),
    ],
)
def test_who_could_not_pay_is_told_what_often_helps(language: str, hints: tuple[str, ...]) -> None:
    """Details, blocks at PayPal, the browser's cache, another way to pay: each can be tried before anybody has answered."""
    said = " ".join(text("payment", "payment_failed", language=language).split())
    assert [hint for hint in hints if hint not in said] == []
