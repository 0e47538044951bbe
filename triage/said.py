"""Words for how well the model answers: what it said of messages, and whether that has moved."""

from collections.abc import Mapping
from dataclasses import dataclass, field

#: Adjusted for how many comparisons are made at once.
NOTABLE = 0.05
#: All categories together.
EVERYTHING = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What was said alike of messages that opened a case."""

    category: str
    confidence: float
    #: Left to people.
    abstained: bool = False
    #: A person said otherwise of what we had not left to people.
    corrected: bool = False
    #: Share of its words that the model was not taught; None where nobody looked.
    strange: float | None = None
    #: Version of the model.
    model: str = ""
    #: So many messages.
    many: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """So many of so many."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        """Between 0 and 1; 0 of nothing."""
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How one measure moved in one category."""

    category: str
    #: unsure: left to people; corrected: people said otherwise; doubtful: less sure than half of the earlier messages were;
    #: strange: more words that the model was not taught than nine tenths of the earlier messages had.
    measure: str
    before: Share
    after: Share
    #: How likely chance alone moves it so far; adjusted for all comparisons (Holm).
    p: float

    @property
    def notable(self) -> bool:
        """True where chance is no good explanation."""
        return self.p < NOTABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """How well the model knew the mail of one category in one stretch of time."""

    category: str
    many: int
    #: How sure it was on average; None of none.
    sure: float | None = None
    unsure: Share
    corrected: Share
    #: The share of words that it was not taught, on average; None where nobody looked.
    strange: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """How well the model knows the mail of a period, beside the weeks before."""

    #: So many weeks before had mail.
    weeks: int = 0
    #: All categories together first, in the same order both times.
    now: tuple[Level, ...] = ()
    before: tuple[Level, ...] = ()
    shifts: tuple[Shift, ...] = ()
    #: Messages by the version of the model that answered.
    models: Mapping[str, int] = field(default_factory=dict)
    models_before: Mapping[str, int] = field(default_factory=dict)

    @property
    def moved(self) -> tuple[Shift, ...]:
        """What moved by more than chance."""
        return tuple(shift for shift in self.shifts if shift.notable)
