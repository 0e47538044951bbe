"""Opens the cases that people take down by hand, as mail would open them, in the transaction it is given."""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.case import Case
from triage.decision import Match, Outcome
from triage.message import RawMessage
from triage.people import People
from triage.policy.by_hand import Contact, by_hand
from triage.policy.decide import decide
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.reading import Reading
from triage.stages.record import Recorder
from triage.topic import Clocks


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontDesk:
    """Whoever writes down what was said on the telephone, in a chat or at the counter."""

    policy: Policy
    people: People
    due: Clocks
    recorder: Recorder

    def open(self, tx: Transaction, raw: RawMessage, reading: Reading, contact: Contact, now: datetime) -> Case:
        """The new case. `raw` is what was taken down in the form of a message, `reading` what it says."""
        why = f"taken down by {contact.by}"
        # Rules judge how mail came: nothing came by mail here.
        heard = replace(reading, findings=())
        decision = decide(
            heard, Match(reason=why), None, (), people=self.people, policy=self.policy, received_at=contact.at, now=now, due=self.due
        )
        decision = by_hand(decision, contact, now)
        if decision.new_case is None:
            raise ValueError("nothing was decided: expected a case")
        case = tx.cases.open(decision.new_case)
        tx.cases.set_acknowledged(case.id, contact.at)
        self.recorder.follow(tx, case, decision, heard, now)
        # It lies in no folder: its place is the channel, and its number there that of the case.
        key = replace(raw.key, account="", mailbox=contact.channel.value, uid_validity=1, uid=case.id)
        tx.messages.keep(replace(raw, key=key), Outcome.OPENED, case.id, heard, reason=why)
        return tx.cases.get(case.id) or case
