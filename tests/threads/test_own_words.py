"""Of an answer to a notification only its writer's words go on, whatever the mail program put around them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import effort
from tests.rows import rows
from tests.threads.answers import NOTIFICATION, PROGRAMS, REFUSED, TOKEN, TYPED_IN_BETWEEN, WORDS, Program
from triage.marks import CUSTOMER_BEGINS, CUSTOMER_ENDS, REPLY_ABOVE
from triage.parsing import quotes
from triage.threads.own_words import own_words


@rows("program", PROGRAMS)
@rows("words", WORDS)
def test_only_what_was_typed_goes_on(program: Program, words: str) -> None:
    """Above our mark stands what somebody typed; the head of the quotation and all below it stay here."""
    found = own_words(program.answer(words))
    assert (found.text, found.problem) == (words, "")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda program: program.name)
def test_it_does_not_matter_whether_the_quotation_was_cut_before(program: Program) -> None:
    """What the reader of messages leaves of such an answer comes out the same."""
    read = quotes.split(program.answer(WORDS[1])).own
    found = own_words(read)
    assert found.problem == ""
    assert found.text.startswith("Dear Ann,\n\nthe second charge")
    assert "support@" not in found.text
    assert REPLY_ABOVE not in found.text


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in TYPED_IN_BETWEEN], ids=[row[0] for row in TYPED_IN_BETWEEN])
def test_answers_among_the_customer_s_words_go_with_them(text: str, expected: str) -> None:
    """Questions and answers in turn make sense only together; our own parts around them stay here."""
    found = own_words(text)
    assert (found.text, found.problem) == (expected, "")


@pytest.mark.parametrize("text", [row[1] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_where_ours_cannot_be_told_from_theirs_nothing_goes_on(text: str) -> None:
    """Words among parts that the customer must not see are a problem to be explained, not a guess to be sent."""
    found = own_words(text)
    assert found.text == ""
    assert "must not see" in found.problem


@pytest.mark.parametrize("nothing", ["", "\n\n", NOTIFICATION, "\n".join(f"> {line}" for line in NOTIFICATION.splitlines())])
def test_nothing_typed_is_nothing(nothing: str) -> None:
    """A quotation alone has no words, and no problem."""
    found = own_words(nothing)
    assert (found.text, found.problem) == ("", "")


@pytest.mark.parametrize(
    "line",
    [
        "Sent from my iPhone",
        "Sent from my iPad",
        "Sent from my Android phone with K-9 Mail.",
        "Get Outlook for iOS",
        "Get Outlook for Android",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Gesendet mit der mobilen Mail App auf meinem Handy",
        "Envoyé de mon iPhone",
        "Enviado desde mi iPhone",
        "Inviato da iPhone",
        "Verzonden vanaf mijn iPhone",
        "Sent from my Samsung Galaxy smartphone.",
        "Sent from my BlackBerry",
    ],
)
def test_what_a_telephone_adds_is_dropped(line: str) -> None:
    """The advertisement of a telephone under the words is nobody's signature."""
    assert own_words(f"Dear Ann, done.\n\n{line}\n").text == "Dear Ann, done."


@pytest.mark.parametrize(
    "line",
    [
        "We sent it from our warehouse.",
        "Your iPhone was sent on Friday.",
        "Get well soon!",
        "Jane",
    ],
)
def test_words_that_only_look_like_it_stay(line: str) -> None:
    """A sentence about a telephone is a sentence."""
    assert own_words(f"Dear Ann,\n{line}").text == f"Dear Ann,\n{line}"


def test_fields_within_the_words_stay() -> None:
    """Only what stands right above our mark is taken for the head of a quotation."""
    words = "Dear Ann,\n\nFrom: Berlin\nTo: Hamburg\n\nis the way your parcel goes."
    assert own_words(f"{words}\n\n> {REPLY_ABOVE}\n> x").text == words


def test_a_token_never_goes_on() -> None:
    """Wherever a token stands among the words, nothing is sent."""
    for text in (f"see {TOKEN}", f"support+{TOKEN}@shop.example", TOKEN.upper(), f"a\n\n(ref {TOKEN})"):
        assert own_words(text).problem


@settings(max_examples=100)
@given(st.text(max_size=200), st.sampled_from(PROGRAMS))
def test_ours_never_goes_on(words: str, program: Program) -> None:
    """Whatever was typed, no mark, token or internal line of our message is in what goes on."""
    found = own_words(program.answer(words.replace("{", "").replace("}", "")))
    for ours in (REPLY_ABOVE, CUSTOMER_BEGINS, CUSTOMER_ENDS, TOKEN, "Escalation:            Finance", "The sender is not verified"):
        assert ours not in found.text


@pytest.mark.parametrize(
    "pump", ["From: x\n", "-" * 80 + "\n", "> ", "2026 " * 20 + "\n", "sent from " + "x" * 30 + "\n", "@" * 60 + ":\n", " \n"]
)
def test_long_answers_are_read_quickly(pump: str) -> None:
    """64 KB of almost quotations cost next to nothing."""
    text = (pump * (65536 // len(pump) + 1))[:65536]
    assert effort(lambda: own_words(f"{text}\n{REPLY_ABOVE}\n{text}"), 0.2) < 0.2
