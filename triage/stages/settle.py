"""Finds out what follows from what payment providers told us: letters, within the limits of [orders.advice], and cases for people."""

from datetime import datetime, timedelta, tzinfo
from functools import partial

from triage.alarm import AlarmBoard
from triage.clocks.quiet import awake
from triage.decision import Decision
from triage.errors import PermanentError, TemporaryError, TriageError
from triage.inquiry import Checked, OrderBook, Verdict
from triage.logs import get_logger
from triage.parsing.address import addr_spec
from triage.payment import HeardEvent, PaymentEventKind
from triage.people import People
from triage.policy.first_contact import FAILURES
from triage.policy.paying import TOLD, Heard, fits, for_people, letter, needless
from triage.policy.table import Policy
from triage.ports import Now, Store, Transaction
from triage.sections.orders import AdviceSettings
from triage.stages.loop import TICK, Bell
from triage.stages.record import Recorder
from triage.topic import Clocks

_BATCH = 20
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: An order system that does not answer is asked so often; then people hear of it without an order.
_ATTEMPTS = 5
#: After too many within an hour.
_PAUSE = timedelta(minutes=10)
_log = get_logger("payments")


class Settle:
    """Opens a case for each event that calls for one."""

    name = "payments"

    def __init__(
        self, advice: AdviceSettings, *, book: OrderBook | None, store: Store, policy: Policy, people: People, recorder: Recorder,
        now: Now, due: Clocks, where: tzinfo, board: AlarmBoard, heard: Bell, to_send: Bell,
    ) -> None:  # fmt: skip
        self._advice = advice
        self._book = book
        self._store = store
        self._policy = policy
        self._people = people
        self._recorder = recorder
        self._now = now
        self._due = due
        self._where = where
        self._board = board
        self._heard = heard
        self._to_send = to_send

    async def work(self) -> int:
        """Settle what is due; how much there was."""
        waiting = await self._store.query(lambda tx: tx.payments.waiting(self._now(), _BATCH))
        for one in waiting:
            await self._each(one)
        if waiting:
            self._to_send.ring()
        return len(waiting)

    async def idle(self) -> None:
        """Rest until something was heard, or has become due."""
        await self._heard.wait(TICK)

    async def _each(self, one: HeardEvent) -> None:
        later = self._now() + min(timedelta(minutes=1 << min(one.attempts, 10)), _HOUR)
        try:
            checked, failed = await self._checked(one)
            if failed and one.attempts < _ATTEMPTS:
                await self._store.transact(partial(_put_off, one=one, at=later))
                return
            await self._store.transact(partial(self._settle, one=one, checked=checked))
        except TriageError:
            raise
        except Exception as error:
            # A defect that one event brings out must not keep back all the others; it is told each time it is tried again.
            _log.error("payment_event_failed", row=one.row, exc_info=error)
            await self._store.transact(partial(_put_off, one=one, at=later))

    async def _checked(self, one: HeardEvent) -> tuple[Checked | None, bool]:
        """The order that the event names, and whether the order system could not say."""
        number = one.event.order_number
        if self._book is None or not number:
            return None, False
        try:
            found = await self._book.by_numbers([number])
            order = found[0] if len(found) == 1 else None
            # Whose order it is, no author decides here: the letter goes to the address in it.
            verdict = Verdict.NOBODY_ASKED if order else Verdict.AMBIGUOUS if found else Verdict.UNKNOWN
            return Checked(number=number, verdict=verdict, order=order, source=self._book.name, at=self._now()), False
        except (TemporaryError, PermanentError) as error:
            _log.warning("orders_unanswered", error=type(error).__name__, reason=str(error))
            return None, True

    def _settle(self, tx: Transaction, one: HeardEvent, checked: Checked | None) -> None:
        now, event = self._now(), one.event
        heard = Heard(event=event, checked=checked, now=now, policy=self._policy, people=self._people, due=self._due)
        address = self._addressee(heard)
        if why := self._needless(tx, heard, address):
            tx.payments.settle(one.row, why, now)
        elif max(tx.payments.opened_since(now - _HOUR), tx.orders.told_since(now - _HOUR)) >= self._advice.per_hour:
            said = f"payment providers told of {self._advice.per_hour} events within an hour: the rest waits; is somebody trying out cards?"
            self._board.note("payments", said, now)
            _put_off(tx, one, now + _PAUSE)
        else:
            self._open(tx, one, heard, address)

    def _needless(self, tx: Transaction, heard: Heard, address: str) -> str:
        if tx.payments.case_of(heard.event.subject) is not None:
            return "told before"
        # The order system, or the provider in another way, may have told of it before.
        if heard.order is not None and tx.orders.told_about(_named_before(heard), self._now() - _DAY) is not None:
            return "the customer was told"
        return needless(heard, told=bool(address))

    def _addressee(self, heard: Heard) -> str:
        """Where the customer is told; "" where that is not wanted, or nobody is known for sure."""
        event, order = heard.event, heard.order
        told, plain = TOLD.get(event.kind), event.kind is not PaymentEventKind.FAILED or event.reason in FAILURES
        if told not in self._advice.tell or not plain or order is None or not fits(event, order):
            return ""
        address = next(filter(None, map(addr_spec, order.addresses)), "")
        return "" if address in self._people.own | self._people.staff else address

    def _open(self, tx: Transaction, one: HeardEvent, heard: Heard, address: str) -> None:
        now, decision = self._now(), self._decision(tx, heard, address)
        if decision.new_case is None:
            raise ValueError("nothing was decided: expected a case")
        case = tx.cases.open(decision.new_case)
        self._recorder.follow(tx, case, decision, None, now)
        if address:
            tx.orders.tell(_named(heard), case.id, address, now)
        tx.payments.settle(one.row, "a case", now, case.id)
        _log.info("payment_event", case=case.id, what=heard.event.kind.value, provider=heard.event.provider)

    def _decision(self, tx: Transaction, heard: Heard, address: str) -> Decision:
        now, its = self._now(), self._advice
        if not address:
            return for_people(heard)
        enough = tx.orders.told_since(now - _DAY, address) >= its.per_customer_day
        at = awake(now, its.quiet_from, its.quiet_until, self._where)
        return letter(heard, address, at, "the customer was told enough today" if enough else "")


def _named(heard: Heard) -> str:
    """Under which name it is noted that the order's customer was told."""
    event = heard.event
    return f"{_beginning(heard)}{event.amount} {'mail' if event.by_mail else 'post'} {event.subject}"


def _named_before(heard: Heard) -> str:
    """How the names begin of the same news: a failed payment of the order, or the same amount paid back, told another way."""
    event = heard.event
    if event.kind is PaymentEventKind.FAILED:
        return _beginning(heard)
    return f"{_beginning(heard)}{event.amount} {'post' if event.by_mail else 'mail'} "


def _beginning(heard: Heard) -> str:
    return f"{heard.order.number if heard.order else ''} {TOLD.get(heard.event.kind, heard.event.kind)} "


def _put_off(tx: Transaction, one: HeardEvent, at: datetime) -> None:
    tx.payments.put_off(one.row, at)
