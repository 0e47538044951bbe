"""How each stage fares: when it last got through a unit of work, and since when it has not."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.ports import Now


@dataclass(slots=True, kw_only=True)
class Pulse:
    """One stage's."""

    #: When a unit of work, perhaps an empty one, last ended well.
    worked_at: datetime | None = None
    #: When one last ended, well or not.
    ended_at: datetime | None = None
    #: Since when none has ended well; None while all is well.
    failing_since: datetime | None = None
    #: What it fails at.
    why: str = ""
    #: Waiting will not mend it: a person must change something.
    permanent: bool = False


@dataclass(slots=True)
class Pulses:
    """Every stage's, by its name."""

    now: Now
    of: dict[str, Pulse] = field(default_factory=dict)

    def last_sign(self, stage: str) -> datetime | None:
        """When a unit of work last ended, well or not."""
        pulse = self.of.get(stage)
        return pulse.ended_at if pulse else None

    def beat(self, stage: str) -> None:
        """A unit of work ended well."""
        now = self.now()
        self.of[stage] = Pulse(worked_at=now, ended_at=now)

    def miss(self, stage: str, error: BaseException, *, permanent: bool) -> None:
        """A unit of work failed."""
        last, now = self.of.get(stage, Pulse()), self.now()
        self.of[stage] = Pulse(
            worked_at=last.worked_at,
            ended_at=now,
            failing_since=last.failing_since or now,
            why=str(error) or type(error).__name__,
            permanent=permanent,
        )
