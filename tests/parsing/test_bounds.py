"""How much is read of large things: texts, documents, headers, salvage, and the language of what is left."""

import base64

import pytest

from tests.effort import effort
from tests.parsing.mail import html, multipart, part, plain, raw, read
from tests.parsing.test_attachments import pdf
from triage.parsing import body, charset, documents, language
from triage.parsing import html as html_text
from triage.parsing.options import ParseOptions
from triage.parsing.parse import parse
from triage.parsing.salvage import MAX_BYTES, salvage

CARD = "4111 1111 1111 1111"


def test_a_long_line_is_not_broken() -> None:
    """A line beyond the cap stays one line: no number or word is cut in two."""
    line = "12345 " * 60_000
    message = read(plain(f"{line}end"))
    assert message.text == message.full_text.strip() == f"{line}end"


def test_the_cap_lies_between_lines() -> None:
    """Where the text has lines, only whole ones are searched for quotations, and all are kept in their order."""
    lines = [f"line {number} {'x' * 500}" for number in range(790)]
    assert read(plain("\n".join(lines))).text.split("\n") == lines
    quoted = "\n".join(f"> {line}" for line in lines)
    message = read(plain(f"My answer.\n\nOn Mon, 1 Jun 2026 at 10:00 Ann <a@b.example> wrote:\n{quoted}"))
    assert message.text == "My answer."
    assert message.quoted.split("\n")[1:] == quoted.split("\n")


def test_a_quotation_longer_than_the_cap_leaves_no_marks() -> None:
    """Marks that fence off a long HTML quotation reach neither the text nor the quotation."""
    old = "".join(f"<p>old line {number}</p>" for number in range(900))
    message = read(html(f'<p>Thanks!</p><div class="gmail_quote">{old}</div><p>After it</p>'))
    assert message.text.startswith("Thanks!")
    assert "old line 899" in message.full_text
    assert not set(html_text.QUOTE + html_text.UNQUOTE) & set(message.text + message.quoted + message.full_text)
    forged = read(plain(f"\ue000hidden\ue001 {'word ' * 50_000}"))
    assert forged.text.startswith("hidden word")


def test_a_signature_above_the_cap_is_no_end() -> None:
    """Text below the cap is not lost because something above it looks like the end of a letter."""
    message = read(plain("Hello\n" * (body.MAX_LINES - 2) + "-- \nAnn" + "\nmore text" * 50))
    assert message.full_text.count("more text") == 50
    assert message.text.count("more text") + message.signature.count("more text") == 50


@pytest.mark.parametrize(
    ("text", "limit", "kept"),
    [
        ("short", 10, "short"),
        ("x" * 20, 10, "x" * 10),
        (f"card {CARD}", 20, "card "),
        (f"card {CARD}", 23, "card "),
        (f"card {CARD}", 24, f"card {CARD}"),
        (f"card {CARD} and more", 25, "card "),
        (f"card {CARD}, and more", 26, f"card {CARD}, "),
        ("4" * 30, 20, ""),
        ("no 4111-1111.1111/1111 x", 20, "no "),
    ],
)
def test_a_text_is_not_cut_within_a_number(text: str, limit: int, kept: str) -> None:
    """Half a card number is none for whoever masks them, and shows it all the same: it goes with the rest."""
    assert charset.cut(text, limit) == kept


@pytest.mark.parametrize("room", range(24))
def test_no_part_of_a_message_shows_half_a_card(room: int) -> None:
    """Wherever limits cut names, file names, defects and subjects, no more than a few digits of a card are left."""
    name = "n" * (200 - room) + CARD
    long = "f" * (109 - room) + CARD.replace(" ", "") + ".pdf"
    content = multipart(
        "mixed",
        part("text/plain", "x"),
        part("application/pdf", "y", f'Content-Disposition: attachment; filename="{long}"'),
        header=f'From: "{name}" <ann@customer.example>\r\nTo: <{"t" * (80 - room)}{CARD}>\r\n',
    )
    message = read(content)
    for text in (message.from_[0].name, message.attachments[0].filename, *message.defects):
        digits = "".join(character for character in text if character.isdigit())
        assert digits in {"", "0", CARD.replace(" ", "")}, text


