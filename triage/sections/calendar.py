"""When people are at work: what staffed time is counted by."""

import re
from datetime import date, time
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from triage.sections.people import Absence
from triage.sections.values import Section, TimeZone

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_HOURS = re.compile(r"([01]\d|2[0-3]):([0-5]\d)\s{0,3}[-–]\s{0,3}([01]\d|2[0-4]):([0-5]\d)")


def _hours(value: object) -> object:
    found = _HOURS.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found or (found[3] == "24" and found[4] != "00"):
        raise ValueError("expected hours such as 09:00-17:00")
    return time(int(found[1]), int(found[2])), time(int(found[3]) % 24, int(found[4]))


def _closed(value: object) -> object:
    return {"from": value, "to": value} if isinstance(value, date | str) else value


#: From when to when; an end that is not after the start is on the next day.
Hours = Annotated[tuple[time, time], BeforeValidator(_hours)]


def _office_hours() -> dict[Weekday, tuple[Hours, ...]]:
    days: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return {day: ((time(9), time(17)),) for day in days}


class CalendarSettings(Section):
    """Hours, holidays and closed days."""

    hours: dict[Weekday, tuple[Hours, ...]] = Field(default_factory=_office_hours)
    #: Empty: that of identity.time_zone.
    time_zone: TimeZone | Literal[""] = ""
    #: Whose public holidays are closed (ISO 3166); empty: nobody's.
    country: str = ""
    #: A part of that country with holidays of its own, such as BE for Berlin.
    region: str = ""
    closed: tuple[Annotated[Absence, BeforeValidator(_closed)], ...] = ()
    #: iCalendar files: each entry that is not free time is closed.
    files: tuple[Path, ...] = ()

    @model_validator(mode="after")
    def _somebody_works(self) -> Self:
        if not any(self.hours.values()):
            raise ValueError("hours: expected at least one day with hours such as 09:00-17:00")
        return self
