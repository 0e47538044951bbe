"""Dates in seven languages, in digits and in words, and counted from any day of arrival; and what is no date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.extraction.reading import facts, piece, values
from tests.rows import rows

MONTHS = {
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
#: How each language writes a whole date.
LONG = {
    "en": ["{d} {m} {y}", "{m} {d}, {y}", "the {d}th of {m} {y}", "{m} {d} {y}", "{d}-{m}-{y}"], "de": ["{d}. {m} {y}", "{d}.{m} {y}", "{d} {m} {y}"],
    "fr": ["{d} {m} {y}", "le {d} {m} {y}"], "es": ["{d} de {m} de {y}", "{d} {m} {y}", "{d} de {m} del {y}"],
    "it": ["{d} {m} {y}", "il {d} {m} {y}"], "nl": ["{d} {m} {y}", "op {d} {m} {y}"], "pt": ["{d} de {m} de {y}", "{d} {m} {y}"],
}  # fmt: skip
SPELLED = [
    (language, number, name, form)
    for language, names in MONTHS.items()
    for number, name in enumerate(names.split(), start=1)
    for form in LONG[language]
]
PLAIN = str.maketrans("äéûçàèìòùáíóúãõ", "aeucaeiouaiouao")

WEEKDAYS = {
    "en": ("monday tuesday wednesday thursday friday saturday sunday", ["last {}", "past {}"]),
    "de": ("montag dienstag mittwoch donnerstag freitag samstag sonntag", ["letzten {}", "vergangenen {}", "vorigen {}"]),
    "fr": ("lundi mardi mercredi jeudi vendredi samedi dimanche", ["{} dernier", "{} passé"]),
    "es": ("lunes martes miércoles jueves viernes sábado domingo", ["el {} pasado"]),
    "it": ("lunedì martedì mercoledì giovedì venerdì sabato domenica", ["{} scorso", "{} scorsa"]),
    "nl": ("maandag dinsdag woensdag donderdag vrijdag zaterdag zondag", ["afgelopen {}", "vorige {}"]),
    "pt": ("segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo", ["{} passada", "{} passado"]),
}
LAST = [
    (language, number, form.format(name))
    for language, (names, forms) in WEEKDAYS.items()
    for number, name in enumerate(names.split())
    for form in forms
]
NEAR = {
    "en": {"the day before yesterday": -2, "yesterday": -1, "today": 0, "tomorrow": 1, "the day after tomorrow": 2, "3 days ago": -3, "1 day ago": -1},
    "de": {"vorgestern": -2, "gestern": -1, "heute": 0, "übermorgen": 2, "vor 3 Tagen": -3, "vor 1 Tag": -1},
    "fr": {"avant-hier": -2, "hier": -1, "aujourd'hui": 0, "aujourd’hui": 0, "demain": 1, "après-demain": 2, "il y a 3 jours": -3, "il y a 1 jour": -1},
    "es": {"anteayer": -2, "ayer": -1, "hoy": 0, "pasado mañana": 2, "hace 3 días": -3, "hace 3 dias": -3, "hace 1 día": -1},
    "it": {"l'altro ieri": -2, "ieri": -1, "oggi": 0, "domani": 1, "dopodomani": 2, "3 giorni fa": -3, "1 giorno fa": -1},
    "nl": {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "overmorgen": 2, "3 dagen geleden": -3, "1 dag geleden": -1},
    "pt": {"anteontem": -2, "ontem": -1, "hoje": 0, "amanhã": 1, "depois de amanhã": 2, "há 3 dias": -3, "há 1 dia": -1},
}  # fmt: skip
NEARBY = [(language, words, days) for language, rows in NEAR.items() for words, days in rows.items()]
#: Days of arrival at which counting goes over a month, a year, or a leap day.
ARRIVALS = [
    datetime(*day, 12, tzinfo=UTC)
    for day in ((2026, 3, 4), (2026, 1, 1), (2025, 12, 31), (2024, 3, 1), (2024, 2, 29), (2025, 3, 1), (2026, 11, 1))
]


@rows(("language", "number", "name", "form"), SPELLED)
def test_every_month_of_every_language_is_read(language: str, number: int, name: str, form: str) -> None:
    """Day, month and year in the language's own order, in any case and also without accents."""
    written = form.format(d=17, m=name, y=2025)
    for text in (written, written.upper(), written.translate(PLAIN)):
        assert values("date", f"x {text}, y", language) == [f"2025-{number:02}-17"], text


