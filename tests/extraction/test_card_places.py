"""Card numbers behind labels, in markup, in file names and subjects."""

import unicodedata

import pytest

from tests.parsing.mail import html, read
from triage.extraction.mask import mask, mask_text
from triage.message import Attachment, Message


@pytest.mark.parametrize(
    "text",
    [
        "I paid my order 4539578763621486 by card, exp 12/27",
        "Visa for order: 4539578763621486",
        "Bestellung 4539578763621486, gültig bis 12/27",
        "Meine Kreditkarte für die Bestellung: 4539578763621486",
        "ma carte, commande 4539578763621486",
        "order number 4539578763621486\nCVV please see below",
        "tarjeta pedido 4539578763621486",
    ],
)
def test_a_label_does_not_hide_a_card_where_cards_are_spoken_of(text: str) -> None:
    """A number in one piece behind "order" is shortened where a card is named beside it: showing a card is worse than hiding an order."""
    assert "4539578763621486" not in mask_text(text)[0]


@pytest.mark.parametrize(
    "text",
    [
        "order 4539578763621486 never came",
        "Order #4539578763621486: cardboard box was wet",
        "Bestellung 4539578763621486 ist verspätet",
        "commande n° 4539578763621486",
        f"order 4539578763621486 {'is late and ' * 12} I lost my card",
    ],
)
def test_a_labelled_number_stays_where_nobody_speaks_of_cards(text: str) -> None:
    """One sixteen-digit order number in thirty looks like a card: its label keeps it readable."""
    assert mask_text(text) == (text, 0)


@pytest.mark.parametrize(
    "source",
    [
        "<p>4111<b>1111</b>1111<i>1111</i></p>",
        "<td>4111</td><td>1111</td><td>1111</td><td>1111</td>",
        "<div>4111 1111</div><div>1111 1111</div>",
        "<p>4111&#8203;1111&shy;1111&nbsp;1111</p>",
        "<p>4111 1111<br>1111 1111</p>",
        "<p>４１１１ １１１１ １１１１ １１１１</p>",
        "<p>4111 1111 <span style='display:none'>9</span>1111 1111</p>",
        "<pre>4111\n1111\n1111\n1111</pre>",
        "<ul><li>4111<li>1111<li>1111<li>1111</ul>",
    ],
)
def test_no_markup_hides_a_card(source: str) -> None:
    """A number split over tags, cells, lines or invisible characters is shortened in the text that people see."""
    message = mask(read(html(f"<html><body><p>My card is</p>{source}<p>Thanks</p></body></html>")))
    digits = "".join(str(unicodedata.decimal(character)) for character in message.full_text if character.isdecimal())
    assert "1111111111" not in digits, message.full_text


@pytest.mark.parametrize(
    "name", ["4111111111111111.jpg", "card 4111 1111 1111 1111.png", "４１１１１１１１１１１１１１１１.pdf", "IMG_4111-1111-1111-1111.jpg"]
)
def test_no_file_name_or_subject_shows_a_card(name: str) -> None:
    """File names and subjects are texts like others."""
    message = mask(Message(subject=f"Fwd: {name}", attachments=(Attachment(filename=name, content_type="image/png", size=1, sha256=""),)))
    assert message.masked
    assert all("******" in text for text in (message.subject, message.attachments[0].filename))
