"""Letters to colleagues and a person's letter to the customer: what stands in them, what does not, and what is left without templates."""

import email
import email.policy
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest

from tests.making import ARRIVED, JANE, KEY, NOW, PEOPLE, SOURCES, case, event, order_number, reading, writer, written
from tests.orders.making import order as shop_order
from tests.responders.reading_back import text_of
from triage import staff_tokens
from triage.decision import ReplyOrder
from triage.inquiry import AnswerKind, OrderAnswer
from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE
from triage.message import Attachment
from triage.reply import BY_PEOPLE, Reply, ReplyKind
from triage.staff import NoticeKind
from triage.staff_tokens import KeyRing

AGENT = PEOPLE.agents["jane"].address
TO_COLLEAGUES = (ReplyKind.NOTIFICATION, ReplyKind.REFUSAL, ReplyKind.COLLISION, ReplyKind.CONFIRMATION)


def order(kind: ReplyKind = ReplyKind.NOTIFICATION, **fields: Any) -> ReplyOrder:
    """An order to write to the agent."""
    given = {
        "kind": kind,
        "recipient": AGENT,
        "deadline": NOW,
        "colleague": "jane",
        "reason": "Somebody was first.",
        "words": "Dear Jane Doe,\nhere it is.",
        "news": (NoticeKind.ASSIGNED,),
        "text": "delayed" if kind is ReplyKind.ADVICE else "",
        "answer": OrderAnswer(kind=AnswerKind.STATUS, order=shop_order(), source="order book", at=NOW),
    }
    return ReplyOrder(**{**given, **fields})


def to_customer(**fields: Any) -> ReplyOrder:
    """An order to send a person's words to the customer."""
    given = {
        "kind": ReplyKind.ANSWER,
        "recipient": JANE.addr_spec,
        "deadline": NOW,
        "colleague": "jane",
        "words": "Dear Jane Doe,\nhere it is.",
        "thread": ("first@customer.example", "second@customer.example"),
        "not_before": NOW + timedelta(minutes=1),
    }
    return ReplyOrder(**{**given, **fields})


