"""Follows the changes of an order system and tells customers before they ask: once of each event, within limits, not at night."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta, tzinfo
from functools import partial

from triage.alarm import AlarmBoard
from triage.case import DONE, Case
from triage.clocks.quiet import awake
from triage.inquiry import Checked, OrderBook, Verdict
from triage.logs import get_logger
from triage.order import AlertKind, Order
from triage.orders.alerts import Alert, alerts, passed
from triage.parsing.address import addr_spec
from triage.people import People
from triage.policy.advising import advice, overtaken, paid
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.reply import DeliveryStatus, ReplyKind
from triage.sections.orders import AdviceSettings
from triage.stages.loop import Bell
from triage.stages.record import Recorder

#: The name under which it is remembered how far the changes were followed.
MARK = "changes"
_BATCH = 100
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: A payment that goes through later is not the one that failed.
_WAITED = timedelta(days=30)
#: Why a letter that waited did not leave.
_OVERTAKEN = "the order has changed again: it was not so any more"
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
        await self._look_again(changed)
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

    async def _look_again(self, changed: Sequence[Order]) -> None:
        """Take back what waits to be told and is not so any more: at night much changes."""
        since = self._now() - _DAY

        def not_so(tx: Transaction) -> list[tuple[Order, AlertKind]]:
            known = [order for order in changed if tx.orders.told_about(f"{order.number} ", since) is not None]
            return [(order, kind) for order in known for kind in passed(order) if _told(tx, order, kind, since)]

        for order, kind in await self._store.query(not_so):
            await self._store.transact(partial(self._take_back, order=order, kind=kind))

    def _take_back(self, tx: Transaction, order: Order, kind: AlertKind) -> None:
        now = self._now()
        told = _told(tx, order, kind, now - _DAY)
        if told and told.requester and tx.deliveries.supersede(told.id, told.requester.addr_spec, _OVERTAKEN, ReplyKind.ADVICE):
            case, (checked, _) = tx.cases.survivor(told), self._known(order, now)
            # One that became a part of another, or in which somebody wrote, has more to it than this letter.
            stays = case.id != told.id or case.status in DONE or bool(tx.messages.of_case(case.id))
            self._recorder.follow(tx, case, overtaken(case, kind, checked, now=now, stays=stays), None, now)
            tx.orders.take_back(_about(order, kind), told.id)
            _log.info("advice_taken_back", case=case.id, what=kind.value)

    def _tell(self, tx: Transaction, alert: Alert) -> bool:
        """False where so much was told in the last hour that the rest has to wait."""
        now, address = self._now(), addr_spec(alert.address)
        if address is None or address in self._people.own | self._people.staff or tx.orders.was_told(alert.event):
            return True
        if alert.kind is AlertKind.PAYMENT_FAILED and _told(tx, alert.order, AlertKind.PAYMENT_FAILED, now - _DAY):
            # The payment provider may have told of it before the order system did.
            return True
        worried = self._worried(tx, alert.order, address, now) if alert.kind is AlertKind.PAID else None
        if alert.kind is AlertKind.PAID and worried is None:
            return True
        if tx.orders.told_since(now - _HOUR) >= self._settings.per_hour:
            said = f"{self._settings.per_hour} customers were told of changes within an hour: the rest waits; is the order system right?"
            self._board.note("advice", said, now)
            return False
        told = replace(alert, address=address)
        if worried:
            self._relieve(tx, told, *worried, now)
            return True
        # Another day than the one that still waits to be told.
        self._take_back(tx, alert.order, alert.kind)
        enough = tx.orders.told_since(now - _DAY, address) >= self._settings.per_customer_day
        self._open(tx, told, now, "the customer was told enough today" if enough else "")
        return True

    def _worried(self, tx: Transaction, order: Order, address: str, now: datetime) -> tuple[Case, tuple[str, ...]] | None:
        """The case in which this customer was told that the payment failed, while it is not done, and what that letter was."""
        told = _told(tx, order, AlertKind.PAYMENT_FAILED, now - _WAITED)
        if told is None:
            return None
        # Letters stay where they were sent, whatever their case became a part of.
        case, thread = tx.cases.survivor(told), _told_there(tx, told, address)
        return (case, thread) if thread and case.status not in DONE and not case.unreachable else None

    def _relieve(self, tx: Transaction, alert: Alert, case: Case, thread: tuple[str, ...], now: datetime) -> None:
        checked, at = self._known(alert.order, now)
        self._recorder.follow(tx, case, paid(case, checked, alert.order, alert.address, now=now, at=at, thread=thread), None, now)
        tx.orders.tell(alert.event, case.id, alert.address, now)
        _log.info("advised", case=case.id, what=alert.kind.value, held_back="")

    def _known(self, order: Order, now: datetime) -> tuple[Checked, datetime]:
        """What was found of the order, and when its customer may be written to."""
        checked = Checked(number=order.number, verdict=Verdict.NOBODY_ASKED, order=order, source=self._book.name, at=now)
        return checked, awake(now, self._settings.quiet_from, self._settings.quiet_until, self._where)

    def _open(self, tx: Transaction, alert: Alert, now: datetime, held_back: str) -> None:
        checked, at = self._known(alert.order, now)
        decision = advice(alert.kind, checked, alert.order, alert.address, policy=self._policy, now=now, at=at, held_back=held_back)
        if decision.new_case:
            case = tx.cases.open(decision.new_case)
            self._recorder.follow(tx, case, decision, None, now)
            tx.orders.tell(alert.event, case.id, alert.address, now)
            _log.info("advised", case=case.id, what=alert.kind.value, held_back=held_back)


def _about(order: Order, kind: AlertKind) -> str:
    """How the names begin of all events of that kind."""
    return f"{order.number} {kind} "


def _told(tx: Transaction, order: Order, kind: AlertKind, since: datetime) -> Case | None:
    """The case in which an event of that kind was told last."""
    number = tx.orders.told_about(_about(order, kind), since)
    return tx.cases.get(number) if number is not None else None


def _told_there(tx: Transaction, case: Case, address: str) -> tuple[str, ...]:
    """Message-IDs of what this address was sent in the case, earliest first."""
    return tuple(it.message_id for it in tx.deliveries.of_case(case.id) if it.recipient == address and it.status is DeliveryStatus.SENT)
