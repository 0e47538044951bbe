"""The table of cases: numbers, status, and which case a message may continue."""

import pytest

from tests.store.words import ANN, NOON, Each, later, new_case, raw, reading, reply
from triage.case import CaseStatus, Priority, Rating
from triage.decision import Outcome
from triage.message import Address
from triage.reply import ReplyKind

BOB = Address(addr_spec="bob@other.example")


async def test_an_opened_case_comes_back_whole(each: Each) -> None:
    """Everything a new case says is in the case, with an id and a number."""
    new = new_case(
        abstained=True, priority=Priority.URGENT, subject="Größe – 訂單", language="de", order_numbers=("ORD-1", "ORD-2"),
        departments=("finance",), status=CaseStatus.OPEN, received_at=later(hours=-1), linked_case=3, requester=ANN,
    )  # fmt: skip
    case = await each.cases.open(new)
    for name in new.__dataclass_fields__:
        assert getattr(case, name) == getattr(new, name), name
    assert case.number.startswith("SP-1000")
    assert (case.acknowledged_at, case.solved_at, case.unreachable) == (None, None, False)
    assert await each.cases.get(case.id) == case


async def test_numbers_are_distinct_and_rise(each: Each) -> None:
    """No two cases share a number, and a later case has a higher one."""
    numbers = [(await each.cases.open(new_case())).number for _ in range(12)]
    assert numbers == sorted(set(numbers))


async def test_a_case_may_have_no_requester(each: Each) -> None:
    """Where no usable author was found the case says so."""
    assert (await each.cases.open(new_case(requester=None))).requester is None


@pytest.mark.parametrize("written", ["{}", "  {}"], ids=["as is", "padded"])
async def test_a_number_is_found_in_any_case(each: Each, written: str) -> None:
    """People type numbers in small letters; a number is nothing else than itself, though."""
    case = await each.cases.open(new_case())
    found = await each.cases.by_number(written.format(case.number.lower()))
    assert found == (None if written.startswith(" ") else case)


async def test_a_case_that_is_not_there(each: Each) -> None:
    """Unknown ids and numbers find nothing."""
    assert await each.cases.get(99) is None
    assert await each.cases.by_number("SP-999999") is None
    assert await each.cases.by_number("' or 1=1 --") is None


async def test_cases_are_found_by_what_is_given(each: Each) -> None:
    """Filters combine, come newest first, and a limit of 0 means all."""
    first = await each.cases.open(new_case())
    second = await each.cases.open(new_case(category="payment"))
    third = await each.cases.open(new_case(requester=BOB))
    await each.cases.set_status(first.id, CaseStatus.OPEN, NOON)

    async def numbers(**given: object) -> list[str]:
        return [case.number for case in await each.cases.find(**given)]

    assert await numbers() == [third.number, second.number, first.number]
    assert await numbers(limit=2) == [third.number, second.number]
    assert await numbers(status=CaseStatus.OPEN) == [first.number]
    assert await numbers(category="payment") == [second.number]
    assert await numbers(requester="BOB@Other.Example") == [third.number]
    assert await numbers(requester=ANN.addr_spec, status=CaseStatus.NEW) == [second.number]
    assert await numbers(category="order' or '1'='1") == []


async def test_solving_sets_the_time_and_reopening_clears_it(each: Each) -> None:
    """The time of the solution is that of solving, not of closing later, and is gone when work begins again."""
    case = await each.cases.open(new_case())

    async def after(status: CaseStatus, hours: int) -> object:
        await each.cases.set_status(case.id, status, later(hours=hours))
        changed = await each.cases.get(case.id)
        assert changed.status is status
        return changed.solved_at

    assert await after(CaseStatus.PENDING, 1) is None
    assert await after(CaseStatus.SOLVED, 2) == later(hours=2)
    assert await after(CaseStatus.CLOSED, 50) == later(hours=2)
    assert await after(CaseStatus.OPEN, 60) is None
    assert await after(CaseStatus.CLOSED, 70) == later(hours=70)


async def test_the_first_acknowledgment_counts(each: Each) -> None:
    """The time of acknowledgment does not move once it is set."""
    case = await each.cases.open(new_case())
    await each.cases.set_acknowledged(case.id, later(minutes=1))
    await each.cases.set_acknowledged(case.id, later(minutes=9))
    assert (await each.cases.get(case.id)).acknowledged_at == later(minutes=1)


