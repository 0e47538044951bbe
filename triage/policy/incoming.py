"""Everything a decision rests on, gathered in one value, and the events that say how it came about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.case import CaseEvent
from triage.decision import Match
from triage.inquiry import NOTHING_ASKED, Known
from triage.message import Address, Message
from triage.people import People
from triage.policy.table import Policy
from triage.reading import Effect, Finding, Reading
from triage.topic import Clocks, Repeats


def never(_category: str, _within: timedelta) -> int:
    """Nothing like it before, as far as anybody asked."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message with all that is known around it."""

    reading: Reading
    match: Match
    limits: tuple[Finding, ...]
    people: People
    policy: Policy
    received_at: datetime
    now: datetime
    due: Clocks
    #: The history of the case it continues.
    log: Sequence[CaseEvent] = ()
    #: What the order system said.
    known: Known = NOTHING_ASKED
    #: Earlier cases like this one.
    repeats: Repeats = never

    @property
    def message(self) -> Message:
        """What was written."""
        return self.reading.message

    @property
    def customer(self) -> Address | None:
        """The author, where that is one certain address that is not ours: the only outsider who may be written to."""
        author = self.message.author
        return None if author is None or author.addr_spec in self.people.own else author

    def withheld(self) -> tuple[str, str] | None:
        """(rule, reason) why no automatic mail may go to the author; None when it may."""
        author = self.message.author
        found = next((finding for finding in (*self.reading.findings, *self.limits) if finding.effect != Effect.NOTE), None)
        if found:
            return found.rule, found.reason
        if author is None:
            return "author_unclear", "the message names no single author"
        # The rules see this too; no slip of theirs may make us write to ourselves or acknowledge a colleague.
        if author.addr_spec in self.people.own | self.people.staff:
            return "own_address", "the author is one of us"
        return None

    def event(self, kind: str, provenance: str, detail: Mapping[str, str], actor: str = "daemon") -> CaseEvent:
        """One line of the history, at this moment; empty details are left out."""
        said = {key: text for key, text in detail.items() if text}
        return CaseEvent(at=self.now, kind=kind, actor=actor, provenance=provenance, detail=said)

    def author_event(self, kind: str, **detail: str) -> CaseEvent:
        """A line of the history that the author's message wrote."""
        author = self.message.author
        message = self.message
        said = {"subject": message.subject, "message_id": message.message_id, "passed_on_by": message.relayed_by, **detail}
        return self.event(kind, "mail", said, actor=author.addr_spec if author else "unknown")
