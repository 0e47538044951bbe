"""A day as it is told to customers."""

from datetime import datetime

_MONTHS = {
    "de": ("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"),
    "en": ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"),
}


def day(at: datetime, language: str) -> str:
    """Like "27 November 2026", in German where the language is "de"; the day is that of the order system's own clock."""
    dot, months = (".", _MONTHS["de"]) if language == "de" else ("", _MONTHS["en"])
    return f"{at.day}{dot} {months[at.month - 1]} {at.year}"
