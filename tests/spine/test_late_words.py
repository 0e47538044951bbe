"""Which acknowledgments are written anew because they are late, and in whose words."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.making import writer
from tests.spine.outbox import WayOut, way_out
from tests.spine.test_worker import raw
from triage.reply import Delivery, ReplyKind
from triage.stages.late import Late

LATE = b"We are sorry that this answer reaches you so late"
#: Two days later nothing is in time any more.
TWO_DAYS = timedelta(days=2)


@pytest.fixture
async def out(tmp_path: Path) -> AsyncIterator[WayOut]:
    """A store with deliveries, and no server that would take them."""
    async with way_out(tmp_path) as opened:
        yield opened


async def renewed(out: WayOut, *deliveries: Delivery, after: timedelta = TWO_DAYS) -> list[Delivery]:
    """These deliveries, as they leave so much later."""
    return await Late(store=out.store, writer=writer()).renewed(deliveries, out.clock() + after)


async def change(out: WayOut, what: str, *values: Any) -> None:
    """Something has happened to the rows in the meantime."""
    await out.store.transact(lambda tx: tx.deliveries._db.execute(what, values) and None)  # type: ignore[attr-defined]


def words(delivery: Delivery) -> bytes:
    """What it says, on one line."""
    return delivery.content.replace(b"=\r\n", b"").replace(b"\r\n", b" ")


async def test_only_late_acknowledgments(out: WayOut) -> None:
    """Of four that leave together the late acknowledgment has other bytes and another Message-ID; the rest is as it was, in the same order."""
    late = await out.queue(name="late")
    in_time = await out.queue(name="in-time", deadline=out.clock() + timedelta(days=3))
    escalation = await out.queue(ReplyKind.ESCALATION, name="staff")
    begun = replace(await out.queue(name="begun"), begun_at=out.clock())
    first, *others = await renewed(out, late, in_time, escalation, begun)
    assert others == [in_time, escalation, begun]
    assert (first.id, first.recipient, first.deadline) == (late.id, late.recipient, late.deadline)
    assert first.message_id != late.message_id
    assert LATE in words(first)


async def test_nothing_is_asked_where_all_are_in_time(out: WayOut) -> None:
    """Deliveries in time come back as they are."""
    deliveries = [await out.queue(name=name) for name in ("ann", "bob")]
    assert await renewed(out, *deliveries, after=timedelta(hours=23)) == deliveries


async def test_to_the_second(out: WayOut) -> None:
    """At its deadline it is in time; a second later it is late."""
    [delivery] = [await out.queue()]
    assert await renewed(out, delivery, after=timedelta(hours=24)) == [delivery]
    assert await renewed(out, delivery, after=timedelta(hours=24, seconds=1)) != [delivery]


async def test_not_what_has_begun_since(out: WayOut) -> None:
    """Taken in hand by another between the look and the writing: its bytes may be on the wire, and stay."""
    delivery = await out.queue()
    await change(out, "update deliveries set begun_at = ? where id = ?", out.clock().isoformat(), delivery.id)
    assert await renewed(out, delivery) == [delivery]
    assert (await out.of(delivery)).content == delivery.content


async def test_not_what_waits_no_more(out: WayOut) -> None:
    """Sent or withdrawn in the meantime: nothing is written over what is on record."""
    delivery = await out.queue()
    await change(out, "update deliveries set status = 'sent' where id = ?", delivery.id)
    assert await renewed(out, delivery) == [delivery]
    assert (await out.of(delivery)).sha256 == delivery.sha256


async def test_a_case_that_is_gone(out: WayOut) -> None:
    """Whose person was erased gets what was written for them, or nothing; there is no case to write from."""
    delivery = replace(await out.queue(), case_id=4711)
    assert await renewed(out, delivery) == [delivery]


@pytest.mark.parametrize(
    ("abstained", "outcome", "said"),
    [(0, "opened", b"order"), (1, "opened", b"will read it"), (1, "unreadable", b"could not open"), (0, "unreadable", b"could not open")],
)
async def test_the_words_that_were_chosen_first(out: WayOut, abstained: int, outcome: str, said: bytes) -> None:
    """What was unsorted or unreadable when the case was opened is still told so, with the apology before it."""
    delivery = await out.queue()
    await change(out, "update cases set abstained = ?, category = 'order' where id = ?", abstained, delivery.case_id)
    await out.store.transact(lambda tx: tx.messages.add([raw(b"Where is it?")]))
    await change(out, "update messages set outcome = ?, case_id = ?", outcome, delivery.case_id)
    [found] = await renewed(out, delivery)
    assert LATE in words(found)
    assert said in words(found), words(found)
