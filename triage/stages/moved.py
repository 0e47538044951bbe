"""What it means that a person has put a message somewhere, carried out in the transaction it is given."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.case import Case, CaseEvent, State
from triage.correction import SPAM, Correction, Provenance, Ruling
from triage.decision import Outcome
from triage.policy.folders import Rulings
from triage.policy.states import put_into
from triage.ports import Transaction
from triage.records import MessageRecord
from triage.stages.correct import Corrector

#: Messages of customers: where they are put says what their case is about. Notes of machines and staff say nothing by that.
_CUSTOMERS = frozenset({Outcome.OPENED, Outcome.FOLLOW_UP, Outcome.DUPLICATE, Outcome.UNREADABLE})
#: Messages without a case, about which a person may know better.
_DISMISSED = frozenset({Outcome.SPAM, Outcome.AUTOMATIC})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a message lies in one of our folders."""

    #: Without the mailbox's prefix.
    folder: str
    uid_validity: int
    uid: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Notes where people put messages, and does what follows."""

    account: str
    rulings: Rulings
    corrector: Corrector
    #: The folders that stand for a state of a case; empty where states are not shown by folders.
    states: Mapping[str, State] = field(default_factory=dict)

    @property
    def folders(self) -> frozenset[str]:
        """Our folders: what lies there, people may move."""
        return frozenset(self.rulings) | frozenset(self.states)

    @property
    def author(self) -> str:
        """Who did it, as far as a mail client tells."""
        return f"a person, by moving it in mailbox {self.account}"

    def put(self, tx: Transaction, row: int, place: Place, now: datetime) -> bool | None:
        """The message lies there; True where that changed what is known of it, None while our own hand is at it."""
        record = tx.messages.get(row)
        if record is None or tx.filings.waits(row):
            return None
        tx.messages.lies(row, place.folder, place.uid_validity, place.uid)
        if record.filed_folder == place.folder:
            # The server gave new UIDs, or told none when we filed it.
            return False
        return self._means(tx, record, place.folder, now)

    def left(self, tx: Transaction, record: MessageRecord, where: str, now: datetime) -> None:
        """The message is in none of our folders any more; `where` names the folder it was found in, if any."""
        tx.messages.lies(record.id, record.filed_folder, None, None)
        why = "left there" if where else "deleted, or moved out of this account"
        self._note(tx, record, "moved_away", now, {"from": record.filed_folder, "to": where, "why": why})

    def _means(self, tx: Transaction, record: MessageRecord, folder: str, now: datetime) -> bool:
        state, ruling = self.states.get(folder), None if folder in self.states else self.rulings.get(folder)
        if (state or ruling) is None or record.outcome not in _CUSTOMERS:
            self._note(tx, record, "moved", now, {"from": record.filed_folder, "to": folder})
            return self._dismissed(tx, record, ruling, now)
        case = tx.cases.get(record.case_id) if record.case_id is not None else None
        if case is None:
            return False
        # What was merged speaks for the whole.
        case = tx.cases.survivor(case)
        if ruling is None:
            return state is not None and self._stands(tx, case, state, record, now)
        # Out of the folder of a state, it is to be worked on again, and of the category that the new folder names.
        again = record.filed_folder in self.states and not ruling.spam and self._stands(tx, case, State.OPEN, record, now)
        case = (tx.cases.get(case.id) if again else None) or case
        changed = self.corrector.correct(tx, case, ruling, author=self.author, provenance=Provenance.FOLDER, now=now, moved=record)
        return again or changed is not None

    def _stands(self, tx: Transaction, case: Case, state: State, record: MessageRecord, now: datetime) -> bool:
        decision = put_into(state, case, author=self.author, message=record.id, now=now)
        if decision:
            self.corrector.recorder.follow(tx, case, decision, None, now)
        return decision is not None

    def _dismissed(self, tx: Transaction, record: MessageRecord, ruling: Ruling | None, now: datetime) -> bool:
        if ruling is None or record.outcome not in _DISMISSED:
            return True
        before = SPAM if record.outcome is Outcome.SPAM else ("", "")
        correction = Correction(
            at=now,
            author=self.author,
            provenance=Provenance.FOLDER,
            message_row=record.id,
            from_category=before[0],
            from_issue=before[1],
            category=ruling.category,
            issue=ruling.issue,
        )
        tx.corrections.add(correction)
        return True

    def _note(self, tx: Transaction, record: MessageRecord, kind: str, now: datetime, detail: dict[str, str]) -> None:
        if record.case_id is None:
            return
        said = {"message": str(record.id)} | {key: text for key, text in detail.items() if text}
        tx.cases.record(record.case_id, [CaseEvent(at=now, kind=kind, actor=self.author, provenance=Provenance.FOLDER.value, detail=said)])
