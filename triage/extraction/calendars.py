"""Names of months and days, and words for days near today, in the languages whose dates are understood: data."""

import unicodedata

_MONTHS = {
    "en": "january february march april may june july august september october november december",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
}
_SHORT_MONTHS = (
    "jan feb mar apr may jun jul aug sep oct nov dec",
    "jän febr mrz apr mai jun jul aug sept okt nov dez",
    "janv févr mar avr mai juin juil aoû sep oct nov déc",
    "ene feb mar abr may jun jul ago set oct nov dic",
    "gen feb mar apr mag giu lug ago set ott nov dic",
    "jan fev mrt apr mei jun jul aug sep okt nov dez",
)

#: Other names: Austrian, and Spanish as some countries spell it.
_OTHER_MONTHS = {"jänner": 1, "feber": 2, "setiembre": 9}


def _bare(word: str) -> str:
    """The word without accents, as people write on keyboards that have none."""
    return "".join(letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter))


#: Number of the month by its name in any of the languages, in lower case, with and without accents.
MONTHS: dict[str, int] = _OTHER_MONTHS | {
    form: number
    for names in (*_MONTHS.values(), *_SHORT_MONTHS)
    for number, name in enumerate(names.split(), start=1)
    for form in (_bare(name), name)
}

_WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "de": "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles jueves viernes sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
}

#: 0 for Monday, by language and name.
WEEKDAYS: dict[str, dict[str, int]] = {
    language: {form: number for number, name in enumerate(names.split()) for form in (_bare(name), name)}
    for language, names in _WEEKDAYS.items()
}
# What is left of the Portuguese names in speech, and the other German name of Saturday.
WEEKDAYS["pt"] |= {name.removesuffix("-feira"): number for name, number in WEEKDAYS["pt"].items()}
WEEKDAYS["de"]["sonnabend"] = 5

#: Days from today, by language and word. Most telling first, for "day before yesterday" holds "yesterday".
NEAR_DAYS: dict[str, dict[str, int]] = {
    "en": {"day before yesterday": -2, "yesterday": -1, "today": 0, "day after tomorrow": 2, "tomorrow": 1},
    "de": {"vorgestern": -2, "gestern": -1, "heute": 0, "übermorgen": 2},
    "fr": {"avant-hier": -2, "hier": -1, "aujourd'hui": 0, "aujourd’hui": 0, "après-demain": 2, "demain": 1},
    "es": {"anteayer": -2, "ayer": -1, "hoy": 0, "pasado mañana": 2},
    "it": {"l'altro ieri": -2, "ieri": -1, "oggi": 0, "dopodomani": 2, "domani": 1},
    "nl": {"eergisteren": -2, "gisteren": -1, "vandaag": 0, "overmorgen": 2},
    "pt": {"anteontem": -2, "ontem": -1, "hoje": 0, "depois de amanhã": 2, "amanhã": 1},
}

#: Patterns with {day} for a weekday gone by.
LAST_WEEKDAY: dict[str, str] = {
    "en": r"(?:last|past) {day}",
    "de": r"(?:letzten?|vergangenen?|vorigen?) {day}",
    "fr": r"{day} (?:dernier|passé)",
    "es": r"{day} pasado",
    "it": r"{day} scors[oa]",
    "nl": r"(?:afgelopen|vorige) {day}",
    "pt": r"{day} passad[oa]",
}

#: Patterns with {n} for a number of days gone by.
DAYS_AGO: dict[str, str] = {
    "en": r"{n} days? ago",
    "de": r"vor {n} tag(?:en)?",
    "fr": r"il y a {n} jours?",
    "es": r"hace {n} d[ií]as?",
    "it": r"{n} giorn[oi] fa",
    "nl": r"{n} dag(?:en)? geleden",
    "pt": r"há {n} dias?",
}

#: What is left of them without numbers, to see at a glance whether one occurs.
AGO: dict[str, str] = {"en": " ago", "de": "vor ", "fr": "il y a ", "es": "hace ", "it": " fa", "nl": " geleden", "pt": "há "}
