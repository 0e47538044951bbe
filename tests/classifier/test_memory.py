"""A person's correction answers near-identical messages at once, by the digests of their words and by no text."""

import random
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.effort import effort
from triage.classifier import memory
from triage.classifier.memory import Memory, Remembered, fingerprint, remembered, settled, vocabulary
from triage.correction import Correction, Provenance
from triage.reading import Classification

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEXT = "Hello, please change the colour of the garden bench I reserved last week. Regards, Ann"
ANSWER = Classification(category="other", issue="presales", confidence=0.6, abstained=True, reasons=("“colour” points to other/presales",))


def correction(body: str = TEXT, category: str = "order", issue: str = "order_change", minutes: int = 0) -> Correction:
    """A correction by an agent."""
    return Correction(
        subject="", body=body, category=category, issue=issue, author="ann@shop.example", at=NOON + timedelta(minutes=minutes),
        provenance=Provenance.CLI,
    )  # fmt: skip


def knowing(*corrections: Correction) -> Memory:
    """A memory of these."""
    return Memory(remembered(corrections))


SAME = [
    TEXT,
    TEXT.upper(),
    TEXT + "!!",
    "Hello, please change the colour of the garden bench I reserved last week.\nRegards, Bob",
    "Hello please change the color of the garden benches I reserved last week. Regards Ann",
    "Hello, please change the colour of the garden bench I reserved last week.\n\nKind regards,\nBob Miller\n14 Elm Road\n0171 553 220",
    "Hello, please change the colour of the garden bench I reserved last week.\n-- \nBob Miller\nMiller & Sons, joiners since 1911",
]


@pytest.mark.parametrize("body", SAME)
def test_one_correction_answers_near_identical_messages(body: str) -> None:
    """The next message of that kind gets the person's answer, with the person named."""
    answer = knowing(correction()).apply("", body, ANSWER)
    assert (answer.category, answer.issue, answer.confidence, answer.abstained) == ("order", "order_change", 1.0, False)
    assert answer.reasons[0] == "ann@shop.example sorted a near-identical message on 2026-03-02"
    assert answer.reasons[1:] == ANSWER.reasons


@pytest.mark.parametrize(
    "body",
    [
        "",
        "thanks",
        "Where is my garden bench?",
        "Please cancel the garden bench I reserved, I am moving abroad and do not need one",
    ],
)
def test_other_messages_are_left_alone(body: str) -> None:
    """A correction does not spread to what merely shares some words."""
    assert knowing(correction(), correction(body="thanks", category="order")).apply("", body, ANSWER) == ANSWER


def test_a_long_signature_makes_nothing_alike() -> None:
    """Two questions of one firm are two questions, however much stands below them."""
    below = "\n\nKind regards,\nAnn Miller\nPurchasing manager\nMiller and daughters joinery\nFourteen Elm Road\nNewtown upon Severn"
    first, second = "Where have the chairs got to?", "Please send an invoice for them"
    assert knowing(correction(first + below)).find("", first + below)
    assert knowing(correction(first + below)).find("", second + below) is None


def test_put_aside_means_nobody_knows() -> None:
    """Where a person took the category away, near-identical messages are for people to sort."""
    answer = knowing(correction(category="", issue="")).apply("", TEXT, ANSWER)
    assert (answer.category, answer.abstained) == (ANSWER.category, True)
    assert "put a near-identical message aside" in answer.reasons[0]


def test_numbers_do_not_matter() -> None:
    """The same words about another order are the same message."""
    assert fingerprint("", "my order 12345 arrived without the lid again") == fingerprint(
        "", "my order 77777 arrived without the lid again"
    )


@pytest.mark.parametrize(("category", "issue"), [("other", "presales"), ("order", "")])
def test_a_category_alone_keeps_the_issue_where_it_fits(category: str, issue: str) -> None:
    """Moving a message to a folder says nothing of the issue: kept when of that category, else left open."""
    assert knowing(correction(category=category, issue="")).apply("", TEXT, ANSWER).issue == issue


