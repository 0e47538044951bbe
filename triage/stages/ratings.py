"""Notices ratings in mail: by the token of a link of ours, or in plain words where the customer was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseEvent
from triage.decision import Decision, Match
from triage.message import StoredMessage
from triage.people import People
from triage.policy.incoming import Incoming
from triage.policy.rating import rated
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.reading import Effect, Reading
from triage.staff_tokens import KeyRing
from triage.threads.ratings import linked, rating
from triage.topic import Clocks

#: Machines, bounces and advertisements rate nobody, nor do we ourselves.
_NO_CUSTOMER = (Effect.AUTOMATIC, Effect.REPORT, Effect.SPAM, Effect.STAFF)
#: Letters of ours that may be answered with a rating.
_ASKED = frozenset({"closing", "asked"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratings:
    """Looks for ratings, given a transaction to look things up in."""

    policy: Policy
    people: People
    ring: KeyRing
    due: Clocks

    def by_link(self, tx: Transaction, stored: StoredMessage, reading: Reading, now: datetime) -> Decision | None:
        """What follows from a message that a link of ours opened; None for any other."""
        found = linked(reading.message, self.ring.every, self.people.identity.case_prefix)
        case = tx.cases.by_number(found[0]) if found and not _by_machine(reading) else None
        if found is None or case is None:
            return None
        case = tx.cases.survivor(case)
        match = Match(case_id=case.id, reason="rates the case")
        return rated(self._incoming(stored, reading, match, log=tx.cases.events(case.id), now=now), case, found[1], "link")

    def in_words(self, tx: Transaction, stored: StoredMessage, reading: Reading, *, match: Match, now: datetime) -> Decision | None:
        """What follows from an answer that rates us, where the customer was asked; None for any other message."""
        # "Three stars" is about no matter of the shop, so that it may look like another matter than the case it answers.
        case_id = match.case_id or match.linked_case
        said = rating(reading.message.text) if case_id and not match.repeated and not _by_machine(reading) else None
        case = tx.cases.get(case_id) if case_id and said else None
        if case is None or said is None or (match.case_id is None and not _by_requester(reading, case)):
            return None
        log = tx.cases.events(case.id)
        if not any(event.kind in _ASKED for event in log):
            return None
        return rated(self._incoming(stored, reading, match, log=log, now=now), case, said, "words")

    def _incoming(self, stored: StoredMessage, reading: Reading, match: Match, *, log: Sequence[CaseEvent], now: datetime) -> Incoming:
        return Incoming(
            reading=reading, match=match, limits=(), people=self.people, policy=self.policy, received_at=stored.raw.received_at, now=now,
            due=self.due, log=log,
        )  # fmt: skip


def _by_machine(reading: Reading) -> bool:
    return any(reading.first(effect) for effect in _NO_CUSTOMER)


def _by_requester(reading: Reading, case: Case) -> bool:
    author = reading.message.author
    return author is not None and case.requester is not None and author.addr_spec == case.requester.addr_spec
