"""Follows the changes of an order system and tells customers before they ask: once of each event, within limits, not at night."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

from triage.alarm import AlarmBoard
from triage.clocks.quiet import awake
from triage.inquiry import Checked, OrderBook, Verdict
from triage.logs import get_logger
from triage.order import AlertKind
from triage.orders.alerts import Alert, alerts
from triage.parsing.address import addr_spec
from triage.people import People
from triage.policy.advising import advice
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.sections.orders import AdviceSettings
from triage.stages.loop import Bell
from triage.stages.record import Recorder

#: The name under which it is remembered how far the changes were followed.
MARK = "changes"
_BATCH = 100
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_log = get_logger("advise")


class Advise:
    """Opens a case for each event that a customer should hear of."""

    name = "advise"

    def __init__(
        self, settings: AdviceSettings, *, book: OrderBook, store: Store, policy: Policy, people: People, recorder: Recorder, now: Now,
        where: tzinfo, board: AlarmBoard, to_send: Bell,
    ) -> None:  # fmt: skip
        self._settings = settings
        self._book = book
        self._store = store
        self._policy = policy
        self._people = people
        self._recorder = recorder
        self._now = now
        self._where = where
        self._board = board
        self._to_send = to_send

    async def work(self) -> int:
        """Look at what has changed since the last time; how many customers are told of it."""
        mark = await self._store.query(lambda tx: tx.orders.mark(MARK))
        changed, after = await self._book.changed(mark or "", _BATCH)
        told = [alert for order in changed for alert in alerts(order, self._now()) if alert.kind in self._settings.tell]
        for alert in told:
            if not await self._store.transact(partial(self._tell, alert=alert)):
                return 0
        if after != mark:
            # Last, so that after a crash the same changes come again: what was told of them is known.
            await self._store.transact(lambda tx: tx.orders.set_mark(MARK, after))
        if told:
            self._to_send.ring()
        return len(changed)

    async def idle(self) -> None:
        """Rest until it is time to look again."""
        await Bell().wait(self._settings.every)

    def _tell(self, tx: Transaction, alert: Alert) -> bool:
        """False where so much was told in the last hour that the rest has to wait."""
        now, address = self._now(), addr_spec(alert.address)
        if address is None or address in self._people.own | self._people.staff or tx.orders.was_told(alert.event):
            return True
        if alert.kind is AlertKind.PAYMENT_FAILED and tx.orders.told_about(f"{alert.order.number} {alert.kind} ", now - _DAY):
            # The payment provider may have told of it before the order system did.
            return True
        if tx.orders.told_since(now - _HOUR) >= self._settings.per_hour:
            said = f"{self._settings.per_hour} customers were told of changes within an hour: the rest waits; is the order system right?"
            self._board.note("advice", said, now)
            return False
        enough = tx.orders.told_since(now - _DAY, address) >= self._settings.per_customer_day
        self._open(tx, replace(alert, address=address), now, "the customer was told enough today" if enough else "")
        return True

    def _open(self, tx: Transaction, alert: Alert, now: datetime, held_back: str) -> None:
        order = alert.order
        checked = Checked(number=order.number, verdict=Verdict.NOBODY_ASKED, order=order, source=self._book.name, at=now)
        at = awake(now, self._settings.quiet_from, self._settings.quiet_until, self._where)
        decision = advice(alert.kind, checked, order, alert.address, policy=self._policy, now=now, at=at, held_back=held_back)
        if decision.new_case:
            case = tx.cases.open(decision.new_case)
            self._recorder.follow(tx, case, decision, None, now)
            tx.orders.tell(alert.event, case.id, alert.address, now)
            _log.info("advised", case=case.id, what=alert.kind.value, held_back=held_back)
