"""An order system that fails: every message is acknowledged at once, without facts, and the facts follow when it is back."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.orders.away import Switch
from tests.orders.house import asking, house
from tests.orders.making import ANN, order
from tests.spine.office import EVE, FINANCE, JANE, plain
from triage.case import CaseStatus
from triage.errors import OrderSystemRefusedError
from triage.order import Order
from triage.orders.books.guarded import GuardedBook
from triage.orders.books.sqlite import SqliteBook


@pytest.fixture
async def switch(tmp_path: Path) -> Switch:
    """A book with Ann's order that can be made to fail."""
    return Switch(SqliteBook(tmp_path / "orders.db"))


async def test_facts_follow(tmp_path: Path, switch: Switch) -> None:
    """While it is away the acknowledgment leaves without facts; when it is back the agent is sent them, once."""
    async with house(tmp_path, book=switch) as office:
        switch.away()
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [missing] = await office.events("order_not_checked")
        assert "the order system is away" in missing.detail["why"]
        office.clock.forward(minutes=2)
        await office.work()
        assert await office.events("order_checked") == []
        before = len(office.came(JANE))
        switch.fault = None
        office.clock.forward(minutes=10)
        await office.work()
        [checked] = await office.events("order_checked")
        assert checked.detail["verdict"] == "owner"
        office.clock.forward(minutes=10)
        await office.work()
        [told] = office.came(JANE)[before:]
        assert "the order system has answered" in plain(told)
        assert "DHL 00340434161094015902" in plain(told)
        assert len(office.came(ANN)) == 1
    await switch.close()


async def test_what_follows_is_checked_like_the_rest(tmp_path: Path, switch: Switch) -> None:
    """How the author was verified is remembered until the order system is back: a stranger is still a stranger."""
    async with house(tmp_path, book=switch) as office:
        switch.away()
        await office.get(asking(sender=EVE, passed="mx.shop.example; dmarc=pass"))
        await office.get(asking(passed="mx.shop.example; dmarc=fail"))
        await office.get(asking("order/order_status", "And ORD1234?", f"Ann <{ANN}>", ""))
        switch.fault = None
        office.clock.forward(minutes=10)
        await office.work()
        verdicts = [(await office.events("order_checked", case))[0].detail["verdict"] for case in (1, 2, 3)]
        assert verdicts == ["somebody_elses", "forged", "unverified"]
    await switch.close()


async def test_one_that_refuses_us_is_as_one_that_is_away(tmp_path: Path, switch: Switch) -> None:
    """Wrong access or nonsense in answer delays nobody either."""
    async with house(tmp_path, book=switch) as office:
        switch.fault = OrderSystemRefusedError("wrong key")
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [missing] = await office.events("order_not_checked")
        assert missing.detail["why"] == "wrong key"
    await switch.close()


async def test_a_slow_one_is_waited_for_only_so_long(tmp_path: Path, switch: Switch) -> None:
    """What takes longer than the time-out counts as no answer."""
    async with house(tmp_path, book=GuardedBook(switch, time_out=0.02, remember=0)) as office:
        switch.seconds = 5
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [missing] = await office.events("order_not_checked")
        assert "no answer within 0.02 s" in missing.detail["why"]
    await switch.close()


async def test_a_document_that_does_not_come(tmp_path: Path, switch: Switch) -> None:
    """Without the document there is no answer by us: an agent gives it."""
    async with house(tmp_path, book=switch, known=[order(documents=())]) as office:
        await office.get(asking("receipt/receipt_missing", "I never got a receipt for ORD1234."))
        assert len(office.came(ANN)) == 1
        [event] = await office.events("first_contact")
        assert event.detail == {"outcome": "left to a person", "why": "the order system handed out no such document"}
        assert (await office.case()).status is CaseStatus.NEW
    await switch.close()


