"""Amounts of money: digits beside a currency, in American, European, Swiss and Indian notation."""

import re
from collections.abc import Iterator
from decimal import Decimal

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
    "pound": "GBP", "pounds": "GBP", "rupee": "INR", "rupees": "INR", "franken": "CHF", "zloty": "PLN", "złotych": "PLN",
}  # fmt: skip
_CURRENCIES = {**{code.lower(): code for code in _CODES.split()}, **_SYMBOLS}

#: Three countries write kr; the language of the message says which.
_KRONOR = {"sv": "SEK", "da": "DKK", "no": "NOK", "nb": "NOK", "nn": "NOK"}

_SPACE = "[ \u00a0\u202f]"
_NUMBER = re.compile(
    r"(?<![\d,/-])(?<!\d\.)(?:\d{1,3}(?:,\d{3}){1,4}|\d{1,3}(?:\.\d{3}){1,4}|\d{1,3}(?:['’]\d{3}){1,4}|\d{1,2}(?:,\d{2}){1,3},\d{3}"
    rf"|\d{{1,3}}(?:{_SPACE}\d{{3}}){{1,4}}|\d{{1,9}})(?:[.,]\d{{1,2}})?(?!\d|[.,]\d)"
)
_SIGNS = r"[A-Za-z]{0,2}[$€£¥₹₽₺₪₩₴]|[^\W\d_]{2,9}\.?"
_BEFORE = re.compile(rf"(?<![^\W\d_])({_SIGNS}){_SPACE}{{0,2}}$")
_AFTER = re.compile(rf"(?:[.,][-–—]{{1,2}})?{_SPACE}{{0,2}}-?({_SIGNS})")


def find_amounts(search: Search) -> Iterator[Fact]:
    """Amounts such as "EUR 12.50", whichever side the currency stands on."""
    for number in _NUMBER.finditer(search.text):
        before = _BEFORE.search(search.text, max(0, number.start() - 12), number.start())
        after = _AFTER.match(search.text, number.end())
        for sign in filter(None, (before, after)):
            currency = _currency(sign[1], search.language)
            span = min(sign.start(1), number.start()), max(sign.end(1), number.end())
            if currency and search.free(*span):
                yield search.fact("amount", f"{currency} {_value(number[0])}", 0.95, span)
                break


def _currency(sign: str, language: str) -> str:
    name = sign.lower()
    return _KRONOR.get(language, "") if name in {"kr", "kr."} else _CURRENCIES.get(name, _CURRENCIES.get(name.rstrip("."), ""))


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
