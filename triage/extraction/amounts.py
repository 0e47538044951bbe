"""Amounts of money: digits beside a currency, in American, European, Swiss and Indian notation."""

import re
from collections.abc import Iterator
from decimal import Decimal

from triage.extraction.labels import label_before
from triage.extraction.search import Search
from triage.reading import Fact

_CODES = (
    "EUR USD GBP CHF INR PLN SEK NOK DKK CZK HUF RON BGN TRY RUB UAH JPY CNY KRW BRL MXN ARS CLP COP CAD AUD NZD ZAR NGN KES EGP AED SAR"
    " ILS SGD HKD MYR THB IDR PHP VND PKR BDT"
)
_SYMBOLS = {
    "€": "EUR", "us$": "USD", "ca$": "CAD", "c$": "CAD", "au$": "AUD", "a$": "AUD", "nz$": "NZD", "hk$": "HKD", "s$": "SGD", "r$": "BRL",
    "$": "USD", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY", "₪": "ILS", "₩": "KRW", "₴": "UAH", "zł": "PLN", "zl": "PLN",
    "kč": "CZK", "rs": "INR", "rs.": "INR", "ft": "HUF", "lei": "RON", "euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD",
    "pound": "GBP", "pounds": "GBP", "rupee": "INR", "rupees": "INR", "franken": "CHF", "sfr": "CHF", "zloty": "PLN", "złotych": "PLN",
    "złote": "PLN", "korun": "CZK", "forint": "HUF", "yen": "JPY", "円": "JPY", "元": "CNY", "rmb": "CNY", "원": "KRW", "reais": "BRL",
    "mx$": "MXN", "руб": "RUB", "рублей": "RUB", "рубля": "RUB", "грн": "UAH", "гривень": "UAH", "tl": "TRY", "лв": "BGN", "ksh": "KES",
    "₦": "NGN", "₱": "PHP", "฿": "THB", "₫": "VND", "৳": "BDT", "dirhams": "AED", "shekels": "ILS",
}  # fmt: skip
_CURRENCIES = {**{code.lower(): code for code in _CODES.split()}, **_SYMBOLS}

#: Three countries write kr; the language of the message says which.
_CROWNS = frozenset({"kr", "kr.", "kronor", "kroner", "krona", "krone"})
_KRONOR = {"sv": "SEK", "da": "DKK", "no": "NOK", "nb": "NOK", "nn": "NOK"}

_SPACES = " \u00a0\u202f"
_START = re.compile(r"\d{1,40}")
_NUMBER = re.compile(
    r"(?<![\d,/-])(?<!\d[.:])(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,3}(?:\.\d{3}){1,4}|\d{1,3}(?:['’]\d{3}){1,4}|\d{1,2}(?:,\d{2}){1,3},\d{3}"
    r"|\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}|\d{1,9})(?:[.,]\d{1,2})?(?!\d|[.,]\d)"
)
_MARKS = "$€£¥₹₽₺₪₩₴₦₱฿₫৳円元원"
#: One of these stands in every text with an amount.
_TELLING = (
    *_MARKS,
    *(name for name in (*_CURRENCIES, "kr", "krone") if name.isalpha() and name.removesuffix("s") not in set(_CURRENCIES) - {name}),
)
#: The word or sign right after an amount; 49,- and 49.-- are whole amounts.
_AFTER = re.compile(r"(?<=\d)(?:[.,][-–—]{1,2})?[ \u00a0\u202f]{0,2}-?([A-Za-z]{0,2}[$€£¥₹₽₺₪₩₴₦₱฿₫৳円元원]|[^\W\d_]{2,9}\.?)")
#: 12€50, as French tills print it.
_CENTS = re.compile(r"[€£$](\d\d)(?![\d.,]\d|\d)")
#: Kinds of numbers that may stand before an amount, as in "order 12345 EUR 50".
_NUMBERS = frozenset({"order_number", "invoice_number", "receipt_number", "transaction_id", "tracking_number"})


def find_amounts(search: Search) -> Iterator[Fact]:
    """Amounts such as "EUR 12.50", whichever side the currency stands on."""
    text = search.text
    if not any(sign in search.lower for sign in _TELLING):
        return
    for digits in _START.finditer(text):
        number = _NUMBER.match(text, digits.start())
        if number is None:
            continue
        (start, end), written = number.span(), number[0]
        before = _word_before(text, start)
        after = _AFTER.match(text, end)
        if currency := _currency(before, search.language):
            start = text.rindex(before, 0, start)
        elif after and (currency := _currency(after[1], search.language)) and not _of_the_next(text, start, after):
            cents = _CENTS.match(text, end) if written.isdigit() else None
            end, written = (cents.end(), f"{written}.{cents[1]}") if cents else (after.end(1), written)
        else:
            continue
        if currency and search.free(start, end):
            yield search.fact("amount", f"{currency} {_value(written)}", 0.95, (start, end))


def _of_the_next(text: str, start: int, after: re.Match[str]) -> bool:
    """True where the currency between two numbers belongs to the second, as in "order 12345 €50"."""
    behind = text[after.end() : after.end() + 2]
    if not (behind[:1].isdigit() or (behind[:1] in _SPACES and behind[1:].isdigit())):
        return False
    apart = after.start(1) > after.start()
    return (apart and behind[0].isdigit()) or label_before(text, start).kind in _NUMBERS


def _word_before(text: str, start: int) -> str:
    """The word or sign right before an amount, with the letters that belong to a sign; "" where neither stands there."""
    head = text[max(0, start - 12) : start].rstrip(_SPACES)
    first = len(head)
    while first and (head[first - 1].isalpha() or head[first - 1] == "." or (first == len(head) and head[-1] in _MARKS)):
        first -= 1
    return head[first:]


def _currency(sign: str, language: str) -> str:
    name = sign.lower()
    if not name:
        return ""
    return _KRONOR.get(language, "") if name in _CROWNS else _CURRENCIES.get(name, _CURRENCIES.get(name.rstrip("."), ""))


def _value(written: str) -> Decimal:
    """The number that was written, with two decimals."""
    marks = re.sub(r"\d", "", written)
    last = marks[-1:]
    # Two digits or one behind the last mark are decimals; three are thousands, as in 1.234 and 1,23,456.
    if last in {".", ","} and len(written) - written.rfind(last) - 1 <= 2 and not (len(marks) > 1 and marks.count(last) > 1):
        whole, _, decimals = written.rpartition(last)
    else:
        whole, decimals = written, ""
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{decimals or '00'}").quantize(Decimal("0.01"))
