"""Promises with a time: kept, missed once, or still open."""

import pytest

from tests.store.words import NOON, Each, later
from triage.case import Deadline


def promise(hours: float, kind: str = "acknowledge", case_id: int = 1, bound: str = "") -> Deadline:
    """A promise due so many hours after noon."""
    return Deadline(case_id=case_id, kind=kind, due_at=later(hours=hours), bound=bound)


async def test_promises_fall_due_in_their_order(each: Each) -> None:
    """What is past its time is due, earliest first, no more than asked for; what lies ahead is not."""
    for hours, case_id in ((3, 1), (1, 2), (2, 3)):
        await each.deadlines.set(promise(hours, case_id=case_id))
    assert await each.deadlines.due(later(hours=2), 10) == [promise(1, case_id=2), promise(2, case_id=3)]
    assert await each.deadlines.due(later(hours=9), 1) == [promise(1, case_id=2)]
    assert await each.deadlines.due(NOON, 10) == []


async def test_the_next_promise_is_known(each: Each) -> None:
    """The earliest open promise tells how long to sleep; None when there is none."""
    assert await each.deadlines.next_due() is None
    await each.deadlines.set(promise(2, case_id=1))
    await each.deadlines.set(promise(1, case_id=2))
    assert await each.deadlines.next_due() == later(hours=1)
    await each.deadlines.keep(2, "acknowledge", NOON)
    assert await each.deadlines.next_due() == later(hours=2)


async def test_the_same_promise_is_replaced(each: Each) -> None:
    """Case, kind and the one it binds make a promise; setting it again moves it and opens it."""
    await each.deadlines.set(promise(1))
    await each.deadlines.keep(1, "acknowledge", NOON)
    await each.deadlines.set(promise(5))
    assert await each.deadlines.of_case(1) == [(promise(5), "open")]


async def test_different_promises_stand_side_by_side(each: Each) -> None:
    """Another kind, party or case is another promise."""
    promises = [promise(1), promise(2, "resolve"), promise(3, "reply", bound="finance"), promise(4, "reply", bound="logistics")]
    for it in promises:
        await each.deadlines.set(it)
    await each.deadlines.set(promise(1, case_id=2))
    assert await each.deadlines.of_case(1) == [(it, "open") for it in promises]
    await each.deadlines.keep(1, "reply", NOON, bound="logistics")
    assert [state for _promise, state in await each.deadlines.of_case(1)] == ["open", "open", "open", "kept"]


@pytest.mark.parametrize("end", ["kept", "missed"])
async def test_a_promise_ends_once(each: Each, end: str) -> None:
    """A kept promise is not missed later, a missed one not kept later, and neither is due again."""
    await each.deadlines.set(promise(1))

    async def keep() -> None:
        await each.deadlines.keep(1, "acknowledge", later(hours=2))

    async def miss() -> None:
        await each.deadlines.miss(promise(1), later(hours=2))

    for step in (keep, miss) if end == "kept" else (miss, keep):
        await step()
    assert await each.deadlines.of_case(1) == [(promise(1), end)]
    assert await each.deadlines.due(later(days=9), 10) == []


async def test_a_promise_never_made_cannot_be_kept(each: Each) -> None:
    """Keeping or missing what was not promised makes nothing up."""
    await each.deadlines.keep(1, "acknowledge", NOON)
    await each.deadlines.miss(promise(1), NOON)
    assert await each.deadlines.of_case(1) == []
