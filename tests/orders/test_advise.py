"""Word before the customer asks: once of each event, within limits, not at night, and never to whom the order does not belong."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.orders.away import Switch
from tests.orders.house import asking, house
from tests.orders.making import ANN, at, failed, order, paid
from tests.rows import rows
from tests.spine.office import JANE, Office, plain
from triage.case import CaseStatus
from triage.clocks.quiet import awake
from triage.errors import OrderSystemAwayError
from triage.order import AlertKind, Order, OrderStatus, Payment, Step
from triage.orders.alerts import alerts
from triage.orders.books.sqlite import SqliteBook
from triage.reply import DeliveryStatus
from triage.stages.advise import MARK

ALL = '[orders.advice]\ntell = ["delayed", "backordered", "unavailable", "payment_failed", "paid"]\n'
#: A Sunday at noon, when nobody minds a letter.
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def late(number: str = "ORD1234", day: int = 28, **fields: object) -> Order:
    """Ann's order, delayed until that day."""
    step = Step(at=at(22), status=OrderStatus.DELAYED, reason="Strike at the port")
    given = {"status": OrderStatus.DELAYED, "history": (step,), "reason": "Strike at the port", "expected_at": at(day), "shipments": ()}
    return order(number, **{**given, **fields})


@contextlib.asynccontextmanager
async def watching(root: Path, extra: str = ALL) -> AsyncIterator[tuple[Office, SqliteBook]]:
    """An office that follows a book in which nothing has changed yet."""
    book = SqliteBook(root / "orders.db")
    async with house(root, extra=extra, mode="off") as office:
        office.clock.at = NOON
        await office.work()
        yield office, book
    await book.close()


async def news(office: Office, book: SqliteBook, *changed: Order) -> None:
    """Orders change, and all that follows happens."""
    await book.put(changed)
    await office.work()
    office.clock.forward(minutes=2)
    await office.work()


async def test_a_delay_is_told_before_anybody_asks(tmp_path: Path) -> None:
    """The customer hears why and until when; the case has the facts with their source, and is solved unless she answers."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, late())
        [told] = office.came(ANN)
        text = plain(told)
        assert "your order ORD1234 is delayed" in text
        assert "The reason: Strike at the port" in text
        assert "It is now expected with you: 28 November 2026" in text
        assert told["Auto-Submitted"] == "auto-generated"
        case = await office.case()
        assert (case.category, case.issue, case.status) == ("order", "delivery_delayed", CaseStatus.SOLVED)
        assert case.order_numbers == ("ORD1234",)
        [checked] = await office.events("order_checked")
        assert (checked.detail["source"], checked.detail["status"]) == ("order book", "delayed")
        [advised] = await office.events("advised")
        assert advised.detail == {"what": "delayed", "order": "ORD1234"}


async def test_once_for_each_event(tmp_path: Path) -> None:
    """The same delay is told once, however often the order changes otherwise; another day is another event."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, late())
        await news(office, book, late(), late(customer="Ann C."))
        assert len(office.came(ANN)) == 1
        await news(office, book, late(day=30))
        assert len(office.came(ANN)) == 2
        await office.store.transact(lambda tx: tx.orders.set_mark(MARK, "0"))
        await office.work()
        assert len(office.came(ANN)) == 2


async def test_a_failed_payment(tmp_path: Path) -> None:
    """The cause in plain words, no link to pay by, and the case waits for the customer."""
    async with watching(tmp_path) as (office, book):
        attempt = replace(failed().attempts[0], at=at(22))
        unpaid = replace(failed("expired_card"), attempts=(replace(attempt, reason="expired_card"),))
        await news(office, book, order(status=OrderStatus.PENDING, payments=(unpaid,), shipments=()))
        text = plain(office.last(ANN))
        assert "did not go through on 22 November 2026" in text
        assert "the card has expired" in text
        assert "http" not in text
        case = await office.case()
        assert (case.category, case.status) == ("payment", CaseStatus.PENDING)


def unpaid(number: str = "ORD1234", **fields: object) -> Order:
    """Ann's order, whose payment failed an hour or two ago."""
    attempt = replace(failed().attempts[0], at=at(22))
    return order(number, status=OrderStatus.PENDING, payments=(replace(failed(), attempts=(attempt,)),), shipments=(), **fields)


