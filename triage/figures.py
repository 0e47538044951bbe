"""Words for reports: a period, what was counted in it, and what it comes to."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

from triage.said import Drift

#: What customers are promised, by which every case is measured, whatever the policy promised for its matter.
ACKNOWLEDGED_WITHIN = timedelta(hours=24)
RESOLVED_WITHIN = timedelta(hours=48)
#: Money contested or gone wrong: what the promise of 99 % speaks of.
DISPUTES = ("dispute", "payment")


class Span(StrEnum):
    """How long a report's period is."""

    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A week, month or quarter on the calendar of the house."""

    span: Span
    #: The first and the last day.
    first: date
    last: date
    #: When it begins, and when it is over.
    start: datetime
    end: datetime
    #: Like "week 47 of 2026 (16–22 November 2026)".
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What was counted of some cases. Those whose time is not up are in no denominator."""

    received: int = 0
    #: The customer had our first word within 24 hours; of how many cases whose 24 hours are up or that had it.
    acknowledged: int = 0
    acknowledgment_due: int = 0
    #: Of these, cases whose customer's server refused our acknowledgment for good and that were answered in no other way in time.
    refused: int = 0
    #: Resolved within 48 hours, of how many that are due likewise; and resolved or updated.
    resolved: int = 0
    resolution_due: int = 0
    updated: int = 0
    update_due: int = 0
    #: Resolved at any time, and of these with one answer at most, no further question and no second start.
    solved: int = 0
    first_contact: int = 0
    escalated: int = 0
    reopened: int = 0

    def __add__(self, other: Self) -> "Counts":
        return Counts(**{it.name: getattr(self, it.name) + getattr(other, it.name) for it in fields(self)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """How long something took, in seconds; None where it never happened."""

    n: int = 0
    mean: float | None = None
    median: float | None = None
    p90: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The figures of some cases."""

    name: str
    counts: Counts = field(default_factory=Counts)
    #: From arrival to our first word, to a person's first words, to the resolution.
    acknowledgment: Times = field(default_factory=Times)
    answer: Times = field(default_factory=Times)
    resolution: Times = field(default_factory=Times)
    #: How many ratings came in, and what they add up to.
    ratings: int = 0
    points: int = 0

    @property
    def csat(self) -> float | None:
        """The mean rating; None where nobody has rated."""
        return self.points / self.ratings if self.ratings else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Counts of cases that have the same names, in the order in which they were asked for."""

    names: tuple[str, ...]
    counts: Counts


class Took(NamedTuple):
    """How long one case took, in seconds from its arrival; None: not so far."""

    # A tuple, because a report has one for each of a hundred thousand cases, and a frozen dataclass takes ten times as long to make.

    received: int
    representative: str
    departments: str
    category: str
    issue: str
    channel: str
    product: str
    vendor: str
    acknowledgment: int | None
    answer: int | None
    resolution: int | None

    @property
    def names(self) -> tuple[str, ...]:
        """What it is grouped by."""
        return (self.representative, self.departments, self.category, self.issue, self.channel, self.product, self.vendor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """A promise that was not kept."""

    number: str
    matter: str
    received_at: datetime
    #: How long it took; None: not so far.
    took: timedelta | None
    why: str
    representative: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Misses:
    """Promises of one kind that were not kept: the longest ones by name, all of them by reason."""

    listed: tuple[Miss, ...] = ()
    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def many(self) -> int:
        """How many there are."""
        return sum(self.by_reason.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One rating of a customer's."""

    number: str
    score: int
    comment: str
    representative: str
    matter: str
    departments: tuple[str, ...] = ()
    category: str = ""
    #: Empty where nobody vouches for it.
    issue: str = ""
    channel: str = ""
    product: str = ""
    vendor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Often:
    """Somebody or something that comes up again and again."""

    name: str
    many: int
    numbers: tuple[str, ...]
    matters: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a customer wrote, for finding what messages have in common."""

    number: str
    matter: str
    words: str


class Promise(StrEnum):
    """What is promised to every customer."""

    ACKNOWLEDGMENT = "acknowledgment"
    RESOLUTION = "resolution"
    #: Resolved, or at least told how far it is.
    UPDATE = "update"


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the period."""

    day: date
    received: int = 0
    #: Of these, resolved within 48 hours.
    resolved: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Cases that were not resolved at the end of the period, by how old they were."""

    many: int = 0
    oldest: timedelta | None = None
    #: By age, in words, the youngest first.
    by_age: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rise:
    """Something of which there was more than its own history explains."""

    #: What kind of thing: matter, product, vendor.
    what: str
    name: str
    now: int
    #: What was to be expected, and how unlikely so many are by chance, corrected for all that was looked at.
    expected: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Cluster:
    """Messages that have words in common."""

    words: tuple[str, ...]
    many: int
    numbers: tuple[str, ...]
    matters: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What might be done, and the evidence for it."""

    do: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Causes:
    """Why the figures may be as they are."""

    rises: tuple[Rise, ...] = ()
    clusters: tuple[Cluster, ...] = ()
    customers: tuple[Often, ...] = ()
    orders: tuple[Often, ...] = ()
    #: Chargebacks by vendor, "" for those whose vendor nobody knows.
    chargebacks: Mapping[str, int] = field(default_factory=dict)
    advice: tuple[Advice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All that is told of a period."""

    period: Period
    #: As far as was known then; cases whose time was not up are in no denominator.
    at: datetime
    total: Group
    disputes: Group
    #: The total of the period before.
    before: Group
    #: Resolved in the period, whenever they arrived.
    solved: int
    #: Figures by representative, department, category, matter, product, vendor and channel.
    by: Mapping[str, tuple[Group, ...]] = field(default_factory=dict)
    misses: Mapping[Promise, Misses] = field(default_factory=dict)
    rated: tuple[Rated, ...] = ()
    waiting: Waiting = field(default_factory=Waiting)
    excluded: Mapping[str, int] = field(default_factory=dict)
    days: tuple[Day, ...] = ()
    causes: Causes = field(default_factory=Causes)
    #: How well the model knows the mail.
    model: Drift = field(default_factory=Drift)
