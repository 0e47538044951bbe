"""Tracking numbers, amounts, dates, telephone numbers, names and products, through the public door."""

import pickle
from datetime import UTC, datetime
from itertools import pairwise

import pytest

from triage.extraction.extract import extract
from triage.extraction.patterns import Patterns
from triage.message import Address, Message
from triage.sections.reading import ExtractionSettings

PATTERNS = Patterns.of(ExtractionSettings())
#: A Wednesday.
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def values(kind: str, text: str, language: str = "en", region: str = "US", **parts: object) -> list[str]:
    patterns = Patterns.of(ExtractionSettings(phone_region=region))
    return list(extract(Message(text=text, language=language, **parts), patterns, NOW).values(kind))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1Z999AA10123456784", "1Z999AA10123456784"),
        ("it is 1Z 999 AA1 01 2345 6784 by UPS", "1Z999AA10123456784"),
        ("RR123456785DE", "RR123456785DE"),
        ("post RR 123 456 785 DE", "RR123456785DE"),
        ("9400 1118 9922 3197 4284 90", "9400111899223197428490"),
        ("DHL 00340434161094042557", "00340434161094042557"),
        ("JJD000390007882345678", "JJD000390007882345678"),
        ("TBA123456789012", "TBA123456789012"),
        ("tracking number 123456789012", "123456789012"),
        ("tracking no. 986578788855", "986578788855"),
        ("Sendungsnummer: 1234567891", "1234567891"),
        ("numéro de suivi 8R12345678901", "8R12345678901"),
        ("DHL 1234567890", "1234567890"),
        ("FedEx 986578788855", "986578788855"),
        ("tracking 123456789012343", "123456789012343"),
        ("tracking AB12345678", "AB12345678"),
        ("UPS tracking 1Z12345E0205271688", "1Z12345E0205271688"),
    ],
)
def test_tracking_numbers(text: str, value: str) -> None:
    """Carriers' own forms are known with their check digits, other numbers by the word beside them."""
    assert values("tracking_number", text) == [value]
    assert values("order_number", text) == []


@pytest.mark.parametrize(
    "text",
    ["1Z999AA1012345678", "DHL 12 days", "RR123456784DE", "00340434161094042558", "123456789012", "my shipment 1234", "order 12345678"],
)
def test_what_is_no_tracking_number(text: str) -> None:
    """A wrong check digit, bare digits and short numbers are not taken for a parcel."""
    assert values("tracking_number", text) == []


def test_a_labelled_number_with_a_check_digit_is_surer_than_one_without() -> None:
    """FedEx and DHL Express numbers are believed more when their check digit fits."""
    right, wrong = (
        extract(Message(text=f"tracking {number}"), PATTERNS, NOW).found[0].confidence for number in ("986578788855", "986578788854")
    )
    assert right > wrong


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("I paid €12.50", "EUR 12.50"),
        ("I paid 12,50 €", "EUR 12.50"),
        ("EUR 1.234,56", "EUR 1234.56"),
        ("1 234,56 EUR", "EUR 1234.56"),
        ("$1,234.56", "USD 1234.56"),
        ("US$ 99", "USD 99.00"),
        ("C$20", "CAD 20.00"),
        ("₹1,23,456.78", "INR 123456.78"),
        ("Rs. 499", "INR 499.00"),
        ("Rs 1,299", "INR 1299.00"),
        ("CHF 1'234.50", "CHF 1234.50"),
        ("50 dollars", "USD 50.00"),
        ("49,- €", "EUR 49.00"),
        ("49.-- CHF", "CHF 49.00"),
        ("£5", "GBP 5.00"),
        ("120 zł", "PLN 120.00"),
        ("£1,000", "GBP 1000.00"),
        ("1.000.000 EUR", "EUR 1000000.00"),
        ("USD 7.5", "USD 7.50"),
        ("Rs.4,599/-", "INR 4599.00"),
        ("costs 1.999,- Euro", "EUR 1999.00"),
        ("50 EUR/Monat", "EUR 50.00"),
        ("you owe me 50€!!!", "EUR 50.00"),
        ("1,5 kg for 3,50€", "EUR 3.50"),
        ("R$ 10", "BRL 10.00"),
    ],
)
def test_amounts(text: str, value: str) -> None:
    """An amount is read in every usual notation, on either side of the currency."""
    assert values("amount", text) == [value]


@pytest.mark.parametrize(
    "text", ["3 lamps for 49,90 each", "size 42", "order 12345", "EUR", "the euro rose", "Europe 12", "100 krill", "20 kr"]
)
def test_what_is_no_amount(text: str) -> None:
    """Without a currency there is no amount, and no currency is guessed."""
    assert values("amount", text) == []


def test_kronor_are_those_of_the_language() -> None:
    """Three countries write kr, so the language of the message decides."""
    assert values("amount", "250 kr", language="sv") == ["SEK 250.00"]
    assert values("amount", "kr. 250", language="da") == ["DKK 250.00"]


