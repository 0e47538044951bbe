"""What the order system said in a case that goes on: follow-ups, letters to colleagues, answers that fail, and messages beside it."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.making import DUE, NOW, PEOPLE, SHIPPED, case, decided, event, order_number, reading
from tests.orders.away import Switch
from tests.orders.house import asking, house
from tests.orders.making import ANN, NOON, checked, order
from tests.orders.test_answers import with_mode
from tests.rows import rows
from tests.spine.office import EVE, FINANCE, JANE, Office, answer, plain
from triage.case import CaseStatus, Deadline
from triage.inquiry import Known, Verdict
from triage.message import Address
from triage.orders.books.sqlite import SqliteBook
from triage.policy.scheduled import Occasion, scheduled
from triage.reading import Effect
from triage.reply import Cause, DeliveryStatus, Receipt, ReplyKind
from triage.stages import outcome
from triage.stages.loop import drain

OWN = Address(name="Ann", addr_spec=ANN)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """An office in which facts go to people only."""
    async with house(tmp_path, mode="off", known=[order(), order("ORD5678", addresses=("bob@other.example",))]) as opened:
        yield opened


async def test_a_follow_up_brings_its_numbers(office: Office) -> None:
    """A number that the customer names later is checked, too, and whoever looks after the case sees both."""
    await office.get(asking(text="Where is my order ORD1234?"))
    acknowledgment = office.last(ANN)
    passed = "mx.shop.example; dmarc=pass header.from=customer.example"
    await office.get(answer(acknowledgment, "I meant ORD1234 and ORD5678, sorry.", ANN, passed=passed))
    events = [(event.detail["order"], event.detail["verdict"]) for event in await office.events("order_checked")]
    assert ("ORD5678", "somebody_elses") in events
    text = plain(office.last(JANE))
    assert "Order ORD1234:" in text
    assert "Order ORD5678: the author's address does not belong to the order. Say nothing" in " ".join(text.split())
    assert await office.events("first_contact") == []


async def test_nobody_is_answered_twice(tmp_path: Path) -> None:
    """Facts answer the first message of a case; what the customer writes next is for a person."""
    async with house(tmp_path) as office:
        await office.get(asking())
        passed = "mx.shop.example; dmarc=pass header.from=customer.example"
        await office.get(answer(office.last(ANN), "And where is ORD1234 now? I still wonder.", ANN, passed=passed))
        kinds = [delivery.kind for delivery in await office.ask(lambda tx: tx.deliveries.of_case(1)) if delivery.recipient == ANN]
        assert kinds == [ReplyKind.ACKNOWLEDGMENT, ReplyKind.RESOLUTION]
        assert (await office.case()).status is CaseStatus.OPEN


async def test_colleagues_are_sent_the_facts_with_every_letter(office: Office) -> None:
    """The agent's notification and the department's escalation both have them, each with its time."""
    await office.get(asking("payment/payment_duplicate", "I was charged twice for ORD1234!"))
    for address in (JANE, FINANCE):
        text = " ".join(plain(office.last(address)).split())
        assert "WHAT THE ORDER SYSTEM SAYS" in text
        assert "Payment: 49.90 EUR Visa paid" in text
        assert "What was charged, less what was refunded, is what the order costs." in text
        assert re.search(r"\d CES?T, order book", text)


async def test_without_an_order_system_nothing_is_looked_up(office: Office) -> None:
    """A case about which nothing is known is told as ever."""
    await office.get(asking("payment/payment_duplicate", "I was charged twice, I think. Please look into it."))
    assert "WHAT THE ORDER SYSTEM SAYS" in plain(office.last(FINANCE))
    await office.get(asking("payment/payment_duplicate", "I was charged twice, I think. Please look into that.", EVE))
    assert "WHAT THE ORDER SYSTEM SAYS" not in plain(office.last(FINANCE))


async def test_a_slow_order_system_holds_up_nobody_else(tmp_path: Path) -> None:
    """While one message waits for its facts, those that need none are decided."""
    slow = Switch(SqliteBook(tmp_path / "orders.db"))
    async with house(tmp_path, book=slow) as office:
        slow.seconds = 1.5
        await office.put(asking())
        for number in range(5):
            await office.put(asking("other/presales", f"Do you ship to Norway, I ask for the {number}. time?", f"c{number}@other.example"))
        working = asyncio.ensure_future(drain(office.stages[0]))
        while await office.ask(lambda tx: len(tx.cases.find())) < 5:
            await asyncio.sleep(0.01)
        assert not working.done()
        await working
        assert len(await office.ask(lambda tx: tx.cases.find())) == 6
    await slow.close()


@rows(
    ("before", "receipt", "after"),
    [
        (CaseStatus.NEW, DeliveryStatus.SENT, CaseStatus.SOLVED),
        (CaseStatus.OPEN, DeliveryStatus.SENT, CaseStatus.SOLVED),
        (CaseStatus.ON_HOLD, DeliveryStatus.SENT, CaseStatus.ON_HOLD),
        (CaseStatus.PENDING, DeliveryStatus.SENT, CaseStatus.PENDING),
        (CaseStatus.CLOSED, DeliveryStatus.SENT, CaseStatus.CLOSED),
        (CaseStatus.NEW, DeliveryStatus.FAILED, CaseStatus.NEW),
        (CaseStatus.NEW, DeliveryStatus.UNCERTAIN, CaseStatus.NEW),
        (CaseStatus.NEW, DeliveryStatus.DEFERRED, CaseStatus.NEW),
    ],
)
async def test_solved_once_it_was_accepted(before: CaseStatus, receipt: DeliveryStatus, after: CaseStatus, tmp_path: Path) -> None:
    """A server's acceptance solves a case that nobody has touched meanwhile, and nothing else does."""
    root = tmp_path / f"{before}-{receipt}"
    async with house(root) as office:
        await office.put(asking())
        await drain(office.stages[0])
        [delivery] = [it for it in await office.ask(lambda tx: tx.deliveries.of_case(1)) if it.kind is ReplyKind.RESOLUTION]
        now = office.clock()

        await office.store.transact(lambda tx: tx.cases.set_status(1, before, now))
        told = Receipt(status=receipt, code=250 if receipt is DeliveryStatus.SENT else 550, cause=Cause.NONE)
        await office.store.transact(lambda tx: outcome.tell(tx, delivery, told, now))
        await drain(office.stages[-1])
        assert (await office.case()).status is after
        solved = [event.detail["how"] for event in await office.events("resolved")]
        assert solved == (["orders"] if after is CaseStatus.SOLVED else [])


