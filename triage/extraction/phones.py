"""Telephone numbers in E.164, as the numbering plans know them."""

import re
from collections.abc import Iterator

import phonenumbers

from triage.extraction.labels import label_before
from triage.extraction.search import Search
from triage.reading import Fact

#: What may not go on behind is asked afterwards, so that the pattern never has to try again.
#: A stroke between blanks stands between two numbers.
_RUN = re.compile(r"\d(?:(?! / )[ ()/.\u00a0\u2010-\u2013-]{0,3}\d){6,16}")
_GOES_ON = re.compile(r"[\w*]|[.,-]\d")
#: What belongs to the number before its first digit.
_HEAD = re.compile(r"(?:\+ ?)?\(?\Z")


def find_phones(search: Search) -> Iterator[Fact]:
    """Numbers that a numbering plan has, or could have, and that are written or called like telephone numbers."""
    for found in _RUN.finditer(search.text):
        head = _HEAD.search(search.text, max(0, found.start() - 3), found.start())
        start = head.start() if head else found.start()
        before = search.text[max(0, start - 1) : start]
        within = before.isalnum() or (before != "" and before in "_.,/#*-") or _GOES_ON.match(search.text, found.end())
        if within or not search.free(start, found.end()):
            continue
        written = search.text[start : found.end()].strip()
        if ")" not in written:
            written = written.replace("(", "")
        international = written.startswith(("+", "00"))
        labelled = label_before(search.text, start).kind == "phone"
        # Ten bare digits may be anything; separators or a word beside them make them a telephone number.
        if not (international or labelled or _grouped(written)):
            continue
        number, valid = _number(f"+{written[2:]}" if written.startswith("00") else written, search.patterns.phone_region)
        if number and valid:
            yield search.fact("phone", number, 0.95 if international or labelled else 0.7, (start, found.end()))
        elif number and (labelled or written.startswith("+")):
            # Of a possible length, but in no plan: mistyped, new, or without its area code. Only its form or a word makes it a telephone's.
            yield search.fact("phone", number, 0.5, (start, found.end()))


def _grouped(written: str) -> bool:
    return written.startswith(("0", "(")) or sum(not character.isdigit() for character in written) >= 2


def _number(written: str, region: str) -> tuple[str, bool]:
    """The number in E.164, and whether a plan has such numbers; "" where none has one of its length."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return "", False
    if not phonenumbers.is_possible_number(number):
        return "", False
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), phonenumbers.is_valid_number(number)