@pytest.mark.parametrize(
    ("text", "language", "value"),
    [
        ("on 2026-02-27", "en", "2026-02-27"),
        ("on 2026/2/7", "en", "2026-02-07"),
        ("am 27.02.2026", "de", "2026-02-27"),
        ("am 3.4.26", "de", "2026-04-03"),
        ("on 02/27/2026", "en", "2026-02-27"),
        ("on 27/02/2026", "en", "2026-02-27"),
        ("le 05/03/2026", "fr", "2026-03-05"),
        ("on 27 February 2026", "en", "2026-02-27"),
        ("on the 27th of February, 2026", "en", "2026-02-27"),
        ("on February 27, 2026", "en", "2026-02-27"),
        ("on March 1st", "en", "2026-03-01"),
        ("ordered 21 march order no. 98765", "en", "2026-03-21"),
        ("on 28 December", "en", "2025-12-28"),
        ("am 27. Februar 2026", "de", "2026-02-27"),
        ("am 3. März", "de", "2026-03-03"),
        ("am 27.02. bestellt", "de", "2026-02-27"),
        ("on Mon 2 Mar", "en", "2026-03-02"),
        ("12/25/2025", "en", "2025-12-25"),
        ("le 1er mars 2026", "fr", "2026-03-01"),
        ("el 27 de febrero de 2026", "es", "2026-02-27"),
        ("il 27 febbraio", "it", "2026-02-27"),
        ("op 27 februari", "nl", "2026-02-27"),
        ("em 27 de fevereiro", "pt", "2026-02-27"),
        ("it came yesterday", "en", "2026-03-03"),
        ("the day before yesterday", "en", "2026-03-02"),
        ("last Tuesday", "en", "2026-03-03"),
        ("last wednesday", "en", "2026-02-25"),
        ("3 days ago", "en", "2026-03-01"),
        ("gestern", "de", "2026-03-03"),
        ("letzten Dienstag", "de", "2026-03-03"),
        ("vor 3 Tagen", "de", "2026-03-01"),
        ("hier", "fr", "2026-03-03"),
        ("mardi dernier", "fr", "2026-03-03"),
        ("il y a 3 jours", "fr", "2026-03-01"),
        ("ayer", "es", "2026-03-03"),
        ("el martes pasado", "es", "2026-03-03"),
        ("hace 3 días", "es", "2026-03-01"),
        ("martedì scorso", "it", "2026-03-03"),
        ("3 giorni fa", "it", "2026-03-01"),
        ("afgelopen dinsdag", "nl", "2026-03-03"),
        ("3 dagen geleden", "nl", "2026-03-01"),
        ("ontem", "pt", "2026-03-03"),
        ("há 3 dias", "pt", "2026-03-01"),
        ("yesterday", "xx", "2026-03-03"),
    ],
)
def test_dates(text: str, language: str, value: str) -> None:
    """A date is read in seven languages, and resolved against the day of arrival."""
    assert values("date", text, language) == [value]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("ich warte hier", "de"),
        ("you may 5 times", "en"),
        ("on 31.02.2026", "de"),
        ("version 1.2.3.4", "en"),
        ("at 12:30", "en"),
        ("in 1066-10-14", "en"),
        ("on 4711-12-12", "en"),
        ("size 12 march boots", "xx-none"),
        ("on the 14th", "en"),
        ("version 27.02. is out", "en"),
        ("Kapitel 12.13. fehlt", "de"),
        ("on 30 February", "en"),
        ("March 2026", "en"),
        ("next week", "en"),
        ("€12 April", "en"),
    ],
)
def test_what_is_no_date(text: str, language: str) -> None:
    """Nothing is invented: other languages' words, times, versions and impossible days are no dates."""
    assert values("date", text, language) in ([], ["2026-03-12"] if "boots" in text else [])


def test_an_ambiguous_date_is_less_sure() -> None:
    """03/04 is read as the region writes it, with half the confidence."""
    (american,) = (fact for fact in extract(Message(text="on 03/04/2026"), PATTERNS, NOW) if fact.kind == "date")
    assert (american.value, american.confidence) == ("2026-03-04", 0.5)
    assert values("date", "on 03/04/2026", "en", "GB") == ["2026-04-03"]


def test_quoted_words_are_of_another_day() -> None:
    """Yesterday in a quotation is not our yesterday; a written date still counts, less."""
    facts = extract(Message(text="Hello", quoted="> yesterday, 27 February 2026"), PATTERNS, NOW)
    assert [(fact.value, fact.confidence) for fact in facts] == [("2026-02-27", 0.7)]


