"""Messages become features: stems and pairs, pieces of words, concepts and what they stand beside."""

import pytest

from triage.classifier.cues import read_cues
from triage.classifier.features import Lexicon, document, parts, pieces, stem, words

LEXICON = Lexicon(
    {
        "refund": ["refund*", "money back", "*erstatt*"],
        "invoice": ["invoice", "*rechnung*"],
        "unknown": ["don't recogni*", "not my order", "a to z"],
        "not": ["not", "don't"],
    }
)


def concepts(text: str, subject: str = "") -> list[str]:
    """All concept features of a text."""
    return list(LEXICON.concepts(document(subject, text)))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("refunds", "refund"),
        ("refunded", "refund"),
        ("charging", "charg"),
        ("parcels", "parcel"),
        ("bus", "bus"),
        ("_id_ord", "_id_ord"),
        ("rechnungen", "rechnung"),
        ("gas", "gas"),
    ],
)
def test_endings_fall_away(word: str, expected: str) -> None:
    """Forms of one word meet in one stem; short words stay as they are."""
    assert stem(word) == expected


def test_words_come_alone_and_in_pairs() -> None:
    """Single stems, neighbours, and the edges of the text."""
    assert list(words(document("", "late parcel"))) == ["^ $", "late", "^ late", "parcel", "late parcel", "parcel $"]


def test_the_subject_also_speaks_for_itself() -> None:
    """A word in the subject is known to stand there."""
    assert "s:invoic" in list(words(document("Invoice", "see attached")))
    assert "s:invoic" not in list(words(document("", "invoice")))


def test_pieces_mark_the_ends_of_words() -> None:
    """Three and four characters, with the word's ends."""
    assert parts("pay") == (" pa", "pay", "ay ", " pay", "pay ")
    assert parts("_money") == ()
    assert parts(".") == ()
    assert list(pieces(document("", "pay"))) == list(parts("pay"))


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("refunding", "refund"),
        ("my money back", "refund"),
        ("rückerstattung", "refund"),
        ("Schlussrechnung", "invoice"),
        ("Rechnungen", "invoice"),
        ("i don't recognise it", "unknown"),
        ("this is not my order", "unknown"),
        ("an a to z claim", "unknown"),
    ],
)
def test_concepts_are_found(text: str, concept: str) -> None:
    """Whole words, beginnings, parts and phrases, in any language that the table knows."""
    assert concept in concepts(text)


@pytest.mark.parametrize("text", ["money", "back money", "money. back", "not my", "a to", "", "prefund"])
def test_concepts_are_not_imagined(text: str) -> None:
    """A broken phrase or another word stands for nothing."""
    assert "refund" not in concepts(text)
    assert "unknown" not in concepts(text)


def test_concepts_know_their_neighbours() -> None:
    """Concepts within reach make ordered pairs; far ones do not."""
    assert "not>invoice" in concepts("i did not get an invoice")
    assert "invoice>not" not in concepts("i did not get an invoice")
    assert "not>invoice" not in concepts("not " + "so " * 20 + "invoice")


def test_concepts_know_their_section() -> None:
    """The subject's concepts are told from the body's, and make no pairs with them."""
    found = concepts("refund", subject="invoice")
    assert "s:invoice" in found
    assert "b:refund" in found
    assert "invoice>refund" not in found


def test_a_word_that_begins_a_phrase_may_end_the_text() -> None:
    """Nothing is looked for beyond the end."""
    assert concepts("money") == []


@pytest.mark.parametrize(
    ("kind", "token"),
    [
        ("order_number", "_id_ord"),
        ("invoice_number", "_id_inv"),
        ("receipt_number", "_id_rec"),
        ("tracking_number", "_id_track"),
        ("transaction_id", "_id_txn"),
    ],
)
def test_facts_stand_as_their_numbers_would(kind: str, token: str) -> None:
    """A fact found in an attachment is a cue like a number in the text."""
    assert token in document("", "please see the attachment", (kind,)).body
    assert token not in document("", "please see the attachment").body


def test_facts_are_not_counted_twice_nor_invented() -> None:
    """A number the text shows already, and a kind that is no number, add nothing."""
    assert document("", "ord12345", ("order_number", "phone")) == document("", "ord12345")


def test_the_shipped_table_is_read(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Concepts, words and phrases come out as they stand in the file; remarks do not."""
    path = tmp_path_factory.mktemp("cues") / "cues.txt"
    path.write_text("# remark\nrefund:\n  refund* money\n  | money back | pay me back\n\npay:\n  pay\n", encoding="utf-8")
    assert read_cues(path) == {"refund": ["refund*", "money", "money back", "pay me back"], "pay": ["pay"]}


def test_the_shipped_table_is_levelled() -> None:
    """Every pattern is written as the text will be read: an accent or a capital could never match."""
    table = read_cues()
    assert len(table) >= 40
    for patterns in table.values():
        for pattern in patterns:
            assert pattern == pattern.lower()
            assert pattern.isascii()
