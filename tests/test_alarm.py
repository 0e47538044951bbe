"""The board of alarms: each stands once, since when it began, until it is cleared."""

from datetime import UTC, datetime, timedelta

from triage.alarm import Alarm, AlarmBoard

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


def test_an_alarm_stands_once_since_it_began() -> None:
    """Sounding an alarm again renews its words and leaves the time when it began."""
    board = AlarmBoard()
    board.sound("smtp_login", "refused once", NOW)
    board.sound("smtp_login", "refused twice", NOW + timedelta(hours=1))
    assert board.standing() == (Alarm(kind="smtp_login", text="refused twice", since=NOW),)


def test_the_oldest_alarm_comes_first() -> None:
    """Whoever reads the board sees what has stood longest first, in whatever order it was put up."""
    board = AlarmBoard()
    board.sound("later", "", NOW + timedelta(minutes=1))
    board.sound("earlier", "", NOW)
    assert [alarm.kind for alarm in board.standing()] == ["earlier", "later"]


def test_an_alarm_that_is_over_begins_anew() -> None:
    """Clearing takes an alarm down, also where none stands; the next one of its kind has its own beginning."""
    board = AlarmBoard()
    board.clear("certificate:smtp")
    board.sound("certificate:smtp", "old", NOW)
    board.clear("certificate:smtp")
    assert board.standing() == ()
    board.sound("certificate:smtp", "new", NOW + timedelta(days=1))
    assert [alarm.since for alarm in board.standing()] == [NOW + timedelta(days=1)]