def opened(reply: Reply) -> EmailMessage:
    """The letter, parsed."""
    message = email.message_from_bytes(reply.content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def html_of(reply: Reply) -> str:
    """The html of a letter."""
    part = opened(reply).get_body(("html",))
    assert part
    return str(part.get_content())


@pytest.mark.parametrize("kind", TO_COLLEAGUES)
def test_every_letter_to_a_colleague_can_be_answered(kind: ReplyKind) -> None:
    """The mark to write above comes first, and the token stands in the address, the text and the html."""
    reply = written(order(kind))
    message = opened(reply)
    tag = str(message["Reply-To"]).partition("+")[2].partition("@")[0]
    token = staff_tokens.read(tag)
    assert token
    action = "Dear Jane Doe,\nhere it is." if kind is ReplyKind.CONFIRMATION else ""
    holder = staff_tokens.holder(
        KeyRing(current=KEY), token, "SP", PEOPLE.colleagues.values(), lifetime=PEOPLE.rules.token_lifetime, action=action
    )
    assert holder
    assert holder.key == "jane"
    assert text_of(reply).startswith(f"{REPLY_ABOVE}\n(ref {tag})")
    assert tag in html_of(reply)


@pytest.mark.parametrize("kind", [kind for kind in ReplyKind if kind not in BY_PEOPLE and kind is not ReplyKind.ESCALATION])
def test_what_a_machine_writes_says_so(kind: ReplyKind) -> None:
    """Every letter but a person's is marked as automatic, and asks for no automatic answer."""
    if kind is ReplyKind.ACKNOWLEDGMENT:
        message = opened(written(order(kind, colleague="", recipient=JANE.addr_spec)))
    else:
        message = opened(written(order(kind)))
    assert message["Auto-Submitted"] in ("auto-generated", "auto-replied")
    assert message["X-Auto-Response-Suppress"] == "All"


def test_the_token_of_a_letter_lasts_as_long_as_configured() -> None:
    """It is good until so many days after the letter was written."""
    tag = str(opened(written(order()))["Reply-To"]).partition("+")[2].partition("@")[0]
    token = staff_tokens.read(tag)
    assert token
    assert token.expires == (NOW + PEOPLE.rules.token_lifetime).date()


class TestNotification:
    """News of a case."""

    def test_it_shows_the_case(self) -> None:
        """The customer's words between their marks, the log entry, facts, what was promised and what happened."""
        said = text_of(
            written(
                order(),
                case(assignee="jane"),
                reading(text="Where is it?\nAnd why?", facts=(order_number("ORD1"),)),
                log=(event("opened"), event("note", text="She called.")),
            )
        )
        between = said[said.index(CUSTOMER_BEGINS) : said.index(CUSTOMER_ENDS)]
        assert "> Where is it?\n> And why?" in between
        for words in (
            "Order: where is it?",
            "Representative:",
            "Jane Adams",
            "ORD1 (text, 98% sure)",
            "note added: She called.",
            "a new case for you",
        ):
            assert words in said, words

    def test_html_shows_the_same(self) -> None:
        """Every line of the customer and every row of the case stands in both."""
        html = html_of(written(order(), case(assignee="jane"), reading(text="Where is it?")))
        for words in ("Where is it?<br>", "Representative", "a new case for you", CUSTOMER_BEGINS, "What happened so far"):
            assert words in html, words

    def test_html_of_a_customer_stays_text(self) -> None:
        """Nothing a customer writes is a tag in an agent's mail client."""
        html = html_of(written(order(), case(), reading(text="<img src=x onerror=alert(1)>")))
        assert "<img" not in html
        assert "&lt;img" in html

    @pytest.mark.parametrize("kind", list(NoticeKind))
    def test_the_reason_for_writing_is_said(self, kind: NoticeKind) -> None:
        """Each kind of news has its words, in the subject too."""
        reply = written(order(news=(kind,)))
        words = reply.subject.rpartition(": ")[2]
        assert len(words) > 10
        assert words in text_of(reply)

    def test_files_are_named(self) -> None:
        """What the customer attached is listed with its size; the mailbox has it."""
        files = (
            Attachment(filename="photo.jpg", content_type="image/jpeg", size=24_000, sha256="0"),
            Attachment(filename="", content_type="application/pdf", size=1_000, sha256="1"),
        )
        said = text_of(written(order(), case(), reading(attachments=files)))
        assert "- photo.jpg (24 kB)" in said
        assert "- without a name (1 kB)" in said

    def test_a_department_is_not_told_to_answer_the_customer(self) -> None:
        """What becomes of the answer is said as it is for whoever reads it."""
        assert "goes to Jane Doe, from our address" in text_of(written(order()))
        assert "the customer does not see it" in text_of(written(order(colleague="finance", recipient="finance@shop.example")))

    def test_beware_comes_before_the_words(self) -> None:
        """A forged sender is warned of."""
        said = text_of(written(order(), case(), reading(authentication=(("dmarc", "fail"),))))
        assert said.index("BEWARE") < said.index(CUSTOMER_BEGINS)

    def test_an_endless_text_is_cut(self) -> None:
        """A mail client must be able to show the letter."""
        said = text_of(written(order(), case(), reading(text="word " * 10_000)))
        assert "(cut here; the whole text is in the mailbox)" in said

    def test_all_letters_about_a_case_are_one_thread(self) -> None:
        """They name the same message that never was, and none of the customer's."""
        one, other = opened(written(order())), opened(written(order(news=(NoticeKind.FOLLOW_UP,))))
        assert one["In-Reply-To"] == other["In-Reply-To"] == "<sp-100042.people@shop.example>"


class TestAnswer:
    """A person's words."""

    def test_the_words_are_signed(self) -> None:
        """Whoever wrote them and who we are stand below, and nothing else."""
        assert text_of(written(to_customer())) == "Dear Jane Doe,\nhere it is.\n\n-- \nJane Adams\nSayPro Support\n"

    def test_the_customer_s_thread_goes_on(self) -> None:
        """In-Reply-To is her latest message, References are all of hers."""
        message = opened(written(to_customer()))
        assert message["In-Reply-To"] == "<second@customer.example>"
        assert message["References"] == "<first@customer.example> <second@customer.example>"
        assert opened(written(to_customer(thread=())))["In-Reply-To"] is None

    @pytest.mark.parametrize(
        ("subject", "expected"),
        [
            ("My order", "Re: My order [SP-100042]"),
            ("Re: My order", "Re: My order [SP-100042]"),
            ("RE: AW: Fwd: My order", "Re: My order [SP-100042]"),
            ("Re[2]: My order", "Re: My order [SP-100042]"),
            ("[SP-100042] My order", "Re: [SP-100042] My order"),
            ("Regarding my order", "Re: Regarding my order [SP-100042]"),
            ("", "Re: Your message [SP-100042]"),
            ("Re:", "Re: Your message [SP-100042]"),
            ("Wo ist mein Päckchen?", "Re: Wo ist mein Päckchen? [SP-100042]"),
        ],
    )
    def test_the_subject_is_hers(self, subject: str, expected: str) -> None:
        """Answered once, with the number."""
        assert str(opened(written(to_customer(), case(subject=subject)))["Subject"]) == expected

    def test_a_subject_adds_no_field(self) -> None:
        """Line ends in what the customer wrote stay within the field (CVE-2024-6923)."""
        message = opened(written(to_customer(), case(subject="x\r\nBcc: eve@evil.example")))
        assert message["Bcc"] is None

    def test_files_go_along(self) -> None:
        """What the agent attached is attached, under a harmless name and kind."""
        files = (
            Attachment(filename="proof of payment.pdf", content_type="application/pdf", size=3, sha256="0", content=b"pdf"),
            Attachment(filename="../../etc/passwd", content_type="text/plain; x", size=1, sha256="1", content=b"x"),
            Attachment(filename="фото.jpg", content_type="image/jpeg", size=3, sha256="2", inline=True, content=b"jpg"),
            Attachment(filename="kept.bin", content_type="application/x-y", size=9, sha256="3"),
        )
        parts = list(opened(written(to_customer(), case(), reading(attachments=files))).iter_attachments())
        assert [part.get_filename() for part in parts] == ["proof_of_payment.pdf", "etc_passwd", "jpg"]
        assert [part.get_content_type() for part in parts] == ["application/pdf", "application/octet-stream", "image/jpeg"]
        assert parts[0].get_payload(decode=True) == b"pdf"

    def test_it_waits_until_it_may_leave(self) -> None:
        """The time in which it can be taken back is part of the letter."""
        assert written(to_customer()).not_before == NOW + timedelta(minutes=1)
        assert written(order()).not_before is None

    def test_a_person_s_letter_is_no_automatic_one(self) -> None:
        """Neither mark nor suppression: the customer's own responder may answer."""
        message = opened(written(to_customer()))
        assert message["Auto-Submitted"] is None
        assert message["X-Auto-Response-Suppress"] is None

    def test_answers_to_it_are_the_customer_s(self) -> None:
        """Its Reply-To is of the customers' kind."""
        tag = str(opened(written(to_customer()))["Reply-To"]).partition("+")[2].partition("@")[0]
        assert tag.startswith("c.100042.")
        assert staff_tokens.read(tag) is None


class TestShortLetters:
    """Explanations, warnings, questions back."""

    def test_a_refusal_gives_the_words_back(self) -> None:
        """Nothing has to be written twice."""
        said = text_of(written(order(ReplyKind.REFUSAL, reason="#resolv is no command.")))
        assert "#resolv is no command." in said
        assert "> Dear Jane Doe,\n> here it is." in said
        assert "#help" in said

    def test_a_collision_shows_what_was_answered(self) -> None:
        """The colleague's words, and the three ways on."""
        said = text_of(written(order(ReplyKind.COLLISION)))
        assert "Somebody was first." in said
        assert "> here it is." in said
        for way in ("#reply", "#cancel"):
            assert way in said

    def test_a_confirmation_says_what_would_be_done(self) -> None:
        """The order and how to say it again."""
        said = text_of(written(order(ReplyKind.CONFIRMATION, words="#merge SP-100050")))
        assert "> #merge SP-100050" in said
        assert "#confirm" in said

    def test_a_stranger_learns_nothing(self) -> None:
        """Neither number, nor name, nor subject of any case; and the answer comes to nobody's case."""
        reply = written(order(ReplyKind.DISCLAIMER, recipient="eve@evil.example", colleague="", words="", reason=""))
        message = opened(reply)
        for ours in ("SP-100042", "100042", "Jane", "order"):
            assert ours not in message.as_string()
        assert message["Reply-To"] == "support@shop.example"

    def test_a_list_names_each_case(self) -> None:
        """One line for each, and no token of its own: an answer to the list is an answer to none of them."""
        reply = written(order(ReplyKind.DIGEST, words="SP-1 order: support+a@shop.example\nSP-2 order: support+b@shop.example"))
        said = text_of(reply)
        assert "- SP-1 order" in said
        assert "- SP-2 order" in said
        assert opened(reply)["Reply-To"] == "support@shop.example"


@pytest.mark.parametrize("kind", [*TO_COLLEAGUES, ReplyKind.DIGEST])
def test_without_templates_news_is_still_told(kind: ReplyKind) -> None:
    """An empty folder costs the looks and not the letter."""
    reply = written(order(kind), using=writer({}))
    assert reply.fallback
    assert "SP-100042" in text_of(reply)


def test_without_its_template_a_person_s_words_still_leave() -> None:
    """The words and the names under them are what counts."""
    using = writer({name: text for name, text in SOURCES.items() if not name.startswith("answer/")})
    reply = written(to_customer(), using=using)
    assert reply.fallback == "answer/default.txt: there is no such template"
    assert text_of(reply).startswith("Dear Jane Doe,\nhere it is.\n\nJane Adams\nSayPro Support")


def test_the_same_order_gives_the_same_bytes() -> None:
    """A letter is frozen: written again at the same time it is the same, and at another time another."""
    assert written(order()).content == written(order()).content
    assert written(order(), now=NOW).message_id != written(order(), now=ARRIVED).message_id


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (NoticeKind.DUE_SOON, "a promise is close to its time"),
        (NoticeKind.CHECK, "please look whether all is well"),
        (NoticeKind.RATED, "the customer has said how we did"),
    ],
)
def test_a_reminder_says_what_it_is_about(kind: NoticeKind, said: str) -> None:
    """The news and the reason stand in the first lines, in text and html, and the subject names the news."""
    why = "a person is to answer the customer by 2026-11-27 08:00 CET"
    reply = written(order(ReplyKind.NOTIFICATION, news=(kind,), reason=why, words=""))
    assert f"{said}; {why}." in text_of(reply)
    assert f"{said}; {why}" in html_of(reply)
    assert said in str(opened(reply)["Subject"])


def test_a_list_of_promises_says_how_many_there_are() -> None:
    """Each case stands on its own line with what was promised; the whole is no letter about any one of them."""
    lines = (
        "SP-1 order (high, open): support+a@shop.example: solved by noon\nSP-2 order (low, open): support+b@shop.example: answered by one"
    )
    reply = written(order(ReplyKind.REMINDERS, words=lines, reason="2"))
    said = text_of(reply)
    assert "of 2 cases a promise is broken or close to its time" in said
    assert "- SP-1 order (high, open): support+a@shop.example: solved by noon" in said
    assert "<li>SP-2 order (low, open): support+b@shop.example: answered by one</li>" in html_of(reply)
    assert opened(reply)["Reply-To"] == "support@shop.example"


def test_a_reminder_needs_no_agent() -> None:
    """A department is reminded in the words for departments: its answer goes to the case, and not to the customer."""
    reply = written(
        order(ReplyKind.NOTIFICATION, colleague="finance", recipient="finance@shop.example", news=(NoticeKind.DUE_SOON,), words="")
    )
    assert "Your answer goes to the case and to the people who look after it" in text_of(reply)
