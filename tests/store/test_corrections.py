"""Corrections: kept with who and how, their texts read from the message they speak of."""

from dataclasses import replace

import pytest

from tests.store.words import NOON, Each, later, new_case, raw, reading, reply
from triage.case import Priority
from triage.correction import Correction, Provenance
from triage.decision import Outcome
from triage.reply import DeliveryStatus


def correction(**fields: object) -> Correction:
    """A correction by an agent."""
    given = {"at": NOON, "author": "Jane Adams", "provenance": Provenance.CLI, "category": "dispute", "issue": "refund_request"}
    return Correction(**{**given, **fields})  # type: ignore[arg-type]


async def message(each: Each, uid: int = 1) -> int:
    """Row of a settled message."""
    await each.messages.add([raw(uid)])
    [stored] = await each.messages.undecided(1)
    await each.messages.settle(stored.id, Outcome.OPENED, None, reading(subject="Bench", text="Broken"), reason="", keep_raw=False)
    return int(stored.id)


async def test_a_correction_comes_back_as_it_was(each: Each) -> None:
    """Every field is kept, and the text is that of the message."""
    row = await message(each)
    kept = correction(case_id=None, message_row=row, from_category="order", from_issue="order_status", provenance=Provenance.FOLDER)
    assert await each.corrections.add(kept) == 1
    [found] = await each.corrections.all()
    assert (found.subject, found.body) == ("Bench", "Broken")
    assert found == correction(
        message_row=row, from_category="order", from_issue="order_status", provenance=Provenance.FOLDER, subject="Bench", body="Broken"
    )


async def test_numbers_only_grow(each: Each) -> None:
    """The latest number tells whether anything was corrected since."""
    assert await each.corrections.latest() == 0
    assert [await each.corrections.add(correction()) for _ in range(3)] == [1, 2, 3]
    assert await each.corrections.latest() == 3


async def test_the_latest_so_many_oldest_first(each: Each) -> None:
    """A limit leaves out the oldest, and the order stays."""
    for minute in range(4):
        await each.corrections.add(correction(at=later(minutes=minute)))
    assert [each_one.at for each_one in await each.corrections.all(2)] == [later(minutes=2), later(minutes=3)]
    assert len(await each.corrections.all()) == 4


async def test_corrections_of_one_case(each: Each) -> None:
    """A case has its own, and a message without a text has an empty one."""
    case = await each.cases.open(new_case())
    await each.corrections.add(correction(case_id=case.id, message_row=77))
    await each.corrections.add(correction(case_id=case.id + 1))
    [found] = await each.corrections.of_case(case.id)
    assert (found.message_row, found.subject, found.body) == (77, "", "")


async def test_a_case_takes_over_what_it_is_about(each: Each) -> None:
    """Category, issue, confidence, abstained, priority and departments change; nothing else does."""
    case = await each.cases.open(new_case(abstained=True))
    changed = await each.cases.get(case.id)
    new = {"category": "dispute", "issue": "quality", "confidence": 1.0, "abstained": False, "priority": Priority.URGENT}
    await each.cases.set_matter(replace(changed, **new, departments=("finance",), subject="not this"))
    after = await each.cases.get(case.id)
    assert after == replace(changed, **new, departments=("finance",))


@pytest.mark.parametrize("status", [DeliveryStatus.QUEUED, DeliveryStatus.SENDING])
async def test_only_what_waits_is_withdrawn(each: Each, status: DeliveryStatus) -> None:
    """A delivery that is on the wire cannot be called back; one that waits never leaves."""
    case = await each.cases.open(new_case())
    delivery = await each.deliveries.queue(case.id, None, reply("a"), NOON)
    if status is DeliveryStatus.SENDING:
        assert await each.deliveries.begin_data(delivery, NOON)
    waits = status is DeliveryStatus.QUEUED
    assert await each.deliveries.withdraw(case.id, "closed as spam") == int(waits)
    [after] = await each.deliveries.of_case(case.id)
    assert after.status is (DeliveryStatus.WITHHELD if waits else status)
    assert await each.deliveries.begin_data(delivery, NOON) is False
