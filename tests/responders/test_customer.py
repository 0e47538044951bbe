"""Letters to customers about cases under way: in their language and thread, as text and html, with nothing in them that they wrote."""

import re
from dataclasses import replace
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from hypothesis import given, settings

from tests.making import ARRIVED, IDENTITY, JANE, KEY, PEOPLE, SOURCES, case, event, reading, writer, written
from tests.responders.reading_back import assert_sound, html_of, parsed, text_of
from tests.responders.test_inspection import queued
from tests.responders.test_invariants import CASE
from triage import keyed
from triage.case import Case
from triage.decision import ReplyOrder
from triage.message import Address
from triage.people import People
from triage.reply import Reply, ReplyKind
from triage.responders.inspection import Inspector
from triage.threads.ratings import linked

LETTERS = (ReplyKind.PROGRESS, ReplyKind.ESCALATED, ReplyKind.CLOSING, ReplyKind.SURVEY)
ASKS = (ReplyKind.SURVEY,)


def letter(kind: ReplyKind, of: Case | None = None, **given: object) -> Reply:
    """A letter of that kind."""
    using = given.pop("using", None)
    rest = {
        "kind": kind,
        "recipient": "jane@customer.example",
        "deadline": ARRIVED,
        "answer_by": ARRIVED,
        "thread": ("a@x.example", "b@x.example"),
    }
    return written(ReplyOrder(**{**rest, **given}), of or case(departments=("finance", "management")), using=using)  # type: ignore[arg-type]


def links(reply: Reply) -> list[str]:
    """What opens a message."""
    return re.findall(r"mailto:[^\s\"<>]+", text_of(reply))


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("language", ["en", "de", "fr", ""])
def test_each_is_sound_in_each_language(kind: ReplyKind, language: str) -> None:
    """Text and html say the same words; who speaks another language than ours is written to in English."""
    reply = letter(kind, case(language=language))
    assert_sound(reply)
    assert reply.fallback == ""
    message = parsed(reply)
    assert message.get_content_type() == "multipart/alternative"
    assert text_of(reply).startswith("Guten Tag Jane Doe," if language == "de" else "Hello Jane Doe,")
    said = [
        line
        for line in text_of(reply).partition("\n-- \n")[0].splitlines()
        if line and "mailto:" not in line and not re.match(r"[1-5] =", line)
    ]
    page = re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", html_of(reply)))
    from_links = ("How did we do? Choose", "Or just answer", "Wie zufrieden waren Sie mit uns? Wählen", "Oder antworten")
    assert [line for line in said if not line.startswith(from_links) and line.strip() not in page] == []
    assert f'lang="{"en"}"' in html_of(reply)


@pytest.mark.parametrize("kind", LETTERS)
def test_it_stands_in_the_customer_s_thread(kind: ReplyKind) -> None:
    """It answers what the customer wrote last, comes from our address, and answers to it find the case."""
    message = parsed(letter(kind))
    assert (message["In-Reply-To"], message["References"]) == ("<b@x.example>", "<a@x.example> <b@x.example>")
    assert message["Auto-Submitted"] == "auto-generated"
    assert keyed.answered_number(KEY, str(message["Reply-To"]), "SP") == "SP-100042"
    assert "In-Reply-To" not in parsed(letter(kind, thread=()))


@pytest.mark.parametrize("kind", LETTERS)
def test_nothing_of_the_customer_s_goes_back(kind: ReplyKind) -> None:
    """Neither subject, nor text, nor order number, nor a name that is none; and nothing of what goes wrong with us."""
    hostile = case(subject="BUY NOW cheap", order_numbers=("ORD789456",), requester=Address(name="visit evil.example", addr_spec="jane@customer.example"),
                   departments=("finance", "management"))  # fmt: skip
    reply = written(ReplyOrder(kind=kind, recipient="jane@customer.example", deadline=ARRIVED), hostile, reading(text="my secret words"))
    for words in ("BUY NOW", "ORD789456", "evil.example", "secret", "Management"):
        assert words not in reply.content.decode() + text_of(reply) + html_of(reply)


def test_progress_says_until_when_and_who() -> None:
    """The next word is promised, who looks into it is named, and what happens next as the policy says it."""
    said = text_of(letter(ReplyKind.PROGRESS, case(category="payment", issue="payment_duplicate", departments=("finance",))))
    assert "by Wednesday, 25 November 2026, 10:00 (CET)" in said
    assert "Finance is looking into it with us." in said
    assert "We will compare what you were charged with what you ordered" in said
    both = text_of(letter(ReplyKind.PROGRESS, case(departments=("finance", "billing"), language="de")))
    assert "Finance und Billing gehen der Sache mit uns nach." in both
    quiet = text_of(letter(ReplyKind.PROGRESS, case(), answer_by=None))
    assert "looking into it" not in quiet
    assert "You will hear" not in quiet


def test_an_escalation_names_whom_it_went_to() -> None:
    """The department that was called upon now, what happens next, and by when the customer hears."""
    log = (event("told", to="logistics, technical_support"),)
    order = ReplyOrder(
        kind=ReplyKind.ESCALATED, recipient=JANE.addr_spec, deadline=ARRIVED, answer_by=ARRIVED, words="We will ask the carrier."
    )
    said = text_of(written(order, case(departments=("finance",)), log=log))
    assert "we have asked Logistics and Technical Support to look into it" in said
    assert "We will ask the carrier." in said
    assert "you will hear from us by Wednesday, 25 November 2026" in said


