"""Counts over the log: each figure at its very edges, one entry at a time."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.store.test_log import entry
from tests.store.words import NOON, Each, key, later
from triage.case import CaseStatus
from triage.decision import Outcome
from triage.entry import Entry
from triage.figures import Counts, Misses, Promise, Rated
from triage.said import Said

START, END = NOON, later(days=7)
#: Everybody's time is up by then.
LATER = later(days=30)
SECOND = timedelta(seconds=1)


def at(hours: float, seconds: int = 0) -> datetime:
    """So long after the case of `one` arrived."""
    return later(hours=1 + hours, seconds=seconds)


def one(**fields: Any) -> Entry:
    """An entry that arrived an hour into the week."""
    return entry(1, **fields)


async def counts(each: Each, *entries: Entry, now: datetime = LATER) -> Counts:
    """What was counted of them."""
    for it in entries:
        await each.log.put(it, "words")
    cells = await each.figures.cells(START, END, now, ("category",))
    return sum((cell.counts for cell in cells), Counts())


#: What happened to a case, and the counts that follow beside `received`; all others are 0 but for the two of which time is up.
EDGES: tuple[tuple[dict[str, Any], dict[str, int]], ...] = (
    ({}, {}),
    ({"acknowledged_at": at(24)}, {"acknowledged": 1}),
    ({"acknowledged_at": at(24, 1)}, {}),
    ({"answered_at": at(24)}, {"acknowledged": 1}),
    ({"answered_at": at(24, 1)}, {}),
    ({"acknowledged_at": at(30), "answered_at": at(2)}, {"acknowledged": 1}),
    ({"refused": True}, {"refused": 1}),
    ({"refused": True, "answered_at": at(3)}, {"acknowledged": 1}),
    ({"resolved_at": at(48)}, {"resolved": 1, "updated": 1, "solved": 1, "first_contact": 1}),
    ({"resolved_at": at(48, 1)}, {"solved": 1, "first_contact": 1}),
    ({"updated_at": at(48)}, {"updated": 1}),
    ({"updated_at": at(48, 1)}, {}),
    ({"updated_at": at(1), "resolved_at": at(90)}, {"updated": 1, "solved": 1, "first_contact": 1}),
    ({"resolved_at": at(5), "answers": 1}, {"resolved": 1, "updated": 1, "solved": 1, "first_contact": 1}),
    ({"resolved_at": at(5), "answers": 2}, {"resolved": 1, "updated": 1, "solved": 1}),
    ({"resolved_at": at(5), "follow_ups": 1}, {"resolved": 1, "updated": 1, "solved": 1}),
    ({"resolved_at": at(5), "reopened": 1}, {"resolved": 1, "updated": 1, "solved": 1, "reopened": 1}),
    ({"escalated_at": at(0)}, {"escalated": 1}),
    ({"excluded": "closed as spam"}, {"received": 0, "acknowledgment_due": 0, "resolution_due": 0, "update_due": 0}),
)


@pytest.mark.parametrize(("fields", "expected"), EDGES, ids=[str(number) for number in range(len(EDGES))])
async def test_what_is_counted(each: Each, fields: dict[str, Any], expected: dict[str, int]) -> None:
    """A promise is kept up to its very second, and a case counts for what happened to it and for nothing else."""
    wanted = {"received": 1, "acknowledgment_due": 1, "resolution_due": 1, "update_due": 1, **expected}
    assert await counts(each, one(**fields)) == Counts(**wanted)


@pytest.mark.parametrize(
    ("now", "acknowledgment_due", "resolution_due"),
    [(at(1), 0, 0), (at(24), 0, 0), (at(24, 1), 1, 0), (at(48), 1, 0), (at(48, 1), 1, 1)],
)
async def test_whose_time_is_not_up(each: Each, now: datetime, acknowledgment_due: int, resolution_due: int) -> None:
    """A case is in no denominator before its time is up."""
    found = await counts(each, one(), now=now)
    assert (found.received, found.acknowledgment_due, found.resolution_due) == (1, acknowledgment_due, resolution_due)


async def test_what_was_reached_early_counts_at_once(each: Each) -> None:
    """What is done in time is in its denominator also before time is up."""
    found = await counts(each, one(acknowledged_at=at(0.1), resolved_at=at(0.5)), now=at(1))
    assert (found.acknowledged, found.acknowledgment_due, found.resolved, found.resolution_due) == (1, 1, 1, 1)
    assert (found.updated, found.update_due) == (1, 1)


async def test_the_period_ends_before_its_end(each: Each) -> None:
    """A case belongs to the period in which it arrived: the first moment is in it, the last is in the next."""
    given = (
        entry(1, received_at=START - SECOND), entry(2, received_at=START), entry(3, received_at=END - SECOND), entry(4, received_at=END),
    )  # fmt: skip
    assert (await counts(each, *given)).received == 2


async def test_columns(each: Each) -> None:
    """Counts by any of the columns; an issue that nobody vouches for is none, and unknown products are in no product."""
    for it in (
        entry(1, product="Kettle", vendor="Acme", representative="jane", departments=("finance", "it")),
        entry(2, product="Kettle", abstained=True),
        entry(3, category="payment", issue="", vendor="Acme"),
    ):
        await each.log.put(it, "")

    async def by(*columns: str) -> dict[tuple[str, ...], int]:
        return {cell.names: cell.counts.received for cell in await each.figures.cells(START, END, LATER, columns)}

    assert await by("product") == {("Kettle",): 2}
    assert await by("vendor") == {("Acme",): 2}
    assert await by("category", "issue") == {("order", "order_status"): 1, ("order", ""): 1, ("payment", ""): 1}
    assert await by("representative", "departments") == {("jane", "|finance|it|"): 1, ("", ""): 2}
    with pytest.raises(ValueError, match="comment"):
        await by("comment")


async def test_how_long_it_took(each: Each) -> None:
    """Seconds from arrival; our first word is whichever came first, and what has not happened took no time."""
    await each.log.put(one(acknowledged_at=at(2), answered_at=at(1), resolved_at=at(10)), "")
    await each.log.put(entry(2), "")
    first, second = sorted(await each.figures.took(START, END), key=lambda it: it.received)
    assert (first.acknowledgment, first.answer, first.resolution) == (3600, 3600, 36000)
    assert (second.acknowledgment, second.answer, second.resolution) == (None, None, None)


async def test_what_was_solved_in_the_period(each: Each) -> None:
    """Resolutions count in the period in which they happened, whenever the case arrived."""
    for number, resolved_at in enumerate((START - SECOND, START, END - SECOND, END, None)):
        await each.log.put(entry(number, received_at=START - timedelta(days=9), resolved_at=resolved_at), "")
    await each.log.put(entry(9, resolved_at=START, excluded="closed as spam"), "")
    assert await each.figures.solved(START, END) == 2


async def test_misses(each: Each) -> None:
    """Each miss with how long it took and why: those without an end first, then the longest; all of them by reason."""
    given = (
        one(resolved_at=at(60), obstacle="waits for a department", representative="jane"),
        entry(2, resolved_at=later(hours=2 + 90)),
        entry(3, obstacle="waits for a department"),
        entry(4, resolved_at=later(hours=5)),
        entry(5, excluded="closed as spam"),
    )
    for it in given:
        await each.log.put(it, "")
    found: Misses = await each.figures.misses(Promise.RESOLUTION, START, END, LATER, 2)
    assert [(it.number, it.took) for it in found.listed] == [("SP-100003", None), ("SP-100002", timedelta(hours=90))]
    assert found.by_reason == {"waits for a department": 2, "its representative had not got to it": 1}
    assert found.many == 3
    assert (await each.figures.misses(Promise.RESOLUTION, START, END, at(1), 9)).many == 0
    assert (await each.figures.misses(Promise.ACKNOWLEDGMENT, START, END, LATER, 9)).many == 4
    whole = await each.figures.misses(Promise.RESOLUTION, START, END, LATER, 9)
    assert (whole.listed[2].representative, whole.listed[2].matter) == ("jane", "order/order_status")


async def test_why_an_acknowledgment_was_missed(each: Each) -> None:
    """One that left too late is told as that; one that never left by what stood in its way."""
    await each.log.put(one(acknowledged_at=at(30), obstacle="waits for a department"), "")
    await each.log.put(entry(2, obstacle="a list"), "")
    await each.log.put(entry(3, acknowledged_at=later(hours=40), refused=True, obstacle="the customer's server refuses our mail"), "")
    found: Misses = await each.figures.misses(Promise.ACKNOWLEDGMENT, START, END, LATER, 9)
    assert found.by_reason == {"a list": 1, "the acknowledgment left too late": 1, "the customer's server refuses our mail": 1}
    assert {it.number: it.why for it in found.listed}["SP-100001"] == "the acknowledgment left too late"
    assert (await each.figures.misses(Promise.RESOLUTION, START, END, LATER, 9)).by_reason["waits for a department"] == 1


async def test_ratings(each: Each) -> None:
    """Ratings that came in during the period, in their order, with what was written beside them."""
    await each.log.put(one(rating=4, comment="quick", rated_at=START, representative="jane"), "")
    await each.log.put(entry(2, rating=2, rated_at=END, comment="late"), "")
    await each.log.put(entry(3, rated_at=START), "")
    rated = Rated(
        number="SP-100001",
        score=4,
        comment="quick",
        representative="jane",
        matter="order/order_status",
        category="order",
        issue="order_status",
        channel="email",
    )
    assert await each.figures.rated(START, END) == [rated]
    await each.log.put(entry(4, rating=5, rated_at=START, excluded="closed as spam"), "")
    await each.log.put(entry(5, rating=1, rated_at=END - SECOND), "")
    assert sorted(await each.figures.scores(START, END)) == [1, 4] == sorted(it.score for it in await each.figures.rated(START, END))


async def test_what_waits(each: Each) -> None:
    """Cases that were open at a time, also those that were resolved since, and their ages."""
    for number, resolved_at in enumerate((None, at(10), END, END + SECOND, START), 1):
        await each.log.put(entry(number, resolved_at=resolved_at), "")
    await each.log.put(entry(6, excluded="closed as spam"), "")
    await each.log.put(entry(7, received_at=END), "")
    ages: Sequence[int] = await each.figures.waiting(END)
    assert list(ages) == sorted((int((END - later(hours=number)).total_seconds()) for number in (1, 3, 4)), reverse=True)


async def test_what_is_not_counted(each: Each) -> None:
    """Messages that opened no case, by what they were, and cases that count nowhere, by why."""
    given = (Outcome.SPAM, Outcome.SPAM, Outcome.AUTOMATIC, Outcome.REPORT, Outcome.FOLLOW_UP, Outcome.OPENED, Outcome.HISTORY)
    for uid, outcome in enumerate(given, 1):
        await each.messages.add_settled([(key(uid), later(hours=uid))], outcome)
    await each.messages.add_settled([(key(99), END)], Outcome.SPAM)
    await each.log.put(one(excluded="became a part of another case"), "")
    assert await each.figures.excluded(START, END) == {
        "spam": 2, "automatic, bulk and list mail": 1, "delivery reports": 1, "messages that continue a case": 1,
        "cases: became a part of another case": 1,
    }  # fmt: skip


async def test_history(each: Each) -> None:
    """Cases by their columns for each stretch of time, in one row."""
    bounds = [START, later(days=1), later(days=2), later(days=3)]
    for number, days in enumerate((0, 0.5, 1, 2.9, 3), 1):
        await each.log.put(entry(number, received_at=later(days=days), status=CaseStatus.OPEN), "")
    await each.log.put(entry(9, received_at=later(days=1), category="payment", issue="payment_failed"), "")
    matters = {("order", "order_status"): [2, 1, 1], ("payment", "payment_failed"): [0, 1, 0]}
    assert await each.figures.history(bounds, [("category", "issue"), ("vendor",)]) == [matters, {}]


async def test_several_histories_at_once(each: Each) -> None:
    """Each set of columns is counted by itself, in the order of its names: of what nobody has sorted by no issue, of products only those known."""
    made = (("Acme", "Kettle"), ("Acme", "Lamp"), ("", "Kettle"), ("", ""))
    for number, (vendor, product) in enumerate(made, 1):
        await each.log.put(entry(number, vendor=vendor, product=product, abstained=number == 4), "")
    bounds = [START, later(hours=2, minutes=30), END]
    matters, vendors, both = await each.figures.history(bounds, [("category", "issue"), ("vendor",), ("vendor", "product")])
    assert matters == {("order", ""): [0, 1], ("order", "order_status"): [2, 1]}
    assert vendors == {("Acme",): [2, 0]}
    assert list(both.items()) == [(("Acme", "Kettle"), [1, 0]), (("Acme", "Lamp"), [1, 0])]
    for columns in ([("requester",)], [("category",), ("number",)]):
        with pytest.raises(ValueError, match="expected columns among"):
            await each.figures.history(bounds, columns)


async def test_who_comes_again(each: Each) -> None:
    """Customers and orders with many cases, the most frequent first, with their cases and matters."""
    for number, (email, orders) in enumerate((("a@x", ("O1",)), ("a@x", ("O1", "O2")), ("a@x", ()), ("b@x", ("o1",)), ("b@x", ())), 1):
        await each.log.put(entry(number, email=email, order_numbers=orders, issue=f"issue{number % 2}"), "")
    await each.log.put(entry(7, email=""), "")
    customers = await each.figures.often(START, END, orders=False, at_least=2, limit=9)
    assert [(it.name, it.many) for it in customers] == [("a@x", 3), ("b@x", 2)]
    assert customers[0].numbers == ("SP-100001", "SP-100002", "SP-100003")
    assert customers[0].matters == ("order/issue1", "order/issue0")
    orders_found = await each.figures.often(START, END, orders=True, at_least=2, limit=1)
    assert [(it.name, it.many) for it in orders_found] == [("O1", 3)]


async def test_texts(each: Each) -> None:
    """What customers wrote, the latest first, at most so many."""
    for number in (1, 2, 3):
        await each.log.put(entry(number, description=f"words {number}", abstained=number == 3), "")
    found = await each.figures.texts(START, END, 2)
    assert [(it.number, it.words, it.matter) for it in found] == [
        ("SP-100003", "words 3", "to be sorted"), ("SP-100002", "words 2", "order/order_status"),
    ]  # fmt: skip


def answer(number: int, **fields: Any) -> Entry:
    """An entry of a case of which the model said something."""
    return entry(number, **{"model": "m1", "said": "payment", "confidence": 0.8, "strange": 0.1, **fields})


async def test_what_the_model_said(each: Each) -> None:
    """What was said alike is counted together, by what the model said and not by what people made of it; what no model saw is left out."""
    given = (
        answer(1), answer(2, category="other", issue="spam", excluded="closed as spam"), answer(3, confidence=0.9), answer(4, unsure=True),
        answer(5, model="m2", strange=None), entry(6), answer(7, received_at=END), answer(8, received_at=START - SECOND),
    )  # fmt: skip
    for it in given:
        await each.log.put(it, "")
    alike = {"category": "payment", "confidence": 0.8, "strange": 0.1, "model": "m1"}
    found = await each.figures.said(START, END, LATER)
    assert sorted(found, key=repr) == sorted(
        [
            Said(**alike, many=2), Said(**alike | {"confidence": 0.9}), Said(**alike, abstained=True),
            Said(**alike | {"model": "m2", "strange": None}),
        ], key=repr,
    )  # fmt: skip


async def test_corrections_count_as_far_as_they_were_known(each: Each) -> None:
    """A correction that came after the given time is not known yet."""
    await each.log.put(answer(1, corrected_at=later(days=8)), "")

    async def corrected(known: datetime) -> list[bool]:
        return [it.corrected for it in await each.figures.said(START, END, known)]

    assert [await corrected(known) for known in (later(days=7), later(days=8), later(days=8) + SECOND)] == [[False], [False], [True]]
