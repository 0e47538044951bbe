"""Orders to move messages into folders: one for each message, until it is done or given up."""

from dataclasses import replace

import pytest

from tests.store.words import NOON, Each, key, later, new_case, raw, reading
from triage.case import CaseStatus, State
from triage.decision import Outcome
from triage.records import Filed, Filing


async def ordered(each: Each, uid: int, folder: str = "Orders", **where: str) -> tuple[int, Filing]:
    """Id of a settled message, and the order to file it."""
    await each.messages.add([raw(uid, **where)])
    [stored] = await each.messages.undecided(1)
    said = reading(message_id=f"m{uid}@x", fingerprint=f"f{uid}")
    await each.messages.settle(stored.id, Outcome.OPENED, None, said, reason="", keep_raw=False)
    await each.filings.order(stored.id, folder, NOON)
    due = await each.filings.due(where.get("account", "support"), NOON, 100)
    return stored.id, next(filing for filing in due if filing.message_row == stored.id)


async def test_an_order_says_where_the_message_is_and_goes(each: Each) -> None:
    """An order carries the message's place and Message-ID, so that it can be moved or found again."""
    message_id, given = await ordered(each, 1)
    [filing] = await each.filings.due("support", NOON, 10)
    assert (filing.id, filing.message_row, filing.key, filing.message_id) == (given.id, message_id, key(1), "m1@x")
    assert (filing.folder, filing.attempts) == ("Orders", 0)


async def test_orders_come_grouped_by_folder(each: Each) -> None:
    """Orders for the same folder follow each other, within the limit and for one account only."""
    for uid, folder in ((1, "Payments"), (2, "Orders"), (3, "Payments"), (4, "Orders")):
        await ordered(each, uid, folder)
    await ordered(each, 9, account="sales")
    due = await each.filings.due("support", NOON, 10)
    assert [(filing.folder, filing.key.uid) for filing in due] == [("Orders", 2), ("Orders", 4), ("Payments", 1), ("Payments", 3)]
    assert len(await each.filings.due("support", NOON, 3)) == 3
    assert await each.filings.due("support", later(seconds=-1), 10) == []


async def test_a_later_order_replaces_an_open_one(each: Each) -> None:
    """A message goes into one folder: the one it was last ordered to, tried afresh."""
    message_id, given = await ordered(each, 1)
    await each.filings.defer(given.id, "no such folder", later(hours=1))
    await each.filings.order(message_id, "Disputes", later(minutes=1))
    [filing] = await each.filings.due("support", later(minutes=1), 10)
    assert (filing.folder, filing.attempts) == ("Disputes", 0)


async def test_a_deferred_order_comes_back_at_its_time(each: Each) -> None:
    """An order that failed waits, counts its attempts, and says when it is next due."""
    _message, given = await ordered(each, 1)
    await each.filings.defer(given.id, "server away", later(minutes=1))
    await each.filings.defer(given.id, "server away", later(minutes=3))
    assert await each.filings.due("support", later(minutes=2), 10) == []
    assert await each.filings.next_due("support") == later(minutes=3)
    [filing] = await each.filings.due("support", later(minutes=3), 10)
    assert filing.attempts == 2


@pytest.mark.parametrize("uid", [55, None], ids=["told by the server", "not told"])
async def test_a_filed_message_says_where_it_lies(each: Each, uid: int | None) -> None:
    """Afterwards the message knows its folder, and its UID there where the server told it."""
    message_id, given = await ordered(each, 1)
    await each.filings.done(given, 3 if uid else None, uid)
    record = await each.messages.get(message_id)
    assert (record.filed_folder, record.filed_uid_validity, record.filed_uid) == ("Orders", 3 if uid else None, uid)
    assert record.key == key(1)
    assert await each.filings.due("support", later(days=9), 10) == []
    assert await each.filings.next_due("support") is None