@pytest.mark.parametrize("language", MONTHS)
def test_without_a_year_the_nearest_day_is_meant(language: str) -> None:
    """In January, December was last month; in December, January is next month; and that is less sure."""
    first, last = MONTHS[language].split()[0], MONTHS[language].split()[-1]
    january, december = datetime(2026, 1, 5, tzinfo=UTC), datetime(2025, 12, 28, tzinfo=UTC)
    assert values("date", f"x 20 {last} y", language, now=january) == ["2025-12-20"]
    assert values("date", f"x 5 {first} y", language, now=december) == ["2026-01-05"]
    (fact,) = (fact for fact in facts(f"x 20 {last} y", language) if fact.kind == "date")
    assert fact.confidence < 1


@rows("arrival", ARRIVALS)
@rows(("language", "words", "days"), NEARBY)
def test_near_days_count_from_arrival(language: str, words: str, days: int, arrival: datetime) -> None:
    """Yesterday is the day before the message arrived, over months, years and leap days."""
    expected = (arrival.date() + timedelta(days=days)).isoformat()
    for text in (words, words.capitalize()):
        assert values("date", f"{text}, x", language, now=arrival) == [expected]


@rows(("language", "weekday", "words"), LAST)
def test_the_last_weekday_is_within_a_week(language: str, weekday: int, words: str) -> None:
    """Last Monday is the nearest Monday gone by, and said on a Monday it is a week ago."""
    for offset in range(7):
        arrival = datetime(2026, 2, 26, 12, tzinfo=UTC) + timedelta(days=offset)
        (found,) = values("date", f"x {words}, y", language, now=arrival)
        day = date.fromisoformat(found)
        assert day.weekday() == weekday
        assert 1 <= (arrival.date() - day).days <= 7


@pytest.mark.parametrize(("language", "words", "days"), [row for row in NEARBY if row[0] not in {"en"}])
def test_words_of_other_languages_are_not_read(language: str, words: str, days: int) -> None:
    """ "hier" is German for here and French for yesterday: only the message's language, and English, count."""
    assert values("date", f"{words}, x", "en") == [], (language, days)


@pytest.mark.parametrize("words", ["yesterday", "today", "3 days ago", "last Monday", "gestern", "hier"])
@pytest.mark.parametrize("source", ["quoted", "document_text"])
def test_words_written_on_another_day_are_not_counted(words: str, source: str) -> None:
    """Yesterday in a quotation or a document was another day's yesterday."""
    assert values("date", "Hello", "fr" if words == "hier" else "de" if words == "gestern" else "en", **{source: f"x {words} y"}) == []


@pytest.mark.parametrize(
    ("text", "language", "region", "expected", "confidence"),
    [
        ("03/04/2026", "en", "US", "2026-03-04", 0.5),
        ("03/04/2026", "en", "GB", "2026-04-03", 0.5),
        ("03/04/2026", "fr", "US", "2026-04-03", 0.5),
        ("03-04-2026", "en", "US", "2026-03-04", 0.5),
        ("3/4/26", "en", "IN", "2026-04-03", 0.5),
        ("03.04.2026", "en", "US", "2026-04-03", 1.0),
        ("03.04.26", "de", "DE", "2026-04-03", 1.0),
        ("04/04/2026", "en", "US", "2026-04-04", 1.0),
        ("13/04/2026", "en", "US", "2026-04-13", 1.0),
        ("04/13/2026", "en", "GB", "2026-04-13", 1.0),
        ("2026-04-03", "en", "US", "2026-04-03", 1.0),
        ("2026/04/03", "en", "US", "2026-04-03", 1.0),
        ("2026.04.03", "en", "US", "2026-04-03", 1.0),
        ("2026-4-3", "en", "US", "2026-04-03", 1.0),
    ],
)
def test_digits_are_as_sure_as_they_are_clear(text: str, language: str, region: str, expected: str, confidence: float) -> None:
    """Where day and month could be either, the region's custom is taken at half the confidence."""
    (fact,) = (fact for fact in facts(f"on {text} it came", language, region) if fact.kind == "date")
    assert (fact.value, fact.confidence) == (expected, confidence)


