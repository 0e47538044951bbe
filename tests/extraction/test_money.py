"""Amounts in the notations of the world, with every currency; and numbers beside words that are no amounts."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extraction.reading import facts, piece, values
from tests.rows import rows
from triage.extraction import amounts

#: One number as it is written in each notation, with what it is worth.
NOTATIONS = {
    "American": [("1,234.56", "1234.56"), ("1,234", "1234.00"), ("1,234,567.89", "1234567.89"), ("12.5", "12.50"), ("999", "999.00")],
    "European": [("1.234,56", "1234.56"), ("1.234", "1234.00"), ("1.234.567,89", "1234567.89"), ("12,5", "12.50"), ("0,99", "0.99")],
    "French": [("1 234,56", "1234.56"), ("1\u00a0234,56", "1234.56"), ("1\u202f234\u202f567", "1234567.00"), ("12,50", "12.50")],
    "Swiss": [("1'234.50", "1234.50"), ("1’234.50", "1234.50"), ("1'234'567.05", "1234567.05"), ("49.--", "49.00"), ("49.-", "49.00")],
    "Indian": [("1,23,456.78", "123456.78"), ("12,34,567", "1234567.00"), ("1,23,45,678.50", "12345678.50"), ("1,00,000", "100000.00")],
    "Japanese": [("12,345", "12345.00"), ("12345", "12345.00"), ("980", "980.00")],
}  # fmt: skip
WRITTEN = [(name, written, worth) for name, rows in NOTATIONS.items() for written, worth in rows]

#: Signs and words that stand before or after a number.
BEFORE = {
    "€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₩": "KRW", "₴": "UAH", "₦": "NGN",
    "₱": "PHP", "฿": "THB", "₫": "VND", "৳": "BDT", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
    "HK$": "HKD", "S$": "SGD", "R$": "BRL", "MX$": "MXN", "Rs": "INR", "Rs.": "INR", "SFr": "CHF", "SFr.": "CHF", "zł": "PLN",
    "Ksh": "KES",
}  # fmt: skip
AFTER = {
    "€": "EUR", "$": "USD", "£": "GBP", "zł": "PLN", "zl": "PLN", "złotych": "PLN", "złote": "PLN", "Kč": "CZK", "korun": "CZK",
    "Ft": "HUF", "forint": "HUF", "lei": "RON", "лв": "BGN", "₽": "RUB", "руб": "RUB", "руб.": "RUB", "рублей": "RUB", "рубля": "RUB", "грн": "UAH",
    "гривень": "UAH", "TL": "TRY", "₺": "TRY", "円": "JPY", "yen": "JPY", "元": "CNY", "RMB": "CNY", "원": "KRW", "₩": "KRW",
    "euro": "EUR", "euros": "EUR", "Euro": "EUR", "dollar": "USD", "dollars": "USD", "pounds": "GBP", "pound": "GBP", "rupees": "INR",
    "rupee": "INR", "Rs": "INR", "Franken": "CHF", "zloty": "PLN", "reais": "BRL", "dirhams": "AED", "shekels": "ILS",
}  # fmt: skip
CODES = sorted(amounts._CODES.split())


@pytest.mark.parametrize(("name", "written", "worth"), WRITTEN)
def test_every_notation_is_read_on_either_side_of_the_currency(name: str, written: str, worth: str) -> None:
    """Points, commas, blanks and apostrophes mean thousands or decimals as the country writes them."""
    for text in (f"I paid EUR {written} today", f"I paid {written} EUR today", f"I paid €{written}.", f"({written} €)"):
        assert values("amount", text) == [f"EUR {worth}"], (name, text)


@rows(("sign", "currency"), BEFORE.items())
@rows("blank", ["", " ", "\u00a0"])
def test_every_sign_before_a_number_is_known(sign: str, currency: str, blank: str) -> None:
    """Each sign names its currency, with or without a blank, whatever letters belong to it."""
    assert values("amount", f"it cost {sign}{blank}12.50 then") == [f"{currency} 12.50"]


@rows(("word", "currency"), AFTER.items())
@rows("end", ["", ".", ", please", "\n"])
def test_every_word_behind_a_number_is_known(word: str, currency: str, end: str) -> None:
    """Each word names its currency, also at the end of a sentence or a line."""
    assert values("amount", f"about 1250 {word}{end}") == [f"{currency} 1250.00"]


@pytest.mark.parametrize("code", CODES)
def test_every_code_is_known_on_either_side(code: str) -> None:
    """ISO 4217 codes count in any case, glued or apart."""
    for text in (f"{code} 99.95", f"99.95 {code}", f"{code.lower()} 99.95", f"99.95{code}", f"{code}99.95"):
        assert values("amount", f"paid {text} now") == [f"{code} 99.95"], text


@pytest.mark.parametrize(("language", "currency"), [("sv", "SEK"), ("da", "DKK"), ("no", "NOK"), ("nb", "NOK"), ("nn", "NOK")])
@pytest.mark.parametrize("written", ["250 kr", "kr 250", "250 kr.", "kr. 250", "250 kronor", "250 kroner", "250,00 kr"])
def test_crowns_are_those_of_the_language(language: str, currency: str, written: str) -> None:
    """Three countries say kr: the language decides, and without one nothing is guessed."""
    assert values("amount", f"x {written} y", language) == [f"{currency} 250.00"]
    assert values("amount", f"x {written} y", "de") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("€12.50-€15", ["EUR 12.50", "EUR 15.00"]),
        ("€12.50 and $15", ["EUR 12.50", "USD 15.00"]),
        ("3 lamps for €12.50 each, 37,50 € in all", ["EUR 12.50", "EUR 37.50"]),
        ("order 12345 €50", ["EUR 50.00"]),
        ("order 12345 € 50", ["EUR 50.00"]),
        ("order 12345 EUR 50.00", ["EUR 50.00"]),
        ("Rechnung 4711 EUR 50", ["EUR 50.00"]),
        ("12€50", ["EUR 12.50"]),
        ("12€ 50 lamps", ["EUR 12.00"]),
        ("50 € 3 times", ["EUR 50.00"]),
        ("-$12.50", ["USD 12.50"]),
        ("($12.50)", ["USD 12.50"]),
        ("$12.50USD", ["USD 12.50"]),
        ("Rs.1,299/-", ["INR 1299.00"]),
        ("₹499/- only", ["INR 499.00"]),
        ("49,- €", ["EUR 49.00"]),
        ("49,-- EUR", ["EUR 49.00"]),
        ("49,– €", ["EUR 49.00"]),
        ("€ 0", ["EUR 0.00"]),
        ("50€/month", ["EUR 50.00"]),
        ("Total: EUR 50;", ["EUR 50.00"]),
    ],
)
def test_amounts_among_other_words(text: str, expected: list[str]) -> None:
    """Each amount is found once, and a sign between two numbers belongs to the right one."""
    assert sorted(values("amount", text)) == sorted(expected)


def test_a_number_before_a_price_stays_an_order_number() -> None:
    """In "order 12345 €50" the first number is the order's."""
    for text in ("order 12345 €50", "order 12345 € 50", "order 12345 EUR 50.00"):
        assert values("order_number", text) == ["12345"], text


