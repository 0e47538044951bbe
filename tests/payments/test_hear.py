"""Who listens to payment providers: nothing is said to be taken that is not on the disk, and trouble is told."""

import json
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from tests.orders.making import order
from tests.payments.house import NOON, counted, house
from tests.payments.making import CHARGE, DISPUTE, INTENT, REFUND, WARNING, signed, stripe_event
from tests.spine.world import Clock
from tests.stores import laid
from triage.alarm import AlarmBoard
from triage.errors import NotGenuineError, StoreBrokenError, StoreBusyError, StoreFullError, StoreLostError, TemporaryError, TooOldError
from triage.order import Order
from triage.payment import PaymentEvent, PaymentEventKind, Post, PostOutcome
from triage.ports import Store, Transaction
from triage.stages.hear import Hear
from triage.stages.loop import Bell
from triage.store.sqlite import open_store
from triage.webhooks.server import WebhookServer

T = TypeVar("T")
POST = Post(path="/one", fields={}, body=b"")


class Says:
    """The Receiver port: what it is told to say."""

    provider = "P"

    def __init__(self, what: PaymentEvent | Exception | None) -> None:
        self.what = what

    async def read(self, post: Post, now: datetime) -> PaymentEvent | None:
        """That."""
        if isinstance(self.what, Exception):
            raise self.what
        return self.what

    def transmission(self, post: Post, now: datetime) -> None:
        """Its signature holds all of the content."""


class Full:
    """The Store port in front of another one that takes nothing in while `error` is set."""

    def __init__(self, inner: Store) -> None:
        self.inner = inner
        self.error: Exception | None = None

    async def transact(self, work: Callable[[Transaction], T]) -> T:
        """Run `work`, or do not."""
        if self.error:
            raise self.error
        return await self.inner.transact(work)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Full]:
    """A store that can be full."""
    opened = open_store(laid(tmp_path / "triage.db"), "SP", busy_timeout=5)
    yield Full(opened)
    await opened.close()


@pytest.fixture
def clock() -> Clock:
    """A clock to turn."""
    return Clock(at=NOON)


@pytest.fixture
def board() -> AlarmBoard:
    """What an operator sees."""
    return AlarmBoard()


def listener(says: Says, store: Full, clock: Clock, board: AlarmBoard, server: WebhookServer | None = None) -> Hear:
    """Whoever listens at one path."""
    listening = server or WebhookServer("127.0.0.1", 0)
    kept: Store = store  # type: ignore[assignment]
    return Hear({"/one": says}, listening=listening, wait=timedelta(minutes=10), store=kept, board=board, now=clock, heard=Bell())


def event(kind: PaymentEventKind = PaymentEventKind.DISPUTED) -> PaymentEvent:
    """Something that happened."""
    return PaymentEvent(provider="P", id="1", kind=kind, subject=f"P {kind} 1", reference="1", at=NOON)


@pytest.mark.parametrize(
    "error", [StoreFullError("the disk is full"), StoreBusyError("locked"), StoreBrokenError("damaged"), StoreLostError("gone")]
)
async def test_what_is_not_on_the_disk_is_not_taken(error: Exception, store: Full, clock: Clock, board: AlarmBoard) -> None:
    """The provider is told to come again, and then it is taken."""
    hear = listener(Says(event()), store, clock, board)
    store.error = error
    assert await hear.take(POST) == 503
    assert await counted(hear, store.inner) == {}
    store.error = None
    assert await hear.take(POST) == 200
    assert await counted(hear, store.inner) == {"received": 1}
    [kept] = await store.inner.query(lambda tx: tx.payments.waiting(NOON, 9))
    assert kept.event == event()


