"""Tracking numbers that carriers' own forms and check digits give away: UPS, USPS, the posts of the world, DHL, Amazon, FedEx."""

import re
from collections.abc import Iterator

from triage.extraction.search import Search
from triage.reading import Fact

#: Forms that nothing else has; each is checked by its digits below, where the carrier has a check digit.
_FORMS = re.compile(
    r"(?<![\w-])"
    r"(?:1Z(?: ?[0-9A-Z]){16}|[A-Z]{2} ?\d{3} ?\d{3} ?\d{3} ?[A-Z]{2}|(?:00|9[1-5])(?: ?\d){18,20}|JJ?D(?: ?\d){16,20}|TBA\d{12})(?![\w-])",
    re.IGNORECASE,
)
_MANY_DIGITS = re.compile(r"\d(?: ?\d){5}")
_S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
_FEDEX_WEIGHTS = (3, 1, 7, 3, 1, 7, 3, 1, 7, 3, 1)


def find_tracking_numbers(search: Search) -> Iterator[Fact]:
    """Tracking numbers by their form alone, wherever they stand."""
    if not _MANY_DIGITS.search(search.text):
        return
    for found in _FORMS.finditer(search.text):
        value = "".join(found[0].split()).upper()
        confidence = _confidence(value)
        if confidence and search.free(*found.span()):
            yield search.fact("tracking_number", value, confidence, found.span())


def is_labelled_number(value: str) -> bool:
    """True where digits that a word calls a tracking number have the check digit of FedEx or DHL Express."""
    if not value.isdigit():
        return False
    if len(value) == 10:
        return int(value[:9]) % 7 == int(value[9])
    if len(value) == 12:
        total = sum(weight * int(digit) for weight, digit in zip(_FEDEX_WEIGHTS, value, strict=False))
        return total % 11 % 10 == int(value[11])
    return len(value) == 15 and _gs1(value)


def _confidence(value: str) -> float:
    """How sure a form is; 0 where its check digit is wrong. FedEx and DHL Express have none of their own: a word must stand beside them."""
    if value.startswith(("JD", "JJD", "TBA")):
        return 0.97
    if value.startswith("1Z"):
        # Nothing else begins so and is so long; somebody may have mistyped one.
        return 0.97 if _ups(value) else 0.7
    if value.startswith("9") and len(value) == 22:
        return 0.97 if _gs1(value) else 0.7
    return 0.97 * (_s10(value[2:-2]) if value[:2].isalpha() else _gs1(value))


def _ups(value: str) -> bool:
    # Letters count as 2 for A, 3 for B and so on, modulo ten.
    digits = [int(character) if character.isdigit() else (ord(character) - 63) % 10 for character in value[2:]]
    return (-(sum(digits[:-1:2]) + 2 * sum(digits[1:-1:2]))) % 10 == digits[-1]


def _s10(digits: str) -> bool:
    # UPU S10, for letters and parcels of all posts.
    check = 11 - sum(weight * int(digit) for weight, digit in zip(_S10_WEIGHTS, digits, strict=False)) % 11
    return {10: 0, 11: 5}.get(check, check) == int(digits[8])


def _gs1(digits: str) -> bool:
    # GS1 general specifications §7.9: SSCC of DHL and others, IMpb of USPS, FedEx Ground.
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits[:-1])))
    return -weighted % 10 == int(digits[-1])
