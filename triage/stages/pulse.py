"""How each stage fares: when it last got through a unit of work, and since when it has not."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.ports import Now


@dataclass(slots=True, kw_only=True)
class Pulse:
    """One stage's."""

    #: When a unit of work, perhaps an empty one, last ended well.
    worked_at: datetime | None = None
    #: Since when none has; None while all is well.
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

    def beat(self, stage: str) -> None:
        """A unit of work ended well."""
        self.of[stage] = Pulse(worked_at=self.now())

    def miss(self, stage: str, error: BaseException, *, permanent: bool) -> None:
        """A unit of work failed."""
        last = self.of.get(stage, Pulse())
        why = str(error) or type(error).__name__
        self.of[stage] = Pulse(
            worked_at=last.worked_at,
            failing_since=last.failing_since or self.now(),
            why=why,
            permanent=permanent,
        )
