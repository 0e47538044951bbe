"""What the store keeps of payment providers' events: each once, until it is settled."""

import sqlite3
from datetime import timedelta
from decimal import Decimal

from sqlite_utils import Database

from tests.store.conftest import SqlitePlace
from tests.store.words import NOON, Each, later, new_case
from triage.order import Money
from triage.payment import PaymentEvent, PaymentEventKind, PostCount, PostOutcome, Transmission
from triage.store.connect import connect
from triage.store.migrations import migrations

EVENT = PaymentEvent(
    provider="Stripe", id="evt_1", kind=PaymentEventKind.DISPUTED, subject="Stripe disputed dp_1", reference="dp_1", at=NOON,
    order_number="ORD1", amount=Money(amount=Decimal("49.90"), currency="EUR"), reason="fraudulent", method="Visa", due_at=later(hours=9),
)  # fmt: skip


def event(key: str, provider: str = "Stripe") -> PaymentEvent:
    """Another one, with nothing in it."""
    return PaymentEvent(provider=provider, id=key, kind=PaymentEventKind.FAILED, subject=f"{provider} {key}", reference="", at=NOON)


async def test_each_is_kept_once(each: Each) -> None:
    """The same id of the same provider is known, whatever it says; another provider may have the same."""
    assert await each.payments.add(EVENT, NOON, NOON) is True
    assert await each.payments.add(EVENT, NOON, NOON) is False
    assert await each.payments.add(event("evt_1"), NOON, NOON) is False
    assert await each.payments.add(event("evt_1", "PayPal"), NOON, NOON) is True
    first, second = await each.payments.waiting(NOON, 9)
    assert (first.event, first.attempts, second.event.provider) == (EVENT, 0, "PayPal")


async def test_they_wait_for_their_time(each: Each) -> None:
    """The earliest first, and not before; what is put off counts how often."""
    for minutes, key in ((3, "c"), (1, "a"), (2, "b")):
        await each.payments.add(event(key), NOON, later(minutes=minutes))
    assert await each.payments.waiting(NOON, 9) == []
    assert [one.event.id for one in await each.payments.waiting(later(minutes=2), 9)] == ["a", "b"]
    [first] = await each.payments.waiting(later(minutes=9), 1)
    await each.payments.put_off(first.row, later(minutes=5))
    assert [(one.event.id, one.attempts) for one in await each.payments.waiting(later(minutes=9), 9)] == [("b", 0), ("c", 0), ("a", 1)]


async def test_what_is_settled_waits_no_more(each: Each) -> None:
    """It stays known by its id, and by what happened where a case was opened because of it."""
    case = await each.cases.open(new_case())
    await each.payments.add(EVENT, NOON, NOON)
    await each.payments.add(event("evt_2"), NOON, NOON)
    first, second = await each.payments.waiting(NOON, 9)
    await each.payments.settle(first.row, "a case", NOON, case.id)
    await each.payments.settle(second.row, "told before", NOON)
    assert await each.payments.waiting(later(hours=9), 9) == []
    assert await each.payments.add(EVENT, NOON, NOON) is False
    assert await each.payments.case_of(EVENT.subject) == case.id
    assert await each.payments.case_of("Stripe evt_2") is None
    assert await each.payments.opened_since(NOON - timedelta(hours=1)) == 1
    assert await each.payments.opened_since(NOON) == 0


async def test_names_of_events_by_their_beginning(each: Each) -> None:
    """Whether something of the kind was told of an order, and of no other whose number begins alike."""
    case = await each.cases.open(new_case())
    await each.orders.tell("ORD1 payment_failed Stripe failed pi_1", case.id, "ann@customer.example", NOON)
    assert await each.orders.told_about("ORD1 payment_failed ", NOON - timedelta(hours=1)) == case.id
    assert await each.orders.told_about("ORD1 payment_failed ", NOON) is None
    assert await each.orders.told_about("ORD payment_failed ", NOON - timedelta(hours=1)) is None
    assert await each.orders.told_about("ORD11 payment_failed ", NOON - timedelta(hours=1)) is None
    assert await each.orders.told_about("ORD1 delayed ", NOON - timedelta(hours=1)) is None