def paid_since(number: str = "ORD1234", **fields: object) -> Order:
    """The same order, paid."""
    return order(number, status=OrderStatus.PROCESSING, payments=(paid(id="p2", at=at(22, 11)),), shipments=(), **fields)


@pytest.mark.parametrize("language", ["en", "de"])
async def test_a_payment_that_goes_through_after_all(tmp_path: Path, language: str) -> None:
    """Whoever was told that it failed hears it once, in the same thread, and the case is solved unless they answer."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, unpaid(language=language))
        await news(office, book, paid_since(language=language))
        worry, relief = office.came(ANN)
        assert ("49.90 EUR for your order ORD1234, which had failed before, has gone through" in plain(relief)) == (language == "en")
        assert ("die zuvor fehlgeschlagen war, ist eingegangen" in plain(relief)) == (language == "de")
        assert relief["In-Reply-To"] == worry["Message-ID"]
        assert "[SP-100001]" in relief["Subject"]
        assert (await office.case()).status is CaseStatus.SOLVED
        assert [event.detail["what"] for event in await office.events("advised")] == ["payment_failed", "paid"]
        await news(office, book, paid_since(language=language, customer="Ann C."))
        await office.store.transact(lambda tx: tx.orders.set_mark(MARK, "0"))
        await office.work()
        assert len(office.came(ANN)) == 2


async def test_a_payment_of_whoever_has_written_meanwhile(tmp_path: Path) -> None:
    """The news comes all the same, and the case stays with whoever answers it."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, unpaid())
        await office.get(asking(f"Re: {office.last(ANN)['Subject']}", "I have tried another card, please look."))
        await news(office, book, paid_since())
        assert "has gone through" in plain(office.last(ANN))
        assert (await office.case()).status is CaseStatus.OPEN


async def test_a_payment_of_a_case_that_became_part_of_another(tmp_path: Path) -> None:
    """The news goes into what it became, in the thread of the letter that worried."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, unpaid(), late("ORD2"))
        [worry] = [told for told in office.came(ANN) if "did not go through" in plain(told)]
        await office.store.transact(lambda tx: tx.cases.merge(1, 2))
        await office.store.transact(lambda tx: tx.cases.set_status(2, CaseStatus.OPEN, office.clock()))
        await news(office, book, paid_since())
        relief = office.last(ANN)
        assert relief["In-Reply-To"] == worry["Message-ID"]
        assert "[SP-100002]" in relief["Subject"]


async def test_a_payment_goes_through_where_nobody_was_worried(tmp_path: Path) -> None:
    """No word to whoever knows of no failure, whose case is done, whose address is another now, or who was told too much to hear of it."""
    async with watching(tmp_path, ALL + "per_customer_day = 2\n") as (office, book):
        await news(office, book, paid_since("ORD1"))
        assert office.came(ANN) == []
        await news(office, book, unpaid("ORD2"), unpaid("ORD3"), unpaid("ORD4"))
        assert len(office.came(ANN)) == 2
        await office.store.transact(lambda tx: tx.cases.set_status(1, CaseStatus.SOLVED, office.clock()))
        await news(office, book, paid_since("ORD2"), paid_since("ORD3", addresses=("bob@other.example",)), paid_since("ORD4"))
        assert (len(office.came(ANN)), office.came("bob@other.example")) == (2, [])


async def test_a_payment_is_told_by_those_only_who_want_it(tmp_path: Path) -> None:
    """Without "paid" in the settings nothing is said; where very much is told in an hour it waits like everything else."""
    async with watching(tmp_path, ALL.replace(', "paid"', "")) as (office, book):
        await news(office, book, unpaid())
        await news(office, book, paid_since())
        assert len(office.came(ANN)) == 1
    (tmp_path / "b").mkdir()
    async with watching(tmp_path / "b", ALL + "per_hour = 1\n") as (office, book):
        await news(office, book, unpaid())
        await news(office, book, paid_since())
        assert len(office.came(ANN)) == 1
        office.clock.forward(minutes=61)
        await office.work()
        assert len(office.came(ANN)) == 2


async def test_what_cannot_be_had_waits_for_the_customer(tmp_path: Path) -> None:
    """The customer is asked what would be best instead."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, late(status=OrderStatus.UNAVAILABLE, history=(), updated_at=at(22)))
        assert "another item, the rest of the order, or your money back" in plain(office.last(ANN))
        assert (await office.case()).status is CaseStatus.PENDING