async def test_a_message_that_was_moved_by_a_person_stays_there(each: Each) -> None:
    """An order that was given up is never due again, and the message lies in no folder of ours."""
    message_id, given = await ordered(each, 1)
    await each.filings.give_up(given, "moved by a person")
    assert await each.filings.due("support", later(days=9), 10) == []
    assert (await each.messages.get(message_id)).filed_folder == ""


@pytest.mark.parametrize("first", ["done", "give_up"])
async def test_an_order_ends_once(each: Each, first: str) -> None:
    """What comes late to an order that ended changes nothing."""
    message_id, given = await ordered(each, 1)
    ends = {"done": (3, 55), "give_up": ("gone",)}
    await getattr(each.filings, first)(given, *ends[first])
    before = await each.messages.get(message_id)
    await each.filings.done(given, 4, 66)
    await each.filings.give_up(given, "gone")
    await each.filings.defer(given.id, "away", NOON)
    assert await each.messages.get(message_id) == before
    assert await each.filings.due("support", later(days=9), 10) == []


async def test_a_filed_message_can_be_filed_elsewhere(each: Each) -> None:
    """A new order for a message that was filed before is due again."""
    message_id, given = await ordered(each, 1)
    await each.filings.done(given, 3, 55)
    await each.filings.order(message_id, "Disputes", later(hours=1))
    [filing] = await each.filings.due("support", later(hours=1), 10)
    await each.filings.done(filing, 4, 66)
    assert (await each.messages.get(message_id)).filed_folder == "Disputes"


async def test_an_account_without_orders_waits_for_nothing(each: Each) -> None:
    """Orders of one account do not wake another."""
    await ordered(each, 1)
    assert await each.filings.next_due("support") == NOON
    assert await each.filings.next_due("sales") is None


async def test_a_message_that_is_not_there_is_not_filed(each: Each) -> None:
    """An order for an unknown message is never due."""
    await each.filings.order(99, "Orders", NOON)
    assert await each.filings.due("support", later(days=1), 10) == []


async def test_what_became_of_an_order(each: Each) -> None:
    """Where it was to go, whether it waits, was carried out or given up, and which state the message shows since then."""
    case = await each.cases.open(new_case(status=CaseStatus.PENDING))
    message_id, given = await ordered(each, 1)
    assert await each.filings.of_case(case.id) == []
    await each.messages.move(message_id, case.id)
    stands = Filed(message_row=message_id, account="support", outcome=Outcome.OPENED, lies="", folder="Orders", waits=True, given_up=False)
    assert await each.filings.of_case(case.id) == [stands]
    await each.filings.give_up(given, "gone")
    assert await each.filings.of_case(case.id) == [replace(stands, waits=False, given_up=True)]
    await each.filings.order(message_id, "Waiting", NOON)
    [filing] = await each.filings.due("support", NOON, 5)
    assert (filing.state, filing.keyword) == (State.WAITING, "triage-order")
    await each.filings.done(filing, 3, 55)
    lies = replace(stands, lies="Waiting", folder="Waiting", waits=False)
    assert await each.filings.of_case(case.id) == [lies]
    await each.filings.order(message_id, "Waiting", NOON)
    await each.filings.done(filing, 3, 55, shown=True)
    assert await each.filings.of_case(case.id) == [replace(lies, state=State.WAITING)]


async def test_a_part_shows_the_whole(each: Each) -> None:
    """What was merged into another case is marked as that one is; the whole knows its parts."""
    message_id, _ = await ordered(each, 1)
    part, whole = await each.cases.open(new_case()), await each.cases.open(new_case(category="dispute", status=CaseStatus.SOLVED))
    await each.messages.move(message_id, part.id)
    await each.cases.merge(part.id, whole.id)
    [filing] = await each.filings.due("support", NOON, 5)
    assert (filing.state, filing.keyword) == (State.DONE, "triage-dispute")
    assert [case.id for case in await each.cases.parts(whole.id)] == [part.id]
    assert await each.cases.parts(part.id) == []
    assert [filed.message_row for filed in await each.filings.of_case(whole.id)] == [message_id]