@pytest.mark.parametrize("kind", LETTERS)
def test_no_customer_gets_a_colleague_s_token(kind: ReplyKind) -> None:
    """Whatever an order says besides, answers to a customer's letter come back as the customer's."""
    reply = letter(kind, department="finance", colleague="jane")
    assert keyed.answered_number(KEY, str(parsed(reply)["Reply-To"]), "SP") == "SP-100042"


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_it_reads_well_in_a_terminal(kind: ReplyKind, language: str) -> None:
    """Paragraphs stand apart, no two empty lines follow each other, and the signature has its own place."""
    text = text_of(letter(kind, case(language=language)))
    assert "\n\n\n" not in text
    assert "\n\n-- \nSayPro Support\n" in text
    assert text.splitlines()[1] == ""


def test_a_case_that_is_not_sorted_promises_nothing_particular() -> None:
    """Where nobody knows yet what it is about, no step of some category is promised."""
    assert "We will look up where your order stands" not in text_of(letter(ReplyKind.PROGRESS, case(abstained=True)))
    assert "We will look up where your order stands" in text_of(letter(ReplyKind.PROGRESS, case()))


class TestAsking:
    """How did we do: five links, each of which opens a message that only needs to be sent."""

    @pytest.mark.parametrize("text", ["", "closing"])
    def test_each_link_says_its_score(self, text: str) -> None:
        """From the best to the worst; what a mail client sends for it is a rating of this case and of no other."""
        reply = letter(ReplyKind.SURVEY, text=text)
        found = links(reply)
        assert len(found) == 5
        for score, link in zip(range(5, 0, -1), found, strict=True):
            parts = urlsplit(link)
            asked = parse_qs(parts.query)
            assert keyed.rated(KEY, unquote(parts.path), "SP") == ("SP-100042", score)
            assert asked["subject"] == [f"[SP-100042] {score}/5"]
            sent = reading(to=(Address(addr_spec=unquote(parts.path)),), text=asked["body"][0] + "fine").message
            number, rating = linked(sent, [KEY], "SP") or ("", None)
            assert (number, rating and (rating.score, rating.comment)) == ("SP-100042", (score, "fine"))
        assert found == re.findall(r"mailto:[^\s\"<>]+", html_of(reply).replace("&amp;", "&"))

    def test_only_a_question_has_links(self) -> None:
        """The letter that closes a case of somebody who was asked of late does not ask."""
        assert links(letter(ReplyKind.CLOSING, text="closing")) == []
        assert "mailto:" not in html_of(letter(ReplyKind.CLOSING))

    def test_the_question_comes_in_german(self) -> None:
        """Labels, and what the links write."""
        reply = letter(ReplyKind.SURVEY, case(language="de"))
        assert "5 = sehr gut" in text_of(reply)
        assert "Wie zufrieden waren Sie mit uns?" in str(parsed(reply)["Subject"])
        assert "Meine Bewertung: 5 von 5" in unquote(links(reply)[0])

    def test_where_the_server_knows_no_plus_the_subject_carries_the_token(self) -> None:
        """Plain address, token behind the subject; it counts the same."""
        plain = People(identity=IDENTITY.model_copy(update={"plus_addressing": False}), departments=PEOPLE.departments)
        reply = letter(ReplyKind.SURVEY, using=writer(people=plain))
        for score, link in zip(range(5, 0, -1), links(reply), strict=True):
            parts = urlsplit(link)
            assert parts.path == "support@shop.example"
            message = reading(subject=parse_qs(parts.query)["subject"][0], text="").message
            number, rating = linked(message, [b"another key of thirty-two octets", KEY], "SP") or ("", None)
            assert (number, rating and rating.score) == ("SP-100042", score)

    def test_a_changed_number_is_what_was_meant(self) -> None:
        """Who writes 2 into the message of the link for 4 means 2; a text without any number leaves the link's."""
        to = (Address(addr_spec=keyed.rating_address(KEY, "support@shop.example", "SP-100042", 4)),)
        scores = [
            (linked(reading(to=to, text=text).message, [KEY], "SP") or ("", None))[1]
            for text in ("My rating: 2 of 5", "My rating: of 5", "")
        ]
        assert [one and one.score for one in scores] == [2, 4, 4]

    def test_no_other_message_rates(self) -> None:
        """An ordinary letter is none, and a token made with another key neither."""
        assert linked(reading(subject="Mr. Jones' order").message, [KEY], "SP") is None
        forged = Address(addr_spec=keyed.rating_address(b"x" * 32, "support@shop.example", "SP-100042", 5))
        assert linked(reading(to=(forged,)).message, [KEY], "SP") is None


@pytest.mark.parametrize("kind", LETTERS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_without_templates_the_customer_still_hears(kind: ReplyKind, language: str) -> None:
    """A built-in text with the case number, and what is wrong with the templates is told."""
    reply = letter(kind, case(language=language), using=writer({}))
    assert_sound(reply)
    assert "customer/" in reply.fallback
    assert "SP-100042" in text_of(reply)


def test_without_a_translation_english_is_written() -> None:
    """A German text that is missing is no trouble."""
    using = writer({name: text for name, text in SOURCES.items() if name != "customer/progress.de.txt"})
    reply = letter(ReplyKind.PROGRESS, case(language="de"), using=using)
    assert (reply.fallback, text_of(reply)[:5]) == ("", "Hello")


@given(CASE)
@settings(max_examples=40)
def test_any_case_makes_sound_letters(of: Case) -> None:
    """Whatever is in a case, each letter is one sound message to its recipient."""
    for kind in LETTERS:
        assert_sound(letter(kind, of))


def test_only_the_customer_may_get_one() -> None:
    """Addressed to anybody but the case's customer, it does not leave."""
    inspector = Inspector(PEOPLE, KEY)
    good = queued(ReplyOrder(kind=ReplyKind.PROGRESS, recipient="jane@customer.example", deadline=ARRIVED))
    assert inspector.fault(good) == ""
    assert "neither the case's customer nor staff" in inspector.fault(replace(good, requester="other@customer.example"))