def test_the_latest_word_counts() -> None:
    """Who corrects a correction wins, whatever the order they come in."""
    later, earlier = correction(category="invoice", minutes=5), correction(category="dispute")
    assert [each.category for each in settled([later, earlier])] == ["invoice"]
    found = knowing(later, earlier).find("", TEXT)
    assert found is not None
    assert found.category == "invoice"


def test_without_corrections_nothing_changes() -> None:
    """An empty memory answers nothing."""
    assert len(knowing()) == 0
    assert knowing().apply("", TEXT, ANSWER) == ANSWER


def test_the_most_alike_correction_counts() -> None:
    """Of two that are near, the nearer."""
    near = correction(TEXT.replace("Ann", "Bob"), category="invoice")
    found = knowing(near, correction(category="dispute")).find("", TEXT)
    assert found is not None
    assert found.category == "dispute"


def test_looking_at_rare_words_alone_misses_nothing() -> None:
    """The quick search finds exactly what comparing with every correction finds."""
    chance = random.Random(7)
    words = [f"{first}{second}ar" for first in "bcdfgklmnprst" for second in "aeiou"]
    texts = [" ".join(chance.sample(words, chance.randint(4, 12))) for _ in range(300)]
    known = remembered([correction(text, minutes=number) for number, text in enumerate(texts)])
    quick = Memory(known)
    for text in texts:
        asked = text.split()
        asked[chance.randrange(len(asked))] = chance.choice(words)
        mine = vocabulary("", " ".join(asked))
        best = max((len(mine & each.words) / len(mine | each.words) for each in known), default=0.0)
        found = quick.find("", " ".join(asked))
        assert (found is not None) == (best >= 0.8 and len(mine) >= 4)
        assert found is None or len(mine & found.words) / len(mine | found.words) == best


def test_it_goes_through_a_file_without_text(tmp_path: Path) -> None:
    """What readers know is written whole, for its owner alone, and holds no word of any customer."""
    path = tmp_path / "corrections.json"
    memory.write(path, remembered([correction()]), 17)
    known, latest = memory.read(path)
    assert (known, latest) == (remembered([correction()]), 17)
    assert "bench" not in path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["corrections.json"]


@pytest.mark.parametrize(
    "content",
    [None, "", "{}", "[1]", '{"format": 1, "latest": 1, "corrections": []}', '{"format": 2, "latest": 1, "corrections": [[1]]}', "\x00"],
)
def test_a_damaged_file_is_no_memory(tmp_path: Path, content: str | None) -> None:
    """Missing, damaged or of another version: nothing is known, and it says that it was never told."""
    path = tmp_path / "corrections.json"
    if content is not None:
        path.write_text(content)
    assert memory.read(path) == ([], -1)


def test_short_messages_are_not_remembered() -> None:
    """Fewer than four distinct words decide for nothing."""
    assert remembered([correction("thanks a lot"), correction("")]) == []
    assert Memory([Remembered(category="order", issue="", author="a", day="d", words=frozenset({1}))]).find("", "thanks") is None


def test_a_memory_of_thousands_is_quick() -> None:
    """With thousands of corrections, looking takes far less than reading a message does."""
    chance = random.Random(3)
    letters = "bcdfgklmnprstvz"
    words = [f"{a}{b}{c}{d}" for a in letters for b in "aeiou" for c in letters for d in "aeiou"]
    # As in every language: few words are in most texts, most are in few.
    often = [1 / rank for rank in range(1, len(words) + 1)]
    full = Memory(
        Remembered(category="order", issue="", author="a", day="d", words=vocabulary("", " ".join(chance.choices(words, often, k=60))))
        for _ in range(2_000)
    )
    texts = [" ".join(chance.choices(words, often, k=60)) for _ in range(100)]
    assert [text for text in texts if full.find("", text)] == []
    assert effort(lambda: [full.find("", text) for text in texts], 0.5) / len(texts) < 0.005
