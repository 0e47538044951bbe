"""Mails management the reports of weeks, months and quarters that are over: each once, whatever happens in between."""

from datetime import datetime, timedelta, tzinfo
from functools import partial
from typing import Protocol

from triage.case import Case
from triage.decision import Decision, Outcome, ReplyOrder
from triage.figures import Period, Span
from triage.logs import get_logger
from triage.people import People
from triage.ports import Now, Store, Transaction
from triage.reply import Printed, ReplyKind
from triage.reports.period import latest_over
from triage.sections.reports import ReportSettings
from triage.stages.log import KeepLog
from triage.stages.loop import Bell
from triage.stages.recall import recall
from triage.stages.record import Recorder

_TICK = timedelta(minutes=5)
_log = get_logger("report")


class Prints(Protocol):
    """Whoever counts and draws, outside this process."""

    async def report(self, period: Period, now: datetime) -> Printed:
        """The report as it is mailed; ReportError where it cannot be made."""


class Report:
    """Looks now and then whether a period is over."""

    name = "report"

    def __init__(
        self, settings: ReportSettings, *, store: Store, press: Prints, log: KeepLog, people: People, management: str, recorder: Recorder,
        now: Now, where: tzinfo, to_send: Bell,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._store = store
        self._press = press
        self._log = log
        self._people = people
        self._to = settings.to or (management,)
        self._recorder = recorder
        self._now = now
        self._where = where
        self._to_send = to_send

    async def work(self) -> int:
        """Write the mails with reports that are due; how many there are."""
        return sum([await self._send(Span(span)) for span in self._settings.send])

    async def idle(self) -> None:
        """Rest."""
        await Bell().wait(_TICK)

    async def _send(self, span: Span) -> int:
        now = self._now()
        period = latest_over(span, now, self._where)
        if now < period.end + timedelta(hours=self._settings.at.hour, minutes=self._settings.at.minute):
            return 0
        if not await self._store.query(lambda tx: self._waiting(tx, period)):
            return 0
        # Complete before it is counted; and made before the commit, which nobody has to wait for then.
        await self._log.catch_up()
        printed = await self._press.report(period, now)
        sent = await self._store.transact(partial(self._write, period=period, printed=printed, now=now))
        self._to_send.ring()
        _log.info("reported", span=span.value, first=period.first.isoformat(), letters=sent)
        return sent

    def _waiting(self, tx: Transaction, period: Period) -> list[str]:
        """Keys of those who are to have it and have not; nobody where the shop had not begun by then."""
        waiting = [key for key in self._to if key in self._people.colleagues and not tx.reported.knows(period, key)]
        begun = tx.reported.begun() if waiting else None
        return waiting if begun and begun < period.end else []

    def _write(self, tx: Transaction, period: Period, printed: Printed, now: datetime) -> int:
        latest = next(iter(tx.cases.find(limit=1)), None)
        # Asked again in the commit that records it: two that look at the same moment write one mail.
        waiting = self._waiting(tx, period) if latest else []
        for key in waiting:
            tx.reported.note(period, key, now)
            if latest:
                self._order(tx, latest, key, printed, now)
        return len(waiting)

    def _order(self, tx: Transaction, case: Case, key: str, printed: Printed, now: datetime) -> None:
        order = ReplyOrder(
            kind=ReplyKind.REPORT, recipient=self._people.colleagues[key].address, deadline=now, colleague=key, printed=printed
        )
        # A report belongs to no case; as a list of news does, it lies with one, where its delivery is on record.
        self._recorder.follow(tx, case, Decision(outcome=Outcome.NOTED, reason="report", replies=(order,)), recall(case, ()), now)