def test_a_follow_up_is_not_answered_by_facts() -> None:
    """What continues a case is recorded with its facts, and no letter follows from them."""
    known = Known(checked=(checked(),))
    about = reading(from_=(OWN,), facts=[order_number("ORD1234")])
    found = decided(about, case=case(requester=OWN), policy=with_mode("live"), known=known)
    assert found.replies == ()
    assert found.known == known
    assert [event.kind for event in found.events] == ["follow_up", "order_checked"]


@rows("effect", [Effect.SPAM, Effect.AUTOMATIC, Effect.REPORT])
def test_without_a_case_nothing_is_kept(effect: Effect) -> None:
    """What becomes no case has no place for facts."""
    found = decided(reading(effects=[effect]), known=Known(checked=(checked(),)))
    assert found.known is None
    assert [event for event in found.events if event.kind == "order_checked"] == []


@rows(
    ("known", "kinds"),
    [
        (Known(), []),
        (Known(failed="the order system is away"), ["order_not_checked"]),
        (Known(checked=(checked(), checked(order=None, number="ORD9", verdict=Verdict.UNKNOWN))), ["order_checked", "order_checked"]),
    ],
)
def test_what_the_history_says(known: Known, kinds: list[str]) -> None:
    """One line for each number, or one that says why there is none; nothing where nobody was asked."""
    found = decided(reading(), known=known)
    assert [event.kind for event in found.events if event.kind.startswith("order_")] == kinds
    assert all(event.provenance == "orders" for event in found.events if event.kind.startswith("order_"))


async def test_the_answer_keeps_the_promise(tmp_path: Path) -> None:
    """A case that facts have answered is not overdue two days later, and management hears nothing."""
    async with house(tmp_path) as office:
        await office.get(asking())
        office.clock.forward(hours=72)
        await office.work()
        assert await office.events("missed") == []
        promises: dict[str, str] = {it.kind: state for it, state in await office.ask(lambda tx: tx.deadlines.of_case(1))}
        assert (promises["acknowledge"], promises["resolve"]) == ("kept", "kept")
        assert isinstance((await office.ask(lambda tx: tx.deadlines.of_case(1)))[0][0], Deadline)
        assert NOON < NOW


@rows(
    ("status", "kinds", "solved"),
    [
        (CaseStatus.NEW, ("opened",), True),
        (CaseStatus.OPEN, ("opened", "assigned"), True),
        (CaseStatus.OPEN, ("opened", "follow_up"), False),
        (CaseStatus.ON_HOLD, ("opened",), False),
        (CaseStatus.PENDING, ("opened", "replied"), False),
        (CaseStatus.SOLVED, ("opened",), False),
        (CaseStatus.CLOSED, ("opened",), False),
    ],
)
def test_what_has_happened_meanwhile_counts(status: CaseStatus, kinds: tuple[str, ...], solved: bool) -> None:
    """Facts that arrived solve a case only where nobody has done or written anything since it was opened."""
    due = Deadline(case_id=42, kind="informed", due_at=NOW)
    occasion = Occasion(
        deadline=due,
        case=case(status=status),
        log=[event(kind) for kind in kinds],
        people=PEOPLE,
        policy=SHIPPED,
        now=NOW,
        due=DUE,
    )
    found = scheduled(occasion)
    assert found.status is (CaseStatus.SOLVED if solved else None)
    assert [one.detail["how"] for one in found.events] == (["orders"] if solved else [])
