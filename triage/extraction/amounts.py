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

_SIGN = re.compile(
    r"(?<![^\W\d_])(?:(?:US|CA?|AU?|NZ|HK|S|R)?\$|[€£¥₹₽₺₪₩₴]|(?:" + "|".join(_CODES.split()) + r"|z[łl]|Kč|Rs\.?|Ft|lei|euros?|dollars?"
    r"|pounds?|rupees?|franken|zloty|złotych|kr\.?)(?![^\W\d_]))",
    re.IGNORECASE,
)
_NUMBER = r"\d{1,3}(?:[.,'’\u00a0\u202f ]\d{2,3}){1,5}(?:[.,]\d{1,2})?(?!\d)|\d{1,9}(?:[.,]\d{1,2})?(?!\d)"
_AFTER = re.compile(rf"[ \u00a0\u202f]{{0,2}}({_NUMBER})")
_BEFORE = re.compile(rf"(?<![\w.,/-])({_NUMBER})(?:[.,][-–—]{{1,2}})?[ \u00a0\u202f-]{{0,2}}$")


def find_amounts(search: Search) -> Iterator[Fact]:
    """Amounts such as "EUR 12.50", whichever side the currency stands on."""
    for sign in _SIGN.finditer(search.text):
        currency = _currency(sign[0], search.language)
        found = _AFTER.match(search.text, sign.end()) or _BEFORE.search(search.text, max(0, sign.start() - 28), sign.start())
        if currency and found:
            span = min(sign.start(), found.start(1)), max(sign.end(), found.end(1))
            if search.free(*span):
                yield search.fact("amount", f"{currency} {_value(found[1])}", 0.95, span)


def _currency(sign: str, language: str) -> str:
    name = sign.lower()
    return _KRONOR.get(language, "") if name in {"kr", "kr."} else _CURRENCIES[name]


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
