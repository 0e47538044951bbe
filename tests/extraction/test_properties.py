"""What holds for any text whatever: no crash, true spans, and no card number that gets through."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum import luhn

from triage.extraction.extract import extract
from triage.extraction.mask import mask_text
from triage.extraction.patterns import Patterns
from triage.message import Message
from triage.sections.reading import ExtractionSettings

PATTERNS = Patterns.of(ExtractionSettings())
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)

#: Pieces of the kind that finders look for, so that arbitrary texts come near to facts.
PIECES = st.sampled_from([
    "order", "Bestellung", "#", "no.", ":", " ", "\n", ",", "12345", "ORD789456", "2026-02-27", "27.02.", "€", "12.50", "EUR",
    "1Z999AA10123456784", "+49 170 1234567", "yesterday", "hier", "last Monday", "invoice", "4111 1111 1111 1111", "cvv", "123",
    "my name is Eve", "\"lamp\"", "is", "and",
])  # fmt: skip
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=25).map("".join), st.lists(PIECES, max_size=25).map(" ".join))

#: Beginnings of the schemes with their lengths, printed in fours.
SCHEMES = st.sampled_from([("4", 16), ("51", 16), ("2221", 16), ("6011", 16), ("3528", 16), ("62", 16), ("4", 19), ("6304", 16)])
SEPARATORS = st.sampled_from(["", " ", "-", ".", "\n", "\u00a0", "\u200b", "_", "/", " - ", "\r\n", "\n> ", "\u2011", "  "])


@st.composite
def cards(draw: st.DrawFn) -> str:
    beginning, length = draw(SCHEMES)
    body = beginning + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=length, max_size=length)))
    body = body[: length - 1]
    return body + luhn.calc_check_digit(body)


@given(text=TEXTS)
@settings(max_examples=300)
def test_any_text_gives_facts_that_stand_where_they_say(text: str) -> None:
    """Whatever the text, spans lie inside it, do not overlap, and confidences are between 0 and 1."""
    facts = [fact for fact in extract(Message(text=text, language="en"), PATTERNS, NOW) if fact.span != (-1, -1) and fact.kind != "name"]
    for fact in facts:
        start, end = fact.span
        assert 0 <= start < end <= len(text)
        assert 0 < fact.confidence <= 1
        assert fact.value
    spans = sorted(fact.span for fact in facts)
    assert all(spans[place][1] <= spans[place + 1][0] for place in range(len(spans) - 1))


@given(text=TEXTS)
@settings(max_examples=300)
def test_masking_twice_is_masking_once(text: str) -> None:
    """What has been masked holds nothing more to mask."""
    masked, _ = mask_text(text)
    assert mask_text(masked) == (masked, 0)


@given(
    number=cards(),
    separator=SEPARATORS,
    before=st.sampled_from(["", "card: ", "Visa ", "paid with ", "\n"]),
    after=st.sampled_from(["", ".", " thanks", "\n"]),
)
@settings(max_examples=300)
def test_no_card_number_gets_through(number: str, separator: str, before: str, after: str) -> None:
    """Every number that an issuer could print, in groups of four with any separator, is shortened to six and four digits."""
    groups = [number[place : place + 4] for place in range(0, len(number), 4)]
    masked, count = mask_text(f"{before}{separator.join(groups)}{after}")
    assert count == 1
    assert masked == f"{before}{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}{after}"
