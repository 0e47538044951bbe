"""What it means that a person sent something from the shared mailbox, carried out in the transaction it is given."""

from dataclasses import dataclass
from datetime import datetime

from triage.case import DONE, Case, CaseEvent, CaseStatus
from triage.decision import Decision, Outcome
from triage.message import Message, RawMessage
from triage.people import People
from triage.policy.written import PROVENANCE, answered_directly, wrote_about
from triage.ports import Now, Transaction
from triage.reading import Effect, Reading
from triage.stages.plan import SUBMITTER_FIELDS
from triage.stages.record import Recorder
from triage.threads.authors import author_of
from triage.threads.numbers import quoted_numbers
from triage.threads.written import Written, written

#: What is said of automatic mail that a person's answer makes needless.
SUPERSEDED = "a person answered first"


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """Takes note of what people send."""

    account: str
    people: People
    recorder: Recorder
    #: What a case becomes once the customer was answered.
    after_reply: CaseStatus
    now: Now

    def take(self, tx: Transaction, raw: RawMessage, reading: Reading) -> Case | None:
        """The case that the message belongs to; each message counts once, wherever it lies."""
        found = self._find(tx, raw, reading)
        case = tx.cases.get(found.case_id) if found.case_id is not None else None
        if not tx.sent.note([raw.key], found.reason) or case is None:
            return None
        decision = self._decided(tx, case, raw, reading.message, found)
        self.recorder.follow(tx, case, decision, reading, self.now())
        tx.messages.keep(raw, Outcome.SENT, case.id, reading, reason=decision.reason)
        return case

    def _find(self, tx: Transaction, raw: RawMessage, reading: Reading) -> Written:
        message = reading.message
        if reading.first(Effect.AUTOMATIC) or (message.message_id and tx.deliveries.find(message_id=message.message_id)):
            return Written(reason="sent by a machine")
        same = tx.messages.look_up(self.account, message_id=message.message_id, sha256=raw.sha256)
        if any(record.outcome is Outcome.SENT for record in same):
            return Written(reason="known already")
        numbers = quoted_numbers(message, self.people.identity.case_prefix)
        return written(message, reading.facts, tx.cases.candidates(message.thread_ids(), numbers), self._waiting(tx, raw, message))

    def _waiting(self, tx: Transaction, raw: RawMessage, message: Message) -> list[Case]:
        """Cases of the recipients that were there when it was sent and are not done."""
        recipients = dict.fromkeys(address.addr_spec for address in (*message.to, *message.cc))
        found = [case for address in recipients for case in tx.cases.find(requester=address)]
        there = [case for case in found if case.merged_into is None and case.received_at <= raw.received_at]
        return [case for case in there if case.status not in DONE]

    def _decided(self, tx: Transaction, case: Case, raw: RawMessage, message: Message, found: Written) -> Decision:
        now = self.now()
        author = author_of(message, self.people, _submitters(message))
        if not found.to_customer:
            return wrote_about(case, message, by=author.key, name=author.name, why=found.reason, now=now)
        self._supersede(tx, case, now)
        owed = any(deadline.kind == "reply" and state == "open" for deadline, state in tx.deadlines.of_case(case.id))
        return answered_directly(
            case, message, by=author.key, name=author.name, how=author.how, why=found.reason, owed=owed, after=self.after_reply,
            sent_at=raw.received_at, now=now,
        )  # fmt: skip

    def _supersede(self, tx: Transaction, case: Case, now: datetime) -> None:
        if case.requester and tx.deliveries.supersede(case.id, case.requester.addr_spec, SUPERSEDED):
            # The person's words are the first the customer has of us.
            tx.cases.set_acknowledged(case.id, now)
            detail = {"what": "acknowledgment", "why": SUPERSEDED}
            tx.cases.record(case.id, [CaseEvent(at=now, kind="withheld", provenance=PROVENANCE, detail=detail)])


def _submitters(message: Message) -> list[str]:
    return [value for name, value in message.headers if name in SUBMITTER_FIELDS]