async def test_a_signature_that_cannot_be_checked_now(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """Is neither true nor forged: it comes again."""
    says = Says(TemporaryError("the certificate cannot be had"))
    hear = listener(says, store, clock, board)
    assert await hear.take(POST) == 503
    says.what = event()
    assert await hear.take(POST) == 200


async def test_a_failed_payment_waits_for_its_second_try(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """And nothing else does."""
    says = Says(event(PaymentEventKind.FAILED))
    hear = listener(says, store, clock, board)
    await hear.take(POST)
    says.what = replace(event(), id="2")
    await hear.take(POST)

    async def due(minutes: float) -> list[str]:
        found = await store.inner.query(lambda tx: tx.payments.waiting(NOON + timedelta(minutes=minutes), 9))
        return [one.event.id for one in found]

    assert await due(0) == ["2"]
    assert await due(9.9) == ["2"]
    assert sorted(await due(10)) == ["1", "2"]


async def test_stray_visitors_are_no_alarm(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """Somebody on the net posts something now and then; many within an hour are another matter."""
    hear = listener(Says(NotGenuineError("not signed")), store, clock, board)
    for _ in range(12):
        assert await hear.take(POST) == 400
        clock.forward(minutes=20)
    assert board.standing() == ()
    for _ in range(5):
        await hear.take(POST)
    [alarm] = board.standing()
    assert (alarm.kind, "not signed as they should be" in alarm.text) == ("webhooks", True)
    assert await counted(hear, store.inner) == {"bad_signature": 17}


async def test_what_is_refused_is_counted_now_and_then(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """Whoever posts without end makes us write once a minute at most; what the store did not take is counted with the next."""
    says = Says(NotGenuineError("not signed"))
    hear = listener(says, store, clock, board)
    for _ in range(3):
        await hear.take(POST)
    says.what = TooOldError("of yesterday")
    clock.forward(minutes=1)
    assert await hear.take(POST) == 400
    assert await store.inner.query(lambda tx: tx.payments.counts()) == []
    store.error = StoreFullError("the disk is full")
    with pytest.raises(StoreFullError):
        await hear.work()
    await hear.rest()
    store.error = None
    await hear.take(POST)
    await hear.work()
    await hear.work()
    told = [(it.provider, it.outcome, it.count, it.last_at) for it in await store.inner.query(lambda tx: tx.payments.counts())]
    later = NOON + timedelta(minutes=1)
    assert told == [("P", PostOutcome.BAD_SIGNATURE, 3, NOON), ("P", PostOutcome.TOO_OLD, 2, later)]
    await hear.rest()


async def test_paths(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """A query behind the path does no harm; another path is nobody's, and counts for nothing."""
    hear = listener(Says(None), store, clock, board)
    assert await hear.take(replace(POST, path="/one?source=a")) == 200
    for path in ("/", "/one/", "/One", "/one/two", "", "//one"):
        assert await hear.take(replace(POST, path=path)) == 404
    assert await counted(hear, store.inner) == {"unknown": 1}


async def test_a_port_that_another_program_has(store: Full, clock: Clock, board: AlarmBoard) -> None:
    """It waits for it, and listens when it is free; it stops when it is told to, and can begin again."""
    other = WebhookServer("127.0.0.1", 0)
    await other.open(listener(Says(None), store, clock, board).take)
    hear = listener(Says(None), store, clock, board, WebhookServer("127.0.0.1", other.port))
    with pytest.raises(TemporaryError, match="expected a free port"):
        await hear.work()
    wanted = other.port
    await other.close()
    assert await hear.work() == 0
    assert hear.port == wanted
    assert await hear.work() == 0
    await hear.rest()
    assert hear.port == 0
    await hear.work()
    assert hear.port == wanted
    await hear.rest()


async def test_one_event_that_nobody_can_deal_with(tmp_path: Path) -> None:
    """It is tried again, less and less often, and keeps back no other."""
    async with house(tmp_path, known=[order()], extra="") as at_home:
        answers = at_home.book.inner.by_numbers

        async def odd(numbers: list[str]) -> list[Order]:
            return ["no order"] if "ODD1" in numbers else await answers(numbers)  # type: ignore[list-item]

        at_home.book.inner.by_numbers = odd  # type: ignore[method-assign, assignment]
        await at_home.posted("charge.dispute.created", DISPUTE | {"id": "dp_odd", "metadata": {"order_id": "ODD1"}}, "evt_odd")
        await at_home.posted("charge.dispute.created", DISPUTE, "evt_2")
        assert await at_home.cases() == 1
        at_home.book.inner.by_numbers = answers  # type: ignore[method-assign]
        await at_home.pass_by(5)
        assert await at_home.cases() == 2


ADDRESSES = {"email": "eve@evil.example", "receipt_email": "eve@evil.example", "billing_details": {"email": "eve@evil.example"}}


async def test_no_address_in_an_event_is_written_to(tmp_path: Path) -> None:
    """Whatever a provider says of addresses: letters go to the order's own customer and to colleagues, of every event about every order."""
    strangers = {"metadata": {"order_id": "ORD1234", "email": "eve@evil.example", "customer_email": "eve@evil.example"}, **ADDRESSES}
    kinds = {
        "charge.failed": CHARGE, "payment_intent.payment_failed": INTENT, "charge.refunded": REFUND, "charge.dispute.created": DISPUTE,
        "radar.early_fraud_warning.created": WARNING,
    }  # fmt: skip
    others = [order("ORD2", addresses=()), order("ORD3", addresses=("bob@other.example",), linked=("eve@evil.example",))]
    async with house(tmp_path, known=[order(), *others]) as at_home:
        count = 0
        for number in ("ORD1234", "ORD2", "ORD3", "NONE", "eve@evil.example", ""):
            for kind, what in kinds.items():
                count += 1
                said = what | strangers | {"id": f"x_{count}", "payment_intent": f"pi_{count}"}
                said["metadata"] = {**strangers["metadata"], "order_id": number}
                await at_home.posted(kind, said, f"evt_{count}", minutes=11)
        for _ in range(3):
            await at_home.pass_by(24 * 60)
        recipients = {delivery.recipient for delivery in at_home.office.post.sent}
        assert {"ann@customer.example", "bob@other.example"} <= recipients
        outside = {address for address in recipients if not address.endswith("@shop.example")}
        assert outside == {"ann@customer.example", "bob@other.example"}


async def test_nothing_of_a_body_is_logged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither of what is signed nor of what is not."""
    async with house(tmp_path) as at_home:
        secretive = CHARGE | {"billing_details": {"email": "private@customer.example"}, "description": "PRIVATE"}
        good = signed(stripe_event("charge.failed", secretive), NOON)
        assert await at_home.hear.take(good) == 200
        assert await at_home.hear.take(replace(good, body=good.body + b" ")) == 400
        assert await at_home.hear.take(replace(good, body=json.dumps("PRIVATE").encode())) == 400
        await at_home.pass_by(11)
    printed = capsys.readouterr()
    assert "webhook" in printed.out + printed.err
    assert "PRIVATE" not in printed.out + printed.err
    assert "private@" not in printed.out + printed.err