@pytest.mark.parametrize(
    "text",
    [
        "50", "12.50", "50 %", "50% €", "EUR", "€", "€ or $", "12 Europeans", "12 eurocents", "Europe 12", "100 dollarbill",
        "12.50.50 €", "1.2345 €", "€1234567890", "€12345678901", "12,50,00 €", "2026-03-04 €", "10-20 €", "12/50 €", "1:50 €", "v1.2.3 €x",
        "rsvp 12", "12 rsync", "50 kilos", "12 pence", "5 leis", "kč", "Rs", "12 poundings", "all 12 all",
    ],
)  # fmt: skip
def test_what_is_no_amount(text: str) -> None:
    """Bare numbers, words that only begin like a currency, ranges, dates and unreadable numbers are none."""
    found = values("amount", text)
    assert found == [] or text in {"try 12x"}, found


@given(
    whole=st.integers(min_value=0, max_value=99_999_999),
    cents=st.integers(min_value=0, max_value=99),
    style=st.sampled_from(["{:,}.{:02}", "{:_}.{:02}", "{}.{:02}"]),
    currency=st.sampled_from(CODES),
)
@settings(max_examples=150)
def test_what_is_written_is_what_is_read(whole: int, cents: int, style: str, currency: str) -> None:
    """Any sum in American, Swiss or plain writing, and the same with European marks, is read to the cent."""
    written = style.format(whole, cents).replace("_", "'")
    expected = [f"{currency} {whole}.{cents:02}"]
    assert values("amount", f"{currency} {written} paid") == expected
    assert values("amount", f"paid {written.translate(str.maketrans({',': '.', '.': ','}))} {currency}") == expected


@pytest.mark.parametrize(("name", "written", "worth"), WRITTEN)
def test_the_span_holds_number_and_currency(name: str, written: str, worth: str) -> None:
    """The span of an amount cuts out both, so that a person sees what was read."""
    text = f"We paid {written} EUR yesterday"
    (fact,) = (fact for fact in facts(text) if fact.kind == "amount")
    assert piece(fact, text) == f"{written} EUR", (name, worth)


def test_every_currency_of_the_table_is_tried_here() -> None:
    """No sign or word is added to the table without a row above."""
    tried = {word.lower().rstrip(".") for word in (*BEFORE, *AFTER, *CODES)}
    assert {name.rstrip(".") for name in amounts._CURRENCIES} - tried == set()
