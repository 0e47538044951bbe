"""Moments in words, in the time zone of the people who read them."""

# ruff: noqa: DTZ001, DTZ007 - Hypothesis makes naive times, and the zone under test is put on afterwards.

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.clocks.tell import tell, zone
from triage.errors import SettingsError

BERLIN = zone("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "place", "language", "words"),
    [
        (datetime(2026, 11, 27, 9), "Europe/Berlin", "en", "Friday, 27 November 2026, 10:00 (CET)"),
        (datetime(2026, 11, 27, 9), "Europe/Berlin", "de", "Freitag, 27. November 2026, 10:00 Uhr (MEZ)"),
        (datetime(2026, 7, 1, 22, 30), "Europe/Berlin", "en", "Thursday, 2 July 2026, 00:30 (CEST)"),
        (datetime(2026, 7, 1, 22, 30), "Europe/Berlin", "de", "Donnerstag, 2. Juli 2026, 00:30 Uhr (MESZ)"),
        (datetime(2026, 3, 1, 9, 5, 59), "UTC", "en", "Sunday, 1 March 2026, 09:05 (UTC)"),
        (datetime(2026, 3, 1, 9, 5), "UTC", "de", "Sonntag, 1. März 2026, 09:05 Uhr (UTC)"),
        (datetime(2026, 1, 5, 17), "America/New_York", "en", "Monday, 5 January 2026, 12:00 (EST)"),
        (datetime(2026, 11, 27, 9), "Europe/Berlin", "fr", "Friday, 27 November 2026, 10:00 (CET)"),
        (datetime(2026, 11, 27, 9), "Europe/Berlin", "", "Friday, 27 November 2026, 10:00 (CET)"),
        # The hour that comes twice is told apart by its zone.
        (datetime(2026, 10, 25, 0, 30), "Europe/Berlin", "en", "Sunday, 25 October 2026, 02:30 (CEST)"),
        (datetime(2026, 10, 25, 1, 30), "Europe/Berlin", "en", "Sunday, 25 October 2026, 02:30 (CET)"),
    ],
)
def test_a_moment_in_words(moment: datetime, place: str, language: str, words: str) -> None:
    """Weekday, date, time and zone are told in English, or in German to those who write German."""
    assert tell(moment.replace(tzinfo=UTC), zone(place), language) == words


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["en", "de"]))
def test_different_minutes_are_told_differently(moment: datetime, language: str) -> None:
    """No two minutes read the same, not even in the hour that comes twice."""
    here = moment.replace(tzinfo=UTC)
    assert tell(here, BERLIN, language) != tell(here + timedelta(minutes=1), BERLIN, language)
    assert tell(here, BERLIN, language) != tell(here + timedelta(hours=1), BERLIN, language)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "America/Lima"]))
def test_the_english_words_can_be_read_back(moment: datetime, place: str) -> None:
    """What is told is the moment itself: parsed again it names the same minute there."""
    told = tell(moment.replace(tzinfo=UTC), zone(place)).rpartition(" (")[0]
    local = moment.replace(tzinfo=UTC, second=0, microsecond=0).astimezone(zone(place)).replace(tzinfo=None)
    assert datetime.strptime(told, "%A, %d %B %Y, %H:%M") == local


@pytest.mark.parametrize("name", ["Europe/Atlantis", "", "../etc/passwd", "/etc/localtime"])
def test_an_unknown_zone_is_a_mistake_in_the_settings(name: str) -> None:
    """A time zone that does not exist is told by key, value and expectation."""
    with pytest.raises(SettingsError, match=r"identity\.time_zone = .*expected a time zone such as Europe/Berlin"):
        zone(name)
