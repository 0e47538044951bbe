"""Tells people of promises that are close to their time or past it: case by case while they are few, else in one list, never in a storm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.case import DONE, Case
from triage.decision import Decision, Outcome, ReplyOrder
from triage.logs import get_logger
from triage.people import People
from triage.policy.table import Policy
from triage.ports import Transaction
from triage.reply import ReplyKind
from triage.staff import MISSED, Colleague, NoticeKind, Reminder
from triage.stages.listing import case_line
from triage.stages.recall import recall
from triage.stages.record import Recorder
from triage.topic import Due

#: Looked at in one go; what is left comes with the next list.
_AT_ONCE = 1000
#: Cases of a list that are named one by one.
_LISTED = 100
_log = get_logger("remind")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminding:
    """Writes to whoever is to be reminded, at most once in the time that the policy gives."""

    people: People
    policy: Policy
    recorder: Recorder
    due: Due
    key: bytes

    def ready(self, tx: Transaction, now: datetime) -> list[str]:
        """Keys of those who may be told now."""
        return [key for key in tx.reminders.recipients() if self._may(tx, key, now)]

    def tell(self, tx: Transaction, key: str, now: datetime, *, listed: bool = False) -> int:
        """Tell one of them all that is still to be told, `listed` in any case as a list; how many reminders were dealt with."""
        waiting = tx.reminders.waiting(key, _AT_ONCE)
        tx.reminders.told(key, waiting, now)
        colleague = self.people.colleagues.get(key)
        quiet = self.people.rules.notify == "off" and key in self.people.agents
        if colleague is None or quiet or key in tx.colleagues.unreachable():
            return len(waiting)
        by_case = self._still(tx, waiting)
        if by_case:
            self._write(tx, colleague, by_case, now, listed=listed)
            tx.colleagues.set_notified(_mark(key), now)
            _log.info("reminded", colleague=key, cases=len(by_case))
        return len(waiting)

    def _may(self, tx: Transaction, key: str, now: datetime) -> bool:
        latest = tx.colleagues.notified_at(_mark(key))
        return latest is None or now - latest >= self.policy.reminders.every

    def _still(self, tx: Transaction, waiting: Sequence[Reminder]) -> Mapping[Case, list[Reminder]]:
        """By case, without what was settled meanwhile."""
        found: dict[Case, list[Reminder]] = {}
        cases = {case_id: tx.cases.get(case_id) for case_id in dict.fromkeys(one.case_id for one in waiting)}
        for case_id, case in cases.items():
            if case is None or case.status in DONE:
                continue
            running = {(it.kind, it.bound) for it, state in tx.deadlines.of_case(case_id) if state == "open"}
            still = [one for one in waiting if one.case_id == case_id and (one.step >= MISSED or (one.kind, one.bound) in running)]
            if still:
                found[case] = still
        return found

    def _write(self, tx: Transaction, colleague: Colleague, by_case: Mapping[Case, list[Reminder]], now: datetime, *, listed: bool) -> None:
        if not listed and len(by_case) <= self.policy.reminders.one_by_one:
            for case, reminders in by_case.items():
                self._one(tx, colleague, case, reminders, now)
        else:
            self._list(tx, colleague, by_case, now)

    def _one(self, tx: Transaction, colleague: Colleague, case: Case, reminders: Sequence[Reminder], now: datetime) -> None:
        why = "; ".join(dict.fromkeys(one.why for one in reminders))
        missed = any(one.step >= MISSED for one in reminders)
        if missed and colleague.key == self.policy.escalation.management:
            order = ReplyOrder(
                kind=ReplyKind.ESCALATION,
                recipient=colleague.address,
                department=colleague.key,
                deadline=now,
                reason=why,
                answer_by=self.due(now, self.policy.promises.assign),
            )
        else:
            news = NoticeKind.CHECK if missed else NoticeKind.DUE_SOON
            order = ReplyOrder(
                kind=ReplyKind.NOTIFICATION, recipient=colleague.address, deadline=now, colleague=colleague.key, news=(news,), reason=why
            )
        decision = Decision(outcome=Outcome.NOTED, reason=why, case_id=case.id, replies=(order,))
        self.recorder.follow(tx, case, decision, recall(case, tx.messages.of_case(case.id)[:1]), now)

    def _list(self, tx: Transaction, colleague: Colleague, by_case: Mapping[Case, list[Reminder]], now: datetime) -> None:
        # What is broken comes before what may break, the oldest first.
        ordered = sorted(by_case.items(), key=lambda it: (min(-one.step for one in it[1]), min(one.due_at for one in it[1])))
        lines = [
            f"{case_line(self.people, self.key, colleague, case, now)}: {'; '.join(dict.fromkeys(one.why for one in reminders))}"
            for case, reminders in ordered[:_LISTED]
        ]
        lines += [f"and {len(ordered) - _LISTED} more"] if len(ordered) > _LISTED else []
        order = ReplyOrder(
            kind=ReplyKind.REMINDERS,
            recipient=colleague.address,
            deadline=now,
            colleague=colleague.key,
            words="\n".join(lines),
            reason=str(len(ordered)),
        )
        # A list belongs to no case; it lies with the first one, where its delivery is on record.
        first = ordered[0][0]
        decision = Decision(outcome=Outcome.NOTED, reason="promises close to their time or past it", replies=(order,))
        self.recorder.follow(tx, first, decision, recall(first, ()), now)


def _mark(key: str) -> str:
    # Remembered apart from news of cases, which has a pace of its own.
    return f"{key} (promises)"
