"""Reminders are told once, and nobody is asked too often."""

from dataclasses import replace

from tests.store.words import ANN, NOON, Each, later, new_case
from triage.case import Deadline
from triage.message import Address
from triage.staff import Reminder

BOB = Address(addr_spec="bob@other.example")


def reminder(case_id: int = 1, **given: object) -> Reminder:
    return Reminder(
        **{"case_id": case_id, "kind": "resolve", "due_at": NOON, "step": 50, "recipient": "jane", "why": "it is time", **given}
    )  # type: ignore[arg-type]


async def test_each_reminder_is_told_once(each: Each) -> None:
    """The same again is not told again, whatever came in between; another step, promise, time or person is another reminder."""
    case = await each.cases.open(new_case())
    first = reminder(case.id)
    await each.reminders.add(first, NOON)
    await each.reminders.add(first, later(hours=1))
    [waiting] = await each.reminders.waiting("jane", 10)
    assert replace(waiting, id=0) == first
    await each.reminders.told("jane", [waiting], NOON)
    await each.reminders.add(first, later(hours=2))
    assert await each.reminders.recipients() == []
    for other in ({"step": 80}, {"kind": "answer"}, {"due_at": later(hours=1)}, {"recipient": "bob"}, {"bound": "finance"}):
        await each.reminders.add(reminder(case.id, **other), NOON)
    assert await each.reminders.recipients() == ["bob", "jane"]
    assert len(await each.reminders.waiting("jane", 10)) == 4
    assert len(await each.reminders.waiting("jane", 3)) == 3


async def test_what_was_told_to_one_still_waits_for_another(each: Each) -> None:
    """Only the recipient's own reminders are done."""
    case = await each.cases.open(new_case())
    await each.reminders.add(reminder(case.id), NOON)
    [waiting] = await each.reminders.waiting("jane", 10)
    await each.reminders.told("bob", [waiting], NOON)
    assert await each.reminders.recipients() == ["jane"]


async def test_promises_are_warned_of_in_their_order(each: Each) -> None:
    """What is close to its time comes up once for each step; what is settled or stands still does not."""
    deadlines = [
        Deadline(case_id=1, kind=kind, due_at=later(hours=9), since=NOON, warn_at=later(hours=hours))
        for kind, hours in (("solve", 2), ("answer", 1), ("resolve", 3))
    ]
    for it in deadlines:
        await each.deadlines.set(it)
    assert [it.kind for it in await each.deadlines.to_warn(later(hours=2), 10)] == ["answer", "solve"]
    assert [it.kind for it in await each.deadlines.to_warn(later(hours=3), 1)] == ["answer"]
    await each.deadlines.warned(deadlines[1], later(hours=5))
    await each.deadlines.keep(1, "solve", NOON)
    await each.deadlines.pause(deadlines[2], later(hours=1))
    assert await each.deadlines.to_warn(later(hours=4), 10) == []
    [again] = await each.deadlines.to_warn(later(hours=5), 10)
    assert (again.kind, again.step) == ("answer", 1)
    await each.deadlines.warned(again, None)
    assert await each.deadlines.to_warn(later(days=5), 10) == []


async def test_a_clock_that_stands_still_is_not_due(each: Each) -> None:
    """It says since when; it can be kept, and goes on when it is set again."""
    it = Deadline(case_id=1, kind="solve", due_at=later(hours=1))
    await each.deadlines.set(it)
    await each.deadlines.pause(it, NOON)
    assert await each.deadlines.due(later(days=1), 10) == []
    assert await each.deadlines.of_case(1) == [(replace(it, paused_at=NOON), "paused")]
    await each.deadlines.set(it)
    assert await each.deadlines.of_case(1) == [(it, "open")]
    await each.deadlines.pause(it, NOON)
    await each.deadlines.keep(1, "solve", NOON)
    assert [state for _deadline, state in await each.deadlines.of_case(1)] == ["kept"]


async def test_who_was_asked_is_remembered(each: Each) -> None:
    """By requester and time, over all of their cases."""
    first, second = await each.cases.open(new_case()), await each.cases.open(new_case(requester=BOB))
    await each.surveys.add(first, "closing", NOON)
    assert await each.surveys.asked_since(ANN.addr_spec, later(hours=-1))
    assert not await each.surveys.asked_since(ANN.addr_spec, NOON)
    assert not await each.surveys.asked_since(BOB.addr_spec, later(hours=-1))
    assert second.requester == BOB


async def test_disputes_of_a_month_come_once_for_each_customer(each: Each) -> None:
    """The first dispute of each in that time, page by page; other matters, other times and cases without a customer do not count."""
    opened = [
        await each.cases.open(new_case(category=category, requester=requester, received_at=at))
        for category, requester, at in (
            ("dispute", ANN, NOON), ("dispute", ANN, NOON), ("order", BOB, NOON), ("dispute", None, NOON), ("dispute", BOB, later(days=40)),
            ("dispute", BOB, NOON),
        )
    ]  # fmt: skip
    found = await each.surveys.disputed(later(days=-1), later(days=1), 0, 10)
    assert [case.id for case in found] == [opened[0].id, opened[5].id]
    assert [case.id for case in await each.surveys.disputed(later(days=-1), later(days=1), opened[4].id, 10)] == [opened[5].id]
    assert len(await each.surveys.disputed(later(days=-1), later(days=1), 0, 1)) == 1
