"""The outbox against a small model in plain Python: any order of queueing, sending, answers, crashes and restarts."""

import asyncio
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from tests.store.words import DEFERRED, FAILED, NOON, SENT, UNCERTAIN, new_case, reply
from tests.stores import laid
from triage.outbox import HAPPENED, MOVES, Happening, Lane, after
from triage.ports import Store, Transaction
from triage.reply import Delivery, DeliveryStatus, Receipt, ReplyKind
from triage.store.sqlite import open_store

WAITING = (DeliveryStatus.QUEUED, DeliveryStatus.DEFERRED)
ENDED = (DeliveryStatus.SENT, DeliveryStatus.FAILED, DeliveryStatus.WITHHELD)
_MEMORY = Path("/dev/shm")


class Outbox(RuleBasedStateMachine):
    """Every rule does the same to the store and to the model; every invariant compares them."""

    deliveries = Bundle("deliveries")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.place = tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None)
        self.store = self.opened()
        self.now = NOON
        #: Status, when due, attempts; by id.
        self.stands: dict[int, tuple[DeliveryStatus, Any, int]] = {}
        self.acknowledged: dict[int, int] = {}
        self.names = 0
        #: Sent again after silence.
        self.doubtful: set[int] = set()

    def opened(self) -> Store:
        """The store, as a daemon finds it."""
        return open_store(laid(Path(self.place.name) / "a.db"), "SP")

    def do(self, work: Callable[[Transaction], Any]) -> Any:
        """The result of one unit of work."""
        return self.loop.run_until_complete(self.store.transact(work))

    @initialize()
    def cases(self) -> None:
        """Three customers have written."""
        self.do(lambda tx: [tx.cases.open(new_case()) for _ in range(3)])

    @rule(target=deliveries, case_id=st.integers(1, 3), kind=st.sampled_from(ReplyKind), withheld=st.booleans(), hours=st.integers(0, 48))
    def queue(self, case_id: int, kind: ReplyKind, withheld: bool, hours: int) -> Any:
        """A reply is written; a second acknowledgment of a case is refused."""
        self.names += 1
        written = reply(f"m{self.names}", kind=kind, deadline=self.now + timedelta(hours=hours))
        try:
            delivery_id: int = self.do(lambda tx: tx.deliveries.queue(case_id, None, written, self.now, withheld=withheld))
        except ValueError:
            assert kind is ReplyKind.ACKNOWLEDGMENT
            assert case_id in self.acknowledged
            return multiple()
        if kind is ReplyKind.ACKNOWLEDGMENT:
            assert case_id not in self.acknowledged
            self.acknowledged[case_id] = delivery_id
        self.stands[delivery_id] = (DeliveryStatus.WITHHELD if withheld else DeliveryStatus.QUEUED, self.now, 0)
        return delivery_id

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        """Time passes."""
        self.now += timedelta(minutes=minutes)

    @rule(delivery_id=deliveries)
    def begin(self, delivery_id: int) -> None:
        """A sender reaches DATA: it may go on only where the delivery waits."""
        status, _due, attempts = self.stands[delivery_id]
        assert self.do(lambda tx: tx.deliveries.begin_data(delivery_id, self.now)) is (status in WAITING)
        if status in WAITING:
            self.stands[delivery_id] = (DeliveryStatus.SENDING, self.now, attempts + 1)

    @rule(delivery_id=deliveries, receipt=st.sampled_from([SENT, DEFERRED, FAILED, UNCERTAIN]), minutes=st.none() | st.integers(1, 60))
    def settle(self, delivery_id: int, receipt: Receipt, minutes: int | None) -> None:
        """An answer comes, in time or long after; what ended does not hear it."""
        status, _due, attempts = self.stands[delivery_id]
        again = self.now + timedelta(minutes=minutes) if minutes else None
        happening = HAPPENED[receipt.status]
        moves = status in MOVES[happening][0]
        assert self.do(lambda tx: tx.deliveries.settle(delivery_id, receipt, self.now, again)) is moves
        if moves:
            self.stands[delivery_id] = (after(status, happening), again or self.now, attempts + (status in WAITING))

    @rule(delivery_id=deliveries)
    def send_again(self, delivery_id: int) -> None:
        """A receipt is absent for too long, or a person asks for it: what is in doubt or failed waits again."""
        status, _due, attempts = self.stands[delivery_id]
        again = status in (DeliveryStatus.UNCERTAIN, DeliveryStatus.FAILED)
        assert self.do(lambda tx: tx.deliveries.requeue(delivery_id, self.now)) is again
        if again:
            self.stands[delivery_id] = (DeliveryStatus.DEFERRED, self.now, attempts)
            self.doubtful |= {delivery_id} if status is DeliveryStatus.UNCERTAIN else set()

    @rule(delivery_id=deliveries)
    def drop(self, delivery_id: int) -> None:
        """A person gives it up: only what was sent, is being sent or never leaves stays as it is."""
        status, _due, attempts = self.stands[delivery_id]
        dropped = status not in (DeliveryStatus.SENT, DeliveryStatus.SENDING, DeliveryStatus.WITHHELD)
        assert self.do(lambda tx: tx.deliveries.drop(delivery_id, self.now)) is dropped
        if dropped:
            self.stands[delivery_id] = (DeliveryStatus.FAILED, self.now, attempts)

    @rule(delivery_id=deliveries)
    def find_receipt(self, delivery_id: int) -> None:
        """A receipt copy is found: it settles what was uncertain, or waits again, and nothing else."""
        status, due, attempts = self.stands[delivery_id]
        [found] = [it for it in self.do(lambda tx: tx.deliveries.find()) if it.id == delivery_id]
        assert [it.id for it in self.do(lambda tx: tx.deliveries.receipts_found({found.message_id: self.now}, self.now))] == [delivery_id]
        self.stands[delivery_id] = (after(status, Happening.RECEIPT), due, attempts)

    @rule(crash=st.booleans())
    def restart(self, crash: bool) -> None:
        """The daemon stops, at once or properly, and the next one finds what was on the wire."""
        old = self.store
        if not crash:
            self.loop.run_until_complete(old.close())
        self.store = self.opened()
        if crash:
            self.loop.run_until_complete(old.close())
        left = {delivery.id for delivery in self.do(lambda tx: tx.deliveries.interrupted(self.now))}
        assert left == {delivery_id for delivery_id, stand in self.stands.items() if stand[0] is DeliveryStatus.SENDING}
        for delivery_id in left:
            self.stands[delivery_id] = (DeliveryStatus.UNCERTAIN, self.now, self.stands[delivery_id][2])

    @invariant()
    def they_agree(self) -> None:
        """Store and model hold the same deliveries in the same status."""
        found: list[Delivery] = self.do(lambda tx: tx.deliveries.find())
        assert {it.id: (it.status, it.next_attempt_at, it.attempts) for it in found} == self.stands
        assert all((it.sent_at is not None) is (it.status is DeliveryStatus.SENT) for it in found)
        assert {it.id for it in found if it.possible_duplicate} == self.doubtful

    @invariant()
    def only_what_waits_is_due(self) -> None:
        """Due is what waits and whose time has come, by deadline; uncertain, withheld and ended deliveries never are."""
        lanes: list[list[Delivery]] = [self.do(lambda tx, lane=lane: tx.deliveries.due(self.now, 1000, lane)) for lane in Lane]
        due = [it for its in lanes for it in its]
        assert all(
            (it.kind is ReplyKind.ACKNOWLEDGMENT) is (lane is Lane.ACKNOWLEDGMENTS)
            for lane, its in zip(Lane, lanes, strict=True)
            for it in its
        )
        waiting = {delivery_id: stand[1] for delivery_id, stand in self.stands.items() if stand[0] in WAITING}
        assert {it.id for it in due} == {delivery_id for delivery_id, at in waiting.items() if at <= self.now}
        # Acknowledgments that are late already come after all that can still be in time.
        acks, others = lanes
        assert acks == sorted(acks, key=lambda it: (it.deadline < self.now, it.deadline, it.id))
        assert others == sorted(others, key=lambda it: (it.deadline, it.id))
        assert self.do(lambda tx: tx.deliveries.next_due()) == min(waiting.values(), default=None)

    @invariant()
    def nobody_is_answered_twice(self) -> None:
        """No case ever has two acknowledgments."""
        found: list[Delivery] = self.do(lambda tx: tx.deliveries.find())
        cases = [it.case_id for it in found if it.kind is ReplyKind.ACKNOWLEDGMENT]
        assert len(cases) == len(set(cases))

    def teardown(self) -> None:
        """Nothing is left behind."""
        self.loop.run_until_complete(self.store.close())
        self.loop.close()
        self.place.cleanup()


Outbox.TestCase.settings = settings(max_examples=40, stateful_step_count=25, suppress_health_check=list(HealthCheck))
TestOutbox = Outbox.TestCase
TestOutbox.__doc__ = "The outbox does what the model does, whatever happens in whatever order."
