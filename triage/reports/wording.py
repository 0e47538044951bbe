"""What a report is made of: its sections, and how figures and names read in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from triage.figures import Group

_DAY = 86400
_HOUR = 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a report."""

    title: str
    #: Key of the chart that stands with it; empty for none.
    chart: str = ""
    headings: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    #: Sentences below it.
    notes: Sequence[str] = ()


def share(hits: int, of: int) -> str:
    """Like "98.0 % (49/50)"; a dash where there is nothing to share."""
    return f"{100 * hits / of:.1f} % ({hits}/{of})" if of else "–"


def span(seconds: float | None) -> str:
    """A duration in words, to two places; a dash for none."""
    if seconds is None:
        return "–"
    if seconds >= 2 * _DAY:
        return f"{seconds / _DAY:.1f} d"
    if seconds >= _HOUR:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 2 * 60 else f"{seconds:.0f} s"


def csat(it: Group) -> str:
    """The mean rating and how many there are."""
    return f"{it.csat:.2f} ({it.ratings})" if it.csat is not None else "–"


def words(name: str) -> str:
    """A name of the store as people read it."""
    return name.replace("_", " ").replace("/", ": ")