async def test_an_answer_comes_back_to_its_case(tmp_path: Path) -> None:
    """What the customer answers belongs to the case that told of the delay."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, late())
        told = office.last(ANN)
        await office.get(asking(f"Re: {told['Subject']}", "I cannot wait that long, please cancel it."))
        assert (await office.case()).status is CaseStatus.OPEN
        assert len(await office.ask(lambda tx: tx.cases.find())) == 1


async def test_not_at_night(tmp_path: Path) -> None:
    """What becomes known at night leaves in the morning, on the clock of the house."""
    async with watching(tmp_path) as (office, book):
        office.clock.at = NOON.replace(hour=22)
        await news(office, book, late())
        assert office.came(ANN) == []
        office.clock.forward(hours=8)
        await office.work()
        assert office.came(ANN) == []
        office.clock.forward(hours=3)
        await office.work()
        assert len(office.came(ANN)) == 1


@rows(
    ("first", "then", "matter"),
    [
        (unpaid(), paid_since(), "payment_failed"),
        (unpaid(), replace(unpaid(), status=OrderStatus.CANCELLED), "payment_failed"),
        (late(), order(status=OrderStatus.SHIPPED), "delayed"),
        (late(status=OrderStatus.BACKORDERED, history=(), updated_at=at(22)), order(status=OrderStatus.PROCESSING), "backordered"),
        (late(status=OrderStatus.UNAVAILABLE, history=(), updated_at=None), order(status=OrderStatus.PROCESSING), "unavailable"),
    ],
)
@pytest.mark.parametrize("tell", [ALL, ALL.replace(', "paid"', "")], ids=["all", "no good news"])
async def test_what_ended_in_the_night_is_not_told(first: Order, then: Order, matter: str, tell: str, tmp_path: Path) -> None:
    """A letter that waits for the morning is taken back when it is not so any more; its case is solved, and says what happened."""
    root = tmp_path / f"{matter}{then.status}{len(tell)}"
    async with watching(root, tell) as (office, book):
        office.clock.at = NOON.replace(hour=22)
        await news(office, book, first)
        assert (await office.case()).status is not CaseStatus.SOLVED
        office.clock.forward(hours=2)
        await news(office, book, then)
        case, [event] = await office.case(), await office.events("advice_taken_back")
        assert case.status is CaseStatus.SOLVED
        assert event.detail == {"what": matter, "order": "ORD1234", "why": "it was not so any more when the letter was to leave"}
        office.clock.forward(hours=12)
        await office.work()
        assert office.came(ANN) == []
        [delivery] = [it for it in await office.ask(lambda tx: tx.deliveries.of_case(1)) if it.recipient == ANN]
        assert delivery.status is DeliveryStatus.WITHHELD


async def test_what_is_so_again_is_told_after_all(tmp_path: Path) -> None:
    """A delay that ended and came back before the morning is told once, in a case of its own."""
    async with watching(tmp_path) as (office, book):
        office.clock.at = NOON.replace(hour=22)
        for changed in (late(), order(status=OrderStatus.PROCESSING), late()):
            await news(office, book, changed)
        office.clock.forward(hours=11)
        await office.work()
        [told] = office.came(ANN)
        assert "your order ORD1234 is delayed" in plain(told)
        assert [(await office.case(number)).status for number in (1, 2)] == [CaseStatus.SOLVED, CaseStatus.SOLVED]


async def test_only_the_last_day_is_told_in_the_morning(tmp_path: Path) -> None:
    """Of two days that became known in one night the customer hears the later one."""
    async with watching(tmp_path) as (office, book):
        office.clock.at = NOON.replace(hour=22)
        await news(office, book, late(day=28))
        await news(office, book, late(day=30))
        office.clock.forward(hours=11)
        await office.work()
        [told] = office.came(ANN)
        assert "It is now expected with you: 30 November 2026" in plain(told)


async def test_what_has_left_is_not_taken_back(tmp_path: Path) -> None:
    """By day the letter is gone when the order changes: nothing is recalled, and its case stays as it is."""
    async with watching(tmp_path) as (office, book):
        await news(office, book, late())
        await news(office, book, order(status=OrderStatus.SHIPPED))
        assert len(office.came(ANN)) == 1
        assert await office.events("advice_taken_back") == []


async def test_a_case_in_which_the_customer_wrote_stays_open(tmp_path: Path) -> None:
    """The letter is taken back there as well, and whoever asked still waits for an answer."""
    async with watching(tmp_path) as (office, book):
        await office.get(asking("payment/payment_failed", "My card did not work."))
        office.clock.at = NOON.replace(hour=22)
        await news(office, book, unpaid())
        await office.store.transact(lambda tx: tx.cases.merge(2, 1))
        letters = len(office.came(ANN))
        await news(office, book, paid_since())
        assert len(await office.events("advice_taken_back")) == 1
        assert (await office.case()).status not in (CaseStatus.SOLVED, CaseStatus.CLOSED)
        office.clock.forward(hours=12)
        await office.work()
        assert not [told for told in office.came(ANN)[letters:] if "did not go through" in plain(told)]


async def test_a_case_with_other_news_stays_open(tmp_path: Path) -> None:
    """Of two letters in one case the one is taken back, and the other leaves and solves it."""
    async with watching(tmp_path) as (office, book):
        office.clock.at = NOON.replace(hour=22)
        await news(office, book, late("ORD2"))
        await news(office, book, unpaid())
        await office.store.transact(lambda tx: tx.cases.merge(2, 1))
        await news(office, book, paid_since())
        assert len(await office.events("advice_taken_back")) == 1
        assert (await office.case()).status is not CaseStatus.SOLVED
        office.clock.forward(hours=12)
        await office.work()
        [told] = office.came(ANN)
        assert "your order ORD2 is delayed" in plain(told)
        assert (await office.case()).status is CaseStatus.SOLVED


async def test_a_customer_is_told_only_so_much_in_a_day(tmp_path: Path) -> None:
    """Beyond that a person looks first: the case is there, and no letter."""
    async with watching(tmp_path, ALL + "per_customer_day = 2\n") as (office, book):
        await news(office, book, late("ORD1"), late("ORD2"), late("ORD3"))
        assert len(office.came(ANN)) == 2
        [held] = await office.events("not_advised", 3)
        assert held.detail["why"] == "the customer was told enough today"
        assert (await office.case(3)).status in (CaseStatus.NEW, CaseStatus.OPEN)
        assert "Strike at the port" in plain(office.last(JANE))


async def test_when_very_many_change_the_rest_waits(tmp_path: Path) -> None:
    """An order system that marks everything as delayed does not write to everybody: the operator is told, and it goes on in an hour."""
    async with watching(tmp_path, ALL + "per_hour = 3\n") as (office, book):
        many = [late(f"ORD{number}", addresses=(f"c{number}@other.example",)) for number in range(5)]
        await news(office, book, *many)
        assert len(await office.ask(lambda tx: tx.cases.find())) == 3
        office.clock.forward(minutes=61)
        await office.work()
        assert len(await office.ask(lambda tx: tx.cases.find())) == 5
        office.clock.forward(minutes=61)
        await office.work()
        assert len(await office.ask(lambda tx: tx.cases.find())) == 5


@rows(
    "addresses",
    [
        (),
        ("",),
        ("support@shop.example",),
        ("jane@shop.example",),
        ("no address",),
        ("ann@customer.example\r\nBcc: eve@evil.example",),
        ("a@b@c",),
    ],
)
async def test_nobody_is_told_who_is_no_customer(addresses: tuple[str, ...], tmp_path: Path) -> None:
    """An order without a usable address, or with one of ours, opens no case."""
    root = tmp_path / str(abs(hash(addresses)))
    async with watching(root) as (office, book):
        await news(office, book, late(addresses=addresses))
        assert await office.ask(lambda tx: tx.cases.find()) == []
        assert office.post.sent == []


async def test_only_what_is_wished_is_told(tmp_path: Path) -> None:
    """A kind that is not listed is passed over."""
    async with watching(tmp_path, '[orders.advice]\ntell = ["payment_failed"]\n') as (office, book):
        await news(office, book, late())
        assert office.came(ANN) == []


async def test_what_was_before_is_no_news(tmp_path: Path) -> None:
    """When it is switched on, nobody is told of what everybody knows."""
    book = SqliteBook(tmp_path / "orders.db")
    async with house(tmp_path, known=[late()], extra=ALL, mode="off") as office:
        office.clock.at = NOON
        await office.work()
        assert office.post.sent == []
    await book.close()


async def test_an_order_system_that_is_away_is_asked_later(tmp_path: Path) -> None:
    """The stage waits with its mark where it is: nothing is passed over."""
    inner = SqliteBook(tmp_path / "orders.db")
    switch = Switch(inner)
    async with house(tmp_path, book=switch, extra=ALL, mode="off") as office:
        office.clock.at = NOON
        await office.work()
        await inner.put([late()])
        switch.away()
        with pytest.raises(OrderSystemAwayError):
            await office.stages[2].work()
        switch.fault = None
        await office.work()
        assert len(office.came(ANN)) == 1
    await inner.close()


@rows(
    ("of", "kinds"),
    [
        (late(), [AlertKind.DELAYED]),
        (late(status=OrderStatus.BACKORDERED, history=(), updated_at=at(21)), [AlertKind.BACKORDERED]),
        (late(status=OrderStatus.UNAVAILABLE, history=(), updated_at=None), [AlertKind.UNAVAILABLE]),
        (late(history=(Step(at=at(18), status=OrderStatus.DELAYED),)), []),
        (order(), []),
        (order(status=OrderStatus.DELIVERED), []),
        (
            order(status=OrderStatus.PENDING, payments=(replace(failed(), attempts=(replace(failed().attempts[0], at=at(22)),)),)),
            [AlertKind.PAYMENT_FAILED],
        ),
        (order(status=OrderStatus.PENDING, payments=(failed(),)), []),
        (order(status=OrderStatus.SHIPPED, payments=(replace(failed(), attempts=(replace(failed().attempts[0], at=at(22)),)),)), []),
        (order(status=OrderStatus.PENDING, payments=()), []),
        (order(payments=(paid(at=at(22)),)), [AlertKind.PAID]),
        (order(payments=(paid(at=None),)), [AlertKind.PAID]),
        (order(payments=(paid(at=at(22)), failed())), []),
        (order(status=OrderStatus.CANCELLED, payments=(paid(at=at(22)),)), []),
    ],
)
def test_what_is_news(of: Order, kinds: list[AlertKind]) -> None:
    """A state that calls for word, while it is fresh; a payment only while the order waits for it."""
    assert [alert.kind for alert in alerts(of, NOON)] == kinds


def test_the_event_has_one_name() -> None:
    """It is the same whenever the order system tells of it, and another for another day, order or attempt."""
    [first], [again] = alerts(late(), NOON), alerts(late(customer="A. Customer", updated_at=at(22)), NOON)
    assert first.event == again.event
    assert (
        len({alerts(it, NOON)[0].event for it in (late(), late(day=30), late("ORD2"), late(status=OrderStatus.BACKORDERED, history=()))})
        == 4
    )
    assert isinstance(failed(), Payment)


@rows(
    ("hour", "begin", "end", "expected"),
    [
        (12, 21, 8, 12),
        (22, 21, 8, 32),
        (3, 21, 8, 8),
        (8, 21, 8, 8),
        (21, 21, 8, 32),
        (12, 11, 14, 14),
        (10, 11, 14, 10),
        (14, 11, 14, 14),
        (5, 7, 7, 5),
    ],
)
def test_quiet_hours(hour: int, begin: int, end: int, expected: int) -> None:
    """Letters wait until the end of the quiet hours, which may span midnight; the same hour twice means none."""
    where = ZoneInfo("Europe/Berlin")
    midnight = datetime(2026, 11, 22, tzinfo=where)
    now = (midnight + timedelta(hours=hour)).astimezone(UTC)
    assert awake(now, time(begin), time(end), where) == midnight + timedelta(hours=expected)