async def test_a_requester_becomes_unreachable(each: Each) -> None:
    """Only the case in question is marked."""
    case, other = await each.cases.open(new_case()), await each.cases.open(new_case())
    await each.cases.set_unreachable(case.id)
    assert (await each.cases.get(case.id)).unreachable
    assert not (await each.cases.get(other.id)).unreachable


async def test_a_thread_leads_to_its_case(each: Each) -> None:
    """Message-IDs of the customer's messages and of ours both point to the case; unknown ones and numbers of nobody to none."""
    case = await each.cases.open(new_case(order_numbers=("ORD-1",)))
    await each.messages.add([raw(1)])
    [stored] = await each.messages.undecided(1)
    await each.messages.settle(stored.id, Outcome.OPENED, case.id, reading(message_id="theirs@x"), reason="", keep_raw=False)
    await each.deliveries.queue(case.id, None, reply("ours"), NOON)
    for message_ids in (["theirs@x"], ["ours@shop.example"], ["no@x", "ours@shop.example", "theirs@x"]):
        [found] = await each.cases.candidates(message_ids, [])
        assert (found.case_id, found.number, found.by_thread, found.by_number) == (case.id, case.number, True, False)
        assert (found.participants, found.order_numbers) == (frozenset({ANN.addr_spec}), ("ORD-1",))
    assert await each.cases.candidates(["no@x", ""], ["SP-1"]) == []


async def test_a_message_of_no_case_leads_nowhere(each: Each) -> None:
    """A Message-ID known from a message that concerns no case is not a thread."""
    await each.messages.add([raw(1)])
    [stored] = await each.messages.undecided(1)
    await each.messages.settle(stored.id, Outcome.SPAM, None, reading(message_id="spam@x"), reason="", keep_raw=False)
    assert await each.cases.candidates(["spam@x"], []) == []


async def test_what_speaks_for_a_candidate_is_said(each: Each) -> None:
    """Number and thread may name the same case or different ones; each candidate says which, its status and when it was solved."""
    first, second = await each.cases.open(new_case()), await each.cases.open(new_case(requester=None))
    await each.deliveries.queue(first.id, None, reply("a"), NOON)
    await each.deliveries.queue(second.id, None, reply("b", kind=ReplyKind.ESCALATION), NOON)
    await each.cases.set_status(second.id, CaseStatus.SOLVED, later(hours=1))
    found = await each.cases.candidates(["a@shop.example"], [first.number.lower(), second.number])
    assert [(it.case_id, it.by_thread, it.by_number) for it in found] == [(first.id, True, True), (second.id, False, True)]
    assert (found[1].participants, found[1].status, found[1].solved_at) == (frozenset(), CaseStatus.SOLVED, later(hours=1))
    assert found[0].solved_at is None


async def test_a_rating_is_kept_with_its_case(each: Each) -> None:
    """The latest opinion of the customer stands, with its comment; other cases have none."""
    case, other = await each.cases.open(new_case()), await each.cases.open(new_case())
    assert (await each.cases.get(case.id)).rating is None
    await each.cases.set_rating(case.id, Rating(score=2), NOON)
    await each.cases.set_rating(case.id, Rating(score=4, comment="schnell, aber …"), later(hours=1))
    assert (await each.cases.get(case.id)).rating == Rating(score=4, comment="schnell, aber …")
    assert (await each.cases.get(other.id)).rating is None


async def test_repeated_trouble_is_counted(each: Each) -> None:
    """Cases of the category by the customer or about the order, since then, each once; the order may be another customer's."""
    for requester, orders, category, hours in (
        (ANN, ("ORD-1",), "invoice", 0), (ANN, (), "invoice", 1), (BOB, ("ORD-1",), "invoice", 2), (BOB, ("ORD-2",), "invoice", 3),
        (ANN, ("ORD-1",), "order", 4), (ANN, ("ORD-1",), "invoice", -100), (None, ("ORD-1", "ORD-9"), "invoice", 5),
    ):  # fmt: skip
        await each.cases.open(new_case(requester=requester, order_numbers=orders, category=category, received_at=later(hours=hours)))
    assert await each.cases.repeats(ANN.addr_spec, "ORD-1", "invoice", NOON) == 4
    assert await each.cases.repeats(ANN.addr_spec, "", "invoice", NOON) == 2
    assert await each.cases.repeats("", "ORD-2", "invoice", NOON) == 1
    assert await each.cases.repeats(ANN.addr_spec, "ORD-1", "invoice", later(hours=-200)) == 5
    assert await each.cases.repeats("eve@evil.example", "", "invoice", NOON) == 0
