"""The decision table: what becomes of a message, row by row, and all that follows from it."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import Decision, Match, Outcome
from triage.inquiry import NOTHING_ASKED, Known
from triage.message import Message
from triage.people import People
from triage.policy.continuing import follow_up, note, report, staff_note
from triage.policy.incoming import Incoming, never
from triage.policy.informed import known_events
from triage.policy.opening import open_case
from triage.policy.table import Policy
from triage.reading import Classification, Effect, Finding, Reading
from triage.topic import Clocks, Repeats


def decide(
    reading: Reading,
    match: Match,
    case: Case | None,
    limits: tuple[Finding, ...],
    *,
    people: People,
    policy: Policy,
    received_at: datetime,
    now: datetime,
    due: Clocks,
    log: Sequence[CaseEvent] = (),
    known: Known = NOTHING_ASKED,
    repeats: Repeats = never,
) -> Decision:
    """Everything that follows from one message. `case` is the one it continues, `log` that case's history."""
    incoming = Incoming(
        reading=reading,
        match=match,
        limits=limits,
        people=people,
        policy=policy,
        received_at=received_at,
        now=now,
        due=due,
        log=log,
        known=known,
        repeats=repeats,
    )
    if case is None:
        return _informed(incoming, next(row(incoming, why) for effect, row in OPENING if (why := _found(reading, effect)) is not None))
    return _informed(incoming, next(row(incoming, case, why) for effect, row in CONTINUING if (why := _found(reading, effect)) is not None))


def _informed(incoming: Incoming, decision: Decision) -> Decision:
    """The decision with what the order system said, where there is a case to keep it in."""
    if incoming.known == NOTHING_ASKED or (decision.new_case is None and decision.case_id is None):
        return decision
    return replace(decision, known=incoming.known, events=(*decision.events, *known_events(incoming)))


def _found(reading: Reading, effect: Effect | None) -> str | None:
    """The reason of the first such finding; None where there is none. Rows without an effect take what is left."""
    if effect is None:
        return ""
    found = reading.first(effect)
    return found.reason if found else None


def unreadable(
    salvaged: Message,
    why: str,
    findings: tuple[Finding, ...],
    *,
    people: People,
    policy: Policy,
    received_at: datetime,
    now: datetime,
    due: Clocks,
) -> Decision:
    """A case for a person from what could be seen of a message; acknowledged where nothing that was found speaks against it."""
    classification = Classification(category="other", issue="", confidence=0.0, abstained=True, reasons=(why,))
    incoming = Incoming(
        reading=Reading(message=salvaged, findings=findings, classification=classification),
        match=Match(),
        limits=(),
        people=people,
        policy=policy,
        received_at=received_at,
        now=now,
        due=due,
    )
    return open_case(incoming, policy.unreadable, Outcome.UNREADABLE, why, text="unreadable")


def _report(incoming: Incoming, why: str) -> Decision:
    return Decision(outcome=Outcome.REPORT, reason=why, folder=incoming.policy.folders.reports)


def _spam(incoming: Incoming, why: str) -> Decision:
    return Decision(outcome=Outcome.SPAM, reason=why, folder=incoming.policy.folders.spam)


def _automatic(incoming: Incoming, why: str) -> Decision:
    return Decision(outcome=Outcome.AUTOMATIC, reason=why, folder=incoming.policy.folders.automatic)


def _opened(incoming: Incoming, _: str) -> Decision:
    said = incoming.reading.classification
    reason = incoming.match.reason or "a message that continues no case"
    if said.abstained:
        return open_case(incoming, incoming.policy.unsorted, Outcome.OPENED, reason, text="unsorted")
    return open_case(incoming, incoming.policy.topic(said.category, said.issue), Outcome.OPENED, reason)


#: What was found in a message that continues no case, and what is done; the first row that fits is taken.
OPENING: tuple[tuple[Effect | None, Callable[[Incoming, str], Decision]], ...] = (
    (Effect.REPORT, _report),
    (Effect.SPAM, _spam),
    (Effect.AUTOMATIC, _automatic),
    (None, _opened),
)

#: The same for a message that continues a case. A spam filter's word does not outweigh a conversation that is under way.
CONTINUING: tuple[tuple[Effect | None, Callable[[Incoming, Case, str], Decision]], ...] = (
    (Effect.REPORT, report),
    (Effect.AUTOMATIC, note),
    (Effect.STAFF, staff_note),
    (None, follow_up),
)
