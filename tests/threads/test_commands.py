"""Commands in mail: where they are seen, how they are read, and what makes the whole block void."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effort import effort
from triage.command import Command, Orders, Word, day_of
from triage.threads.commands import orders

TODAY = date(2026, 11, 25)


def read(text: str) -> Orders:
    """The orders in a text."""
    return orders(text, TODAY)


def words(text: str) -> list[str]:
    """The commands of a text as they were written."""
    return [str(command) for command in read(text).commands]


SEEN = [
    (
        "#resolve",
        ["#resolve"],
        "",
    ),
    (
        "#resolve Refunded in full\n\nDear Ann,\nit is done.",
        ["#resolve Refunded in full"],
        "Dear Ann,\nit is done.",
    ),
    (
        "\n\n#note\nCall her back",
        ["#note"],
        "Call her back",
    ),
    (
        "  #note  \nindented",
        ["#note"],
        "indented",
    ),
    (
        "#NOTE\nloud",
        ["#note"],
        "loud",
    ),
    (
        "#assign: Jane Adams\n",
        ["#assign Jane Adams"],
        "",
    ),
    (
        "#category payment/payment_duplicate\n#priority urgent\n#note\nTwo charges.",
        ["#category payment/payment_duplicate", "#priority urgent", "#note"],
        "Two charges.",
    ),
    (
        "#order ORD789456\n#pending 3d",
        ["#order ORD789456", "#pending 3d"],
        "",
    ),
    (
        "#escalate finance needs a refund of 12.50 EUR",
        ["#escalate finance needs a refund of 12.50 EUR"],
        "",
    ),
    (
        "#merge SP-100042",
        ["#merge SP-100042"],
        "",
    ),
    (
        "#merge sp100042",
        ["#merge sp100042"],
        "",
    ),
    (
        "#split",
        ["#split"],
        "",
    ),
    (
        "#spam",
        ["#spam"],
        "",
    ),
    (
        "#reopen\nIt was not solved.",
        ["#reopen"],
        "It was not solved.",
    ),
    (
        "#snooze 2026-12-24",
        ["#snooze 2026-12-24"],
        "",
    ),
    (
        "#snooze tomorrow",
        ["#snooze tomorrow"],
        "",
    ),
    (
        "#help",
        ["#help"],
        "",
    ),
    (
        "#cancel",
        ["#cancel"],
        "",
    ),
    (
        "#confirm",
        ["#confirm"],
        "",
    ),
    (
        "\u00a0#note\u00a0\ntext",
        ["#note"],
        "text",
    ),
]


@pytest.mark.parametrize(("text", "expected", "rest"), SEEN)
def test_a_block_at_the_top_is_obeyed(text: str, expected: list[str], rest: str) -> None:
    """Commands at the very top come out in their order, and the text below them without them."""
    found = read(text)
    assert (words(text), found.text, found.problems) == (expected, rest, ())


TEXT = [
    "Dear Ann,\n#resolve",
    "Hello\n\n#note\nmore",
    "#1 is broken, #2 is not",
    "# a heading\ntext",
    "> #resolve",
    "|#resolve",
    "Please #resolve this",
    "-- \n#resolve",
    "",
    "\n\n",
    "#",
    "##resolve",
    "#!resolve",
]


@pytest.mark.parametrize("text", TEXT)
def test_anything_else_is_text(text: str) -> None:
    """What stands below other words, is quoted or is no word behind the sign is text for the reader."""
    found = read(text)
    assert (found.commands, found.problems) == ((), ())
    assert found.text == text.strip("\n")


def test_the_block_ends_at_the_first_other_line() -> None:
    """A command below an empty line or below text is not one any more."""
    assert words("#note\n\n#resolve") == ["#note"]
    assert read("#note\n\n#resolve").text == "#resolve"
    assert words("#note\nwords\n#resolve") == ["#note"]


WRONG = [
    (
        "#resolv",
        "#resolv is no command",
    ),
    (
        "#note\n#hashtag\ntext",
        "#hashtag is no command",
    ),
    (
        "#note loud",
        "expected nothing behind #note",
    ),
    (
        "#assign",
        "expected a value behind #assign",
    ),
    (
        "#escalate",
        "expected a value behind #escalate",
    ),
    (
        "#category",
        "expected a value behind #category",
    ),
    (
        "#order",
        "expected a value behind #order",
    ),
    (
        "#priority",
        "expected a value behind #priority",
    ),
    (
        "#merge",
        "expected a case number",
    ),
    (
        "#merge that other one",
        "expected a case number",
    ),
    (
        "#snooze",
        "expected a date",
    ),
    (
        "#snooze soon",
        "expected a date",
    ),
    (
        "#snooze 2026-11-25",
        "expected a date",
    ),
    (
        "#snooze 2026-11-01",
        "expected a date",
    ),
    (
        "#snooze 9999-01-01",
        "expected a date",
    ),
    (
        "#snooze 0d",
        "expected a date",
    ),
    (
        "#snooze 999w",
        "expected a date",
    ),
    (
        "#pending whenever",
        "expected nothing, or a date",
    ),
    (
        "#note\n#note",
        "stands there 2 times",
    ),
    (
        "#note\n#reply",
        "do not go together",
    ),
    (
        "#resolve\n#reopen",
        "do not go together",
    ),
    (
        "#pending\n#resolve",
        "do not go together",
    ),
    (
        "#spam\n#reply",
        "do not go together",
    ),
    (
        "#merge SP-100042\n#split",
        "do not go together",
    ),
    (
        "#reply\n#note-to-self is text?",
        "#note-to-self is no command",
    ),
    (
        "\n".join(["#help"] * 21),
        "expected at most 20",
    ),
]


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_one_wrong_line_makes_all_void(text: str, why: str) -> None:
    """An unknown, malformed, doubled or contradicting command is a problem, in words that say what was expected."""
    assert any(why in problem for problem in read(text).problems), read(text).problems


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-31", date(2026, 12, 31)),
        ("3d", date(2026, 11, 28)),
        ("3 days", date(2026, 11, 28)),
        ("1day", date(2026, 11, 26)),
        ("2w", date(2026, 12, 9)),
        ("1 week", date(2026, 12, 2)),
        ("Tomorrow", date(2026, 11, 26)),
        ("today", None),
        ("31.12.2026", None),
        ("", None),
    ],
)
def test_days(value: str, expected: date | None) -> None:
    """A day is a date, so many days or weeks from today, or tomorrow."""
    assert day_of(value, TODAY) == expected


def test_help_stands_alone() -> None:
    """Whoever asks for help has not decided anything yet."""
    assert read("#help").problems == ()
    assert any("stands alone" in problem for problem in read("#help\n#resolve").problems)


def test_values_are_asked_by_word() -> None:
    """Orders know whether a word was given, and what stood behind it."""
    found = read("#assign Jane\n#note\ntext")
    assert Word.NOTE in found
    assert Word.REPLY not in found
    assert (found.value(Word.ASSIGN), found.value(Word.REPLY)) == ("Jane", "")
    assert str(Command(word=Word.NOTE)) == "#note"


def test_every_command_is_read() -> None:
    """There is no word in the vocabulary that the reader does not know."""
    for word in Word:
        assert not any("is no command" in problem for problem in read(f"#{word}").problems)


@settings(max_examples=60)
@given(st.text(alphabet="#>noteresolv \n\t1:", max_size=200))
def test_nothing_is_lost_and_nothing_fails(text: str) -> None:
    """Whatever the text, lines that are no commands of the block come out unchanged, and nothing is raised."""
    found = read(text)
    assert found.text in text
    if not found.commands and not found.problems:
        assert found.text == text.strip("\n")


@pytest.mark.parametrize("pump", ["#", "#note ", "#a:", " " * 8, "#note\n", "#x" + " " * 30])
def test_long_texts_are_read_quickly(pump: str) -> None:
    """64 KB of almost commands take a few milliseconds."""
    text = (pump * (65536 // len(pump)))[:65536]
    assert effort(lambda: read(text), 0.1) < 0.1
