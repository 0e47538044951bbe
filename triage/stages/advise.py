"""Follows the changes of an order system and tells customers before they ask: once of each event, within limits, not at night."""

from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

from triage.alarm import AlarmBoard
from triage.case import DONE, Case
from triage.clocks.quiet import awake
from triage.inquiry import Checked, OrderBook, Verdict
from triage.logs import get_logger
from triage.order import AlertKind, Order
from triage.orders.alerts import Alert, alerts
from triage.parsing.address import addr_spec
from triage.people import People
from triage.policy.advising import advice, paid
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.reply import DeliveryStatus
from triage.sections.orders import AdviceSettings
from triage.stages.loop import Bell
from triage.stages.record import Recorder

#: The name under which it is remembered how far the changes were followed.
MARK = "changes"
_BATCH = 100
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: A payment that goes through later is not the one that failed.
_WAITED = timedelta(days=30)
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
        failed = f"{alert.order.number} {AlertKind.PAYMENT_FAILED} "
        if alert.kind is AlertKind.PAYMENT_FAILED and tx.orders.told_about(failed, now - _DAY) is not None:
            # The payment provider may have told of it before the order system did.
            return True
        worried = self._worried(tx, tx.orders.told_about(failed, now - _WAITED), address) if alert.kind is AlertKind.PAID else None
        if alert.kind is AlertKind.PAID and worried is None:
            return True
        if tx.orders.told_since(now - _HOUR) >= self._settings.per_hour:
            said = f"{self._settings.per_hour} customers were told of changes within an hour: the rest waits; is the order system right?"
            self._board.note("advice", said, now)
            return False
        told = replace(alert, address=address)
        if worried:
            self._relieve(tx, told, worried, now)
            return True
        enough = tx.orders.told_since(now - _DAY, address) >= self._settings.per_customer_day
        self._open(tx, told, now, "the customer was told enough today" if enough else "")
        return True

    def _worried(self, tx: Transaction, number: int | None, address: str) -> Case | None:
        """The case in which this customer was told that the payment failed, while it is not done."""
        told = tx.cases.get(number) if number is not None else None
        case = tx.cases.survivor(told) if told else None
        return case if case and case.status not in DONE and not case.unreachable and _told_there(tx, case, address) else None

    def _relieve(self, tx: Transaction, alert: Alert, case: Case, now: datetime) -> None:
        order, checked, at = self._known(alert, now)
        thread = _told_there(tx, case, alert.address)
        self._recorder.follow(tx, case, paid(case, checked, order, alert.address, now=now, at=at, thread=thread), None, now)
        tx.orders.tell(alert.event, case.id, alert.address, now)
        _log.info("advised", case=case.id, what=alert.kind.value, held_back="")

    def _known(self, alert: Alert, now: datetime) -> tuple[Order, Checked, datetime]:
        """The order, what was found of it, and when its customer may be written to."""
        order = alert.order
        checked = Checked(number=order.number, verdict=Verdict.NOBODY_ASKED, order=order, source=self._book.name, at=now)
        return order, checked, awake(now, self._settings.quiet_from, self._settings.quiet_until, self._where)

    def _open(self, tx: Transaction, alert: Alert, now: datetime, held_back: str) -> None:
        order, checked, at = self._known(alert, now)
        decision = advice(alert.kind, checked, order, alert.address, policy=self._policy, now=now, at=at, held_back=held_back)
        if decision.new_case:
            case = tx.cases.open(decision.new_case)
            self._recorder.follow(tx, case, decision, None, now)
            tx.orders.tell(alert.event, case.id, alert.address, now)
            _log.info("advised", case=case.id, what=alert.kind.value, held_back=held_back)


def _told_there(tx: Transaction, case: Case, address: str) -> tuple[str, ...]:
    """Message-IDs of what this address was sent in the case, earliest first."""
    return tuple(it.message_id for it in tx.deliveries.of_case(case.id) if it.recipient == address and it.status is DeliveryStatus.SENT)