@rows(
    "text",
    [
        "31/04/2026", "30.02.2026", "29/02/2025", "29 February 2025", "Feb 29 2026", "31 June", "0/0/2026", "00.01.2026", "32/12/2025",
        "2026-13-01", "2026-02-30", "2026-00-10", "13/13/2026", "1889-12-31", "1989-12-31", "2032-01-01", "31.12.2099", "5.5.1066",
        "12:30", "10:15:20", "1.2.3", "v1.2.2026.4", "192.168.10.12", "4/3", "24/7", "1/2", "50/50", "20260304", "04032026", "12-34-5678",
        "March", "March 2026", "on the 14th", "Monday", "on Monday", "next week", "next month", "in 3 days", "soon", "a day ago",
        "€12 March", "12% May", "12 marching bands", "may 5 people come", "set 5 aside", "12x March", "a12 March", "size 12/13", "3-4 days",
        "+49 30 901820", "SO12-03-2026X", "INV-2024-01-01-7",
    ],
)  # fmt: skip
def test_what_is_no_date(text: str) -> None:
    """Impossible days, other centuries, times, fractions, versions and words alone are no dates."""
    assert values("date", f"it is {text} now") == []


@pytest.mark.parametrize(("day", "expected"), [("29.02.2024", ["2024-02-29"]), ("29.02.2023", []), ("29.02.2000", ["2000-02-29"])])
def test_leap_days_are_only_in_leap_years(day: str, expected: list[str]) -> None:
    """The 29th of February is a date in a leap year and nothing in another."""
    assert values("date", f"am {day}", "de") == expected


@pytest.mark.parametrize(("text", "language", "expected"), [
    ("am 27.02. bestellt", "de", ["2026-02-27"]), ("am 31.12.", "de", ["2025-12-31"]), ("dnia 27.02. ", "pl", ["2026-02-27"]),
    ("den 27.02. ", "da", ["2026-02-27"]), ("version 27.02. ", "en", []), ("Kapitel 27.13.", "de", []), ("am 31.04.", "de", []),
    ("1. Jänner 2026", "de", ["2026-01-01"]), ("1° maggio 2026", "it", ["2026-05-01"]), ("1º de maio de 2026", "pt", ["2026-05-01"]),
    ("3 de setiembre de 2025", "es", ["2025-09-03"]), ("01-JAN-2026", "en", ["2026-01-01"]), ("1/Jan/2026", "en", ["2026-01-01"]),
    ("letzten Sonnabend", "de", ["2026-02-28"]), ("segunda passada", "pt", ["2026-03-02"]), ("on 3-may we", "en", []),
    ("27 Feb to 3 Mar", "en", ["2026-02-27", "2026-03-03"]),
])  # fmt: skip
def test_customs_of_countries(text: str, language: str, expected: list[str]) -> None:
    """27.02. is a German date and an English version number, and each country has its ways with the first of a month."""
    assert sorted(values("date", text, language)) == expected


@given(day=st.dates(min_value=date(1990, 1, 1), max_value=date(2031, 12, 31)), language=st.sampled_from(sorted(MONTHS)))
@settings(max_examples=150)
def test_any_day_is_read_as_it_was_written(day: date, language: str) -> None:
    """Every day of forty years is found in ISO, in points and in words, and its span says what it says."""
    name = MONTHS[language].split()[day.month - 1]
    for written in (day.isoformat(), f"{day.day}.{day.month}.{day.year}", LONG[language][0].format(d=day.day, m=name, y=day.year)):
        text = f"x {written} y"
        (fact,) = (fact for fact in facts(text, language) if fact.kind == "date")
        assert fact.value == day.isoformat()
        assert piece(fact, text) == written
