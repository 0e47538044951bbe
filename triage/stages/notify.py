"""Tells people what is new on their cases: a message for each case, or one list where there is much."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from triage.case import Case
from triage.decision import Decision, Outcome, ReplyOrder
from triage.logs import get_logger
from triage.people import People
from triage.ports import Now, Store, Transaction
from triage.records import MessageRecord
from triage.reply import ReplyKind
from triage.sections.people import PeopleSettings
from triage.staff import Colleague, Notice, NoticeKind
from triage.stages.listing import case_line
from triage.stages.loop import Bell
from triage.stages.recall import recall
from triage.stages.record import Recorder

#: Cases of a list that are named one by one.
_LISTED = 100
#: What became of a message of the customer's.
_OF_CUSTOMERS = frozenset({Outcome.OPENED, Outcome.FOLLOW_UP, Outcome.RATED, Outcome.UNREADABLE})
_log = get_logger("notify")


class Notify:
    """Turns notices into mail to those whom they concern."""

    name = "notify"

    def __init__(
        self, settings: PeopleSettings, *, store: Store, people: People, key: bytes, recorder: Recorder, now: Now, to_send: Bell,
        tick: timedelta,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._store = store
        self._people = people
        self._key = key
        self._recorder = recorder
        self._now = now
        self._to_send = to_send
        self._tick = tick

    async def work(self) -> int:
        """Write what waits to be told; how many notices were dealt with."""
        now = self._now()
        # Looking takes no lock, and mostly there is nothing to tell.
        if not await self._store.query(lambda tx: self._due(tx, now)):
            return 0
        told = await self._store.transact(lambda tx: sum(self._tell(tx, key, news, now) for key, news in self._due(tx, now).items()))
        self._to_send.ring()
        _log.info("told", notices=told)
        return told

    async def idle(self) -> None:
        """Wait for the next tick."""
        await Bell().wait(self._tick)

    def _due(self, tx: Transaction, now: datetime) -> Mapping[str, list[Notice]]:
        waiting: dict[str, list[Notice]] = {}
        for notice in tx.notices.waiting():
            waiting.setdefault(notice.colleague, []).append(notice)
        return {key: news for key, news in waiting.items() if self._is_due(tx, key, now)}

    def _is_due(self, tx: Transaction, key: str, now: datetime) -> bool:
        if self._settings.notify != "digest":
            return True
        latest = tx.colleagues.notified_at(key)
        return latest is None or now - latest >= self._settings.digest_every

    def _tell(self, tx: Transaction, key: str, news: Sequence[Notice], now: datetime) -> int:
        colleague = self._people.colleagues.get(key)
        tx.notices.told(news)
        if colleague is None or self._settings.notify == "off" or key in tx.colleagues.unreachable():
            # Whoever is gone has no cases any more, and those who took them over are told.
            return len(news)
        by_case: dict[int, list[Notice]] = {}
        for notice in news:
            by_case.setdefault(notice.case_id, []).append(notice)
        cases = {case_id: case for case_id in by_case if (case := tx.cases.get(case_id))}
        if self._settings.notify == "digest" or len(cases) > self._settings.digest_above:
            self._list(tx, colleague, list(cases.values()), now)
        else:
            for case_id, case in cases.items():
                self._notify(tx, colleague, case, by_case[case_id], now)
        return len(news)

    def _notify(self, tx: Transaction, colleague: Colleague, case: Case, news: Sequence[Notice], now: datetime) -> None:
        rows = [notice.message_row for notice in news if notice.message_row is not None]
        about = [record for row in rows if (record := tx.messages.get(row))]
        # What a colleague wrote is told as theirs: what stands as the customer's words may be answered line by line, and then goes back.
        theirs = _by_customers(about)[-1:] or _by_customers(tx.messages.of_case(case.id))[:1]
        notes = [record for record in about if record.outcome not in _OF_CUSTOMERS]
        kinds = tuple(dict.fromkeys(notice.kind for notice in news))
        order = ReplyOrder(kind=ReplyKind.NOTIFICATION, recipient=colleague.address, deadline=now, colleague=colleague.key, news=kinds)
        if notes and NoticeKind.NOTE in kinds:
            by = self._people.colleague_at(notes[-1].author)
            order = replace(order, words=notes[-1].text, reason=f"from {by.name if by else notes[-1].author or 'a colleague'}")
        decision = Decision(outcome=Outcome.NOTED, reason="news", case_id=case.id, replies=(order,))
        self._recorder.follow(tx, case, decision, recall(case, theirs), now)

    def _list(self, tx: Transaction, colleague: Colleague, cases: Sequence[Case], now: datetime) -> None:
        lines = [case_line(self._people, self._key, colleague, case, now) for case in cases[:_LISTED]]
        lines += [f"and {len(cases) - _LISTED} more"] if len(cases) > _LISTED else []
        order = ReplyOrder(
            kind=ReplyKind.DIGEST, recipient=colleague.address, deadline=now, colleague=colleague.key, words="\n".join(lines)
        )
        # A list belongs to no case; it lies with the first one, where its delivery is on record.
        self._recorder.follow(tx, cases[0], Decision(outcome=Outcome.NOTED, reason="news", replies=(order,)), recall(cases[0], ()), now)
        tx.colleagues.set_notified(colleague.key, now)


def _by_customers(messages: Sequence[MessageRecord]) -> Sequence[MessageRecord]:
    return [record for record in messages if record.outcome in _OF_CUSTOMERS]