async def test_nobody_is_asked_for_machines_and_small_talk(tmp_path: Path, switch: Switch) -> None:
    """Automatic mail, mail by colleagues, and questions about no order do not reach the order system."""
    async with house(tmp_path, book=switch) as office:
        await office.put(
            asking("order/order_status", "Out of office, ORD1234").replace(b"Subject:", b"Auto-Submitted: auto-replied\r\nSubject:")
        )
        await office.put(asking("order/order_status", "About ORD1234", FINANCE))
        await office.put(asking("other/presales", "Do you ship to Norway?"))
        await office.work()
        assert switch.calls == []
    await switch.close()


async def test_nobody_elses_document_is_fetched(tmp_path: Path, switch: Switch) -> None:
    """A document leaves the order system only where its owner is to be sent it."""
    async with house(tmp_path, book=switch) as office:
        await office.put(asking("receipt/receipt_missing", "I never got a receipt for ORD1234.", EVE))
        await office.put(asking("receipt/receipt_missing", "I never got a receipt for ORD1234!", passed="mx.shop.example; dmarc=fail"))
        await office.work()
        assert switch.calls == ["numbers ORD1234"] * 2
    await switch.close()


async def test_an_order_book_that_is_none(tmp_path: Path) -> None:
    """A file that is no order book is said so, with its path; one in a folder that cannot be made as well."""
    path = tmp_path / "orders.db"
    path.write_bytes(b"this is no database, whatever its name says" * 50)
    book = SqliteBook(path)
    with pytest.raises(OrderSystemRefusedError, match="expected an order book"):
        await book.by_numbers(["ORD1"])
    await book.close()
    below = SqliteBook(path / "orders.db")
    with pytest.raises(OrderSystemRefusedError, match="expected an order book"):
        await below.by_address(ANN, 1)
    await below.close()


async def test_an_address_that_no_text_can_hold(tmp_path: Path) -> None:
    """What cannot be looked for is refused; whoever asks at the same moment is answered."""
    book = SqliteBook(tmp_path / "orders.db")
    await book.put([order()])
    odd, good = await asyncio.gather(book.by_address("ann@\udcff.example", 1), book.by_address(ANN, 1), return_exceptions=True)
    assert isinstance(odd, OrderSystemRefusedError)
    assert good == [order()]
    await book.close()


class Halved(Switch):
    """A book whose orders cannot be written down: each has half of a character in its customer's name."""

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """The orders, spoilt."""
        return [replace(one, customer="Ann \ud83d") for one in await super().by_numbers(numbers)]


class Defective(Switch):
    """A book with a defect of ours."""

    async def by_numbers(self, numbers: Sequence[str]) -> list[Order]:
        """None."""
        raise ZeroDivisionError


async def test_an_order_that_cannot_be_written_down(tmp_path: Path) -> None:
    """It is as one that was not found for now: the acknowledgment leaves, the record says why, and the name is not in it."""
    book = Halved(SqliteBook(tmp_path / "orders.db"))
    async with house(tmp_path, book=book) as office:
        await office.get(asking())
        assert len(office.came(ANN)) == 1
        [missing] = await office.events("order_not_checked")
        assert "cannot be written" in missing.detail["why"]
        assert "Ann" not in missing.detail["why"]
    await book.close()


async def test_a_defect_in_asking_is_two_strikes(tmp_path: Path) -> None:
    """The message comes before a person, and the next one is decided."""
    book = Defective(SqliteBook(tmp_path / "orders.db"))
    async with house(tmp_path, book=book) as office:
        await office.get(asking())
        assert (await office.case()).abstained
        await office.get(asking("other/presales", "Which colours are there?", EVE))
        assert (await office.case(2)).category == "other"
        assert await office.ask(lambda tx: tx.messages.undecided(10)) == []
    await book.close()


async def test_whoever_stopped_waiting_is_not_answered(tmp_path: Path) -> None:
    """A call that was given up harms none of the others."""
    book = SqliteBook(tmp_path / "orders.db")
    await book.put([order()])
    calls = [asyncio.ensure_future(book.by_numbers(["ORD1234"])) for _ in range(3)]
    calls.append(asyncio.ensure_future(book.by_address("ann@\udcff.example", 1)))
    await asyncio.sleep(0)
    calls[0].cancel()
    calls[3].cancel()
    assert await calls[1] == await calls[2] == [order()]
    await asyncio.sleep(0.01)
    await book.close()