@pytest.mark.parametrize(
    ("text", "region", "value"),
    [
        ("call +49 170 1234567", "US", "+491701234567"),
        ("0049 170 1234567", "US", "+491701234567"),
        ("my number: 0171 2345678", "DE", "+491712345678"),
        ("(415) 555-2671", "US", "+14155552671"),
        ("415-555-2671", "US", "+14155552671"),
        ("call me 7021645199", "IN", "+917021645199"),
        ("whatsapp no 7021645199", "IN", "+917021645199"),
    ],
)
def test_phones(text: str, region: str, value: str) -> None:
    """A telephone number is written in E.164 whatever its form."""
    assert values("phone", text, region=region) == [value]


@pytest.mark.parametrize(
    "text",
    ["7021645199", "order 7021645199", "2026-03-04 10:11:12", "+12 345", "IBAN DE89370400440532013000", "123-45-67", "+99 999 999 999 99"],
)
def test_what_is_no_phone(text: str) -> None:
    """Bare digits, order numbers and numbers of no numbering plan are no telephones."""
    assert values("phone", text) == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Hello, my name is Eve Miller and I ordered", "Eve Miller"),
        ("my name is eve miller and i ordered", "Eve Miller"),
        ("Mein Name ist Jürgen Groß.", "Jürgen Groß"),
        ("je m'appelle Zoé Martin", "Zoé Martin"),
        ("Where is it?\n\nKind regards,\nEve Miller", "Eve Miller"),
        ("Wo ist es?\nMit freundlichen Grüßen\n\nJürgen O'Neil", "Jürgen O'Neil"),
        ("¿Dónde está?\nSaludos\nJuan Pérez García", "Juan Pérez García"),
        ("Thanks\nEVE MILLER\n", "Eve Miller"),
    ],
)
def test_names(text: str, name: str) -> None:
    """The author is named by an introduction or by the line under the closing."""
    assert values("name", text)[:1] == [name]


@pytest.mark.parametrize(
    "text",
    [
        "Thanks\nfor the quick answer to my question!",
        "Regards\nShop Support Team",
        "Thanks\n+49 170 1234567",
        "my name is 12345",
        "Thank you",
    ],
)
def test_what_is_no_name(text: str) -> None:
    """Sentences, teams and telephone numbers are no names."""
    assert values("name", text) == []


def test_the_display_name_is_the_last_resort() -> None:
    """A display name counts less than the author's own words, and a firm's or a mailbox's not at all."""
    facts = extract(Message(text="Thanks\nEve", from_=(Address(name="Eve Miller", addr_spec="eve@customer.example"),)), PATTERNS, NOW)
    assert [(fact.value, fact.source) for fact in facts] == [("Eve", "text"), ("Eve Miller", "sender")]
    assert values("name", "x", from_=(Address(name="Miller GmbH", addr_spec="eve@customer.example"),)) == []
    assert values("name", "x", signature="Kind regards\nEve Miller") == ["Eve Miller"]


@pytest.mark.parametrize(
    ("text", "product"),
    [
        ('I ordered the "Aurora desk lamp" last week', "Aurora desk lamp"),
        ("Ich habe „Lampe Aurora“ bestellt", "Lampe Aurora"),
        ("J'ai commandé « Lampe Aurora »", "Lampe Aurora"),
        ("Product: Aurora desk lamp, blue\nSize: 42", "Aurora desk lamp, blue"),
        ("Artikel: Lampe", "Lampe"),
    ],
)
def test_products(text: str, product: str) -> None:
    """A product is what a line names or what was ordered in quotation marks."""
    assert values("product", text) == [product]


def test_a_product_is_not_guessed() -> None:
    """Unquoted nouns and quotations of other things are left alone."""
    assert values("product", 'I ordered a lamp. She said "no way"') == []
    assert values("product", "Product: 12345") == []
    assert values("product", "ok", quoted='> I ordered "a lamp"') == []


def test_patterns_travel_between_processes() -> None:
    """The reader processes get the patterns by pickle, unchanged."""
    assert pickle.loads(pickle.dumps(PATTERNS)) == PATTERNS


def test_no_piece_of_text_is_two_facts() -> None:
    """Every character belongs to one fact at most, so a date is never also a price or a number."""
    text = "Order 12345 of 12.02.2026 for €12.50, tracking 1Z999AA10123456784, call +49 170 1234567, invoice INV-2026-001"
    facts = [fact for fact in extract(Message(text=text), PATTERNS, NOW) if fact.source == "text"]
    assert sorted(fact.kind for fact in facts) == ["amount", "date", "invoice_number", "order_number", "phone", "tracking_number"]
    spans = sorted(fact.span for fact in facts)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_number_in_groups_stops_before_another_fact() -> None:
    """Groups of digits that are a price already do not belong to the number before them."""
    facts = extract(Message(text="order no. 0001 000 000 000₩"), PATTERNS, NOW)
    assert {(fact.kind, fact.value) for fact in facts} == {("amount", "KRW 0.00"), ("order_number", "0001")}
