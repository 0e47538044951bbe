"""Where filed messages lie, and by what a message is known again when a person has moved it."""

from tests.store.test_filings import ordered
from tests.store.words import Each, later, raw, reading
from triage.decision import Outcome


async def test_rows_by_uid_of_one_folder(each: Each) -> None:
    """Only messages of that account, folder and UIDVALIDITY whose UID is known."""
    filed = {}
    for uid, (folder, validity, filed_uid) in enumerate(
        [("Orders", 3, 10), ("Orders", 3, 11), ("Orders", 4, 12), ("Orders", 3, None), ("Disputes", 3, 13)], start=1
    ):
        row, filing = await ordered(each, uid, folder)
        await each.filings.done(filing, validity, filed_uid)
        filed[filed_uid] = row
    assert await each.messages.lying_in("support", "Orders", 3) == {10: filed[10], 11: filed[11]}
    assert await each.messages.lying_in("sales", "Orders", 3) == {}


async def test_a_person_decides_where_it_lies(each: Each) -> None:
    """A new place replaces the old one; without a UID it lies where we do not look."""
    row, filing = await ordered(each, 1)
    assert await each.filings.waits(row) is True
    await each.filings.done(filing, 3, 10)
    assert await each.filings.waits(row) is False
    await each.messages.lies(row, "Disputes", 5, 20)
    assert await each.messages.lying_in("support", "Orders", 3) == {}
    assert await each.messages.lying_in("support", "Disputes", 5) == {20: row}
    await each.messages.lies(row, "Disputes", None, None)
    assert await each.messages.lying_in("support", "Disputes", 5) == {}
    assert (await each.messages.get(row)).filed_folder == "Disputes"


async def test_known_by_id_and_by_bytes(each: Each) -> None:
    """Settled messages of the account alone; earliest first where several share an id."""
    contents = {1: b"one", 2: b"two", 3: b"three"}
    await each.messages.add([raw(uid, content) for uid, content in contents.items()])
    stored = await each.messages.undecided(3)
    for message in stored[:2]:
        await each.messages.settle(message.id, Outcome.OPENED, None, reading(message_id="same@x"), reason="", keep_raw=False)
    assert [found.id for found in await each.messages.look_up("support", message_id="same@x")] == [stored[0].id, stored[1].id]
    [by_bytes] = await each.messages.look_up("support", sha256=stored[1].raw.sha256)
    assert (by_bytes.id, by_bytes.sha256) == (stored[1].id, stored[1].raw.sha256)
    assert await each.messages.look_up("support", sha256=stored[2].raw.sha256) == []
    assert await each.messages.look_up("sales", message_id="same@x") == []
    assert await each.messages.known_ids("support", ["same@x", "other@x"]) == {"same@x"}


async def test_known_by_how_their_id_begins(each: Each) -> None:
    """Of the account and received since then; a prefix is no pattern, and what only contains it is another."""
    await each.messages.add([raw(uid, str(uid).encode(), at=later(hours=uid)) for uid in range(1, 6)])
    ids = dict(zip(range(1, 6), ("canary.a@x", "canary.b@x", "canary_c@x", "x.canary.d@x", "canary.@x"), strict=True))
    for message in await each.messages.undecided(5):
        uid = message.raw.key.uid
        await each.messages.settle(message.id, Outcome.AUTOMATIC, None, reading(message_id=ids[uid]), reason="", keep_raw=False)
    assert [it.message_id for it in await each.messages.beginning("support", "canary.", later(hours=2))] == ["canary.b@x", "canary.@x"]
    assert len(await each.messages.beginning("support", "canary.", later())) == 3
    assert await each.messages.beginning("sales", "canary.", later()) == []
