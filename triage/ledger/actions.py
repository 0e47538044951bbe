"""Each event of a case as an action: one line of the log for each, whatever it is."""

from collections.abc import Iterable, Iterator

from triage.case import CaseEvent
from triage.entry import Action
from triage.happened import what

#: Letters of a value that are shown; the case's history has the whole.
_SHOWN = 300


def actions(number: str, events: Iterable[CaseEvent]) -> Iterator[Action]:
    """One action for each event of the case, in their order."""
    for event in events:
        detail = "; ".join(f"{key}: {' '.join(text.split())[:_SHOWN]}" for key, text in event.detail.items())
        yield Action(at=event.at, number=number, what=what(event), who=event.actor, how=event.provenance, detail=detail)
