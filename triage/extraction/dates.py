"""Dates: written out, in digits, or counted from the day of arrival. What is not certain is left out or said with less confidence."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache

from triage.extraction.calendars import AGO, DAYS_AGO, LAST_WEEKDAY, MONTHS, NEAR_DAYS, WEEKDAYS
from triage.extraction.search import Search
from triage.reading import Fact

_START = re.compile(r"\d{1,4}")
_ISO = re.compile(r"((?:19|20)\d\d)[-/.](\d{1,2})[-/.](\d{1,2})(?![\d-]|[./]\d)")
_NUMERIC = re.compile(r"(\d{1,2})([./-])(\d{1,2})\2((?:19|20)?\d\d)(?![\w-]|[./]\d)")
#: 27.02. without a year, as German, Polish and Nordic people write; elsewhere it is a number.
_SHORT = re.compile(r"(\d{1,2})\.(\d{1,2})\.(?![\w.])")
_SHORT_LANGUAGES = frozenset({"de", "pl", "cs", "sk", "da", "no", "nb", "fi", "hu"})
_DAY = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º|ª|°)?(?![\w:%€$£]|[.,]\d)", re.IGNORECASE)
#: Behind a day: " of March 2026", and without blanks "-Mar-2026", "/Mar/2026" and ".März 2026".
_MONTH_AFTER = re.compile(
    r"(?:[ \u00a0]{1,2}(?:of |de |d['’])?|([-/.]))([^\W\d_]{3,10})\b\.?"
    r"(?:(?:,?[ \u00a0]{1,2}(?:del? )?|(?:(?<=[^\W\d_])\1))((?:19|20)\d\d)(?!\d))?",
    re.IGNORECASE,
)
_MONTH_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_]{3,10})\.?[ \u00a0]{1,2}(?:the )?$")
_YEAR_AFTER = re.compile(r",?[ \u00a0]{1,2}((?:19|20)\d\d)(?!\d)")

#: Short names of months that are words too: "mar 5" is a date, "set 5" or "may 5 people come" hardly.
_WORDS_TOO = frozenset({"set", "mag", "gen", "mar", "mai", "ago", "may", "mei", "dec", "jan", "jun"})


def find_dates(search: Search) -> Iterator[Fact]:
    """Dates in ISO 8601; relative ones only in what was written now, for quoted words speak of another day."""
    for start in _START.finditer(search.text):
        if not _within_number(search.text, start.start()):
            yield from _explicit(search, start.start())
    if search.source in {"subject", "text"}:
        yield from _relative(search)


def _within_number(text: str, start: int) -> bool:
    before = text[max(0, start - 1) : start]
    return before.isalnum() or (before != "" and before in "_.,/:-€$£")


def _explicit(search: Search, start: int) -> Iterator[Fact]:
    """The date that begins with the digit at `start`, if one does."""
    if found := _ISO.match(search.text, start):
        yield from _fact(search, *_from_iso(found), found.span())
    elif found := _NUMERIC.match(search.text, start):
        yield from _fact(search, *_from_digits(found, search), found.span())
    elif search.language in _SHORT_LANGUAGES and (found := _SHORT.match(search.text, start)) and 1 <= int(found[2]) <= 12:
        yield from _of_parts(search, int(found[1]), int(found[2]), None, found.span())
    elif found := _DAY.match(search.text, start):
        yield from _with_month(search, found)


def _fact(search: Search, day: date | None, confidence: float, span: tuple[int, int]) -> Iterator[Fact]:
    # A parcel's dates lie around today; a day far off is a misreading.
    if day and 1990 <= day.year <= search.received_at.year + 5 and search.free(*span):
        yield search.fact("date", day.isoformat(), confidence, span)


def _from_iso(found: re.Match[str]) -> tuple[date | None, float]:
    return _date(int(found[1]), int(found[2]), int(found[3])), 1.0


def _from_digits(found: re.Match[str], search: Search) -> tuple[date | None, float]:
    first, second, year = int(found[1]), int(found[3]), int(found[4])
    year += 2000 if year < 100 else 0
    if first == second or first > 12 or second > 12 or found[2] == ".":
        month_first = second > 12
        return (_date(year, first, second) if month_first else _date(year, second, first)), 1.0
    # 03/04 is March in the United States and April elsewhere: our best guess, and no more than that.
    american = search.patterns.phone_region in {"US", "PH"} and search.language in {"en", ""}
    return (_date(year, first, second) if american else _date(year, second, first)), 0.5


def _with_month(search: Search, found: re.Match[str]) -> Iterator[Fact]:
    after = _MONTH_AFTER.match(search.text, found.end())
    if after and (month := MONTHS.get(after[2].lower())) and not (after[1] and not after[3] and after[2].lower() in _WORDS_TOO):
        end = after.end() if after[3] else after.end(2)
        yield from _of_parts(search, int(found[1]), month, after[3], (found.start(), end))
        return
    before = _MONTH_BEFORE.search(search.text, max(0, found.start() - 16), found.start())
    if before and (month := MONTHS.get(before[1].lower())) and (before[1][0].isupper() or before[1] not in _WORDS_TOO):
        year = _YEAR_AFTER.match(search.text, found.end())
        end = year.end() if year else found.end()
        yield from _of_parts(search, int(found[1]), month, year[1] if year else None, (before.start(1), end))


def _of_parts(search: Search, day: int, month: int, year: str | None, span: tuple[int, int]) -> Iterator[Fact]:
    if year:
        yield from _fact(search, _date(int(year), month, day), 1.0, span)
        return
    today = search.received_at.date()
    nearby = (_date(today.year + offset, month, day) for offset in (-1, 0, 1))
    nearest = min((near for near in nearby if near), key=lambda near: abs(near - today), default=None)
    yield from _fact(search, nearest, 0.8, span)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _relative(search: Search) -> Iterator[Fact]:
    today = search.received_at.date()
    for language in dict.fromkeys((search.language or "en", "en")):
        if language not in NEAR_DAYS or not any(word in search.lower for word in _telling_words(language)):
            continue
        for found in _relative_words(language).finditer(search.text):
            yield from _fact(search, _resolve(found, language, today), 0.8, found.span())


def _resolve(found: re.Match[str], language: str, today: date) -> date:
    if found["near"]:
        return today + timedelta(days=NEAR_DAYS[language][found["near"].lower()])
    if found["n"]:
        return today - timedelta(days=int(found["n"]))
    # The same weekday means a week ago.
    weekday = WEEKDAYS[language][found["day"].lower()]
    return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)


@cache
def _telling_words(language: str) -> tuple[str, ...]:
    """One of these stands in every text with a relative date of that language."""
    return (*NEAR_DAYS[language], *WEEKDAYS[language], AGO[language])


@cache
def _relative_words(language: str) -> re.Pattern[str]:
    near = "|".join(map(re.escape, NEAR_DAYS[language]))
    weekday = LAST_WEEKDAY[language].replace("{day}", rf"(?P<day>{'|'.join(WEEKDAYS[language])})")
    ago = DAYS_AGO[language].replace("{n}", r"(?P<n>\d{1,2})")
    return re.compile(rf"\b(?=\w)(?:(?P<near>{near})|{weekday}|{ago})(?!\w)", re.IGNORECASE)
