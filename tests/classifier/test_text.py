"""Text becomes the same tokens whatever the case, the accents, the typography and the history below."""

import pytest

from tests.effort import effort
from triage.classifier.text import MAX_CHARACTERS, STOP, fresh, levelled, tokens

TOKENS = [
    ("where is my order", ["where", "is", "my", "order"]),
    ("WHERE IS MY ORDER", ["where", "is", "my", "order"]),
    ("where?", ["where", "?", STOP]),
    ("late. again", ["late", STOP, "again"]),
    ("late! again", ["late", STOP, "again"]),
    ("it didn't come", ["it", "didn't", "come"]),
    ("it didn’t come", ["it", "didn't", "come"]),
    ("order ORD789456 please", ["order", "_id_ord", "please"]),
    ("invoice INV-2031", ["invoice", "_id_inv"]),
    ("order #4471-22", ["order", "_id"]),
    ("order 20011873", ["order", "_id"]),
    ("2 items", ["_num", "items"]),
    ("paid $49.99 twice", ["paid", "_money", "twice"]),
    ("paid 49,99 € twice", ["paid", "_money", "twice"]),
    ("rs 500 gone", ["_money", "gone"]),
    ("₹899 gone", ["_money", "gone"]),
    ("19 % tax", ["_percent", "tax"]),
    ("see https://shop.example/x?y=1 now", ["see", "_url", "now"]),
    ("see www.shop.example now", ["see", "_url", "now"]),
    ("write to ann@shop.example now", ["write", "to", "_address", "now"]),
    ("Rückgabe für Größe", ["ruckgabe", "fur", "grosse"]),
    ("dove è la città", ["dove", "e", "la", "citta"]),
    ("zwrot pieniędzy", ["zwrot", "pieniedzy"]),
    ("pleeeease", ["pleease"]),
    ("one\ntwo", ["one", STOP, "two"]),
    ("now - later", ["now", STOP, "later"]),
    ("", []),
    ("   ", []),
    ("😀", []),
    ("где заказ", ["где", "заказ"]),
    ("at 10:30 today", ["at", "_num", "today"]),
]


@pytest.mark.parametrize(("text", "expected"), TOKENS)
def test_text_becomes_tokens(text: str, expected: list[str]) -> None:
    """Words stay words; numbers, money, links and addresses become their shapes."""
    assert tokens(levelled(text)) == expected


HISTORIES = [
    "> your order has shipped",
    "On Tue, 3 May 2022, SayPro <noreply@saypro.example> wrote:\n\nyour invoice is attached",
    "Am 3. Mai 2022 um 10:11 schrieb SayPro <noreply@saypro.example>:\n\nihre rechnung",
    "Le 3 mai 2022 à 10:11, SayPro <noreply@saypro.example> a écrit :\n\nvotre facture",
    "El 3 may 2022, SayPro <noreply@saypro.example> escribió:\n\nsu factura",
    "-----Original Message-----\nFrom: SayPro\ninvoice attached",
    "From: SayPro <noreply@saypro.example>\nSent: Tuesday\nTo: me\ninvoice attached",
    "________________________________\ninvoice attached",
    "-- \nJohn Smith\nInvoice department",
    "Kind regards,\nJohn Smith\nInvoice Ltd\n+44 20 5550 0000",
    "Mit freundlichen Grüßen\nHans Meier\nRechnungswesen",
    "Cordialement,\nAnne",
    "Sent from my iPhone",
    "Get Outlook for iOS",
    "Von meinem Samsung Galaxy gesendet",
    "Envoyé de mon iPhone",
    "This e-mail and its attachments are confidential. Invoice.",
]


@pytest.mark.parametrize("history", HISTORIES)
def test_what_is_not_written_now_is_left_out(history: str) -> None:
    """Quoted history, signatures and disclaimers do not speak for the message above them."""
    written = "i never got my parcel please help"
    assert fresh(levelled(f"{written}\n\n{history}")).strip() == written


def test_a_short_word_above_a_signature_speaks_alone() -> None:
    """One word is enough above a signature; above a forwarded message the forwarded one speaks too."""
    assert fresh("refund\n\n-- \nann, invoice clerk").strip() == "refund"
    assert fresh("cancel it\n\n-----original message-----\nyour invoice").strip() == "cancel it"
    assert "invoice" in fresh("fyi\n\n-----original message-----\nwhere is the invoice")


def test_what_follows_a_farewell_is_kept_when_it_is_long() -> None:
    """A letter that goes on after a farewell goes on speaking."""
    text = "see below. kind regards,\nann\n\np.s. " + "the invoice is still wrong and i would like it corrected before friday " * 2
    assert fresh(text) == text


@pytest.mark.parametrize("text", ["> all of it is quoted\n> really all", "Sent from my iPhone", "-- \nAnn", "Kind regards,\nAnn"])
def test_a_text_is_never_emptied(text: str) -> None:
    """Where hardly anything would be left, the whole text speaks."""
    assert fresh(levelled(text)) == levelled(text)


def test_only_the_beginning_of_an_endless_mail_is_read() -> None:
    """The work for one message is bounded."""
    assert len(levelled("a b " * 50_000)) == MAX_CHARACTERS


PUMPS = [
    "regards\n",
    "\n",
    "a",
    " ",
    "\n",
    ">",
    "1",
    "1-",
    "a1",
    "-",
    "_",
    "#",
    "# ",
    "'",
    "a'",
    "@",
    "a@",
    "http://",
    "€",
    "rs ",
    "1 ",
    "on x wrote",
    "on a",
    "é",
    ".",
    "- ",
    "--",
    "from: a\n",
]


@pytest.mark.parametrize("pump", PUMPS)
def test_no_text_takes_long(pump: str) -> None:
    """64 KB of anything is read in a fraction of a second."""
    text = (pump * 65_536)[:65_536]
    assert effort(lambda: tokens(fresh(levelled(text))), 0.2) < 0.2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("paid 20 euros, rs. 500 and $ 7", ["paid", "_money", "_money", "and", "_money"]),
        ("order # 44713 and 12 %", ["order", "_id", "and", "_percent"]),
        ("for 5 zlotys", ["for", "_num", "zlotys"]),
        ("colours 5", ["colours", "_num"]),
        ("list:\n- one", ["list", STOP, "one"]),
        ("- one", ["one"]),
        ("one -", ["one"]),
    ],
)
def test_spaces_part_words_but_not_numbers_from_their_unit(text: str, expected: list[str]) -> None:
    """What is remembered between two spaces changes nothing for an amount or a number that is written with a space."""
    assert tokens(levelled(text)) == expected
