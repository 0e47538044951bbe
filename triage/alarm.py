"""The word for what an operator must know, and the board that stages put it on; channels read the board and carry it to people."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something is wrong, or soon will be, that a person must look at."""

    #: What it is about, for programs: two alarms of one kind are the same one. E.g. smtp_login, certificate:smtp.
    kind: str
    #: What is wrong and what to do, for people; no address, body or secret.
    text: str
    #: When it began, in UTC.
    since: datetime


class NoticeState(StrEnum):
    """What has become of an alarm since it was last told."""

    RAISED = "raised"
    #: It still stands: told again at growing intervals.
    STANDING = "standing"
    #: It is over.
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """An alarm to be told now."""

    alarm: Alarm
    state: NoticeState


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a channel was last told of an alarm."""

    alarm: Alarm
    times: int
    at: datetime


#: An event is over as it happens; so long a person can see that it did.
_SEEN = timedelta(days=1)


class AlarmBoard:
    """The alarms that stand now. Whoever raises one clears it when it is over; events go by themselves a day after the last of them."""

    def __init__(self) -> None:
        self._standing: dict[str, Alarm] = {}
        self._ends: dict[str, datetime] = {}
        #: By channel and kind. Kept here, because a new configuration brings new channels, and nobody is to be told twice.
        self.told: dict[str, dict[str, Told]] = {}

    def note(self, kind: str, text: str, now: datetime) -> None:
        """Put up an event: nothing will say that it is over."""
        self.sound(kind, text, now)
        self._ends[kind] = now + _SEEN

    def expire(self, now: datetime) -> None:
        """Take down events that have stood for long enough."""
        for kind in [kind for kind, at in self._ends.items() if at <= now]:
            self.clear(kind)

    def sound(self, kind: str, text: str, now: datetime) -> None:
        """Put an alarm up, or renew the words of one that stands: it began when it was first put up."""
        standing = self._standing.get(kind)
        self._standing[kind] = replace(standing, text=text) if standing else Alarm(kind=kind, text=text, since=now)

    def clear(self, kind: str) -> None:
        """Take an alarm down; nothing happens where none of that kind stands."""
        self._standing.pop(kind, None)
        self._ends.pop(kind, None)

    def standing(self) -> tuple[Alarm, ...]:
        """The alarms that stand, the oldest first."""
        return tuple(sorted(self._standing.values(), key=lambda alarm: alarm.since))
