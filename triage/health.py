"""The word for how the daemon is: one promise line, and what stands behind it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.alarm import Alarm
from triage.payment import PostCount


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits in the store, and what a person must look at."""

    #: Deadlines of the acknowledgments that were written and have not left.
    deadlines: Sequence[datetime] = ()
    #: When the messages arrived that wait to be decided.
    undecided: Sequence[datetime] = ()
    #: Deliveries by status, those that ended well left out.
    deliveries: Mapping[str, int] = field(default_factory=dict)
    #: Messages set aside because nothing could read them, whose case is still open.
    set_aside: int = 0
    #: Messages that the server listed and never gave.
    vanished: int = 0
    #: What became of what payment providers posted.
    posts: Sequence[PostCount] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StageHealth:
    """How one stage fares."""

    name: str
    worked_at: datetime | None
    failing_since: datetime | None = None
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How the daemon is at one moment."""

    at: datetime
    #: Messages of people that are not yet acknowledged, as far as is known: undecided ones count.
    unacknowledged: int
    #: When the oldest of them arrived or was written.
    oldest: datetime | None
    #: The least time to spare before a promise breaks at the rate measured; None when nothing waits.
    slack: timedelta | None
    #: How many promises will break at that rate, and how many are broken and still wait.
    will_miss: int
    late: int
    #: Messages per second that leave while any wait, as last measured and as far as the provider takes them.
    per_second: float
    deliveries: Mapping[str, int]
    set_aside: int
    vanished: int
    #: How long the last message to ourselves was on its way; None where none is sent, or none came back yet.
    round_trip: timedelta | None
    stages: Sequence[StageHealth]
    alarms: Sequence[Alarm]
    posts: Sequence[PostCount]

    @property
    def well(self) -> bool:
        """True while every promise will be kept and nothing asks for a person."""
        return self.will_miss == 0 and self.late == 0 and not self.alarms

    @property
    def line(self) -> str:
        """The one line: whether the promise holds, and with how much to spare."""
        if self.slack is None:
            promise = "slack ≥ 0, nothing waits" if not self.late else f"{self.late} late"
        else:
            promise = f"slack {_told(self.slack)}, {self.unacknowledged} waiting" + (f", {self.late} late" if self.late else "")
        missing = f", {self.will_miss} will miss" if self.will_miss else ""
        standing = f"; {len(self.alarms)} alarm{'s' if len(self.alarms) != 1 else ''}" if self.alarms else ""
        return promise + missing + standing


def _told(span: timedelta) -> str:
    sign, seconds = ("−", -span.total_seconds()) if span < timedelta() else ("", span.total_seconds())
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{sign}{hours} h {minutes:02} min"
