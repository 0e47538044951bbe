"""The decision table: what becomes of a message, row by row, and all that follows from it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import Decision, Match, Outcome
from triage.message import Message
from triage.people import People
from triage.policy.continuing import follow_up, note, staff_note
from triage.policy.incoming import Incoming
from triage.policy.opening import open_case
from triage.policy.table import Policy
from triage.reading import Classification, Effect, Finding, Reading
from triage.topic import Due


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
    due: Due,
    log: Sequence[CaseEvent] = (),
) -> Decision:
    """Everything that follows from one message. `case` is the one it continues, `log` that case's history."""
    incoming = Incoming(
        reading=reading,
        match=match,
        case=case,
        limits=limits,
        people=people,
        policy=policy,
        received_at=received_at,
        now=now,
        due=due,
        log=log,
    )
    row = next(row for effect, continues, row in ROWS if _fits(reading, effect) and continues in (None, case is not None))
    return row(incoming)


def _fits(reading: Reading, effect: Effect | None) -> bool:
    return effect is None or reading.first(effect) is not None


def unreadable(
    salvaged: Message,
    why: str,
    findings: tuple[Finding, ...],
    *,
    people: People,
    policy: Policy,
    received_at: datetime,
    now: datetime,
    due: Due,
) -> Decision:
    """A case for a person from what could be seen of a message; acknowledged where nothing that was found speaks against it."""
    classification = Classification(category="other", issue="", confidence=0.0, abstained=True, reasons=(why,))
    incoming = Incoming(
        reading=Reading(message=salvaged, findings=findings, classification=classification),
        match=Match(),
        case=None,
        limits=(),
        people=people,
        policy=policy,
        received_at=received_at,
        now=now,
        due=due,
    )
    return open_case(incoming, policy.unreadable, Outcome.UNREADABLE, why, text="unreadable")


def _why(incoming: Incoming, effect: Effect) -> str:
    found = incoming.reading.first(effect)
    return found.reason if found else ""


def _report(incoming: Incoming) -> Decision:
    return Decision(
        outcome=Outcome.REPORT,
        reason=_why(incoming, Effect.REPORT),
        case_id=incoming.case.id if incoming.case else None,
        folder=incoming.policy.folders.reports,
    )


def _spam(incoming: Incoming) -> Decision:
    return Decision(outcome=Outcome.SPAM, reason=_why(incoming, Effect.SPAM), folder=incoming.policy.folders.spam)


def _automatic(incoming: Incoming) -> Decision:
    return Decision(outcome=Outcome.AUTOMATIC, reason=_why(incoming, Effect.AUTOMATIC), folder=incoming.policy.folders.automatic)


def _automatic_note(incoming: Incoming) -> Decision:
    return note(incoming, _why(incoming, Effect.AUTOMATIC), incoming.policy.folders.automatic)


def _opened(incoming: Incoming) -> Decision:
    said = incoming.reading.classification
    reason = incoming.match.reason or "a message that continues no case"
    if said.abstained:
        return open_case(incoming, incoming.policy.unsorted, Outcome.OPENED, reason, text="unsorted")
    return open_case(incoming, incoming.policy.topic(said.category, said.issue), Outcome.OPENED, reason)


#: What was found, whether the message continues a case (None: either way), and what is done; the first row that fits is taken.
#: A spam filter's word does not outweigh a conversation that is under way, so flagged follow-ups pass on to the rows below it.
ROWS: tuple[tuple[Effect | None, bool | None, Callable[[Incoming], Decision]], ...] = (
    (Effect.REPORT, None, _report),
    (Effect.SPAM, False, _spam),
    (Effect.AUTOMATIC, True, _automatic_note),
    (Effect.AUTOMATIC, False, _automatic),
    (Effect.STAFF, True, staff_note),
    (None, True, follow_up),
    (None, False, _opened),
)
