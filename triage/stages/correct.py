"""Carries out what a person says a case is about, in the transaction it is given."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import Case, CaseStatus
from triage.correction import Correction, Provenance, Ruling
from triage.decision import Outcome
from triage.people import People
from triage.policy.correcting import Corrected, Correcting, corrected, topic_of
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.records import MessageRecord
from triage.stages.recall import recall
from triage.stages.record import Recorder
from triage.topic import Clocks


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrector:
    """Corrects cases: by command, and by what people do in their mail clients."""

    policy: Policy
    people: People
    due: Clocks
    recorder: Recorder

    def correct(
        self,
        tx: Transaction,
        case: Case,
        ruling: Ruling,
        *,
        author: str,
        provenance: Provenance,
        now: datetime,
        moved: MessageRecord | None = None,
    ) -> Case | None:
        """The case as it is now; None where it was so already. `moved` is the message that a person has put where it belongs."""
        messages = tx.messages.of_case(case.id)
        given = Correcting(
            case=case,
            ruling=ruling,
            author=author,
            provenance=provenance,
            moved=str(moved.id) if moved else "",
            people=self.people,
            policy=self.policy,
            now=now,
            due=self.due,
            log=tx.cases.events(case.id),
            promises=tx.deadlines.of_case(case.id),
        )
        found = corrected(given)
        if found is None:
            return None
        self._carry_out(tx, given, found, messages)
        meant = moved or next(iter(messages), None)
        tx.corrections.add(_correction(given, found.case, meant))
        return found.case

    def _carry_out(self, tx: Transaction, given: Correcting, found: Corrected, messages: Sequence[MessageRecord]) -> None:
        tx.cases.set_matter(found.case)
        if found.decision.status is not CaseStatus.CLOSED:
            self.recorder.clockwork.grown(tx, found.case, given.now)
        if given.ruling.spam:
            tx.deliveries.withdraw(given.case.id, "the case was closed as spam")
        self.recorder.follow(tx, found.case, found.decision, recall(found.case, messages[:1]), given.now)
        if not self.recorder.live:
            return
        former = topic_of(given.case, given.policy).folder
        for message in messages:
            # Notes of machines lie elsewhere, and what a person took out of our folders stays out.
            waiting = not message.filed_folder and message.outcome not in (Outcome.DUPLICATE, Outcome.SENT)
            if str(message.id) != given.moved and (waiting or message.filed_folder == former):
                tx.filings.order(message.id, found.decision.folder, given.now)


def _correction(given: Correcting, after: Case, message: MessageRecord | None) -> Correction:
    before = given.case
    return Correction(
        at=given.now,
        author=given.author,
        provenance=given.provenance,
        case_id=before.id,
        message_row=message.id if message else None,
        from_category="" if before.abstained else before.category,
        from_issue="" if before.abstained else before.issue,
        category="" if after.abstained else after.category,
        issue="" if after.abstained else after.issue,
    )
