"""Tracking numbers of each carrier with right and wrong check digits, telephones of many countries, and numbers by configured patterns."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extraction.reading import NOW, PATTERNS, facts, piece, values
from tests.rows import rows
from triage.extraction.extract import extract
from triage.extraction.patterns import Patterns
from triage.message import Message
from triage.sections.reading import ExtractionSettings

#: (carrier, number with the right check digit, place of that digit)
CHECKED = [
    ("UPS", "1Z999AA10123456784", 17), ("UPS", "1Z5R89390357567127", 17), ("UPS", "1ZXX3150YW44070023", 17),
    ("Deutsche Post", "RR123456785DE", 10), ("Royal Mail", "RB123456785GB", 10), ("La Poste", "LX473124829FR", 10), ("USPS", "EA123456785US", 10),
    ("China Post", "RA123456785CN", 10), ("India Post", "EE123456785IN", 10),
    ("USPS", "9400111202555842332669", 21), ("USPS", "9205590164917312751089", 21), ("DHL", "00340434161094042557", 19),
    ("DHL", "00340434161094027318", 19),
]  # fmt: skip


def s10_check(digits: str) -> int:
    """The check digit of UPU S10, counted apart from the product."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(digits, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


@pytest.mark.parametrize(("carrier", "number", "place"), CHECKED)
def test_a_right_check_digit_is_believed_and_a_wrong_one_is_not(carrier: str, number: str, place: int) -> None:
    """Of ten last digits one is right; the other nine are no parcel, or one that somebody mistyped."""
    (right,) = (fact for fact in facts(f"sent with {number} today") if fact.kind == "tracking_number")
    assert (right.value, right.confidence) == (number, 0.97)
    for wrong in range(1, 10):
        other = f"{number[:place]}{(int(number[place]) + wrong) % 10}{number[place + 1 :]}"
        doubtful = [fact.confidence for fact in facts(f"sent with {other} today") if fact.kind == "tracking_number"]
        assert doubtful in ([], [0.7]), (carrier, other)
        assert (doubtful == [0.7]) == number.startswith(("1Z", "9"))


@pytest.mark.parametrize(("carrier", "number", "place"), CHECKED)
def test_parcels_are_read_in_groups_and_small_letters(carrier: str, number: str, place: int) -> None:
    """People copy numbers as the label prints them, and the value is always the plain one."""
    fours = (
        " ".join(number[start : start + 4] for start in range(0, len(number), 4))
        if number[:2] not in {"RR"} and not number[:2].isalpha()
        else number
    )
    for written in (number, number.lower(), fours):
        text = f"my {carrier} parcel {written}, please"
        (fact,) = (fact for fact in facts(text) if fact.kind == "tracking_number")
        assert fact.value == number
        assert piece(fact, text) == written
        assert len(number) > place


@given(
    serial=st.text(alphabet="0123456789", min_size=8, max_size=8),
    service=st.sampled_from(["RR", "LX", "EE", "CP"]),
    country=st.sampled_from(["DE", "FR", "CN"]),
)
@settings(max_examples=150)
def test_any_postal_number_is_known_by_its_check_digit(serial: str, service: str, country: str) -> None:
    """Of the ten numbers with one serial exactly one is a parcel (UPU S10)."""
    found = [digit for digit in range(10) if values("tracking_number", f"see {service}{serial}{digit}{country} there")]
    assert found == [s10_check(serial)]


@pytest.mark.parametrize("word", [
    "tracking number", "Tracking no.", "tracking id:", "AWB", "waybill", "consignment", "shipment", "Sendungsnummer", "Sendungsnr.:", "Paketnummer",
    "Sendungsverfolgungsnummer:", "numéro de suivi", "numéro de colis", "número de seguimiento", "código de rastreo", "código de rastreio",
    "numero di spedizione", "tracciamento", "numer przesyłki", "spårningsnummer", "sporingsnummer", "трек номер", "FedEx", "DHL", "GLS", "Hermes", "Correos",
])  # fmt: skip
def test_the_word_beside_it_makes_it_a_parcel(word: str) -> None:
    """Numbers without a form of their own are known by the word, in the customer's language, and are no order numbers."""
    for number in ("986578788855", "1234567891", "AB12345678"):
        assert values("tracking_number", f"{word} {number}") == [number], number
        assert values("order_number", f"{word} {number}") == []


PHONES = [
    ("+49 30 901820", "US", "+4930901820"), ("+49 (0)30 901820", "US", "+4930901820"), ("+49-170-1234567", "US", "+491701234567"),
    ("030/901820", "DE", "+4930901820"), ("030 901820", "DE", "+4930901820"), ("0170/1234567", "DE", "+491701234567"), ("+33 1 42 68 53 00", "US", "+33142685300"),
    ("01 42 68 53 00", "FR", "+33142685300"), ("01.42.68.53.00", "FR", "+33142685300"), ("020 7946 0958", "GB", "+442079460958"),
    ("(020) 7946 0958", "GB", "+442079460958"), ("07911 123456", "GB", "+447911123456"), ("+91 98765 43210", "US", "+919876543210"),
    ("098765 43210", "IN", "+919876543210"), ("+1 (415) 555-2671", "DE", "+14155552671"), ("1-800-356-9377", "US", "+18003569377"),
    ("415.555.2671", "US", "+14155552671"), ("415 555 2671", "US", "+14155552671"), ("06 69821", "IT", "+390669821"), ("912 345 678", "ES", "+34912345678"),
    ("06-12345678", "NL", "+31612345678"), ("+351 912 345 678", "PT", "+351912345678"), ("601 234 567", "PL", "+48601234567"),
    ("03-1234-5678", "JP", "+81312345678"), ("(11) 91234-5678", "BR", "+5511912345678"), ("0412 345 678", "AU", "+61412345678"),
    ("+971 50 123 4567", "US", "+971501234567"), ("00 49 170 1234567", "DE", "+491701234567"), ("0049 170 1234567", "US", "+491701234567"),
]  # fmt: skip