async def test_what_became_of_them_in_numbers(each: Each) -> None:
    """What was new, what was repeated, what opened a case, and what others counted; by provider, with the time of the last."""
    case = await each.cases.open(new_case())
    for minutes in (0, 1, 2):
        await each.payments.add(EVENT, later(minutes=minutes), NOON)
    await each.payments.add(event("evt_2"), later(minutes=3), NOON)
    await each.payments.add(event("evt_2", "PayPal"), later(minutes=4), NOON)
    first, second, _ = await each.payments.waiting(NOON, 9)
    await each.payments.settle(first.row, "told before", later(minutes=5))
    await each.payments.settle(second.row, "a case", later(minutes=6), case.id)
    await each.payments.count("Stripe", PostOutcome.TOO_OLD, 2, later(minutes=8))
    await each.payments.count("Stripe", PostOutcome.TOO_OLD, 3, later(minutes=7))
    assert await each.payments.counts() == [
        counted("PayPal", PostOutcome.RECEIVED, 1, 4),
        counted("Stripe", PostOutcome.RECEIVED, 2, 3),
        counted("Stripe", PostOutcome.OPENED, 1, 6),
        counted("Stripe", PostOutcome.REPEATED, 2, 2),
        counted("Stripe", PostOutcome.TOO_OLD, 5, 8),
    ]


def counted(provider: str, outcome: PostOutcome, count: int, minutes: int) -> PostCount:
    """One number, whose last came so many minutes after noon."""
    return PostCount(provider=provider, outcome=outcome, count=count, last_at=later(minutes=minutes))


async def test_what_was_heard_before_numbers_were_kept(place: SqlitePlace) -> None:
    """An older store's events are counted when it is brought up to date."""
    connection = sqlite3.connect(place.path, isolation_level=None)
    migrations.apply(Database(connection), stop_before="m032_payment_counts")
    connection.executemany(
        "insert into payment_events(provider, event, subject, received_at) values (?, ?, 'x', ?)",
        [("Stripe", str(number), later(minutes=number).isoformat()) for number in range(3)],
    )
    connection.close()
    connect(place.path).close()
    store = place.open()
    assert await store.query(lambda tx: tx.payments.counts()) == [counted("Stripe", PostOutcome.RECEIVED, 3, 2)]
    await store.close()


def transmission(key: str, digest: str, provider: str = "PayPal", **until: float) -> Transmission:
    """Content under an id, whose signature counts for so long."""
    return Transmission(provider=provider, id=key, digest=digest, until=later(**until))


async def test_what_came_first_under_an_id(each: Each) -> None:
    """Is what it stands for as long as its signature counts, whatever comes under other ids, and from other providers."""
    first = transmission("a", "one", hours=2)
    assert await each.payments.is_first(first, NOON) is True
    assert await each.payments.is_first(first, later(hours=1)) is True
    assert await each.payments.is_first(transmission("a", "two", hours=9), later(hours=1)) is False
    assert await each.payments.is_first(transmission("b", "two", hours=9), later(hours=1)) is True
    assert await each.payments.is_first(transmission("a", "two", "Other", hours=9), later(hours=1)) is True
    assert await each.payments.is_first(transmission("a", "two", hours=9), later(hours=2)) is False
    assert await each.payments.is_first(transmission("a", "two", hours=9), later(hours=2, seconds=1)) is True
    assert await each.payments.is_first(first, later(hours=3)) is False


async def test_content_is_not_remembered_for_good(place: SqlitePlace) -> None:
    """What could not be posted again any more is gone with the next that comes."""
    store = place.open()
    for hour in range(5):
        assert await Each(store).payments.is_first(transmission(str(hour), "x", hours=hour + 1), later(hours=hour))
    await store.close()
    with sqlite3.connect(place.path) as db:
        assert db.execute("select id from payment_transmissions order by id").fetchall() == [("3",), ("4",)]