def test_salvage_reads_the_first_part_only() -> None:
    """Fields beyond the first 64 KB are not looked at, and those before it are."""
    head = "X-Filler: y\r\n" * (MAX_BYTES // 13)
    assert salvage(raw(f"From: ann@customer.example\r\n{head}Subject: far\r\n\r\nx")).subject == ""
    near = salvage(raw(f"From: ann@customer.example\r\nSubject: near\r\n{head}\r\nx"))
    assert (near.subject, near.from_[0].addr_spec) == ("near", "ann@customer.example")


@pytest.mark.parametrize(
    "content",
    [
        b"From: " + b"a@b.example, " * 100_000,
        b"Subject: " + b"=?utf-8?q?a?= " * 100_000,
        b"Subject:" + b"\r\n x" * 100_000,
        b"From:\r\n" * 50_000,
        b"References: " + b"<a@b> " * 100_000,
        b"From: " + b"(" * 1_000_000,
        b"\r\n" * 500_000,
        b"from" * 500_000,
        b"Subject: " + b"\xff" * 1_000_000,
        b"To: " + b'"' * 1_000_000,
        b"Message-ID: <" + b"<" * 1_000_000,
    ],
    ids=lambda content: content[:12].decode("latin-1"),
)
def test_salvage_takes_no_time(content: bytes) -> None:
    """However long and odd the fields are, salvage is done in a twentieth of a second and its fields are short."""
    message = salvage(raw(content))
    assert effort(lambda: salvage(raw(content)), 0.05) < 0.05
    assert len(message.subject) <= 998
    assert len(message.from_) + len(message.to) <= 5000
    assert len(message.references) <= 50
    assert all(len(value) < 25_000 for _, value in message.headers)


@pytest.mark.parametrize(
    ("lines", "subject", "author"),
    [
        ("Subject: one\r\n two\r\nFrom: ann@customer.example", "one two", "ann@customer.example"),
        ("subject: small\nFROM: ANN@customer.example", "small", "ann@customer.example"),
        ("Subject: mac\rFrom: ann@customer.example", "mac", "ann@customer.example"),
        ("Subject : spaced\r\nFrom:ann@customer.example", "spaced", "ann@customer.example"),
        ("Subject: first\r\nSubject: second\r\nFrom: a@b.example\r\nFrom: c@d.example", "first", ""),
        ("X-Subject: no\r\nSubjects: no\r\nFromm: a@b.example", "", ""),
        ("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\nFrom: =?utf-8?q?=22?= <a@b.example>", "Grüße", "a@b.example"),
        ("", "", ""),
    ],
)
def test_salvage_reads_fields_as_reading_does(lines: str, subject: str, author: str) -> None:
    """Folding, capitals, odd line ends, encoded-words and double fields mean to salvage what they mean to reading."""
    content = f"{lines}\r\n\r\nSubject: in the text\r\nFrom: z@z.example".replace("\r\n", "\r") if "mac" in lines else f"{lines}\r\n\r\nx"
    saved, message = salvage(raw(content)), read(content)
    assert (saved.subject, saved.author.addr_spec if saved.author else "") == (subject, author)
    if lines:
        assert (message.subject, message.author.addr_spec if message.author else "") == (subject, author)


def test_salvage_says_what_it_is() -> None:
    """A salvaged message has no text and no attachments, is told by its bytes, and says that it could not be read."""
    one, other = raw(plain("one")), raw(plain("two"))
    saved = salvage(one)
    assert (saved.text, saved.full_text, saved.attachments, saved.report) == ("", "", (), None)
    assert saved.fingerprint == one.sha256 != salvage(other).fingerprint
    assert "could not be read" in saved.defects[0]


def documented(*texts: str) -> str:
    """A message with one PDF for each text."""
    parts = (
        part(f"application/pdf; name=i{number}.pdf", base64.b64encode(pdf(text)).decode(), "Content-Transfer-Encoding: base64")
        for number, text in enumerate(texts)
    )
    return multipart("mixed", part("text/plain", "see the invoices"), *parts)


def test_documents_are_read_in_their_order() -> None:
    """The texts of several documents follow each other; none of them is the customer's own text."""
    message = read(documented("Invoice 1", "Invoice 2", "Invoice 3"))
    assert message.document_text.split("\n") == ["Invoice 1", "Invoice 2", "Invoice 3"]
    assert "Invoice" not in message.full_text
    assert len(message.attachments) == 3


def test_documents_together_have_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit holds for all documents of a message, not only for each; words and numbers at its end are whole or missing."""
    monkeypatch.setattr(documents, "MAX_CHARACTERS", 30)
    message = read(documented("Invoice number one", "Card 4111 1111 1111 1111", "Never reached"))
    assert message.document_text == "Invoice number one\nCard "


@pytest.mark.parametrize(
    ("kind", "name", "opened"),
    [
        ("application/pdf", "a.pdf", True),
        ("application/octet-stream", "a.PDF", True),
        ("application/pdf", "", True),
        ("application/octet-stream", "a.bin", False),
        ("text/plain", "a.txt", False),
    ],
)
def test_a_document_is_known_by_type_or_name(kind: str, name: str, opened: bool) -> None:
    """A PDF is opened where its type or its name says so, and nothing else is."""
    disposition = f'Content-Disposition: attachment; filename="{name}"'
    packed = base64.b64encode(pdf("Invoice 1")).decode()
    message = read(multipart("mixed", part("text/plain", "x"), part(kind, packed, disposition, "Content-Transfer-Encoding: base64")))
    assert (message.document_text == "Invoice 1") is opened


@pytest.mark.parametrize("label", ["set=" * 3000, "x\r" * 200, "a b " * 300])
def test_defects_are_short(label: str) -> None:
    """A defect quotes no more of a message than a person reads."""
    message = read(f'Content-Type: text/plain; charset="{label}"\r\n\r\nh\u00e4llo')
    assert message.text == "h\u00e4llo"
    assert message.defects
    assert max(map(len, message.defects)) <= 300


def test_options_bound_the_bytes() -> None:
    """Of a message larger than the limit the beginning is read, and the digest of what follows does not matter."""
    options = ParseOptions(max_bytes=400)
    one, other = (parse(raw(plain("y" * 300 + end)), options) for end in ("one", "two"))
    assert one.text == other.text
    assert any("only the first 400" in defect for defect in one.defects)


LANGUAGES = {
    "en": "My parcel has not arrived and I would like to have my money back, please.",
    "de": "Mein Paket ist nicht angekommen und ich hätte gern mein Geld zurück.",
    "fr": "Mon colis n'est pas arrivé et je voudrais être remboursé, s'il vous plaît.",
    "es": "Mi paquete no ha llegado y quiero que me devuelvan el dinero, por favor.",
    "it": "Il mio pacco non è arrivato e vorrei riavere i miei soldi, per favore.",
    "pt": "A minha encomenda não chegou e gostaria de receber o meu dinheiro de volta.",
    "nl": "Mijn pakket is niet aangekomen en ik wil graag mijn geld terug.",
    "pl": "Moja paczka nie dotarła i chciałbym odzyskać swoje pieniądze.",
    "sv": "Mitt paket har inte kommit fram och jag vill ha tillbaka mina pengar.",
    "fi": "Pakettini ei ole saapunut ja haluaisin rahani takaisin.",
    "cs": "Můj balíček nedorazil a chtěl bych své peníze zpět.",
    "hu": "A csomagom nem érkezett meg, és szeretném visszakapni a pénzemet.",
    "ro": "Coletul meu nu a ajuns și aș dori să îmi recuperez banii.",
    "tr": "Paketim gelmedi ve paramı geri almak istiyorum.",
    "el": "Το δέμα μου δεν έφτασε και θα ήθελα τα χρήματά μου πίσω.",
    "ru": "Моя посылка не пришла, и я хотел бы получить свои деньги обратно.",
    "uk": "Моя посилка не прийшла, і я хотів би отримати свої гроші назад.",
    "he": "החבילה שלי לא הגיעה ואני רוצה את הכסף שלי בחזרה.",
    "ar": "لم يصل طردي وأود استعادة أموالي من فضلك.",
    "zh": "我的包裹还没有到,请把钱退还给我,谢谢你们的帮助。",
    "ja": "荷物がまだ届いていません。返金をお願いしたいのですが。",
    "ko": "제 소포가 아직 도착하지 않았습니다. 환불해 주시기 바랍니다.",
}


@pytest.mark.parametrize(("code", "text"), LANGUAGES.items(), ids=LANGUAGES.keys())
def test_language_of_a_sentence(code: str, text: str) -> None:
    """One sentence is enough to tell each of the languages customers write."""
    assert read(plain(text)).language == code


def test_language_is_that_of_the_person() -> None:
    """What is quoted does not decide the language; a text of numbers has none, and the end of a long one does not matter."""
    quoted = "\n".join(f"> {LANGUAGES['en']}" for _ in range(10))
    reply = f"{LANGUAGES['de']}\n\nOn Mon, 1 Jun 2026 at 10:00 Shop <s@shop.example> wrote:\n{quoted}"
    assert read(plain(reply)).language == "de"
    assert read(plain("4711 0815 " * 50)).language == ""
    assert language.of("a" * (language.MIN_LETTERS - 1)) == ""
    assert language.of(LANGUAGES["fr"] * 20) == language.of(LANGUAGES["fr"] * 20 + LANGUAGES["ru"] * 500)