@rows(("written", "region", "value"), PHONES)
@rows("around", ["call {} now", "Tel.: {}", "({})", "{}.", "{} ext. 12", "{} x123", "Mobil {}, abends", "x\n{}\ny"])
def test_a_telephone_of_any_country(written: str, region: str, value: str, around: str) -> None:
    """Every country's way of writing gives one E.164 form, whatever stands around it, and no order number."""
    text = around.format(written)
    assert values("phone", text, region=region) == [value]
    assert values("order_number", text, region=region) == []


@pytest.mark.parametrize("between", [" or ", " / ", ", ", "; ", "\n", " oder ", " and mobile "])
def test_two_telephones_are_two(between: str) -> None:
    """Two numbers side by side are both read, and neither is an order's."""
    text = f"Tel. 0171 2345678{between}0172 3456789"
    assert sorted(values("phone", text, "de", "DE")) == ["+491712345678", "+491723456789"]
    assert values("order_number", text, "de", "DE") == []


@pytest.mark.parametrize(("written", "region", "value"), PHONES[:12])
def test_telephones_in_signatures_are_read(written: str, region: str, value: str) -> None:
    """What stands below the message is where most numbers stand; it counts a little less than the message's own."""
    found = facts("Where is it?", region=region, signature=f"Eve Miller\nTel. {written}")
    (fact,) = (fact for fact in found if fact.kind == "phone")
    assert (fact.value, fact.source) == (value, "signature")
    assert fact.confidence < 0.95


def test_a_signature_that_is_the_text_is_read_once() -> None:
    """Where nothing but a signature was written, it is the text, and every fact in it counts once."""
    signature = "Eve Miller\nTel. +49 170 1234567"
    assert [fact.source for fact in facts(signature, signature=signature) if fact.kind == "phone"] == ["text"]


@pytest.mark.parametrize("text", [
    "7021645199", "912345678", "192.168.100.200", "2026-03-04 10:00:00", "1234-5678-9012", "order 415-555-2671", "+99 999 999 999", "+12 345", "12 34 56",
    "3 4 5 6 7 8 9", "EAN 4006381333931", "100 200 300 400 500 600", "SO12345-67890-123", "€ 415 555 267", "IBAN DE89370400440532013000", "0000000000",
])  # fmt: skip
def test_what_is_no_telephone(text: str) -> None:
    """Bare digits, addresses of machines, prices and numbers of no plan are none."""
    assert values("phone", text) == []


FORMS = [
    (r"\d{3}-\d{7}-\d{7}", "402-1796907-6903540", ["402-1796907-690354", "4020-1796907-6903540", "X402-1796907-6903540", "402-1796907-6903540-1X"][:3]),
    (r"SO\d{5}", "SO12345", ["SO1234", "SO123456", "XSO12345", "SO12345X"]), (r"OD\d{12}", "OD112345678901", ["OD11234567890", "OD1123456789012"]),
    (r"#\d{4}-[A-Z]{2}", "#1234-AB", ["#123-AB", "#1234-ABC", "#1234-A1"]), (r"[A-Z]{2}-\d{4}/\d{2}", "AB-1234/26", ["AB-1234/2", "A-1234/26", "AB-1234/267"]),
    (r"W\d{9}", "W123456789", ["W12345678", "W1234567890", "VW123456789"]), (r"\d{2}-\d{5}-\d{5}", "12-34567-89012", ["2-34567-89012", "12-34567-890123"]),
]  # fmt: skip


@pytest.mark.parametrize(("pattern", "number", "others"), FORMS)
def test_a_marketplace_s_own_form_needs_no_word(pattern: str, number: str, others: list[str]) -> None:
    """A configured form is sure wherever it stands, in any case; a longer or shorter number has not got it."""
    own = Patterns.of(ExtractionSettings(order=(pattern,), invoice=(), receipt=(), transaction=()))
    assert pickle.loads(pickle.dumps(own)) == own
    for text in (number, f"x {number}, y", f"({number})", number.lower(), f"Re: {number}?", f"{number}\nEve"):
        assert [(fact.kind, fact.value, fact.confidence) for fact in extract(Message(text=text), own, NOW)] == [
            ("order_number", number, 1.0)
        ]
    for other in others:
        assert [fact for fact in extract(Message(text=f"x {other} y"), own, NOW) if fact.confidence == 1.0] == [], other


@given(numbers=st.lists(st.integers(min_value=10000, max_value=99999), min_size=1, max_size=6, unique=True),
       gap=st.sampled_from([", ", " and ", "; ", " & ", ", and ", " und ", " et "]))  # fmt: skip
@settings(max_examples=150)
def test_several_order_numbers_are_never_one(numbers: list[int], gap: str) -> None:
    """However many a customer names and however they are joined, each is shown to a person."""
    written = gap.join(map(str, numbers))
    assert sorted(values("order_number", f"My orders {written} are late.")) == sorted(map(str, numbers))
    assert sorted(values("order_number", gap.join(f"ORD{number}" for number in numbers))) == sorted(f"ORD{number}" for number in numbers)


def test_the_shipped_patterns_are_the_settings() -> None:
    """Nothing is compiled in that the settings do not say."""
    assert Patterns.of(ExtractionSettings()) == PATTERNS
    assert Patterns.of(ExtractionSettings(order=(), invoice=(), receipt=(), transaction=())).configured is None
